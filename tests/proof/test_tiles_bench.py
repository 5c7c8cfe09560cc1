"""The tile benchmark judges every engine by what its archive holds: the judge itself, the city, and what is counted."""

from __future__ import annotations

import gzip
import json
import sys
from importlib.util import find_spec
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from pmtiles.reader import MmapSource, all_tiles

from tests.bench import tiles_engines, tiles_gdal
from tests.bench.tiles_city import NAMES, city, drawn, outline, pieces
from tests.bench.tiles_engines import ours, own, peers
from tests.bench.tiles_meter import Stopped, timed
from tests.bench.tiles_prepare import prepare, prepared
from tests.bench.tiles_quality import EXTENT, HALF, PIXEL, gaps, quality
from tests.bench.tiles_rings import numbers, polygons
from tests.bench.tiles_scale import Run, middle, order, report
from tests.bench.tiles_table import ALONE, BASE, Row, details, table, targets
from tests.proof.postgis import binaries

PARCELS = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tiles") / "city"
    prepare(made, PARCELS, peers=True)
    ours(made, 1)
    return made


@pytest.fixture(scope="module")
def ground(folder: Path) -> shapely.Polygon:
    return shapely.from_wkb((folder / "outline.wkb").read_bytes())


def counts(folder: Path, flood: str = "flood_pieces") -> dict[str, int]:
    rows = prepared(folder, True) or {}
    return {name: rows[flood if name == "flood" else name]["rows"] for name in NAMES}


def test_a_city_made_in_pieces_is_the_city_made_at_once() -> None:
    whole, numbered = city(PARCELS), drawn(PARCELS)
    for name in NAMES:
        parts = list(pieces(numbered, name, rows=37))
        assert shapely.to_wkb(np.concatenate([g for g, _ in parts])).tolist() == shapely.to_wkb(whole[name][0]).tolist()
        for column, values in whole[name][1].items():
            assert np.concatenate([v[column] for _, v in parts]).tolist() == values.tolist()
    assert outline(numbered).symmetric_difference(shapely.union_all(whole["parcel"][0])).area < 1e-6


def test_a_prepared_city_is_used_again_only_where_it_is_whole(tmp_path: Path) -> None:
    assert prepared(tmp_path, False) is None
    prepare(tmp_path, 100, peers=False)
    assert (prepared(tmp_path, False) or {})["parcel"] == {"rows": 100, "vertices": 900} and prepared(tmp_path, True) is None
    path = tmp_path / "counts.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"made by": "other code"}))
    assert prepared(tmp_path, False) is None


def test_polygons_read_in_bulk_are_those_the_decoder_reads_one_by_one(folder: Path) -> None:
    seen = 0
    with (folder / "ours-1.pmtiles").open("rb") as file:
        for zxy, packed in all_tiles(MmapSource(file)):
            data = gzip.decompress(packed)
            tile = vector_tile_pb2.tile()
            tile.ParseFromString(data)
            decoded = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
            for layer in tile.layers:
                if layer.name == "road":
                    continue
                mine = polygons(layer)
                theirs = shapely.get_parts(shapely.from_geojson([json.dumps(f["geometry"]) for f in decoded[layer.name]["features"]]))
                assert sorted(shapely.to_wkt(shapely.normalize(mine))) == sorted(shapely.to_wkt(shapely.normalize(theirs))), (zxy, layer.name)
                assert numbers(layer) == [f["id"] for f in decoded[layer.name]["features"]]
                seen += len(mine)
    assert seen > 3 * PARCELS


def test_holes_and_rings_without_ground_are_told_apart() -> None:
    holed = shapely.box(0, 0, 100, 100) - shapely.box(10, 10, 20, 20) - shapely.box(30, 30, 50, 50)
    two = shapely.MultiPolygon([shapely.box(200, 0, 210, 10), shapely.box(300, 0, 330, 30)])
    made = mapbox_vector_tile.encode({"name": "parcel", "features": [{"geometry": g, "properties": {"fid": n}} for n, g in ((7, holed), (9, two))]})
    tile = vector_tile_pb2.tile()
    tile.ParseFromString(made)
    flat = tile.layers[0].features.add()
    flat.geometry.extend([9, 20, 20, 18, 10, 0, 10, 0, 15])  # three points in a line
    flat.tags.extend(tile.layers[0].features[0].tags)
    found = polygons(tile.layers[0])
    assert sorted(shapely.area(found)) == [100, 900, holed.area] and max(shapely.get_num_interior_rings(found)) == 2
    assert numbers(tile.layers[0]) == [7, 9, 7], "without ids the attribute fid counts"


def test_our_archive_keeps_every_feature_and_leaves_no_gap(folder: Path, ground: shapely.Polygon) -> None:
    held = quality(folder / "ours-1.pmtiles", ground)
    assert held["kept"] == counts(folder, "flood")
    assert [gap["large"] for gap in held["gaps"].values()] == [0, 0] and max(gap["share"] for gap in held["gaps"].values()) < 1e-4
    with (folder / "ours-1.pmtiles").open("rb") as file:
        sizes = sorted(len(data) for _, data in all_tiles(MmapSource(file)))
    assert (held["tiles"], held["largest"]) == (len(sizes), sizes[-1]) and sizes[0] <= held["median"] <= sizes[-1]


def test_parcels_that_are_missing_are_found_as_gaps(folder: Path, ground: shapely.Polygon, tmp_path: Path) -> None:
    import geopandas

    for name in NAMES:
        table_ = geopandas.read_parquet(folder / f"{name}.parquet")
        (table_ if name != "parcel" else table_.drop(index=[150, 210])).to_parquet(tmp_path / f"{name}.parquet")
    ours(tmp_path, 1)
    held = quality(tmp_path / "ours-1.pmtiles", ground)
    taken = shapely.area(city(PARCELS)["parcel"][0][[150, 210]]).sum() / ground.area
    assert held["kept"]["parcel"] == PARCELS - 2
    for gap in held["gaps"].values():
        assert gap["large"] == 2 and gap["share"] == pytest.approx(taken, rel=0.35)  # the ground lacks the outermost pixel


def at_once(covered: dict[tuple[int, int], np.ndarray], ground: shapely.Geometry) -> np.ndarray:
    """Return the areas of the gaps, ground and tiles in units of a zoom, from the whole ground in every overlay: slow, and plain."""
    inner = shapely.buffer(ground, -PIXEL)
    bare = []
    for tile, lots in covered.items():
        corner = np.array(tile) * EXTENT
        here = shapely.intersection(inner, shapely.box(*corner, *(corner + EXTENT)))
        bare.append(shapely.difference(here, shapely.transform(shapely.union_all(shapely.make_valid(lots)), lambda xy, corner=corner: xy + corner)))
    return shapely.area(shapely.get_parts(shapely.union_all(bare)))


def test_gaps_found_block_by_block_are_those_of_all_the_ground_at_once() -> None:
    column, row_, zoom = 14404, 6553, 14
    corner = np.array([column, row_]) * EXTENT
    node = np.stack(np.meshgrid(np.arange(26), np.arange(26)), -1) * 300 + 150 + np.random.default_rng(5).uniform(-60, 60, (26, 26, 2)) + corner
    lots = shapely.polygons(np.stack([node[:-1, :-1], node[:-1, 1:], node[1:, 1:], node[1:, :-1]], 2))  # 25 by 25 lots on two by two tiles
    lots[:, 11] = None  # a path parts the ground
    lots[19:, 20] = lots[20, 21:] = None
    lots[20, 20] = shapely.box(*node[20, 20], *(node[20, 20] + 12))  # less than two pixels wide: no ground
    ground_ = shapely.union_all(lots)
    lots[3, 3] = lots[22, 22] = lots[13, 5] = lots[17, 12:15] = None  # four gaps, of which the third and fourth lie across a border of tiles
    covered = {}
    for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)):
        at = corner + np.array([x, y]) * EXTENT
        here = shapely.intersection(lots[shapely.intersects(lots, shapely.box(*at, *(at + EXTENT)))], shapely.box(*(at - 64), *(at + EXTENT + 64)))
        covered[column + x, row_ + y] = shapely.transform(here, lambda xy, at=at: np.rint(xy - at))
    wanted = at_once(covered, ground_)
    found = gaps(covered, shapely.transform(ground_, lambda xy: (xy * (2 * HALF) / (EXTENT * 2**zoom) - HALF) * (1, -1)), zoom)
    assert len(shapely.get_parts(ground_)) == 4 and (wanted > 40_000).sum() == 4, "the case is what it is said to be"
    assert (found["count"], found["large"]) == (len(wanted), (wanted > PIXEL**2).sum()) == (len(wanted), 4)
    assert found["share"] == pytest.approx(wanted.sum() / shapely.buffer(ground_, -PIXEL).area, rel=1e-6)


@pytest.mark.parametrize("name", ["duckdb", "postgis", "gdal", "freestiler"])
def test_a_peer_keeps_every_feature_of_the_same_city(folder: Path, ground: shapely.Polygon, name: str) -> None:
    there = {"duckdb": bool(find_spec("duckdb") and find_spec("duckdb_extension_spatial")), "postgis": binaries() is not None,
             "gdal": tiles_gdal.available(), "freestiler": bool(find_spec("freestiler"))}[name]
    if not there:
        pytest.skip(f"{name} is not installed")
    if name == "duckdb":
        tiles_engines._run("duckdb-load", folder)
    tiles_engines._run(name, folder)
    held = quality(folder / f"{name}.pmtiles", ground)
    assert held["kept"] == counts(folder, "flood" if name == "freestiler" else "flood_pieces")
    assert [gap["large"] for gap in held["gaps"].values()] == [0, 0]
    with (folder / f"{name}.pmtiles").open("rb") as file:
        deepest = {zxy: set(mapbox_vector_tile.decode(gzip.decompress(data))) for zxy, data in all_tiles(MmapSource(file)) if zxy[0] > 16}
    assert {z for z, _, _ in deepest} == {17, 18} and set().union(*deepest.values()) == {"parcel"}


def test_peers_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tiles_engines, "find_spec", lambda name: None)
    monkeypatch.setattr(tiles_engines, "program_of", lambda name: None)
    monkeypatch.setattr("tests.proof.postgis.BINARIES", ())
    monkeypatch.setattr("shutil.which", lambda name, **_: None)
    monkeypatch.setattr(tiles_gdal, "available", lambda: False)
    found, missing = peers(tmp_path, quick=False)
    assert not found and len(missing) == 6
    assert all(any(line.startswith(name) for line in missing) for name in ("freestiler", "PostGIS", "tippecanoe", "DuckDB", "GDAL"))


def test_memory_and_time_of_child_processes_count(tmp_path: Path) -> None:
    child = "import time; b = bytearray(80_000_000); [None for _ in range(3_000_000)]; time.sleep(0.3)"
    parent = f"import subprocess, sys; [p.wait() for p in [subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in '12']]"
    used = timed([sys.executable, "-c", parent], tmp_path / "out", 60)
    assert used["peak"] > 160 and used["cpu"] > 0.05 and used["wall"] > 0.3


@pytest.mark.parametrize(("program", "limit", "words"), [
    ("import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler); time.sleep(20)", 0.3, "stopped after"),
    ("raise SystemExit('no such city')", 60, "failed: no such city"),
], ids=["late", "failed"])
def test_an_engine_that_fails_or_takes_too_long_is_named(tmp_path: Path, program: str, limit: float, words: str) -> None:
    with pytest.raises(Stopped, match=words):
        timed([sys.executable, "-c", program], tmp_path / "out", limit)


def row(name: str, wall: float, size: float = 10.0, kept: int = 5) -> Row:
    made = {"bytes": size, "largest": 12345.6, "median": 60.0, "tiles": 4000, "kept": kept / 5, "z13": 0.0, "z14": 0.001}
    gap = {"share": 0.0, "count": 3, "large": 1}
    return Row(name, {"wall": wall, "cpu": 2 * wall, "peak": 900.0} | made, {"parcel": kept}, {"parcel": 5}, {"13": gap, "14": gap})


def test_the_table_fits_a_terminal_and_shows_ratios() -> None:
    late = Row("PostGIS ST_AsMVT", {}, {}, {}, {}, failed="stopped after 60 s")
    rows = [row(BASE, 1234.5), row(ALONE, 2469.0), row("tippecanoe, flood as delivered", 1234.5 * 4), late]
    lines = table(rows).splitlines()
    assert max(len(line) for line in lines) <= 120
    assert lines[4].split()[0] == "2.00×" and lines[6].split()[0] == "4.00×" and "stopped after 60 s" in lines[7]
    assert details(rows[0]) == "kept at z16: parcel 5 of 5; z13 3 gaps, 1 larger than a pixel; z14 3 gaps, 1 larger than a pixel"


def test_each_target_is_met_or_not_met_or_not_measured() -> None:
    peers_ = [row("freestiler", 20, size=5), row("PostGIS ST_AsMVT", 40, size=4, kept=4), row("tippecanoe, flood in pieces", 25, size=9.5)]
    rows = [row(BASE, 10), row(ALONE, 15), *peers_]
    said = targets(rows, 150_000)
    assert [line.split("  ")[0] for line in said] == ["not measured", "NOT met", "NOT met", "met", "met", "met", "NOT met"]
    assert "(freestiler)" in said[-1] and "2.000" in said[-1], "an archive that lacks features is not the measure of bytes"
    assert "5,000" in targets(rows, 5_000)[0]


def test_a_feature_that_grows_dearer_with_the_city_is_said() -> None:
    used = {"wall": 1.0, "cpu": 1.0, "peak": 1500.0}
    steady = [Run(10_000, 20_000, 1.0, 1.0, used), Run(1_500_000, 3_000_000, 165.0, 160.0, used)]
    assert "\nmet " in report(steady, 2) and "NOT met" not in report(steady, 2)
    assert "NOT met" in report([steady[0], Run(1_500_000, 3_000_000, 200.0, 160.0, used)], 2)
    assert report(steady[:1], 2).count("not measured") == 2 and "which --full runs" in report(steady[:1], 2)
    assert max(map(len, report(steady, 2).splitlines())) <= 120


def test_gispipe_with_two_workers_stands_first() -> None:
    engines = own(Path("city"))
    assert [engine.name for engine in engines] == [BASE, ALONE] and all(engine.flood == "flood" for engine in engines)


def test_smaller_cities_are_run_again_between_the_larger_ones_and_the_middle_run_counts() -> None:
    small = [10, 10, 10, 10, 10, 40_000, 40_000, 150_000]
    assert order((10, 40_000, 150_000, 300_000, 900_000)) == [*small, 300_000, *small, 900_000, *small]
    assert order((60_000, 150_000)) == [60_000, 150_000]
    runs = [Run(10, 10, seconds, seconds, {}) for seconds in (3.0, 1.0, 2.0)]
    assert middle(runs).engine_cpu == 2.0
    assert middle(runs[:2]).engine_cpu == 1.0
    assert middle(runs[:1]) is runs[0]
