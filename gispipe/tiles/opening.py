"""Open a PMTiles v3 archive and judge everything but its tiles: header, sections, directories, metadata."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.tiles import archive, grid, varint
from gispipe.tiles.errors import TileError

_MOST_BYTES = 64 << 20  # of anything unpacked
_METADATA_KEYS = {"name", "attribution", "description", "format", "type", "version", "vector_layers"}


@dataclass(frozen=True)
class Header:
    """The 127 bytes at the front (PMTiles v3 §3), degrees as floats."""

    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    data: tuple[int, int]
    addressed: int
    entries: int
    contents: int
    clustered: bool
    tile_compression: int
    tile_type: int
    zoom: tuple[int, int]
    bounds: tuple[float, float, float, float]
    center: tuple[float, float, int]


@dataclass(frozen=True)
class Archive:
    """An opened archive: file content, header, and all entries (tile id, offset, length, run) of shape (n, 4)."""

    path: Path
    content: memoryview
    header: Header
    metadata: dict[str, Any]
    table: np.ndarray

    def stored(self, offset: int, length: int) -> bytes:
        """Return a tile's bytes as stored."""
        begin = self.header.data[0] + offset
        return bytes(self.content[begin:begin + length])

    def unpacked(self, offset: int, length: int) -> bytes:
        """Return a tile's bytes, decompressed when the archive says so."""
        data = self.stored(offset, length)
        return _gunzip(data, "the tile") if self.header.tile_compression == 2 else data


def open_archive(path: Path) -> Archive:
    """Open and check everything but the tiles; raise TileError naming the archive."""
    try:
        content = memoryview(np.memmap(path, np.uint8, mode="r")) if path.stat().st_size else memoryview(b"")
        header = _header(content)
        metadata = _metadata(_gunzip(bytes(_section(content, header.metadata)), "the metadata"), header.tile_type)
        return Archive(path, content, header, metadata, _judged_table(content, header))
    except TileError as error:
        raise error.at(archive=path) from error


def _header(content: memoryview) -> Header:
    if len(content) < 127 or bytes(content[:8]) != b"PMTiles\x03":
        raise TileError("this is not a PMTiles v3 archive")
    v = struct.unpack("<11Q6B4iB2i", content[8:127])
    root, metadata, leaves, data = ((v[i], v[i + 1]) for i in (0, 2, 4, 6))
    expected = 127
    for name, (offset, length) in (("root directory", root), ("metadata", metadata), ("leaf directories", leaves), ("tile data", data)):
        if offset != expected:
            raise TileError(f"the {name} begins at {offset}, not {expected}")
        expected = offset + length
    if expected != len(content):
        raise TileError(f"the sections end at {expected}, the file at {len(content)}")
    if root[0] + root[1] > 16384:
        raise TileError("the root directory reaches beyond 16 KB")
    clustered, internal, compression, kind, low, high = v[11:17]
    if internal != 2 or (compression != 2 if kind == archive.MVT else compression != 1):
        raise TileError(f"compressions {internal} and {compression} do not suit tile type {kind}")
    if clustered != 1 or kind not in (archive.MVT, archive.PNG, archive.JPEG, archive.WEBP) or not low <= high <= 24:
        raise TileError("the header's clustering, tile type or zooms are wrong")
    west, south, east, north = (n / 1e7 for n in v[17:21])
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise TileError(f"the bounds {west}, {south}, {east}, {north} are not on the globe")
    center = v[22] / 1e7, v[23] / 1e7, v[21]
    if not (west <= center[0] <= east and south <= center[1] <= north and low <= center[2] <= high):
        raise TileError("the centre lies outside the bounds or zooms")
    return Header(root, metadata, leaves, data, v[8], v[9], v[10], True, compression, kind, (low, high), (west, south, east, north), center)


def _section(content: memoryview, place: tuple[int, int]) -> memoryview:
    return content[place[0]:place[0] + place[1]]


def _gunzip(data: bytes, what: str) -> bytes:
    """Unpack one plain gzip member that fills ``data`` exactly: no name, time or comment, nothing behind it."""
    if data[:10] != archive.GZIP_HEAD:
        raise TileError(f"{what} is not a plain gzip member")
    unpacker = zlib.decompressobj(31)
    try:
        out = unpacker.decompress(data, _MOST_BYTES)
    except zlib.error as error:
        raise TileError(f"{what} does not unpack: {error}") from error
    if not unpacker.eof or unpacker.unused_data:
        raise TileError(f"{what} is cut off, too large, or has bytes behind it")
    return out


def _metadata(data: bytes, kind: int) -> dict[str, Any]:
    try:
        out = json.loads(data)
    except ValueError as error:
        raise TileError(f"the metadata is not JSON: {error}") from error
    if not isinstance(out, dict) or set(out) - _METADATA_KEYS:
        raise TileError(f"the metadata has unexpected keys: {sorted(set(out) - _METADATA_KEYS) if isinstance(out, dict) else out!r}")
    layers = out.get("vector_layers", [])
    allowed = {"id", "fields", "minzoom", "maxzoom", "description"}
    if kind == archive.MVT and "vector_layers" not in out:
        raise TileError("the metadata has no vector_layers")
    for layer in layers:
        if set(layer) - allowed or set(layer.get("fields", {}).values()) - {"String", "Number", "Boolean"}:
            raise TileError(f"the metadata of layer {layer.get('id')!r} says more than names and types")
    return out


def _directory(data: bytes) -> np.ndarray:
    """Read one directory (PMTiles v3 §4) as (n, 4): tile id, offset, length, run length."""
    try:
        v = varint.decode(_gunzip(data, "a directory")).astype(np.int64)
    except ValueError as error:
        raise TileError(f"a directory: {error}") from error
    count = int(v[0]) if len(v) else -1
    if len(v) != 1 + 4 * count:
        raise TileError("a directory's length does not match its count")
    delta, run, length, place = v[1:].reshape(4, count)
    if (delta[1:] <= 0).any() or (length <= 0).any():
        raise TileError("a directory is not ascending, or has entries without bytes")
    if count and place[0] == 0:
        raise TileError("a directory's first entry has no place")
    # An offset of 0 means "right behind the one before"; sum lengths since the last offset that was stated.
    before = np.cumsum(length) - length
    stated = np.maximum.accumulate(np.where(place > 0, np.arange(count), 0)) if count else place
    return np.stack([np.cumsum(delta), place[stated] - 1 + before - before[stated], length, run], axis=1)


def _judged_table(content: memoryview, header: Header) -> np.ndarray:
    root = _directory(bytes(_section(content, header.root)))
    leaf = root[:, 3] == 0
    tables = []
    used = 0
    for row, is_leaf in zip(root, leaf, strict=True):
        if not is_leaf:
            tables.append(row[None])
            continue
        if row[1] != used:
            raise TileError("leaf directories do not follow each other")
        used = int(row[1] + row[2])
        begin = header.leaves[0]
        if used > header.leaves[1]:
            raise TileError("a leaf directory lies outside its section")
        table = _directory(bytes(content[begin + int(row[1]):begin + used]))
        if not len(table) or table[0, 0] != row[0] or (table[:, 3] == 0).any():
            raise TileError("a leaf directory begins elsewhere than the root says, or nests")
        tables.append(table)
    if used != header.leaves[1]:
        raise TileError("the leaf section holds bytes that no directory names")
    table = np.concatenate(tables) if tables else np.zeros((0, 4), np.int64)
    _judge_entries(table, header)
    return table


def _judge_entries(table: np.ndarray, header: Header) -> None:
    number, offset, length, run = table.T
    if (number[1:] < number[:-1] + run[:-1]).any():
        raise TileError("entries overlap or are not ascending")
    if int(run.sum()) != header.addressed or len(table) != header.entries:
        raise TileError(f"the header counts {header.addressed} tiles in {header.entries} entries; found {int(run.sum())} in {len(table)}")
    places, first = np.unique(offset, return_index=True)
    if len(places) != header.contents:
        raise TileError(f"the header counts {header.contents} contents; found {len(places)}")
    if (np.diff(first) <= 0).any():
        raise TileError("the header says clustered, but tiles are not stored in the order of their ids")
    if (length != length[first][np.searchsorted(places, offset)]).any():
        raise TileError("two entries give one tile different lengths")
    expected = np.concatenate([[0], np.cumsum(length[first])])
    if (places != expected[:-1]).any() or expected[-1] != header.data[1]:
        raise TileError("the tile data has gaps, overlaps, or bytes that no entry names")
    if len(table):
        low, high = grid.tile_zxy(int(number[0]))[0], grid.tile_zxy(int(number[-1] + run[-1] - 1))[0]
        if low < header.zoom[0] or high > header.zoom[1]:
            raise TileError(f"tiles of zoom {low}–{high} in an archive of {header.zoom[0]}–{header.zoom[1]}")
