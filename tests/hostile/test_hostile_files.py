"""Hostile files: each is refused by its own named error, quickly and in little memory, and the reader lives on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import ARCHIVES, GOOD, packed
from documents import ENDINGS, GDAL, LEADS, OGR, ROOTS, SECRET, TABLES, entities, network_kml, not_packed
from tinycity import csv_file, shapefile, square, tiff

from gispipe import errors
from gispipe.errors import UnreadableInput
from gispipe.intake import readers
from gispipe.intake.sandbox import Readers
from gispipe.model import Source

SECONDS, MEGABYTES = 2.0, 512


@pytest.fixture(scope="module")
def group() -> Iterator[Readers]:
    with readers(1) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def _warm(group: Readers, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("warm")
    shp = shapefile(folder / "a.shp", [square(0, 0, 10)], {"n": ["1"]})
    for reader in ("shapefile", "csv"):
        path = shp if reader == "shapefile" else csv_file(folder / "a.csv", [["a"], ["1"]])
        assert len(group.read(path, Source(reader=reader, path=path.name), path.name)) == 1


def refused(group: Readers, path: Path, reader: str, error: str, **more: str) -> UnreadableInput:
    """Read a file that must be refused by the named error within the limits of time and memory; return the failure."""
    began = time.perf_counter()
    with pytest.raises(UnreadableInput) as caught:
        group.read(path, Source(reader=reader, path=path.name, **more), path.name)
    assert time.perf_counter() - began < SECONDS, f"{time.perf_counter() - began:.1f} s"
    assert peak(group) < MEGABYTES
    name = type(caught.value).__name__
    # the exact error where one is named; any archive error, or any at all, where the format decides which comes first
    assert name == error or (error == "Archive" and name.startswith("Archive")) or (error == "UnreadableInput" and isinstance(caught.value, UnreadableInput)), f"{name}: {caught.value}"
    assert "the reader failed" not in str(caught.value) and "died" not in str(caught.value), str(caught.value)
    assert SECRET not in str(caught.value)
    return caught.value


def peak(group: Readers) -> float:
    """Return the most memory any reader process has used, in MB (0 where the system does not say)."""
    pids = [process._child.pid for process in group._all if process._child is not None]
    if os.name != "posix" or not Path("/proc/self/status").exists():
        return 0.0
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return max(int(line.split()[1]) / 1024 for line in lines)


@pytest.mark.parametrize("lead", range(len(LEADS)))
@pytest.mark.parametrize("reader", TABLES)
def test_a_virtual_format_is_refused_under_every_name(group: Readers, tmp_path: Path, reader: str, lead: int) -> None:
    secret = csv_file(tmp_path / "ledger.csv", [["owner"], [SECRET]])
    path = tmp_path / f"a.{ENDINGS[reader]}"
    path.write_text(LEADS[lead] + OGR.format(secret), "utf-8")
    assert refused(group, path, reader, "VirtualFormat").where.startswith(path.name), "the failure names the file"


@pytest.mark.parametrize("reader", ["geotiff", "jpeg"])
@pytest.mark.parametrize("lead", range(3))
def test_a_virtual_picture_is_refused(group: Readers, tmp_path: Path, reader: str, lead: int) -> None:
    path = tmp_path / "a.tif"
    path.write_text(LEADS[lead] + GDAL.format(tiff(tmp_path / "b.tif")), "utf-8")
    with pytest.raises(errors.VirtualFormat):
        group.sheets(path, Source(reader=reader, path="a.tif"), "a.tif")


@pytest.mark.parametrize("reader", TABLES)
def test_a_virtual_format_in_an_archive_is_no_data(group: Readers, tmp_path: Path, reader: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed([(f"a.{ENDINGS[reader]}", OGR.format("/etc/passwd").encode())]))
    assert refused(group, path, reader, "UnreadableInput").where.startswith(path.name), "the failure names the file"


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_nobody_honest_makes_is_refused(group: Readers, tmp_path: Path, name: str) -> None:
    make, error = ARCHIVES[name]
    path = tmp_path / "a.zip"
    path.write_bytes(make())
    before = sorted(tmp_path.parent.iterdir())
    assert refused(group, path, "csv", error).where.startswith(path.name), "the failure names the file"
    assert sorted(tmp_path.parent.iterdir()) == before, "nothing was written outside"


def test_an_honest_archive_is_read(group: Readers, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed([("内側/筆界.csv", GOOD), ("inner.zip", packed([("ソ表能.csv", GOOD)]))]))
    assert len(group.read(path, Source(reader="csv", path="a.zip"), "a.zip")) == 2


@pytest.mark.parametrize("reader", ROOTS)
@pytest.mark.parametrize("name", ["laughs", "outside entity", "outside DTD", "DTD after much", "unknown entity", "a thousand deep", "cut off"])
def test_xml_that_reaches_out_or_never_ends_is_refused(group: Readers, tmp_path: Path, reader: str, name: str) -> None:
    data, error = entities(reader)[name]
    path = tmp_path / f"a.{ENDINGS[reader]}"
    path.write_bytes(data)
    assert refused(group, path, reader, error).where.startswith(path.name), "the failure names the file"


@pytest.mark.parametrize("name", sorted(network_kml()))
def test_a_kml_that_points_elsewhere_is_refused(group: Readers, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.kml"
    path.write_bytes(network_kml()[name])
    assert refused(group, path, "kml", "VirtualFormat").where.startswith(path.name), "the failure names the file"


@pytest.mark.parametrize("name", sorted(not_packed()))
def test_a_binary_file_that_is_something_else_is_refused(group: Readers, tmp_path: Path, name: str) -> None:
    reader, data = not_packed()[name]
    path = tmp_path / f"a.{ENDINGS[reader]}"
    path.write_bytes(data)
    assert refused(group, path, reader, "UnreadableInput").where.startswith(path.name), "the failure names the file"


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.99])
def test_half_a_shapefile_is_refused(group: Readers, tmp_path: Path, part: str, share: float) -> None:
    path = shapefile(tmp_path / "a.shp", [square(20 * k, 0, 10) for k in range(500)], {"name": [f"n{k}" for k in range(500)]})
    data = path.with_suffix(part).read_bytes()
    path.with_suffix(part).write_bytes(data[: int(len(data) * share)])
    assert refused(group, path, "shapefile", "UnreadableInput").where.startswith(path.name), "the failure names the file"


@pytest.mark.parametrize("share", [0.001, 0.01, 0.2, 0.5])
def test_a_cut_picture_is_refused(group: Readers, tmp_path: Path, share: float) -> None:
    path = tiff(tmp_path / "a.tif")
    data = path.read_bytes()
    path.write_bytes(data[: max(9, int(len(data) * share))])
    with pytest.raises(UnreadableInput):
        group.picture([(path, "a.tif")], Source(reader="geotiff", path="a.tif", crs="EPSG:6674"), "layers/a.toml", tmp_path / "out.tif")


@pytest.mark.parametrize("path", ["/vsicurl/http://127.0.0.1:9/a.csv", "/vsizip/a.zip/a.csv", "http://127.0.0.1:9/a.csv", "../a.csv", "~/a.csv", "PG:dbname=x", "\\\\host\\a.csv", "/etc/passwd"])
def test_a_path_that_is_no_path_in_the_source_folder_is_no_declaration(path: str) -> None:
    with pytest.raises(ValueError, match="path_escapes"):
        Source(reader="csv", path=path)
