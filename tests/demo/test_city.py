"""The demo city: the same bytes every time, sound shapes, real formats, nothing real in it."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import struct
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import pytest
import rasterio.features
import shapely
from python_calamine import CalamineWorkbook
from rasterio import Affine

from gispipe.demo import DemoReport, write_city
from gispipe.demo.fields import mappings
from gispipe.demo.frame import ORIGIN

ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=64)
def shapefile(sources: Path, name: str) -> tuple[pd.DataFrame, np.ndarray]:
    if name in OFFICIAL:
        return official(sources, OFFICIAL[name])
    table = pyogrio.read_dataframe(sources / f"{name}.shp", encoding="cp932")
    return table.drop(columns="geometry"), table.geometry.to_numpy()


OFFICIAL = {f"hazard/flood_{stem}_{k}": f"{folder}_990001000{k}" for stem, folder in (("river", "20_想定最大規模/A31a-20-26"), ("planned", "10_計画規模/A31a-10-26"))
            for k in (1, 2)}


def official(sources: Path, name: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a table of the archive of 国土数値情報 in the city's plane, its rank under the name of the largest scale."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(sources / "hazard/A31a-26_99_10_GML.zip", metadata_encoding="cp932") as packed:
        for member in packed.namelist():
            if f"/{name}." in member:
                Path(folder, f"table{Path(member).suffix}").write_bytes(packed.read(member))
        table = pyogrio.read_dataframe(Path(folder, "table.shp"), encoding="cp932").to_crs("EPSG:6674")
    return table.drop(columns="geometry").rename(columns={"A31a_105": "A31a_205"}), table.geometry.to_numpy()


def rows(path: Path, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding))))


def sheet(path: Path) -> list[dict[str, object]]:
    """Return the rows of the only sheet of a workbook."""
    names, *cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [dict(zip(names, row, strict=True)) for row in cells]


def content(path: Path) -> bytes:
    """Return a file's bytes, of an archive those of its members."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def digests(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_seed_gives_the_same_bytes_under_another_hash_seed_time_zone_and_locale(sources: Path, tmp_path: Path) -> None:
    other = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "America/Lima", "LC_ALL": "C", "GDAL_NUM_THREADS": "3"}
    code = "import sys; from pathlib import Path; from gispipe.demo import write_city; write_city(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=other)
    assert digests(tmp_path) == digests(sources)


def test_an_unknown_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such size"):
        write_city(tmp_path, size="huge")


def test_the_report_names_every_file_and_its_rows(written: tuple[Path, DemoReport]) -> None:
    folder, report = written
    assert set(report.files) == set(digests(folder))
    assert report.bytes == sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    assert 11_000 < report.counts["parcel/parcel.shp"] < 13_500
    assert 8_500 < report.counts["base/building.shp"] < 12_500
    assert 8_500 < report.counts["address/address.csv"] < 12_000
    assert report.counts["school/primary.csv"] == 5


def test_no_shape_of_any_file_is_invalid_or_empty(sources: Path) -> None:
    for path in sorted([*sources.rglob("*.shp"), *sources.rglob("*.geojson")]):
        shapes = shapely.from_wkb(pyogrio.raw.read(path, columns=[])[2])
        assert len(shapes), path.name
        assert shapely.is_valid(shapes).all(), path.name
        assert not shapely.is_empty(shapes).any(), path.name


@pytest.mark.parametrize("name", ["parcel/parcel", "town/town", "school/primary_district", "school/junior_district"])
def test_neighbours_share_their_edges_exactly(sources: Path, name: str) -> None:
    _, shapes = shapefile(sources, name)
    assert shapely.coverage_is_valid(shapes)


def test_lots_fill_their_blocks_without_gaps(sources: Path) -> None:
    _, lots = shapefile(sources, "parcel/parcel")
    blocks = shapely.get_parts(shapely.coverage_union_all(lots))
    assert len(blocks) > 1000
    # a hole of less than 20 m² inside a block would be a gap between lots
    holes = [shapely.Polygon(shapely.get_interior_ring(b, k)) for b in blocks for k in range(shapely.get_num_interior_rings(b))]
    assert all(hole.area > 20 for hole in holes)


def test_every_building_stands_inside_one_lot(sources: Path) -> None:
    _, lots = shapefile(sources, "parcel/parcel")
    _, buildings = shapefile(sources, "base/building")
    building, lot = shapely.STRtree(lots).query(shapely.point_on_surface(buildings), predicate="within")
    assert (building == np.arange(len(buildings))).all()
    outside = shapely.area(shapely.difference(buildings, lots[lot]))
    assert outside.max() < 0.05


def test_town_and_lot_name_every_lot_once_and_addresses_are_unique(sources: Path) -> None:
    table, _ = shapefile(sources, "parcel/parcel")
    assert not table.duplicated(["町名", "地番"]).any()
    addresses = [row["住所"] for row in rows(sources / "address/address.csv", "cp932")]
    assert len(set(addresses)) == len(addresses)


def test_the_ledger_meets_most_lots_and_misses_a_few_on_both_sides(sources: Path) -> None:
    table, _ = shapefile(sources, "parcel/parcel")
    ledger = sheet(sources / "internal/ledger.xlsx")
    keys = [(r["町名"], r["地番"]) for r in ledger]
    assert len(set(keys)) == len(keys)
    lots = set(zip(table["町名"], table["地番"], strict=True))
    assert 0 < len(set(keys) - lots) < 20
    assert 0 < len(lots - set(keys)) < 20


def test_the_canaries_stand_in_the_owner_column_and_nowhere_else(sources: Path) -> None:
    canaries = tomllib.loads((ROOT / "city.toml").read_text(encoding="utf-8"))["gate"]["canaries"]
    owners = [r["所有者氏名"] for r in sheet(sources / "internal/ledger.xlsx")]
    assert len(canaries) == 3
    for canary in canaries:
        assert owners.count(canary) == 1
        needles = [canary.encode(code) for code in ("utf-8", "cp932")]
        hits = [p.name for p in sources.rglob("*") if p.is_file() and any(n in content(p) for n in needles)]
        assert hits == ["ledger.xlsx"]


def test_shapefiles_are_cp932_without_cpg_and_dated_the_day_of_the_edition(sources: Path) -> None:
    assert not list(sources.rglob("*.cpg"))
    for dbf in sources.rglob("*.dbf"):
        head = dbf.read_bytes()
        assert struct.unpack("3B", head[1:4]) == (126, 4, 1), dbf.name
        assert dbf.with_suffix(".prj").is_file()
    assert "町名".encode("cp932") in (sources / "town/town.dbf").read_bytes()[:200]


def test_crs_are_mixed_as_in_real_deliveries(sources: Path) -> None:
    found = {path.stem: pyogrio.read_info(path)["crs"] for path in sources.rglob("*.shp")}
    assert found["parcel"] == "EPSG:6674"
    assert found["zoning"] == "EPSG:6668"
    assert found["jichikai"] == "EPSG:2448"


def test_csv_come_in_both_encodings_with_coordinates(sources: Path) -> None:
    assert (sources / "disaster/aed.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not (sources / "address/address.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    aed = rows(sources / "disaster/aed.csv", "utf-8-sig")
    assert len(aed[0]) == 39
    assert all(33.7 < float(r["緯度"]) < 33.9 and 136.4 < float(r["経度"]) < 136.7 for r in aed)


def test_photos_have_a_world_file_and_no_date_of_their_own(sources: Path) -> None:
    sheets = sorted((sources / "photo").rglob("*.tif"))
    assert {s.parent.name for s in sheets} == {"2005", "2015", "2025"}
    for sheet in sheets:
        assert len(sheet.with_suffix(".tfw").read_text().split()) == 6
        assert sheet.with_suffix(".prj").is_file()
        assert b"DateTime" not in sheet.read_bytes()[:4096]


def test_hazard_ranks_are_nested_and_the_water_reaches_several_classes(sources: Path) -> None:
    flood = pyogrio.read_dataframe(sources / "hazard/flood_l2.geojson")
    assert set(flood["A31a_205"]) >= {1, 2, 3, 4}
    assert flood["A31a_202"].nunique() == 2
    slides, shapes = shapefile(sources, "hazard/landslide")
    worse, less = shapes[(slides["A33_002"] == 2).to_numpy()], shapes[(slides["A33_002"] == 1).to_numpy()]
    assert shapely.area(shapely.difference(worse, shapely.union_all(less))).max() < 0.15 * shapely.area(worse).max()


FLOODS = ["flood_river_1", "flood_river_2", "flood_planned_1", "flood_planned_2", "flood_duration"]


@pytest.fixture(scope="module")
def flood(sources: Path) -> dict[str, np.ndarray]:
    """Ranks of every flood layer on the model's cells, burnt from the written polygons."""
    place = Affine(5, 0, ORIGIN[0], 0, 5, ORIGIN[1])
    ranks = {}
    for name in FLOODS:
        table, shapes = shapefile(sources, f"hazard/{name}")
        column = table["継続ランク" if name == "flood_duration" else "A31a_205"]
        cells = zip(mappings(shapes), column.tolist(), strict=True)
        ranks[name] = rasterio.features.rasterize(cells, (460, 660), transform=place, dtype="uint8")
    return ranks


@pytest.mark.parametrize("name", FLOODS)
def test_flood_polygons_are_five_metre_stairs_that_do_not_overlap(sources: Path, flood: dict[str, np.ndarray], name: str) -> None:
    _, shapes = shapefile(sources, f"hazard/{name}")
    corners = shapely.get_coordinates(shapes) - ORIGIN
    assert np.abs(corners - 5 * np.round(corners / 5)).max() < 1e-3
    edges = np.concatenate([np.diff(shapely.get_coordinates(ring), axis=0) for ring in shapely.get_rings(shapely.get_parts(shapes))])
    assert (np.abs(edges).min(axis=1) < 1e-3).all()
    # every cell once: no two ranks cover the same ground
    assert shapely.area(shapes).sum() == pytest.approx(25 * np.count_nonzero(flood[name]), rel=1e-6)


def test_the_floods_agree_with_each_other(sources: Path, flood: dict[str, np.ndarray]) -> None:
    assert (flood["flood_planned_1"] <= flood["flood_river_1"]).all()
    assert (flood["flood_planned_2"] <= flood["flood_river_2"]).all()
    worse = np.maximum(flood["flood_river_1"], flood["flood_river_2"])
    assert ((flood["flood_duration"] > 0) == (worse > 0)).all()
    combined = pyogrio.read_dataframe(sources / "hazard/flood_l2.geojson").to_crs("EPSG:6674")
    areas = combined.geometry.area.groupby(combined["A31a_205"]).sum()
    for rank, area in areas.items():
        assert area == pytest.approx(25 * np.count_nonzero(worse == rank), rel=1e-3), rank


def test_no_pool_lies_far_from_the_river_that_fills_it(sources: Path) -> None:
    water, shapes = shapefile(sources, "base/water")
    for river, name in ((1, "星瀬川"), (2, "鈴音川")):
        bed = shapely.union_all(shapes[(water["名称"] == name).to_numpy()])
        pools = shapely.get_parts(shapefile(sources, f"hazard/flood_river_{river}")[1])
        joined = shapely.union_all(pools, grid_size=0.01)
        main = [body for body in shapely.get_parts(joined) if body.area > 9_000 and body.distance(bed) < 60]
        assert shapely.distance(pools, shapely.multipolygons(main)).max() < 60


def test_all_thirteen_zones_occur(sources: Path) -> None:
    zoning, _ = shapefile(sources, "planning/zoning")
    assert zoning["用途地域"].nunique() == 13


def test_the_city_says_that_it_is_fictitious_and_its_code_is_not_in_use() -> None:
    city = tomllib.loads((ROOT / "city.toml").read_text(encoding="utf-8"))
    assert city["fictitious"] is True
    assert "架空の市" in city["notice"]
    assert not 1 <= int(city["code"][:2]) <= 47
    total = sum(int(d) * w for d, w in zip(city["code"][:5], (6, 5, 4, 3, 2), strict=True))
    assert city["code"][5] == str((11 - total % 11) % 10)


def test_owners_are_nobody(sources: Path) -> None:
    from gispipe.demo.naming import FIRMS, GIVEN, SURNAMES

    allowed = {s + g for s in SURNAMES for g in GIVEN} | set(FIRMS)
    canaries = set(tomllib.loads((ROOT / "city.toml").read_text(encoding="utf-8"))["gate"]["canaries"])
    assert {r["所有者氏名"] for r in sheet(sources / "internal/ledger.xlsx")} <= allowed | canaries
