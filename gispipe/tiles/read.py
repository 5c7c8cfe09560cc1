"""Judge a PMTiles v3 archive and every tile in it, and say what it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from gispipe import ragged
from gispipe.tiles import archive, grid
from gispipe.tiles.crew import Crew
from gispipe.tiles.decode import DecodedLayer, decode_tile, decode_tiles
from gispipe.tiles.errors import TileError
from gispipe.tiles.features import KINDS
from gispipe.tiles.opening import Archive, Header, open_archive

__all__ = ["ArchiveFacts", "Header", "LayerFacts", "TileError", "decode_tile", "iter_tiles", "open_archive", "verify"]


_TOGETHER = 1 << 20
"""Unpacked bytes of tiles decoded at a time; their arrays take some twenty times as much."""
_JUDGES, _BATCH = 2, 1024
"""Threads that judge, and pictures handed out to them at a time: those after a wrong one are not looked at."""


@dataclass
class LayerFacts:
    """What a layer of an archive holds: ``keys`` in use with their value types, distinct ids and drawn pieces by zoom.

    ``names`` are all keys its tiles or the metadata list, in use or not.
    """

    keys: dict[str, set[str]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    ids: dict[int, set[int]] = field(default_factory=dict)
    pieces: dict[int, int] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class ArchiveFacts:
    """What a verified archive holds; sizes in bytes as stored. ``strings``: every text in metadata and tiles."""

    header: Header
    metadata: dict[str, Any]
    tiles: int
    bytes: int
    largest: int
    median: int
    layers: dict[str, LayerFacts]
    strings: set[str]


def iter_tiles(path: Path) -> Iterator[tuple[tuple[int, int, int], bytes]]:
    """Yield ((z, x, y), unpacked tile) in the order of ids; every address of a shared tile is yielded."""
    opened = open_archive(path)
    for number, offset, length, run in opened.table.tolist():
        data = opened.unpacked(offset, length)
        for k in range(run):
            yield grid.tile_zxy(number + k), data


def verify(path: Path, *, overhang: int = grid.OVERHANG) -> ArchiveFacts:
    """Check the whole archive and decode every tile; raise TileError saying archive, z/x/y and what is wrong."""
    opened = open_archive(path)
    layers = {layer["id"]: LayerFacts(names=set(layer["fields"])) for layer in opened.metadata.get("vector_layers", [])}
    found = set(texts_of(opened.metadata))
    judge_places(opened)
    sizes = np.repeat(opened.table[:, 2], opened.table[:, 3]).tolist()
    if opened.header.tile_type == archive.MVT:
        declared = {layer["id"]: layer for layer in opened.metadata["vector_layers"]}
        for tile, run, decoded in decoded_rows(opened, opened.table.tolist(), overhang):
            try:
                for layer in decoded:
                    _note(layer, declared, layers, tile[0], run)
                    found.update(layer.keys, (value for value in layer.values if isinstance(value, str)))
            except TileError as error:
                raise error.at(archive=path, tile=tile) from error
    else:
        judge_pictures(opened, opened.table.tolist())
    return ArchiveFacts(opened.header, opened.metadata, len(sizes), len(opened.content), max(sizes, default=0),
                        int(np.median(sizes)) if sizes else 0, layers, found)


def decoded_rows(opened: Archive, rows: list[list[int]], overhang: int) -> Iterator[tuple[tuple[int, int, int], int, list[DecodedLayer]]]:
    """Yield (z, x, y) of the tiles of some entries, how many addresses in a row share each, and its layers; raise TileError naming the tile."""
    with Crew(_JUDGES) as crew:
        for found in crew.each(0, partial(_together, opened.path, overhang), _batches(opened, rows)):
            yield from found


_Unpacked = tuple[tuple[int, int, int], int, bytes]


def _batches(opened: Archive, rows: list[list[int]]) -> Iterator[list[_Unpacked]]:
    waiting: list[_Unpacked] = []
    size = 0
    for number, offset, length, run in rows:
        tile = grid.tile_zxy(number)
        try:
            data = opened.unpacked(offset, length)
        except TileError as error:
            raise error.at(archive=opened.path, tile=tile) from error
        waiting.append((tile, run, data))
        size += len(data)
        if size >= _TOGETHER:
            yield waiting
            waiting, size = [], 0
    yield waiting


def _together(path: Path, overhang: int, tiles: list[_Unpacked]) -> list[tuple[tuple[int, int, int], int, list[DecodedLayer]]]:
    try:
        found = decode_tiles([data for _, _, data in tiles], overhang=overhang)
    except TileError as failure:
        for tile, _, data in tiles:  # one of them is wrong: say which
            try:
                decode_tile(data, overhang=overhang)
            except TileError as error:
                raise error.at(archive=path, tile=tile) from error
        raise failure.at(archive=path) from failure
    return [(tile, run, layers) for (tile, run, _), layers in zip(tiles, found, strict=True)]


def judge_pictures(opened: Archive, entries: list[list[int]]) -> None:
    """Judge the pictures of some entries, a few side by side; raise TileError naming the first that is wrong."""
    from gispipe.tiles.pictures import judge

    def judged(row: list[int]) -> None:
        try:
            judge(opened.stored(row[1], row[2]), opened.header.tile_type)
        except TileError as error:
            raise error.at(archive=opened.path, tile=grid.tile_zxy(row[0])) from error

    rows = iter(entries)
    with ThreadPoolExecutor(_JUDGES) as pool:
        while batch := list(islice(rows, _BATCH)):  # pictures decode outside the interpreter's lock
            list(pool.map(judged, batch))


def judge_places(opened: Archive) -> None:
    """Raise TileError naming the first tile that, with its buffer, lies outside the header's bounds."""
    number = ragged.spans(opened.table[:, 0], opened.table[:, 3])
    zoom, x, y = grid.tiles_zxy(number)
    side = 2 * grid.HALF / 2.0**zoom
    room = side * grid.BUFFER / grid.EXTENT + 1
    west, north = x * side - grid.HALF - room, grid.HALF - y * side + room
    low, high = grid.to_lonlat(west, north - side - 2 * room), grid.to_lonlat(west + side + 2 * room, north)
    bounds = opened.header.bounds
    outside = (low[0] > bounds[2]) | (high[0] < bounds[0]) | (low[1] > bounds[3]) | (high[1] < bounds[1])
    if outside.any():
        raise TileError("the tile lies outside the header's bounds").at(archive=opened.path, tile=grid.tile_zxy(int(number[np.argmax(outside)])))


def judge_name(name: str, keys: Collection[str], zoom: int, declared: dict[str, Any]) -> None:
    """Raise TileError when the metadata does not name a layer, one of its keys, or its zoom."""
    meta = declared.get(name)
    if meta is None:
        raise TileError(f"layer {name!r} is not in the metadata")
    if set(keys) - set(meta["fields"]):
        raise TileError(f"layer {name!r} has keys the metadata does not name")
    if not meta["minzoom"] <= zoom <= meta["maxzoom"]:
        raise TileError(f"layer {name!r} is drawn outside its zooms")


def _note(layer: DecodedLayer, declared: dict[str, Any], every: dict[str, LayerFacts], zoom: int, run: int) -> None:
    judge_name(layer.name, layer.keys, zoom, declared)
    facts = every[layer.name]
    facts.kinds.update(KINDS[k] for k in set(layer.kinds.tolist()))
    facts.ids.setdefault(zoom, set()).update(layer.ids.tolist())
    facts.pieces[zoom] = facts.pieces.get(zoom, 0) + run * len(layer.ids)
    for number in set((layer.pairs[:, 0] * len(layer.values) + layer.pairs[:, 1]).tolist()):
        key, value = divmod(number, len(layer.values))
        facts.keys.setdefault(layer.keys[key], set()).add(type(layer.values[value]).__name__)


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text in a JSON document, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
