"""The main job on a real city's files: every folder declared, findings named, joins counted, both maps opened."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from browser import open_page, serve_folder
from tinycity import gispipe

from gispipe.catalogue import load_catalogue
from gispipe.store import Store
from gispipe.tiles.read import LayerFacts, verify

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "yaizu"
CLOSED = {"care_facility", "child_safe_house", "standard_lot", "similar_area"}


@pytest.fixture(scope="session")
def files(shared_data: Path) -> Path:
    folder = shared_data / "city_yaizu"
    if not folder.is_dir():
        pytest.skip("the files of Yaizu are not in the shared folder")
    return folder


@pytest.fixture(scope="session")
def city(files: Path, page_assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example city after one `gispipe run`, in a folder of its own."""
    made = tmp_path_factory.mktemp("yaizu") / "city"
    shutil.copytree(EXAMPLE, made, ignore=shutil.ignore_patterns("output"))
    ended = gispipe("run", "--city", str(made), "--data", str(files), timeout=420)
    assert ended.returncode == 0, ended.stderr
    return made


def findings(city: Path) -> dict:
    return json.loads(next((city / "output" / "reports").glob("*/findings.json")).read_text("utf-8"))


def counted(city: Path, code: str) -> int:
    """Count the rows a rule found in shapefiles and GeoJSON (tables with coordinates are counted elsewhere)."""
    tables = {layer.id for layer in load_catalogue(city).layers.values() if layer.source.reader == "csv"}
    return sum(one["count"] for one in findings(city)["findings"] if one["code"] == code and one["layer"] not in tables)


def test_every_folder_is_declared_and_those_without_data_are_pending(files: Path) -> None:
    catalogue = load_catalogue(EXAMPLE)
    declared = {layer.source.path.split("/")[0].replace("[", "").replace("]", "") for layer in catalogue.layers.values()}
    folders = {folder.name.replace("[", "").replace("]", "") for folder in files.iterdir() if folder.is_dir()}
    assert folders <= declared
    assert {layer.id for layer in catalogue.layers.values() if layer.pending} == {"old_photos", "route_network"}


@pytest.mark.parametrize(("code", "rows"), [("GP12", 17), ("GP11", 2), ("GP13", 140)])
def test_invalid_missing_and_repeated_shapes_are_found_and_named(city: Path, code: str, rows: int) -> None:
    assert counted(city, code) == rows
    for one in findings(city)["findings"]:
        if one["code"] == code:
            assert len(one["places"]) == one["count"] and all(place["file"] and place["row"] for place in one["places"])


def test_invalid_shapes_are_stored_as_delivered(city: Path) -> None:
    store = Store(city / "output", "internal")
    broken = {one["layer"]: one["count"] for one in findings(city)["findings"] if one["code"] == "GP12"}
    kept = {layer: int((~shapely.is_valid(store.read(layer).geometry)).sum()) for layer in broken}
    assert kept == broken


def test_joins_lose_no_row_and_double_none(city: Path) -> None:
    catalogue, entries = load_catalogue(city), Store(city / "output", "internal").manifest()
    joins = findings(city)["joins"]
    assert len(joins) == sum(len(layer.join) for layer in catalogue.layers.values() if not layer.pending) > 100
    for one in joins:
        assert one["left"] == entries[one["layer"]]["rows"] == one["matched"] + one["unmatched"]


def test_every_facility_shelter_and_school_has_its_places_and_its_flooding(city: Path) -> None:
    catalogue, store = load_catalogue(city), Store(city / "output", "public")
    for layer in ("emergency_site", "shelter", "library", "aed", "primary_school", "junior_high_school"):
        frame = store.read(layer).frame
        assert {"neighborhood", "primary_area", "junior_area", "inland_depth", "flooded_years"} <= set(frame.columns), layer
        assert frame["neighborhood"].notna().mean() > 0.9
    assert len(catalogue.layers["primary_school"].join["flooded"].layers) == 22


def test_the_inland_depth_of_a_place_is_that_of_the_delivered_polygons(city: Path) -> None:
    store = Store(city / "output", "internal")
    zones, sites = store.read("inland_flood"), store.read("shelter")
    depths = ["0.3m未満の区域", "0.3~0.5m未満の区域", "0.5~1.0m未満の区域", "1.0~3.0m未満の区域", "3.0~5.0m未満の区域", "5.0~10.0m未満の区域"]
    parts, owner = shapely.get_parts(zones.geometry, return_index=True)
    parts = shapely.make_valid(parts)
    expected = []
    for point in sites.geometry:
        ranks = [depths.index(zones.frame["depth"].iloc[k]) for k in owner[shapely.intersects(parts, point)]]
        expected.append(depths[max(ranks)] if ranks else None)
    found = [None if value != value or value is None else value for value in sites.frame["inland_depth"]]
    assert found == expected and any(expected)


def test_no_site_is_offered_for_floods_because_none_is_designated(city: Path) -> None:
    store = Store(city / "output", "public")
    assert store.read("emergency_site").frame["flood"].isna().all()
    for school in ("primary_school", "junior_high_school"):
        frame = store.read(school).frame
        assert frame["flood_site"].isna().all() and frame["storm_shelter"].notna().all()


@pytest.fixture(scope="session")
def judged(city: Path) -> dict[str, LayerFacts]:
    """What the strict reader finds in the public tiles, by source layer."""
    tiles = city / "output" / "public" / "current" / "tiles"
    return {name: facts for archive in sorted(tiles.glob("*.pmtiles")) for name, facts in verify(archive).layers.items()}


def test_the_public_release_holds_no_closed_layer_and_no_closed_column(city: Path, judged: dict[str, LayerFacts]) -> None:
    catalogue = load_catalogue(city)
    release = city / "output" / "public" / "current"
    style = json.loads(next(release.glob("style-*.json")).read_text("utf-8"))
    assert not CLOSED & set(style["layers"]) and len(style["layers"]) > 180
    for name, facts in judged.items():
        assert set(facts.keys) <= set(catalogue.layers[name.removesuffix("_label")].public_columns()), name


def test_tiles_hold_every_feature_of_the_source_at_their_deepest_zoom_or_say_which_not(city: Path, judged: dict[str, LayerFacts]) -> None:
    store = Store(city / "output", "public")
    record = json.loads((city / "output" / "public" / "current" / "release.json").read_text("utf-8"))
    said: Counter[str] = Counter()
    for tileset in record["tilesets"].values():
        said.update({one["layer"]: one["count"] for one in tileset.get("dropped", ()) if one["zoom"] == 16 and one["reason"] != "attributes"})
    for layer in ("emergency_site", "shelter", "neighborhood", "zoning_res1", "cherry_trees", "flooded_2025", "planned_road", "fire_water"):
        drawn = len(judged[layer].ids[max(judged[layer].ids)])
        assert drawn + said[layer] == int((~shapely.is_missing(store.read(layer).geometry)).sum()), layer
        assert said[layer] <= 1, "a sliver thinner than a tile's unit may go, nothing more"


@pytest.fixture(scope="session", params=["public", "internal"])
def address(request: pytest.FixtureRequest, city: Path) -> Iterator[str]:
    with serve_folder((city / "output" / request.param / "current").resolve()) as url:
        yield url


def test_both_maps_open_answer_a_click_and_switch_without_leaving_the_host(address: str) -> None:
    with open_page(f"{address}maps/hinan.html#14/34.8665/138.3200") as page:
        page.ready()
        page.tab.fill("#search", "焼津")
        page.tab.wait_for_selector("#search-list [role=option]")
        page.tab.locator("#search-list [role=option]").first.click()
        page.ready()
        page.tab.mouse.click(826, 400)
        page.tab.wait_for_selector(".popup")
        assert len(page.tab.inner_text(".popup")) > 20
        page.tab.click("#theme-button")
        page.tab.click("label:has(#theme-planning)")
        page.ready()
        assert "用途" in page.tab.inner_text("body") or "地域" in page.tab.inner_text("body")
        assert page.tab.title().startswith("都市計画マップ")
        assert (page.foreign(), page.console, page.errors) == ([], [], [])
