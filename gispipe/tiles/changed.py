"""What changed between two builds, and what must be made again for it.

A tile's content depends on the parts that meet it. Squares that stand for parts too small to draw are drawn together with those beside
them, as far as features may stick out of a tile; so the tiles of all parts that changed, with that much room, are made again, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gispipe import ragged
from gispipe.tiles import grid
from gispipe.tiles.memory import Memory, Parts
from gispipe.tiles.pieces import Pieces
from gispipe.tiles.source import Source

_MOST = 0.5
"""Share of changed parts beyond which everything is made anew: finding out what may stay would cost more than it saves."""
_MOST_CELLS = 2_000_000
_SQUARES = grid.OVERHANG + 2 * grid.PIXEL


@dataclass(frozen=True)
class Wanted:
    """What is known of a layer's parts, but for those that are ``new`` (mask): their ``fate`` (zooms, parts) and by zoom the ``pieces`` they became, in which each is of the
    ``number`` it had then: their number now, -1 of those that are no longer what they were; ``free``: by block of the layer, which points may go."""

    new: np.ndarray
    fate: np.ndarray
    free: Sequence[np.ndarray] | None = None
    pieces: Mapping[int, Pieces] = field(default_factory=dict)
    number: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))

    @classmethod
    def everything(cls, source: Source, free: Sequence[np.ndarray] | None = None) -> Wanted:
        """Return that all is wanted and nothing known."""
        every = np.ones(len(source.owner), bool)
        return cls(every, np.zeros((source.zoom[1] - source.zoom[0] + 1, len(every)), np.uint8), free)


@dataclass(frozen=True)
class Changed:
    """The tiles to make again, by zoom (sorted ids), and what is wanted of each layer."""

    tiles: dict[int, np.ndarray]
    wanted: dict[str, Wanted]


@dataclass(frozen=True)
class _Same:
    """The parts that are the same, by number then and now, and the boxes of all others, then and now."""

    was: np.ndarray
    now: np.ndarray
    changed: np.ndarray


def changed(before: Memory, sources: Sequence[Source], now: Mapping[str, Parts], free: Mapping[str, Sequence[np.ndarray]]) -> Changed | None:
    """Return what must be made again since ``before``, made by the same engine of layers declared alike; None when everything must."""
    tiles: dict[int, list[np.ndarray]] = {}
    kept: dict[str, _Same] = {}
    for source in sources:
        same = _same(before.layers[source.id], now[source.id])
        if same is None:
            return None
        kept[source.id] = same
        for zoom in range(source.zoom[0], source.zoom[1] + 1):
            met = _tiles(same.changed, source, zoom, _SQUARES if source.keep and source.kind == "polygon" else 1)
            if met is None:
                return None
            tiles.setdefault(zoom, []).append(ragged.distinct(met[1]))
    every = {zoom: ragged.distinct(*found) for zoom, found in tiles.items()}
    return Changed(every, {s.id: _wanted(kept[s.id], before.layers[s.id], now[s.id], free[s.id]) for s in sources})


def _same(old: Parts, new: Parts) -> _Same | None:
    """Return what is the same; None when too much is not, or the features' order is another."""
    was, _ = _equal(old.ids, new.ids)
    if (np.diff(was) < 0).any():
        return None
    was, now = _equal(old.digest, new.digest)
    turned = new.owner[now[1:]][np.diff(was) < 0]  # features whose parts changed places
    steady = ~np.isin(new.owner[now], turned)
    was, now = was[steady], now[steady]
    if max(len(old.digest), len(new.digest)) - len(now) > _MOST * max(len(new.digest), 1):
        return None
    boxes = np.concatenate([np.delete(old.box, was, axis=0), np.delete(new.box, now, axis=0)])
    return _Same(was, now, boxes[boxes[:, 0] <= boxes[:, 2]])


def _equal(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where equal numbers stand in two arrays, neither of which holds one twice, in the order of the second."""
    both = min(len(old), len(new))
    other = np.flatnonzero(old[:both] != new[:both])  # most stand where they stood
    before, after = (np.append(other, np.arange(both, size)) for size in (len(old), len(new)))
    _, was, now = np.intersect1d(old[before], new[after], assume_unique=True, return_indices=True)
    place = np.full(len(new), -1, np.int64)
    place[:both] = np.arange(both)
    place[other] = -1
    place[after[now]] = before[was]
    found = np.flatnonzero(place >= 0)
    return place[found], found


def _tiles(box: np.ndarray, source: Source, zoom: int, room: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return which box meets which tile of ``zoom``, with so many units of ``room``; None for more than is worth knowing."""
    up = source.zoom[1] - zoom
    there = box[:, 0] <= box[:, 2]
    low, high = (box[:, :2].astype(np.int64) >> up) - room, (box[:, 2:].astype(np.int64) >> up) + room
    (tx0, tx1), (ty0, ty1) = (grid.tile_range(low[:, k], np.where(there, high[:, k], low[:, k] - 8 * grid.EXTENT), zoom) for k in (0, 1))
    if (np.maximum(tx1 - tx0 + 1, 0) * np.maximum(ty1 - ty0 + 1, 0)).sum() > _MOST_CELLS:
        return None
    item, tx, ty = ragged.cells(tx0, tx1, ty0, ty1)
    return item, grid.tile_id(zoom, tx, ty)


def _wanted(same: _Same, old: Parts, now: Parts, free: Sequence[np.ndarray]) -> Wanted:
    new = np.ones(len(now.digest), bool)
    new[same.now] = False
    fate = np.zeros((len(old.fate), len(new)), np.uint8)
    fate[:, same.now] = old.fate[:, same.was]
    number = np.full(len(old.digest), -1, np.int32)
    number[same.was] = same.now
    return Wanted(new, fate, free, old.pieces, number)
