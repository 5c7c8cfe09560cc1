"""The archive's bytes: exact header, the same for every worker count and hash seed, no values in the metadata."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from made_layers import layer, parcels, stairs
from pmtiles.tile import tileid_to_zxy, zxy_to_tileid

from gispipe.tiles import archive, grid, judged, read, varint
from gispipe.tiles.encode import ArchiveReport

Build = Callable[..., ArchiveReport]
EVERYTHING = """
import sys; sys.path.insert(0, sys.argv[1])
from pathlib import Path
from made_layers import layer, parcels, stairs
from gispipe.tiles.encode import build_archive
layers = [layer(parcels(30), "polygon", (11, 16)), layer(stairs(50), "polygon", (9, 15), id="flood", keep=True)]
build_archive(Path(sys.argv[2]), layers, name="n", attribution="a", workers=int(sys.argv[3]))
"""


@given(st.lists(st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1), st.sampled_from([127, 128, 16383, 16384, 2**28 - 1, 2**28, 2**63]))))
def test_varints_come_back(values: list[int]) -> None:
    given_values = np.array(values, np.uint64)
    raw = varint.encode(given_values).tobytes()
    assert raw == b"".join(map(varint.one, values))
    assert int(varint.sizes(given_values).sum()) == len(raw)
    assert varint.decode(raw).tolist() == values


@given(st.lists(st.integers(0, 2**14 - 1)))
def test_short_words_are_the_varints_of_numbers_below_sixteen_thousand(values: list[int]) -> None:
    assert varint.pressed(varint.short(np.array(values, np.uint16))).tobytes() == b"".join(map(varint.one, values))


@given(st.lists(st.integers(-2**31, 2**31 - 1)))
def test_zigzag_of_narrow_integers_comes_back(values: list[int]) -> None:
    assert varint.unzigzag(varint.zigzag(np.array(values, np.int32)).astype(np.uint64)).tolist() == values


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_zigzag_comes_back_and_puts_small_magnitudes_first(values: list[int]) -> None:
    mapped = varint.zigzag(np.array(values, np.int64))
    assert mapped.tolist() == [2 * v if v >= 0 else -2 * v - 1 for v in values]
    assert varint.unzigzag(mapped).tolist() == values


@pytest.mark.parametrize("raw", [b"\x80", b"\x01\xff", b"\xff" * 10 + b"\x01", b"\xff" * 9 + b"\x02"])
def test_varints_cut_off_or_too_long_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="varint"):
        varint.decode(raw)


@given(st.integers(0, 18).flatmap(lambda z: st.tuples(st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))))
def test_tile_ids_are_those_of_the_pmtiles_package(place: tuple[int, int, int]) -> None:
    z, x, y = place
    number = grid.tile_number(z, x, y)
    assert number == zxy_to_tileid(z, x, y) == int(grid.tile_id(z, np.array([x]), np.array([y]))[0])
    assert grid.tile_zxy(number) == tileid_to_zxy(number) == place


@pytest.mark.parametrize(("workers", "seed", "locale"), [(1, "0", "C"), (2, "1", "C.UTF-8"), (3, "99", "ja_JP.UTF-8")])
def test_bytes_depend_on_nothing_but_the_layers(workers: int, seed: str, locale: str, build: Build, tmp_path: Path) -> None:
    expected = build(layer(parcels(30), "polygon", (11, 16)), layer(stairs(50), "polygon", (9, 15), id="flood", keep=True))
    other = tmp_path / "other.pmtiles"
    subprocess.run([sys.executable, "-c", EVERYTHING.replace('"n"', '"test"').replace('"a"', '"made up"'), str(Path(__file__).parent), str(other), str(workers)],
                   check=True, env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": locale})
    assert hashlib.sha256(other.read_bytes()).digest() == hashlib.sha256(expected.path.read_bytes()).digest()


def test_the_header_counts_are_exact(build: Build) -> None:
    report = build(layer(parcels(30), "polygon", (10, 16)))
    facts = read.verify(report.path)
    tiles = list(read.iter_tiles(report.path))
    assert facts.header.addressed == len(tiles) == report.tiles
    assert facts.header.contents == len({data for _, data in tiles})
    assert facts.bytes == report.bytes == report.path.stat().st_size
    assert (facts.largest, facts.median) == (report.largest, report.median)
    west, south, east, north = shapely.total_bounds(parcels(30))
    assert facts.header.bounds == pytest.approx((*grid.to_lonlat(west, south), *grid.to_lonlat(east, north)), abs=1e-7)


def test_metadata_names_columns_and_types_but_never_values(build: Build) -> None:
    report = build(layer(parcels(3), "polygon", (14, 15), attributes={"owner": np.array(["SECRET"] * 9, object), "rank": np.arange(9)}))
    opened = read.open_archive(report.path)
    assert opened.metadata["vector_layers"] == [{"id": "thing", "fields": {"owner": "String", "rank": "Number"}, "minzoom": 14, "maxzoom": 15}]
    assert "SECRET" not in str(opened.metadata)
    assert "tilestats" not in opened.metadata


def test_strings_finds_every_name_key_and_text_value(build: Build) -> None:
    report = build(layer(parcels(3), "polygon", (14, 15), attributes={"owner": np.array([f"CANARY{i}" for i in range(9)], object)}))
    facts = read.verify(report.path)
    assert {"thing", "owner", "made up", *(f"CANARY{i}" for i in range(9))} <= facts.strings == judged.contents(report.path).strings
    assert facts.layers["thing"].names == {"owner"}


def test_an_archive_is_judged_as_strictly_without_its_texts(build: Build, tmp_path: Path) -> None:
    path = build(layer(parcels(3), "polygon", (14, 15), attributes={"owner": np.array([f"CANARY{i}" for i in range(9)], object)})).path
    whole, memory = judged.contents(path), tmp_path / "memory"
    for _ in range(2):  # from the tiles, from memory
        found = judged.contents(path, memory, texts=False)
        assert (found.tiles, found.names) == (whole.tiles, whole.names) and not any("CANARY" in text for text in found.strings)
    assert judged.contents(path, memory) == whole  # what was remembered without texts says nothing of them
    assert judged.contents(path, memory, texts=False).strings < whole.strings
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    with pytest.raises(read.TileError):
        judged.contents(path, memory, texts=False)


def test_many_tiles_get_leaf_directories_that_the_pmtiles_package_follows(tmp_path: Path) -> None:
    from pmtiles.reader import MmapSource, Reader

    rng = np.random.default_rng(0)
    first = grid.tile_number(12, 0, 0)
    numbers = sorted({first + int(n) for n in rng.integers(0, 4**12, 30_000)})
    tiles = [(number, rng.bytes(1 + number % 40)) for number in numbers]
    path = tmp_path / "many.pmtiles"
    with archive.Writer(path, archive.WEBP, (-180, -85, 180, 85), (12, 12), {"name": "many"}) as out:
        out.add(tiles)
        out.finish()
    opened = read.open_archive(path)
    assert opened.header.leaves[1] > 0
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        for number, data in tiles[::2000]:
            assert reader.get(*grid.tile_zxy(number)) == data


def test_tiles_may_come_in_any_order_and_each_once(tmp_path: Path) -> None:
    def written(tiles: list[tuple[int, bytes]]) -> bytes:
        with archive.Writer(tmp_path / "x", archive.MVT, (0, 0, 0, 0), (0, 1), {}) as out:
            out.add(tiles)
            out.finish()
        return (tmp_path / "x").read_bytes()

    assert written([(4, b"a"), (3, b"b"), (1, b"a")]) == written([(1, b"a"), (3, b"b"), (4, b"a")])
    with pytest.raises(read.TileError, match="tile id 3 comes twice"):
        written([(3, b"a"), (3, b"b")])
