"""Tables of statistics: held against plain geometry, areas that add up to the city, people kept whole, nothing a spreadsheet runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from countedcity import PEOPLE, sums, table

from gispipe.catalogue import Catalogue
from gispipe.geometry import anchor
from gispipe.statistics.columns import MEASURES
from gispipe.store import Store

CLASSES = {1: "0.5m未満", 2: "0.5m以上3.0m未満", 3: "3.0m以上"}


def store(counted: Catalogue, layer: str) -> tuple[object, np.ndarray]:
    found = Store(counted.output, "internal").read(layer)
    return found.frame, np.asarray(found.geometry)


def worst(counted: Catalogue, shapes: np.ndarray) -> np.ndarray:
    """Return the worst rank of each shape by plain overlay, 0 for none."""
    frame, zones = store(counted, "flood")
    ranks = np.zeros(len(shapes), dtype=int)
    for rank, zone in zip(frame["rank"], zones, strict=True):  # type: ignore[index]
        hit = shapely.area(shapely.intersection(shapes, zone)) > 0.1 if shapely.area(shapes).any() else shapely.intersects(shapes, zone)
        ranks[hit] = np.maximum(ranks[hit], rank)
    return ranks


@pytest.mark.parametrize(("layer", "header"), [("parcel", "筆数（筆）"), ("house", "建物数（棟）"), ("door", "住居表示数（件）")])
def test_counts_by_town_and_class_are_those_of_a_plain_overlay(counted: Catalogue, internal: Path, layer: str, header: str) -> None:
    _, shapes = store(counted, layer)
    frame, towns = store(counted, "town")
    _, survey = store(counted, "survey")
    ranks, points, found = worst(counted, shapes), anchor(shapes), table(internal / "flood_town.csv")
    labels = np.where(shapely.intersects(points, survey[0]), "区域外", "未調査")
    labels = np.array([CLASSES.get(int(rank), nothing) for rank, nothing in zip(ranks, labels, strict=True)], dtype=object)
    inside = {name: shapely.intersects(points, shapely.union_all(towns[(frame["name"] == name).to_numpy()])) for name in ("=一丁目", "二丁目", "三丁目")}  # type: ignore[index]
    inside["（町丁目の外）"] = ~np.logical_or.reduce(list(inside.values()))
    for name, here in inside.items():
        for label in (*CLASSES.values(), "区域外", "未調査"):
            key = (f"'{name}" if name.startswith("=") else name, label)
            assert int(found[key][header]) == int((here & (labels == label)).sum()), key


def test_the_ground_of_parcels_in_a_class_is_counted_once_and_in_the_worse_class(counted: Catalogue, internal: Path) -> None:
    _, lots = store(counted, "parcel")
    frame, zones = store(counted, "flood")
    found, taken = table(internal / "flood_city.csv"), shapely.Polygon()
    for rank in (3, 2, 1):
        zone = shapely.union_all(zones[(frame["rank"] == rank).to_numpy()])  # type: ignore[index]
        area = shapely.area(shapely.intersection(lots, shapely.difference(zone, taken))).sum()
        taken = shapely.union(taken, zone)
        assert float(found["小さな市", CLASSES[rank]]["筆の面積（㎡）"]) == pytest.approx(area, abs=0.005 * len(lots))
    assert float(found["小さな市", "計"]["筆の面積（㎡）"]) == pytest.approx(shapely.area(lots).sum(), abs=0.005 * len(lots))


@pytest.mark.parametrize("zone", ["flood", "surge"])
@pytest.mark.parametrize("audience", ["internal", "public"])
def test_towns_and_districts_add_up_to_the_city_exactly(request: pytest.FixtureRequest, audience: str, zone: str) -> None:
    folder = request.getfixturevalue(audience)
    city = table(folder / f"{zone}_city.csv")
    headers = list(next(iter(city.values())))[3:]
    assert len(headers) == (8 if audience == "internal" else 6)
    for header in headers:
        if header == "人口の推計（人）" and audience == "public":
            continue  # small numbers are not shown: test_statistics_withheld.py
        whole = {label: int(row[header].replace(".", "")) for (_, label), row in city.items()}
        assert sums(folder / f"{zone}_town.csv", header) == whole
        assert sums(folder / f"{zone}_school.csv", header) == whole
        assert sum(whole[label] for label in whole if label != "計") == whole["計"] > 0


def test_people_of_a_town_are_kept_whole_and_those_without_an_address_are_told(internal: Path) -> None:
    found, header = table(internal / "flood_town.csv"), "人口の推計（人）"
    assert [int(found[name, "計"][header]) for name in ("'=一丁目", "二丁目", "三丁目", "（町丁目の外）")] == [*PEOPLE, 0]
    assert int(found["三丁目", "按分できない人口（住居表示のない町丁目）"][header]) == PEOPLE[2]
    doors = {label: int(found["二丁目", label]["住居表示数（件）"]) for label in CLASSES.values()}
    for label, count in doors.items():
        share = PEOPLE[1] * count / int(found["二丁目", "計"]["住居表示数（件）"])
        assert abs(int(found["二丁目", label][header]) - share) < 1


def test_a_layers_own_word_stands_for_nothing_and_a_hazard_without_zones_has_only_that(internal: Path) -> None:
    found = table(internal / "surge_city.csv")
    assert found["小さな市", "想定なし"]["筆数（筆）"] == found["小さな市", "計"]["筆数（筆）"] != "0"
    assert ("小さな市", "区域外") not in found


def test_floor_areas_leave_out_buildings_without_storeys_and_say_how_many(counted: Catalogue, internal: Path) -> None:
    frame, shapes = store(counted, "house")
    floors = frame["floors"].to_numpy(float, na_value=np.nan)  # type: ignore[index]
    row = table(internal / "flood_city.csv")["小さな市", "計"]
    assert int(row["階数不明の建物数（棟）"]) == np.isnan(floors).sum() > 10
    assert float(row["延べ床面積の概算（㎡）"]) == pytest.approx(np.nansum(shapely.area(shapes) * floors), abs=0.02 * len(shapes))


def test_the_public_tables_have_no_column_that_needs_an_internal_one(public: Path) -> None:
    for path in public.glob("*.csv"):
        head = path.read_bytes().decode("utf-8-sig").splitlines()[0]
        assert "建物の図上面積" in head and "延べ床" not in head and "階数" not in head, path.name
    listed = json.loads((public / "index.json").read_text("utf-8"))
    assert MEASURES["floor"].header not in [one["header"] for one in listed["columns"]]


def test_the_list_names_every_file_with_sources_date_and_rules(internal: Path) -> None:
    listed = json.loads((internal / "index.json").read_text("utf-8"))
    files = {one["path"] for layer in listed["layers"] for one in layer["files"]} | {layer["chart"] for layer in listed["layers"] if layer["chart"]} | {"index.json"}
    assert files == {path.name for path in internal.iterdir()}
    assert listed["sliver_m2"] == 0.1 and listed["layers"][0]["updated"] == "2026-04-01" and listed["layers"][0]["attribution"] == "試験用"
    assert "按分" in next(one["ja"] for one in listed["columns"] if one["header"] == "人口の推計（人）")


def test_the_same_store_gives_the_same_bytes_under_another_hash_seed_time_zone_and_locale(ingested: Path, internal: Path, tmp_path: Path) -> None:
    other = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "America/Lima", "LC_ALL": "C", "MPLCONFIGDIR": str(tmp_path / "mpl")}
    code = "from gispipe.cli.main import main; main()"
    ended = subprocess.run([sys.executable, "-c", code, "statistics", "--city", str(ingested), "--audience", "internal", "--out", str(tmp_path / "out"), "--json"],
                           env=other, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert sorted(json.loads(ended.stdout)["files"]) == sorted(path.name for path in internal.iterdir())
    for path in internal.iterdir():
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes(), path.name
