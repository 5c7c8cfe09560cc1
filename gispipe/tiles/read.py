"""Judge a PMTiles v3 archive and every tile in it, and say what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.tiles import archive, grid, pictures
from gispipe.tiles.decode import DecodedLayer, decode_tile, layer_names, layer_strings
from gispipe.tiles.errors import TileError
from gispipe.tiles.features import KINDS
from gispipe.tiles.opening import Archive, Header, open_archive

__all__ = ["ArchiveFacts", "Header", "LayerFacts", "TileError", "decode_tile", "iter_tiles", "names_in_tiles", "open_archive", "strings", "verify"]


@dataclass
class LayerFacts:
    """What a layer of an archive holds: ``keys`` with their value types, distinct ids and drawn pieces by zoom."""

    keys: dict[str, set[str]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    ids: dict[int, set[int]] = field(default_factory=dict)
    pieces: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ArchiveFacts:
    """What a verified archive holds; sizes in bytes as stored."""

    header: Header
    metadata: dict[str, Any]
    tiles: int
    bytes: int
    largest: int
    median: int
    layers: dict[str, LayerFacts]


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
    declared = {layer["id"]: layer for layer in opened.metadata.get("vector_layers", [])}
    layers: dict[str, LayerFacts] = {}
    sizes = []
    for number, offset, length, run in opened.table.tolist():
        sizes += [length] * run
        tile = grid.tile_zxy(number)
        try:
            for k in range(run):
                _judge_place(opened.header, grid.tile_zxy(number + k))
            if opened.header.tile_type != archive.MVT:
                pictures.judge(opened.stored(offset, length), opened.header.tile_type)
                continue
            decoded = decode_tile(opened.unpacked(offset, length), overhang=overhang)
            for layer in decoded:
                _note(layer, declared, layers.setdefault(layer.name, LayerFacts()), tile[0], run)
        except TileError as error:
            raise error.at(archive=path, tile=tile) from error
    return ArchiveFacts(opened.header, opened.metadata, len(sizes), len(opened.content), max(sizes, default=0),
                        int(np.median(sizes)) if sizes else 0, layers)


def _judge_place(header: Header, tile: tuple[int, int, int]) -> None:
    """Raise TileError when a tile, with its buffer, lies outside the header's bounds."""
    west, south, east, north = grid.tile_bounds(*tile)
    room = (east - west) * grid.BUFFER / grid.EXTENT + 1
    low, high = grid.to_lonlat(west - room, south - room), grid.to_lonlat(east + room, north + room)
    bounds = header.bounds
    if low[0] > bounds[2] or high[0] < bounds[0] or low[1] > bounds[3] or high[1] < bounds[1]:
        raise TileError("the tile lies outside the header's bounds")


def _note(layer: DecodedLayer, declared: dict[str, Any], facts: LayerFacts, zoom: int, run: int) -> None:
    meta = declared.get(layer.name)
    if meta is None:
        raise TileError(f"layer {layer.name!r} is not in the metadata")
    if set(layer.keys) - set(meta["fields"]):
        raise TileError(f"layer {layer.name!r} has keys the metadata does not name")
    if not meta["minzoom"] <= zoom <= meta["maxzoom"]:
        raise TileError(f"layer {layer.name!r} is drawn outside its zooms")
    facts.kinds.update(KINDS[k] for k in np.unique(layer.kinds).tolist())
    facts.ids.setdefault(zoom, set()).update(layer.ids.tolist())
    facts.pieces[zoom] = facts.pieces.get(zoom, 0) + run * len(layer.ids)
    for number in np.unique(layer.pairs[:, 0] * len(layer.values) + layer.pairs[:, 1]).tolist():
        key, value = divmod(number, len(layer.values))
        facts.keys.setdefault(layer.keys[key], set()).add(type(layer.values[value]).__name__)


def names_in_tiles(path: Path) -> dict[str, set[str]]:
    """Return the keys of every layer as the tiles themselves and the metadata name them; empty for pictures."""
    opened = open_archive(path)
    out = {layer["id"]: set(layer["fields"]) for layer in opened.metadata.get("vector_layers", [])}
    if opened.header.tile_type == archive.MVT:
        for offset, length in _contents(opened):
            for name, keys in layer_names(opened.unpacked(offset, length)):
                out.setdefault(name, set()).update(keys)
    return out


def _contents(opened: Archive) -> list[tuple[int, int]]:
    """Return offset and length of every stored tile once."""
    return list(dict(zip(opened.table[:, 1].tolist(), opened.table[:, 2].tolist(), strict=True)).items())


def strings(path: Path) -> Iterator[str]:
    """Yield every distinct string of the archive: metadata, layer names, keys and text values, for the leak gate."""
    opened = open_archive(path)
    seen: set[str] = set()
    for text in _texts(opened.metadata):
        if text not in seen:
            seen.add(text)
            yield text
    if opened.header.tile_type != archive.MVT:
        return
    for offset, length in _contents(opened):
        for text in layer_strings(opened.unpacked(offset, length)):
            if text not in seen:
                seen.add(text)
                yield text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
