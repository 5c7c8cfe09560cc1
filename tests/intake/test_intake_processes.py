"""Reader processes: closed, mortal, and the table does not depend on how many there are."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycity import csv_file, dbf, geojson, lonlat, shapefile, square

from gispipe.errors import UnreadableInput
from gispipe.intake import limits, read_source, readers
from gispipe.intake.columnar import read_columns, write_columns
from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.intake.sandbox import Readers, closed_environment
from gispipe.model import Source

CSV = Source(reader="csv", path="a.csv")


def good(folder: Path) -> Path:
    return csv_file(folder / "good.csv", [["名称"], ["髙"]])


def hang(path: Path) -> Path:
    """Make a file that never ends: whoever opens it waits."""
    os.mkfifo(path)
    return path


def kill_soon(group: Readers) -> threading.Thread:
    def wait_and_kill() -> None:
        while (child := group._all[0]._child) is None:
            time.sleep(0.05)
        time.sleep(1.0)
        child.kill()

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    return thread


pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")


@pipes
def test_a_reader_that_is_killed_costs_its_own_file_only(group: Readers, tmp_path: Path) -> None:
    killer = kill_soon(group)
    with pytest.raises(UnreadableInput, match="the reader died on this file") as caught:
        group.read(hang(tmp_path / "fifo.csv"), CSV, "fifo.csv")
    killer.join()
    assert caught.value.exit_status == 21
    assert group.read(good(tmp_path), CSV, "good.csv").frame["名称"].tolist() == ["髙"]


@pipes
def test_a_file_that_takes_for_ever_is_given_up(group: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WALL_SECONDS", 1.0)
    with pytest.raises(UnreadableInput, match="time, memory or a broken file"):
        group.read(hang(tmp_path / "fifo.csv"), CSV, "fifo.csv")


@pytest.mark.skipif(not limits.limited(), reason="this platform cannot limit a process")
def test_a_table_larger_than_the_memory_limit_ends_in_a_sentence(group: Readers, tmp_path: Path) -> None:
    rows = limits.MEMORY // 65_000 + 5000
    path = shapefile(tmp_path / "a.shp", [square(0, 0, 5)], {"n": ["1"]})
    dbf(path.with_suffix(".dbf"), {f"f{k}": [] for k in range(255)}, width=254)
    for part, size, where, stated in ((".dbf", 33 + 255 * 32 + rows * (1 + 255 * 254), 4, rows.to_bytes(4, "little")), (".shx", 100 + 8 * rows, 24, (50 + 4 * rows).to_bytes(4, "big"))):
        with path.with_suffix(part).open("r+b") as file:
            file.seek(where)
            file.write(stated)
            file.truncate(size)
    index = np.fromfile(path.with_suffix(".shx"), dtype=">i4", offset=0)
    index[25:] = np.tile([50, (os.path.getsize(path) - 108) // 2], rows)
    index.tofile(path.with_suffix(".shx"))
    with pytest.raises(UnreadableInput) as caught:
        group.read(path, Source(reader="shapefile", path="a.shp", encoding="cp932"), "a.shp")
    assert "memory" in str(caught.value) or "died" in str(caught.value)
    assert len(group.read(good(tmp_path), CSV, "good.csv")) == 1


def test_the_readers_own_failure_comes_back_in_both_languages(group: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    with pytest.raises(UnreadableInput) as caught:
        group.read(tmp_path / "a.csv", CSV, "a.csv")
    assert str(caught.value) == "a.csv: the file is empty — ask for it again"
    monkeypatch.setenv("GISPIPE_LANG", "ja")
    assert str(caught.value) == "a.csv: ファイルが空です — 受け取り直してください"


def test_readers_know_no_driver_but_the_declared_ones() -> None:
    skipped = set(closed_environment()["OGR_SKIP"].split(","))
    assert {"OGR_VRT", "VRT"} & skipped or "OGR_VRT" not in pyogrio.list_drivers()
    assert not skipped & {"ESRI Shapefile", "GPKG", "FlatGeobuf"} and {"GeoJSON", "CSV", "KML"} & set(pyogrio.list_drivers()) <= skipped


def test_no_setting_of_the_caller_reaches_a_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHAPE_ENCODING", "latin1")
    monkeypatch.setenv("GDAL_HTTP_PROXY", "x")
    assert not {"SHAPE_ENCODING", "GDAL_HTTP_PROXY"} & set(closed_environment())


def test_the_number_of_readers_does_not_change_the_table(tmp_path: Path, group: Readers) -> None:
    for k in range(5):
        csv_file(tmp_path / f"t{k}.csv", [["n", "v"], *[[str(k), str(j)] for j in range(k + 1)]])
    source = Source(reader="csv", path="t*.csv")
    one = read_source(group, tmp_path, source, "layers/x.toml")
    with readers(2) as pair, ThreadPoolExecutor(4) as pool:
        others = list(pool.map(lambda _: read_source(pair, tmp_path, source, "layers/x.toml"), range(4)))
    for other in others:
        pd.testing.assert_frame_equal(one.frame, other.frame)
        assert one.files == other.files and one.place.tolist() == other.place.tolist()
    assert one.place.tolist() == [2, 2, 3, 2, 3, 4, 2, 3, 4, 5, 2, 3, 4, 5, 6]
    assert [one.files[k].path for k in one.file] == ["t0.csv"] + ["t1.csv"] * 2 + ["t2.csv"] * 3 + ["t3.csv"] * 4 + ["t4.csv"] * 5


def test_a_column_that_only_some_files_have_is_remembered(tmp_path: Path, group: Readers) -> None:
    csv_file(tmp_path / "t1.csv", [["n", "v"], ["1", "2"]])
    csv_file(tmp_path / "t2.csv", [["n"], ["1"]])
    assert read_source(group, tmp_path, Source(reader="csv", path="t*.csv"), "f").facts["absent"] == {"v": "t2.csv"}


@pytest.mark.parametrize(("driver", "reader", "suffix"), [("GPKG", "gpkg", "gpkg"), ("FlatGeobuf", "flatgeobuf", "fgb")])
def test_packed_formats_are_read_with_types_and_crs(tmp_path: Path, group: Readers, driver: str, reader: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    shapes = [square(0, 0, 5), square(9, 0, 5)]
    columns = [np.array(["髙﨑①", None], dtype=object), np.array([1, 2]), np.array([0.5, np.nan]), np.array(["2026-04-01", "2026-04-02"], dtype="datetime64[D]")]
    pyogrio.raw.write(str(path), shapely.to_wkb(shapes), columns, ["名称", "n", "x", "day"], driver=driver, layer="t", geometry_type="Polygon", crs="EPSG:6674")
    delivered = group.read(path, Source(reader=reader, path=path.name), path.name)
    rows = delivered.frame.sort_values("n").to_numpy().tolist()
    assert rows == [["髙﨑①", 1, 0.5, "2026-04-01"], [None, 2, None, "2026-04-02"]]
    assert delivered.crs == "EPSG:6674" and sorted(shapely.area(delivered.geometry).tolist()) == [25.0, 25.0]


def test_a_package_with_two_tables_wants_one_named(tmp_path: Path, group: Readers) -> None:
    path = tmp_path / "a.gpkg"
    for name in ("道路", "橋"):
        pyogrio.raw.write(str(path), shapely.to_wkb([square(0, 0, 5)]), [np.array([name], dtype=object)], ["n"], driver="GPKG", layer=name, geometry_type="Polygon",
                          crs="EPSG:6674", append=path.exists())
    with pytest.raises(UnreadableInput, match="2 tables inside: 道路, 橋"):
        group.read(path, Source(reader="gpkg", path="a.gpkg"), "a.gpkg")
    assert group.read(path, Source(reader="gpkg", path="a.gpkg", layer="橋"), "a.gpkg").frame["n"].tolist() == ["橋"]
    with pytest.raises(UnreadableInput):
        group.read(path, Source(reader="gpkg", path="a.gpkg", layer="川"), "a.gpkg")


def test_a_cut_package_is_refused(tmp_path: Path, group: Readers) -> None:
    for driver, name in (("GPKG", "a.gpkg"), ("FlatGeobuf", "a.fgb")):
        path = tmp_path / name
        shapes = shapely.to_wkb([square(9 * k, 0, 5) for k in range(500)])
        pyogrio.raw.write(str(path), shapes, [np.array([f"名称{k}" for k in range(500)], dtype=object)], ["n"], driver=driver, geometry_type="Polygon", crs="EPSG:6674")
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(UnreadableInput):
            group.read(path, Source(reader={"GPKG": "gpkg", "FlatGeobuf": "flatgeobuf"}[driver], path=name), name)


def test_all_formats_give_the_same_shapes(tmp_path: Path, group: Readers) -> None:
    shapes = [square(0, 0, 5), shapely.Polygon([(0, 0), (9, 0), (9, 9)], [[(5, 1), (6, 1), (6, 2)]])]
    shapefile(tmp_path / "a.shp", shapes, {"n": ["1", "2"]})
    geojson(tmp_path / "a.geojson", shapes, [{"n": "1"}, {"n": "2"}])
    a = group.read(tmp_path / "a.shp", Source(reader="shapefile", path="a.shp"), "a.shp")
    b = group.read(tmp_path / "a.geojson", Source(reader="geojson", path="a.geojson"), "a.geojson")
    assert shapely.equals(a.geometry, b.geometry).all() and a.frame.equals(b.frame)
    assert lonlat(shapes)[0] != shapes[0]


scalars = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=6), st.integers(-(2**70), 2**70), st.booleans(), st.floats(allow_nan=False))


@settings(max_examples=40)
@given(st.lists(scalars, min_size=1, max_size=8))
def test_mixed_columns_cross_the_border_value_by_value(tmp_path_factory: pytest.TempPathFactory, values: list[object]) -> None:
    count = len(values)
    frame = pd.DataFrame({"v": np.array([*values, None], dtype=object)[:-1]}, index=range(count), dtype=object)
    delivered = Delivered(frame, None, None, np.arange(1, count + 1), np.zeros(count, int), (SourceFile("x", "", 0, count),))
    path = tmp_path_factory.mktemp("columns") / "a.arrow"
    write_columns(path, delivered)
    back = read_columns(path, {"crs": None, "encoding": None, "files": [], "notes": [], "facts": {}})
    got = back.frame["v"].tolist()
    assert got == values and [type(v) for v in got] == [type(v) for v in values]
