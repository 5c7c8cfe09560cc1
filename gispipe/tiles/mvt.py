"""Mapbox Vector Tile 2.1 layers, many tiles in one pass.

Every field of a feature is a varint (tags, lengths, commands, zigzag deltas), so the features of all tiles are one
array of words (see `varint.words`), turned into bytes at once and then cut where tiles meet.
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
    pairs, pair_count, used, used_at = _tag_pairs(tags, feature, np.cumsum(new) - 1, len(begin))
    data, size = _features(placed.kind, ids[feature], _strokes(placed, first), _Tagged.of(pairs, pair_count))
    at = ragged.offsets(size)[np.append(begin, len(tile))]
    messages = _messages(name, tags, data, at, used, used_at)
    return LayerTiles(tile[begin], messages, np.diff(np.append(begin, len(tile))))


@dataclass(frozen=True)
class _Strokes:
    """The geometry of features: ``x``, ``y`` are zigzag deltas (uint16) of all vertices; a stroke begins with a command and goes over
    ``length`` vertices; ``first``: the first stroke of every feature."""

    x: np.ndarray
    y: np.ndarray
    length: np.ndarray
    first: np.ndarray


def _strokes(placed: Placed, first: np.ndarray) -> _Strokes:
    """Return what the pen does for every feature; the points of a feature are one stroke."""
    x, y = placed.pool()
    x, y = x - np.repeat(placed.tx * EXTENT, placed.length), y - np.repeat(placed.ty * EXTENT, placed.length)
    length = placed.length
    cursor = (np.cumsum(length) - length)[first]  # every feature starts from (0, 0)
    dx, dy = np.diff(x, prepend=x.dtype.type(0)), np.diff(y, prepend=y.dtype.type(0))
    dx[cursor], dy[cursor] = x[cursor], y[cursor]
    if placed.kind == "point":
        length, first = np.diff(np.append(cursor, len(x))), np.arange(len(first))
    return _Strokes(_deltas(dx), _deltas(dy), length, first)


def _deltas(values: np.ndarray) -> np.ndarray:
    zigzag = varint.zigzag(values)
    assert int(zigzag.max(initial=0)) >> varint.PAIR == 0, "what stands in a tile was cut to it"
    return zigzag.astype(np.uint16)


@dataclass(frozen=True)
class _Tagged:
    """The tags of features: ``words`` of all key and value numbers, ``slots`` words a pair, ``count`` pairs a feature in ``size`` bytes."""

    words: np.ndarray
    slots: int
    count: np.ndarray
    size: np.ndarray

    @classmethod
    def of(cls, pairs: np.ndarray, count: np.ndarray) -> _Tagged:
        """Write pairs of shape (n, 2)."""
        slots = varint.slots(int(pairs.max(initial=0)))
        size = varint.sizes(pairs[:, 0]) + varint.sizes(pairs[:, 1])
        return cls(varint.words(pairs.ravel(), slots).ravel(), 2 * slots, count, ragged.sums(size, ragged.offsets(count)))


def _tag_pairs(tags: Tags, feature: np.ndarray, tile: np.ndarray, tiles: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (key, value) numbers of shape (n, 2), pairs per feature, and per tile the distinct values it uses with offsets.

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
    pairs = np.stack([key, local - used_at[of]], 1)
    return pairs, count, distinct[frequent] % values, used_at


def _features(kind: str, ids: np.ndarray, strokes: _Strokes, tagged: _Tagged) -> tuple[np.ndarray, np.ndarray]:
    """Return all Layer.features fields as bytes, and how many bytes each takes."""
    pen = _Pen(kind, strokes)
    some = tagged.count > 0
    body = (1 + varint.sizes(ids) + some * (1 + varint.sizes(tagged.size)) + tagged.size + 2 + 1 + varint.sizes(pen.size) + pen.size)
    fields = [(0x12, body), (0x08, ids), (0x12, tagged.size), (0x18, np.array([_GEOMETRY[kind]])), (0x22, pen.size)]
    # Layer.features = 2 | Feature.id = 1, tags = 2 (packed), type = 3, geometry = 4 (packed)
    heads = [np.concatenate([np.full((len(v), 1), tag, np.uint16), varint.words(v, varint.slots(int(v.max())))], 1) for tag, v in fields]
    wide = [head.shape[1] for head in heads]
    pairs = tagged.slots * tagged.count
    behind = wide[0] + wide[1] + np.where(some, wide[2] + pairs, 0)
    start = ragged.offsets(behind + wide[3] + wide[4] + pen.slots)
    out, at = np.empty(int(start[-1]), np.uint16), start[:-1]
    tags_at, type_at = at[some] + wide[0] + wide[1], at + behind
    for where, head in ((at, heads[0]), (at + wide[0], heads[1]), (tags_at, heads[2][some]), (type_at, heads[3]), (type_at + wide[3], heads[4])):
        for k, column in enumerate(head.T):
            out[where + k] = column
    out[ragged.spans(tags_at + wide[2], pairs[some])] = tagged.words
    pen.draw(out, type_at + wide[3] + wide[4])
    return varint.pressed(out), 1 + varint.sizes(body) + body


class _Pen:
    """Writes the commands of strokes: MoveTo to the first vertex, LineTo the others, ClosePath; or one MoveTo to all points."""

    def __init__(self, kind: str, strokes: _Strokes) -> None:
        self._strokes, self._closed = strokes, int(kind == "polygon")
        self._alone = int(kind != "point")
        """Vertices that the first command goes to, if not to all."""
        self._start = ragged.offsets(strokes.length)
        lines = (strokes.length - self._alone) << 3 | (_LINE if self._alone else _MOVE)
        self._lines = varint.words(lines, varint.slots(int(lines.max())))
        plain = self._alone + self._closed
        long = (strokes.x > 0x7F).astype(np.int32) + (strokes.y > 0x7F)
        size = plain + varint.sizes(lines) + 2 * strokes.length + np.add.reduceat(long, self._start[:-1])
        self.size = np.add.reduceat(size, strokes.first)
        """Bytes of every feature."""
        self._slots = plain + self._lines.shape[1] + 2 * strokes.length
        self.slots = np.add.reduceat(self._slots, strokes.first)
        """Words of every feature."""

    def draw(self, out: np.ndarray, at: np.ndarray) -> None:
        """Write the words of every feature into ``out`` from ``at`` on."""
        strokes, wide = self._strokes, self._lines.shape[1]
        own = ragged.offsets(self._slots)
        features = np.diff(np.append(strokes.first, len(strokes.length)))
        begin = own[:-1] + np.repeat(at - own[:-1][strokes.first], features)
        if self._alone:
            out[begin] = (1 << 3) | _MOVE
        for k, column in enumerate(self._lines.T):
            out[begin + 3 * self._alone + k] = column
        if self._closed:
            out[begin + self._slots - 1] = _CLOSE
        place = np.repeat(begin + self._alone + wide - 2 * self._start[:-1], strokes.length)
        place += np.arange(0, 2 * len(strokes.x), 2)
        if self._alone:
            place[self._start[:-1]] -= wide
        out[place] = varint.short(strokes.x)
        place += 1
        out[place] = varint.short(strokes.y)


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
