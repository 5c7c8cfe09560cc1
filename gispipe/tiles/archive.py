"""PMTiles v3 writer: one file, clustered, with tiles that are equal stored once."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import deflate
import numpy as np

from gispipe.tiles import varint
from gispipe.tiles.errors import TileError

MVT, PNG, JPEG, WEBP = 1, 2, 3, 4  # PMTiles v3 §3, tile type
_NONE, _GZIP = 1, 2
_ROOT_ROOM = 16384 - 127  # the header and the root directory must fit into the first 16 KB
_LEAF_ENTRIES = 4096
_LEVEL = 5  # of 12; one less gives 2 % more bytes, one more takes a fifth more time for 0.3 % fewer
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no flags, no time, operating system unknown


def gzipped(data: bytes) -> bytes:
    """Return a gzip member without name, time or operating system: the same bytes on every machine with the same libdeflate."""
    return GZIP_HEAD + bytes(deflate.deflate_compress(data, _LEVEL)) + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


@dataclass
class Writer:
    """Collect tiles in any order, then write the archive in one go, its tiles in the order of their ids.

    Tiles wait in an unnamed temporary file beside the target, equal ones once; the target appears by rename, complete.
    """

    path: Path
    tile_type: int
    bounds: tuple[float, float, float, float]  # west, south, east, north in degrees
    zoom: tuple[int, int]
    metadata: Mapping[str, Any]
    _data: BinaryIO = field(init=False)
    _seen: dict[bytes, int] = field(default_factory=dict)
    _place: list[tuple[int, int]] = field(default_factory=list)  # offset and length of every different content
    _tiles: dict[int, int] = field(default_factory=dict)  # tile id → number of its content
    _size: int = 0

    def __post_init__(self) -> None:
        self._data = tempfile.TemporaryFile(dir=self.path.parent)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._data.close()

    def add(self, tiles: Iterable[tuple[int, bytes]]) -> None:
        """Take (tile id, stored bytes); raise TileError for a tile that is there already."""
        for number, data in tiles:
            if number in self._tiles:
                raise TileError(f"tile id {number} comes twice", archive=self.path)
            digest = hashlib.blake2b(data, digest_size=20).digest()
            content = self._seen.setdefault(digest, len(self._place))
            if content == len(self._place):
                self._place.append((self._size, len(data)))
                self._data.write(data)
                self._size += len(data)
            self._tiles[number] = content

    def sizes(self) -> list[tuple[int, int]]:
        """Return (tile id, bytes) of every tile, by id."""
        return [(number, self._place[content][1]) for number, content in sorted(self._tiles.items())]

    def finish(self) -> int:
        """Write header, directories, metadata and tiles; return the file's size in bytes."""
        table, order = self._entries()
        root, leaves = _directories(table)
        text = json.dumps(self.metadata, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        metadata = gzipped(text.encode())
        at_metadata = 127 + len(root)
        at_leaves = at_metadata + len(metadata)
        at_data = at_leaves + len(leaves)
        header = self._header(len(table), len(root), at_metadata, len(metadata), at_leaves, len(leaves), at_data)
        part = self.path.with_name(self.path.name + ".part")
        try:
            with part.open("wb") as out:
                out.write(header + root + metadata + leaves)
                for content in order:
                    offset, length = self._place[content]
                    self._data.seek(offset)
                    out.write(self._data.read(length))
                out.flush()
                os.fsync(out.fileno())
            os.replace(part, self.path)
        finally:
            part.unlink(missing_ok=True)
        return at_data + self._size

    def _entries(self) -> tuple[np.ndarray, list[int]]:
        """Return the directory's rows (tile id, offset, length, run length), shape (n, 4), and the contents in the order they are written."""
        rows: list[list[int]] = []
        at: dict[int, int] = {}
        size = 0
        for number, content in sorted(self._tiles.items()):
            length = self._place[content][1]
            if content not in at:
                at[content] = size
                size += length
            if rows and rows[-1][0] + rows[-1][3] == number and rows[-1][1] == at[content]:
                rows[-1][3] += 1
            else:
                rows.append([number, at[content], length, 1])
        return np.array(rows, np.int64).reshape(-1, 4), list(at)

    def _header(self, entries: int, root: int, at_metadata: int, metadata: int, at_leaves: int, leaves: int, at_data: int) -> bytes:
        west, south, east, north = (round(v * 10**7) for v in self.bounds)
        compression = _GZIP if self.tile_type == MVT else _NONE
        return b"PMTiles\x03" + struct.pack(
            "<11Q6B4iB2i", 127, root, at_metadata, metadata, at_leaves, leaves, at_data, self._size,
            len(self._tiles), entries, len(self._seen), 1, _GZIP, compression, self.tile_type, *self.zoom,
            west, south, east, north, sum(self.zoom) // 2, (west + east) // 2, (south + north) // 2)


def _directories(table: np.ndarray) -> tuple[bytes, bytes]:
    """Return root and leaf directories; leaves only when the root alone would not fit into the first 16 KB."""
    root = _directory(table)
    if len(root) <= _ROOT_ROOM:
        return root, b""
    step = _LEAF_ENTRIES
    while True:
        leaves = [_directory(table[i:i + step]) for i in range(0, len(table), step)]
        size = np.fromiter(map(len, leaves), np.int64)
        first = table[::step, 0]
        root = _directory(np.stack([first, np.cumsum(size) - size, size, np.zeros(len(size), np.int64)], axis=1))
        if len(root) <= _ROOT_ROOM:
            return root, b"".join(leaves)
        step *= 2


def _directory(table: np.ndarray) -> bytes:
    """Serialise entries (tile id, offset, length, run length) of shape (n, 4) as PMTiles v3 §4 describes."""
    number, offset, length, run = table.T
    follows = np.zeros(len(table), bool)
    follows[1:] = offset[1:] == offset[:-1] + length[:-1]
    columns = [np.array([len(table)]), np.diff(number, prepend=0), run, length, np.where(follows, 0, offset + 1)]
    return gzipped(varint.encode(np.concatenate(columns).astype(np.uint64)).tobytes())
