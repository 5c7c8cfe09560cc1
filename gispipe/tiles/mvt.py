"""Mapbox Vector Tile 2.1 layers, all tiles of a zoom in one pass.

Every field of a feature is a varint (tags, lengths, commands, zigzag deltas), so the features of all tiles are one
array of integers, encoded at once and then cut where tiles meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe import ragged
from gispipe.tiles import varint
from gispipe.tiles.attributes import Tags
from gispipe.tiles.grid import EXTENT
from gispipe.tiles.place import Placed

_GEOMETRY = {"point": 1, "line": 2, "polygon": 3}  # Feature.type
_MOVE, _LINE, _CLOSE = 1, 2, 15  # commands 1 and 2, ClosePath with count 1 (MVT 2.1 §4.3.1)
_EXTENT_FIELD = b"\x28" + varint.one(EXTENT)  # Layer.extent = 5


@dataclass(frozen=True)
class LayerTiles:
    """One layer's finished bytes: ``tile`` ids ascending, ``message`` a complete Tile.layers field for each."""

    tile: np.ndarray
    message: list[bytes]
    features: np.ndarray


def encode_layer(name: str, placed: Placed, ids: np.ndarray, tags: Tags) -> LayerTiles:
    """Encode the rows of ``placed`` (sorted by tile and feature) into one Layer message a tile."""
    if not len(placed.tile):
        return LayerTiles(np.zeros(0, np.int64), [], np.zeros(0, np.int64))
    head = np.ones(len(placed.tile), bool)
    head[1:] = (placed.tile[1:] != placed.tile[:-1]) | (placed.feature[1:] != placed.feature[:-1])
    first = np.flatnonzero(head)
    tile, feature = placed.tile[first], placed.feature[first]
    new = np.ones(len(tile), bool)
    new[1:] = tile[1:] != tile[:-1]
    begin = np.flatnonzero(new)  # first feature of each tile
    geometry, count = _geometry(placed, first)
    pairs, pair_count, used, used_at = _tag_pairs(tags, feature, np.cumsum(new) - 1, len(begin))
    data, size = _features(placed.kind, ids[feature], geometry, count, pairs, pair_count)
    at = ragged.offsets(size)[np.append(begin, len(tile))]
    messages = _messages(name, tags, data, at, used, used_at)
    return LayerTiles(tile[begin], messages, np.diff(np.append(begin, len(tile))))


def _geometry(placed: Placed, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the command integers (uint64) of all features and how many each has."""
    flat = ragged.spans(placed.start, placed.length)
    row = np.repeat(np.arange(len(placed.tile)), placed.length)
    x = placed.x[flat] - (placed.tx.astype(np.int64) * EXTENT)[row]
    y = placed.y[flat] - (placed.ty.astype(np.int64) * EXTENT)[row]
    run = ragged.offsets(placed.length)
    dx, dy = np.diff(x, prepend=0), np.diff(y, prepend=0)
    cursor = run[first]  # every feature starts from (0, 0)
    dx[cursor], dy[cursor] = x[cursor], y[cursor]
    zx, zy = varint.zigzag(dx), varint.zigzag(dy)
    per_feature = np.append(first, len(placed.tile))
    if placed.kind == "point":
        points = np.diff(run[per_feature])
        count = 2 * points + 1
        out = np.empty(int(count.sum()), np.uint64)
        start = np.cumsum(count) - count
        out[start] = (points << 3) | _MOVE
        at = 2 * np.arange(len(x)) + 1 + np.repeat(np.arange(len(first)), points)
        out[at], out[at + 1] = zx, zy
        return out, count
    closed = placed.kind == "polygon"
    count = 2 * placed.length + 2 + closed
    begin = ragged.offsets(count)
    out = np.empty(int(begin[-1]), np.uint64)
    out[begin[:-1]] = (1 << 3) | _MOVE
    out[begin[:-1] + 3] = ((placed.length - 1) << 3) | _LINE
    if closed:
        out[begin[1:] - 1] = _CLOSE
    nth = np.arange(len(x)) - run[row]
    at = begin[row] + 2 * nth + 1 + (nth > 0)
    out[at], out[at + 1] = zx, zy
    return out, np.diff(begin[per_feature])


def _tag_pairs(tags: Tags, feature: np.ndarray, tile: np.ndarray, tiles: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (key, value) numbers interleaved, pairs per feature, and per tile the distinct values it uses with offsets.

    A tile's values stand by how often the tile needs them, then by where it needs them first: nothing outside the tile decides.
    """
    code = tags.code[feature]
    present = code >= 0
    count, key = present.sum(axis=1), np.nonzero(present)[1]
    values = max(len(tags.at) - 1, 1)
    of = np.repeat(tile, count)
    wanted = of * values + code[present]
    order = np.argsort(wanted, kind="stable")
    new = np.ones(len(order), bool)
    new[1:] = wanted[order][1:] != wanted[order][:-1]
    first = np.flatnonzero(new)
    distinct, times = wanted[order][first], np.diff(np.append(first, len(order)))
    frequent = np.lexsort((order[first], -times, distinct // values))
    place = np.empty(len(frequent), np.int64)
    place[frequent] = np.arange(len(frequent))
    local = np.empty(len(order), np.int64)
    local[order] = place[np.cumsum(new) - 1]
    used_at = np.searchsorted(distinct, np.arange(tiles + 1) * values)
    pairs = np.empty(2 * len(key), np.uint64)
    pairs[0::2] = key
    pairs[1::2] = local - used_at[of]
    return pairs, count, distinct[frequent] % values, used_at


def _features(kind: str, ids: np.ndarray, geometry: np.ndarray, geometry_count: np.ndarray,
              pairs: np.ndarray, pair_count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all Layer.features fields as bytes, and how many bytes each takes."""
    ids = ids.astype(np.uint64)
    geometry_bytes = ragged.sums(varint.sizes(geometry), ragged.offsets(geometry_count)).astype(np.uint64)
    tag_bytes = ragged.sums(varint.sizes(pairs), ragged.offsets(2 * pair_count)).astype(np.uint64)
    tagged = pair_count > 0
    body = (1 + varint.sizes(ids) + tagged * (1 + varint.sizes(tag_bytes)) + tag_bytes.astype(np.int64)
            + 2 + 1 + varint.sizes(geometry_bytes) + geometry_bytes.astype(np.int64)).astype(np.uint64)
    tag_slots = np.where(tagged, 2 + 2 * pair_count, 0)
    slots = 4 + tag_slots + 4 + geometry_count
    at = np.cumsum(slots) - slots
    out = np.empty(int(slots.sum()), np.uint64)
    out[at], out[at + 1] = 0x12, body  # Layer.features = 2
    out[at + 2], out[at + 3] = 0x08, ids  # Feature.id = 1
    with_tags = at[tagged] + 4
    out[with_tags], out[with_tags + 1] = 0x12, tag_bytes[tagged]  # Feature.tags = 2, packed
    out[ragged.spans(at + 6, 2 * pair_count)] = pairs
    tail = at + 4 + tag_slots
    out[tail], out[tail + 1] = 0x18, _GEOMETRY[kind]  # Feature.type = 3
    out[tail + 2], out[tail + 3] = 0x22, geometry_bytes  # Feature.geometry = 4, packed
    out[ragged.spans(tail + 4, geometry_count)] = geometry
    size = varint.sizes(out)
    return varint.encode(out, size), 1 + varint.sizes(body) + body.astype(np.int64)


def _messages(name: str, tags: Tags, data: np.ndarray, at: np.ndarray, used: np.ndarray, used_at: np.ndarray) -> list[bytes]:
    """Put name, features, keys, values and extent of every tile together."""
    label = name.encode()
    head = b"\x78\x02\x0a" + varint.one(len(label)) + label  # Layer.version = 15, Layer.name = 1
    keys = tags.keys()
    length = np.diff(tags.at)[used]
    values = tags.data[ragged.spans(tags.at[:-1][used], length)]
    value_at = ragged.offsets(length)[used_at]
    out = []
    for tile in range(len(at) - 1):
        body = b"".join((head, data[at[tile]:at[tile + 1]], keys, values[value_at[tile]:value_at[tile + 1]], _EXTENT_FIELD))
        out.append(b"\x1a" + varint.one(len(body)) + body)  # Tile.layers = 3
    return out
