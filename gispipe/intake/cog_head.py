"""The head of a cloud-optimised GeoTIFF, as long before the first tile is there as after the last: tiles can be written as they get done.

GDAL says what stands in it (it makes an empty picture of the same kind), we lay it out: header, directory, and the values of the
directory, among them where the tiles lie. TIFF 6.0; BigTIFF beyond 2 GB of pixels.
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
_OFFSETS, _LENGTHS = 324, 325
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


_SMALL = _Form(struct.Struct("<2sHI"), struct.Struct("<H"), struct.Struct("<HHI4s"), struct.Struct("<I"), 4, (42,))
_BIG = _Form(struct.Struct("<2sHHHQ"), struct.Struct("<Q"), struct.Struct("<HHQ8s"), struct.Struct("<Q"), 16, (43, 8, 0))


class Head:
    """The head of a picture of `profile` (rasterio's words) whose bands mean `colours`; `size` is its bytes, `tiles` how many tiles it has places for."""

    def __init__(self, profile: Mapping[str, object], colours: Sequence[ColorInterp]) -> None:
        wide, high = (math.ceil(int(str(profile[side])) / BLOCK) for side in ("width", "height"))
        pixels = BLOCK * BLOCK * int(str(profile["count"])) * np.dtype(str(profile["dtype"])).itemsize
        self.across, self.tiles = wide, wide * high
        self._form = _BIG if self.tiles * pixels > _BIG_FROM else _SMALL
        self._entries = [one for one in _entries(_empty(profile, colours, self._form), self._form) if one[0] not in (_OFFSETS, _LENGTHS)]
        self.size = len(self.packed(np.zeros(self.tiles, np.int64), np.zeros(self.tiles, np.int64)))

    def packed(self, offsets: np.ndarray, lengths: np.ndarray) -> bytes:
        """Return the head with the tiles' offsets and lengths (tiles,), by rows from the north-west."""
        form = self._form
        places = [(tag, kind, self.tiles, values.astype(f"<u{_SIZES[kind]}").tobytes()) for tag, kind, values in ((_OFFSETS, form.kind, offsets), (_LENGTHS, 4, lengths))]
        entries = sorted([*self._entries, *places])
        values = form.header.size + form.count.size + len(entries) * form.entry.size + form.offset.size
        directory, beyond = [form.count.pack(len(entries))], b""
        for tag, kind, count, data in entries:
            inside = len(data) <= form.offset.size
            directory.append(form.entry.pack(tag, kind, count, data if inside else form.offset.pack(values + len(beyond))))
            beyond += b"" if inside else data + bytes(-len(data) % 8)
        return b"".join([form.header.pack(b"II", *form.mark, form.header.size), *directory, form.offset.pack(0), beyond])


def _empty(profile: Mapping[str, object], colours: Sequence[ColorInterp], form: _Form) -> bytes:
    """Return a GeoTIFF of the profile without a single tile."""
    with MemoryFile() as memory:
        with memory.open(**profile, driver="GTiff", tiled=True, blockxsize=BLOCK, blockysize=BLOCK, compress="deflate", SPARSE_OK=True,
                         BIGTIFF="YES" if form is _BIG else "NO") as out:
            if colours:
                out.colorinterp = colours
        return bytes(memory.getbuffer())


def _entries(tiff: bytes, form: _Form) -> list[tuple[int, int, int, bytes]]:
    """Return tag, type, count and value of every entry of the first directory."""
    at = form.header.unpack_from(tiff)[-1]
    (count,) = form.count.unpack_from(tiff, at)
    found = []
    for k in range(count):
        tag, kind, number, field = form.entry.unpack_from(tiff, at + form.count.size + k * form.entry.size)
        size = _SIZES[kind] * number
        start = form.offset.unpack(field)[0]
        found.append((tag, kind, number, field[:size] if size <= len(field) else tiff[start:start + size]))
    return found
