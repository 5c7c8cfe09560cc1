"""The strict reader accepts what we build and refuses every way of breaking it, saying where and what."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from made_layers import ORIGIN, layer, parcels

from gispipe.tiles import archive, geometry, grid
from gispipe.tiles.decode import Values, _value, decode_tiles
from gispipe.tiles.encode import ArchiveReport
from gispipe.tiles.errors import TileError
from gispipe.tiles.read import decode_tile, iter_tiles, verify
from gispipe.tiles.varint import one

Build = Callable[..., ArchiveReport]


def field(number: int, body: bytes | int) -> bytes:
    return one(number << 3) + one(body) if isinstance(body, int) else one(number << 3 | 2) + one(len(body)) + body


def packed(*numbers: int) -> bytes:
    return b"".join(map(one, numbers))


SQUARE = packed(9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15)  # clockwise with y down: an exterior
HOLE = packed(9, 4, 17, 26, 0, 4, 4, 0, 0, 3, 15)
VALUE = field(4, field(1, b"v"))


def feature(geometry: bytes = SQUARE, kind: int = 3, ident: int | None = 1, tags: bytes | None = packed(0, 0), extra: bytes = b"") -> bytes:
    return field(2, (b"" if ident is None else field(1, ident)) + (b"" if tags is None else field(2, tags)) + field(3, kind) + field(4, geometry) + extra)


def tile(*features: bytes, head: bytes = field(15, 2) + field(1, b"a"), keys: bytes = field(3, b"k"), values: bytes = VALUE, tail: bytes = field(5, 4096)) -> bytes:
    return field(3, head + b"".join(features or (feature(),)) + keys + values + tail)


GOOD = {
    "square": tile(), "with a hole": tile(feature(SQUARE + HOLE)), "point": tile(feature(packed(9, 2, 2), 1)),
    "points": tile(feature(packed(17, 2, 2, 0, 0), 1)), "line": tile(feature(packed(9, 2, 2, 10, 2, 2), 2)), "no id": tile(feature(ident=None)),
    "no tags": tile(feature(tags=None)), "default extent": tile(tail=b""), "two layers": tile() + tile(head=field(15, 2) + field(1, b"b")),
    "every value kind": tile(values=b"".join(field(4, v) for v in (
        field(1, b""), b"\x15" + struct.pack("<f", 1), b"\x19" + struct.pack("<d", 1), field(4, 2**64 - 1), field(5, 1), field(6, 1), field(7, 1)))),
}

BAD = {
    "nothing": (b"", "no layer"),
    "cut off": (tile()[:-1], "cut off"),
    "unknown field of the tile": (tile() + field(4, b""), "the tile has an unknown field 4"),
    "layer as a number": (b"\x18\x01", "field 3 is varint, not bytes"),
    "group wire type": (tile() + b"\x1b", "forbidden wire type"),
    "varint too long": (b"\x9a" + b"\x80" * 10 + b"\x01", "longer than 64 bits"),
    "same layer twice": (tile() + tile(), "layer 'a' appears twice"),
    "version 1": (tile(head=field(15, 1) + field(1, b"a")), "version is 1"),
    "no version": (tile(head=field(1, b"a")), "version is None"),
    "version twice": (tile(head=field(15, 2) * 2 + field(1, b"a")), "field 15 twice"),
    "no name": (tile(head=field(15, 2)), "no name"),
    "empty name": (tile(head=field(15, 2) + field(1, b"")), "no name"),
    "name not UTF-8": (tile(head=field(15, 2) + field(1, b"\xff")), "not UTF-8"),
    "extent 0": (tile(tail=field(5, 0)), "extent is 0"),
    "no features": (field(3, field(15, 2) + field(1, b"a")), "no features"),
    "key listed twice": (tile(keys=field(3, b"k") * 2), "key or value twice"),
    "value listed twice": (tile(values=VALUE * 2), "key or value twice"),
    "unknown field of a layer": (tile(tail=field(6, 1)), "a layer has an unknown field 6"),
    "empty value": (tile(values=field(4, b"")), "holds 0 kinds"),
    "value of two kinds": (tile(values=field(4, field(1, b"v") + field(7, 1))), "holds 2 kinds"),
    "yes/no of 2": (tile(values=field(4, field(7, 2))), "yes/no value is 2"),
    "text as a number": (tile(values=field(4, field(1, 3))), "field 1 is varint"),
    "text not UTF-8": (tile(values=field(4, field(1, b"\xc3"))), "not UTF-8"),
    "half a pair of tags": (tile(feature(tags=packed(0))), "a key without a value"),
    "key out of range": (tile(feature(tags=packed(1, 0))), "not there"),
    "value out of range": (tile(feature(tags=packed(0, 1))), "not there"),
    "key used twice": (tile(feature(tags=packed(0, 0, 0, 0))), "a key twice"),
    "unknown field of a feature": (tile(feature(extra=field(5, b"x"))), "unknown field 5"),
    "id twice in a feature": (tile(feature(extra=field(1, 2))), "field 1 twice"),
    "id twice in a layer": (tile(feature(), feature()), "an id appears twice"),
    "id over 2**53": (tile(feature(ident=2**53)), "over 2\\*\\*53"),
    "type 0": (tile(feature(kind=0)), "no geometry type"),
    "type 4": (tile(feature(kind=4)), "no geometry type"),
    "no geometry": (tile(feature(b"")), "no geometry"),
    "geometry ends in a number": (tile(feature(SQUARE + b"\x80")), "inside a number"),
    "number over 32 bits": (tile(feature(packed(9, 2**32, 0, 26, 20, 0, 0, 20, 19, 0, 15))), "over 32 bits"),
    "ring not closed": (tile(feature(SQUARE[:-1])), "not closed"),
    "ring closed twice": (tile(feature(SQUARE + b"\x0f")), "begin with one MoveTo"),
    "ClosePath counted twice": (tile(feature(SQUARE[:-1] + packed(23))), "not closed"),
    "ring of two points": (tile(feature(packed(9, 0, 0, 10, 20, 0, 15))), "at least 2 points"),
    "ring without area": (tile(feature(packed(9, 0, 0, 18, 20, 0, 20, 0, 15))), "no area"),
    "ring that repeats its first vertex": (tile(feature(packed(9, 0, 0, 34, 20, 0, 0, 20, 19, 0, 0, 19, 15))), "repeats its first"),
    "exterior wound the wrong way": (tile(feature(packed(9, 0, 0, 26, 0, 20, 20, 0, 0, 19, 15))), "interior ring"),
    "hole larger than its exterior": (tile(feature(SQUARE + packed(9, 0, 19, 26, 0, 80, 80, 0, 0, 79, 15))), "larger than their exterior"),
    "LineTo that does not move": (tile(feature(packed(9, 0, 0, 26, 20, 0, 0, 0, 0, 20, 15))), "does not move"),
    "coordinates cut off": (tile(feature(packed(9, 0, 0, 82, 20, 0, 0, 20, 15))), "cut off"),
    "line without LineTo": (tile(feature(packed(9, 2, 2), 2)), "no LineTo"),
    "line with LineTo of 0": (tile(feature(packed(9, 2, 2, 2), 2)), "at least 1 points"),
    "line that is closed": (tile(feature(packed(9, 2, 2, 10, 2, 2, 15), 2)), "begin with one MoveTo"),
    "point without MoveTo": (tile(feature(packed(10, 2, 2), 1)), "MoveTo"),
    "point with MoveTo of 0": (tile(feature(packed(1), 1)), "MoveTo"),
    "points in two MoveTo": (tile(feature(packed(9, 2, 2, 9, 2, 2), 1)), "more than one MoveTo"),
    "far outside": (tile(feature(packed(9, 20000, 0), 1)), "outside the tile"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_tile_is_read(name: str) -> None:
    assert list(decode_tile(GOOD[name], overhang=512)[0].features)


@pytest.mark.parametrize("name", BAD)
def test_a_broken_tile_is_refused_with_its_reason(name: str) -> None:
    data, message = BAD[name]
    with pytest.raises(TileError, match=message):
        decode_tile(data, overhang=512)


def test_every_prefix_of_a_tile_is_refused() -> None:
    whole = GOOD["every value kind"]
    for end in range(len(whole)):
        with pytest.raises(TileError):
            decode_tile(whole[:end])


def rewritten(path: Path, place: int, form: str, change: Callable[[int], int]) -> None:
    raw = bytearray(path.read_bytes())
    struct.pack_into(form, raw, place, change(struct.unpack_from(form, raw, place)[0]))
    path.write_bytes(raw)


HEADER = {  # offsets into the header (PMTiles v3 §3)
    "magic": (0, "<B", "not a PMTiles"), "version": (7, "<B", "not a PMTiles"), "root offset": (8, "<Q", "root directory begins"),
    "root length": (16, "<Q", "begins at"), "metadata length": (32, "<Q", "begin"), "leaf length": (48, "<Q", "begins"),
    "data length": (64, "<Q", "sections end"), "addressed": (72, "<Q", "tiles in"), "entries": (80, "<Q", "tiles in"),
    "contents": (88, "<Q", "contents"), "clustered": (96, "<B", "clustering"), "internal compression": (97, "<B", "compression"),
    "tile compression": (98, "<B", "compression"), "tile type": (99, "<B", "compression|tile type"), "west": (102, "<i", "globe"),
}


@pytest.mark.parametrize("name", HEADER)
def test_a_wrong_header_is_refused(name: str, build: Build) -> None:
    report = build(layer(parcels(5), "polygon", (14, 16)))
    place, form, message = HEADER[name]
    rewritten(report.path, place, form, lambda v: -181 * 10**7 if form == "<i" else v + 1)
    with pytest.raises(TileError, match=f"{report.path.name}: .*({message})"):
        verify(report.path)


def test_a_flipped_byte_anywhere_behind_the_header_is_found(build: Build) -> None:
    report = build(layer(parcels(4), "polygon", (15, 15)))
    raw = report.path.read_bytes()
    for place in range(127, len(raw), 7):
        broken = bytearray(raw)
        broken[place] ^= 0x55
        report.path.write_bytes(broken)
        with pytest.raises(TileError, match=report.path.name):
            verify(report.path)


@pytest.mark.parametrize("end", [0, 50, 126, 127, 500, -1])
def test_a_cut_archive_is_refused(end: int, build: Build) -> None:
    report = build(layer(parcels(4), "polygon", (15, 15)))
    report.path.write_bytes(report.path.read_bytes()[:end])
    with pytest.raises(TileError, match=report.path.name):
        verify(report.path)


def archive_of(path: Path, data: bytes, **changes: object) -> Path:
    settings = {"bounds": (-180.0, -85.0, 180.0, 85.0), "zoom": (0, 0)} | changes
    meta = {"name": "n", "vector_layers": [{"id": "a", "fields": {"k": "String"}, "minzoom": 0, "maxzoom": 0}]} | settings.pop("meta", {})  # type: ignore[arg-type]
    with archive.Writer(path, archive.MVT, metadata=meta, **settings) as out:  # type: ignore[arg-type]
        out.add([(0, data)])
        out.finish()
    return path


ARCHIVES = {
    "tilestats": ({"meta": {"tilestats": {}}}, tile(), "unexpected keys: \\['tilestats'\\]"),
    "values beside fields": ({"meta": {"vector_layers": [{"id": "a", "fields": {"k": "String"}, "values": ["x"]}]}}, tile(), "more than names and types"),
    "a value for a type": ({"meta": {"vector_layers": [{"id": "a", "fields": {"k": "secret"}}]}}, tile(), "more than names and types"),
    "layer not in the metadata": ({}, tile(head=field(15, 2) + field(1, b"b")), "0/0/0: layer 'b' is not in the metadata"),
    "key not in the metadata": ({}, tile(keys=field(3, b"z")), "0/0/0: layer 'a' has keys"),
    "tile elsewhere": ({"bounds": (0.0, 89.0, 1.0, 89.5)}, tile(), "0/0/0: the tile lies outside"),
    "broken tile": ({}, BAD["no name"][0], "0/0/0: a layer has no name"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_says_too_much_or_holds_a_broken_tile_is_refused(name: str, tmp_path: Path) -> None:
    changes, data, message = ARCHIVES[name]
    with pytest.raises(TileError, match=f"a.pmtiles: .*{message}"):
        verify(archive_of(tmp_path / "a.pmtiles", archive.gzipped(data), **changes))


# Time of compression 0: parameters that change with the clock differ from one test process to the next.
PLAIN = gzip.compress(tile(), mtime=0)


@pytest.mark.parametrize("data", [tile(), PLAIN[:-1], archive.gzipped(tile()) + b"x", archive.gzipped(tile()) * 2, PLAIN[:3] + b"\x08" + PLAIN[4:10] + b"secret\x00" + PLAIN[10:]],
                         ids=["not compressed", "cut off", "a byte after", "two members", "a file name in the header"])
def test_only_a_plain_whole_gzip_member_is_accepted(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(TileError, match="0/0/0"):
        verify(archive_of(tmp_path / "a.pmtiles", data))


def test_bytes_hidden_between_sections_are_found(build: Build) -> None:
    report = build(layer(shapely.box(*ORIGIN, *(ORIGIN + 50)), "polygon", (14, 14)))
    raw = report.path.read_bytes()
    assert json.loads(gzip.decompress(raw[slice(*(lambda a, n: (a, a + n))(*struct.unpack("<2Q", raw[24:40])))]))["name"] == "test"
    report.path.write_bytes(raw + b"hidden")
    with pytest.raises(TileError, match="sections end"):
        list(iter_tiles(report.path))


def test_tiles_decoded_together_are_what_each_is_alone() -> None:
    together = decode_tiles(list(GOOD.values()))
    for data, found in zip(GOOD.values(), together, strict=True):
        for alone, batched in zip(decode_tile(data), found, strict=True):
            assert (alone.name, alone.extent, alone.keys, alone.values) == (batched.name, batched.extent, batched.keys, batched.values)
            for a, b in zip(alone.features, batched.features, strict=True):
                assert (a.id, a.kind, a.properties, a.holes) == (b.id, b.kind, b.properties, b.holes)
                assert [part.tolist() for part in a.parts] == [part.tolist() for part in b.parts]


@pytest.mark.parametrize(("data", "reason"), list(BAD.values()), ids=list(BAD))
def test_a_broken_tile_among_sound_ones_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(TileError, match=reason):
        decode_tiles([*GOOD.values(), data, *GOOD.values()], overhang=1000)


def test_many_tile_numbers_are_read_as_one_by_one() -> None:
    numbers = np.unique(np.concatenate([np.arange(2000), np.random.default_rng(3).integers(0, (4**20 - 1) // 3, 500)]))
    assert [grid.tile_zxy(number) for number in numbers.tolist()] == list(zip(*(column.tolist() for column in grid.tiles_zxy(numbers)), strict=True))


def test_values_read_together_are_what_each_is_alone() -> None:
    numbers = [0, 1, 127, 128, 300, 2**14, 2**31, 2**34, 2**35 - 1, 2**35, 2**63, 2**64 - 1]
    written = [field(kind, number) for kind in (4, 5, 6) for number in numbers] + [field(7, 0), field(7, 1), b"\x28\x80\x00", b"\x30\xff\x80\x00", b"\x28\x81\x80\x80\x80\x10"]
    written += [field(1, text.encode()) for text in ("", "a", "筆", "長" * 60, "長" * 400)] + [b"\x15" + struct.pack("<f", 1.5), *(b"\x19" + struct.pack("<d", x) for x in (0.1, -7.0, 1e300))]
    found = Values(pa.array([field(4, one) for one in written], pa.large_binary()))
    assert [*map(repr, found.plain)] == [repr(_value(one, 0, len(one))) for one in written]
    assert found.texts.to_pylist() == [found.plain[k] for k in found.text.tolist()] == ["", "a", "筆", "長" * 60, "長" * 400][:len(found.text)]


@pytest.mark.parametrize("wrong", [b"\x28", b"\x28\x80", b"\x30\xff\xff", b"\x28\x01\x01", b"\x28\x01\x28\x02", b"\x38\x02", b"\x0a\x01\xff", b"\x0a\x02a", b"\x19\x00", b""], ids=lambda one: one.hex() or "empty")
def test_a_wrong_value_among_sound_ones_is_refused(wrong: bytes) -> None:
    with pytest.raises(TileError):
        Values(pa.array([field(4, one) for one in (field(5, 1), field(1, b"a"), wrong, field(6, 300))], pa.large_binary()))


def test_a_value_whose_length_is_written_too_long_is_refused() -> None:
    with pytest.raises(TileError, match="longer than needed"):
        Values(pa.array([field(4, field(1, b"a")), b"\x22\x83\x00" + field(1, b"b")], pa.large_binary()))


LINE, POINTS = packed(9, 4, 4, 18, 2, 2, 3, 1), packed(25, 2, 2, 4, 4, 6, 6)
BROKEN = [packed(9, 0, 0, 26, 20, 0, 0, 20, 19, 0), packed(9, 0, 0, 10, 20, 0, 15), packed(9, 0, 0), packed(9), packed(9, 0, 0, 26, 20, 0, 0), packed(17, 0, 0, 0, 0),
          packed(10, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15), packed(9, 0, 0, 25, 20, 0, 0, 20, 19, 0, 15), SQUARE + packed(9, 0, 0)]


def _parsed(monkeypatch: pytest.MonkeyPatch, few: int, shapes: list[tuple[bytes, int]]) -> geometry.Geometry:
    monkeypatch.setattr(geometry, "_FEW", few)
    return geometry.parse_geometries(b"".join(shape for shape, _ in shapes), np.cumsum([len(shape) for shape, _ in shapes]), np.array([kind for _, kind in shapes]))


def test_geometries_read_together_are_what_each_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [(SQUARE + HOLE, 3), (LINE, 2), (POINTS, 1), (SQUARE, 3), (LINE * 3, 2), (SQUARE * 5, 3)]
    shapes = [kinds[int(k)] for k in np.random.default_rng(3).integers(0, len(kinds), 200)]
    alone = _parsed(monkeypatch, 10**9, shapes)
    for few in (0, 7, 100):
        together = _parsed(monkeypatch, few, shapes)
        assert all((getattr(alone, name) == getattr(together, name)).all() for name in ("x", "y", "start", "first", "hole"))


@pytest.mark.parametrize("broken", range(len(BROKEN)))
@pytest.mark.parametrize("at", [0, 50, 99])
def test_a_broken_geometry_among_many_is_refused_with_the_reason_it_has_alone(monkeypatch: pytest.MonkeyPatch, broken: int, at: int) -> None:
    shapes = [(SQUARE, 3)] * at + [(BROKEN[broken], 3)] + [(SQUARE + HOLE, 3)] * (99 - at)
    with pytest.raises(TileError) as alone:
        _parsed(monkeypatch, 10**9, shapes)
    with pytest.raises(TileError) as together:
        _parsed(monkeypatch, 0, shapes)
    assert str(alone.value) == str(together.value)
