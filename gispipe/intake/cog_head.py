"""The head of a cloud-optimised GeoTIFF, as long before the first tile is there as after the last: tiles can be written as they get done.

GDAL says what stands in it (it makes an empty picture of the same kind), we lay it out: header, then for the picture and each of its
overviews, larger ones first, a directory and the values of it, among them where the tiles lie. TIFF 6.0; BigTIFF beyond 2 GB of pixels.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rasterio.enums import ColorInterp
from rasterio.io import MemoryFile

BLOCK = 512
_BIG_FROM = 2_000_000_000
"""Bytes of pixels from which offsets have 64 bits; packed tiles can be a little larger than their pixels, never twice."""
_KIND, _WIDTH, _HEIGHT, _OFFSETS, _LENGTHS = 254, 256, 257, 324, 325
_PLACE = {33550, 33922, 34264, 34735, 34736, 34737, 42112}
"""Tags that only the picture itself has: where it lies, and GDAL's notes."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of a value of each TIFF type."""


@dataclass(frozen=True)
class _Form:
    """How a TIFF is written: header, count of entries, entry, offset; type of a tile's offset."""

    header: struct.Struct
    count: struct.Struct
    entry: struct.Struct
    offset: struct.Struct
    kind: int
    mark: tuple[int, ...]


_Entry = tuple[int, int, int, bytes]
"""Tag, type, count and value."""
_SMALL = _Form(struct.Struct("<2sHI"), struct.Struct("<H"), struct.Struct("<HHI4s"), struct.Struct("<I"), 4, (42,))
_BIG = _Form(struct.Struct("<2sHHHQ"), struct.Struct("<Q"), struct.Struct("<HHQ8s"), struct.Struct("<Q"), 16, (43, 8, 0))


@dataclass(frozen=True)
class Level:
    """The picture or one of its overviews: pixels, tiles in a row and rows of them, and the number of its north-western tile.

    Tiles are numbered through all levels, the picture first, then larger overviews before smaller ones.
    """

    width: int
    height: int
    across: int
    down: int
    first: int


def levels(width: int, height: int) -> list[Level]:
    """Return the picture and its overviews, each half as wide and high as the one before, until the longer side fits into one tile."""
    across, down = math.ceil(width / BLOCK), math.ceil(height / BLOCK)
    found = [Level(width, height, across, down, 0)]
    while max(found[-1].across, found[-1].down) > 1:
        last = found[-1]
        width, height = (last.width + 1) // 2, (last.height + 1) // 2
        found.append(Level(width, height, math.ceil(width / BLOCK), math.ceil(height / BLOCK), last.first + last.across * last.down))
    return found


class Head:
    """The head of a picture of `profile` (rasterio's words) whose bands mean `colours`, with its overviews.

    `size` is its bytes, `tiles` how many tiles it has places for, in `levels`.
    """

    def __init__(self, profile: Mapping[str, object], colours: Sequence[ColorInterp]) -> None:
        self.levels = levels(*(int(str(profile[side])) for side in ("width", "height")))
        pixels = BLOCK * BLOCK * int(str(profile["count"])) * np.dtype(str(profile["dtype"])).itemsize
        self.tiles = self.levels[-1].first + self.levels[-1].across * self.levels[-1].down
        self._form = _BIG if self.tiles * pixels > _BIG_FROM else _SMALL
        self._entries = [one for one in _entries(_empty(profile, colours, self._form), self._form) if one[0] not in (_OFFSETS, _LENGTHS)]
        self.size = len(self.packed(np.zeros(self.tiles, np.int64), np.zeros(self.tiles, np.int64)))

    def packed(self, offsets: np.ndarray, lengths: np.ndarray) -> bytes:
        """Return the head with the tiles' offsets and lengths (tiles,), by levels and there by rows from the north-west."""
        out = self._form.header.pack(b"II", *self._form.mark, self._form.header.size)
        for level in self.levels:
            tiles = slice(level.first, level.first + level.across * level.down)
            out += _directory(self._tags(level, offsets[tiles], lengths[tiles]), len(out), level is self.levels[-1], self._form)
        return out

    def _tags(self, level: Level, offsets: np.ndarray, lengths: np.ndarray) -> list[_Entry]:
        """Return the entries of a level: those of the picture, for overviews with a size of their own and without a place on the ground."""
        places = [(tag, kind, len(values), values.astype(f"<u{_SIZES[kind]}").tobytes()) for tag, kind, values in ((_OFFSETS, self._form.kind, offsets), (_LENGTHS, 4, lengths))]
        if level.first == 0:
            return sorted([*self._entries, *places])
        size = [(tag, 4, 1, struct.pack("<I", value)) for tag, value in ((_KIND, 1), (_WIDTH, level.width), (_HEIGHT, level.height))]
        return sorted([*(one for one in self._entries if one[0] not in _PLACE | {_KIND, _WIDTH, _HEIGHT}), *size, *places])


def _directory(entries: Sequence[_Entry], at: int, last: bool, form: _Form) -> bytes:
    """Return a directory that begins at byte `at`, with the values that do not fit into it; another one follows directly unless it is the last."""
    values = at + form.count.size + len(entries) * form.entry.size + form.offset.size
    fields, beyond = [], b""
    for tag, kind, count, data in entries:
        inside = len(data) <= form.offset.size
        fields.append(form.entry.pack(tag, kind, count, data if inside else form.offset.pack(values + len(beyond))))
        beyond += b"" if inside else data + bytes(-len(data) % 8)
    beyond += bytes(-(values + len(beyond)) % 8)
    return b"".join([form.count.pack(len(entries)), *fields, form.offset.pack(0 if last else values + len(beyond)), beyond])


def _empty(profile: Mapping[str, object], colours: Sequence[ColorInterp], form: _Form) -> bytes:
    """Return a GeoTIFF of the profile without a single tile."""
    with MemoryFile() as memory:
        with memory.open(**profile, driver="GTiff", tiled=True, blockxsize=BLOCK, blockysize=BLOCK, compress="deflate", SPARSE_OK=True,
                         BIGTIFF="YES" if form is _BIG else "NO") as out:
            if colours:
                out.colorinterp = colours
        return bytes(memory.getbuffer())


def _entries(tiff: bytes, form: _Form) -> list[_Entry]:
    """Return every entry of the first directory."""
    at = form.header.unpack_from(tiff)[-1]
    (count,) = form.count.unpack_from(tiff, at)
    found = []
    for k in range(count):
        tag, kind, number, field = form.entry.unpack_from(tiff, at + form.count.size + k * form.entry.size)
        size = _SIZES[kind] * number
        start = form.offset.unpack(field)[0]
        found.append((tag, kind, number, field[:size] if size <= len(field) else tiff[start:start + size]))
    return found
