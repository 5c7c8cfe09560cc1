"""No tile over its budget: the least important features of layers that may be thinned go first, and are counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe import ragged
from gispipe.tiles import archive
from gispipe.tiles.attributes import Tags
from gispipe.tiles.mvt import encode_layer
from gispipe.tiles.place import Placed
from gispipe.tiles.source import Source

LIMIT = 500_000  # bytes of one compressed tile
_TRIES = 12
REASONS = ("attributes", "budget")


def fitted(tile: int, zoom: int, placed: list[tuple[Source, Placed]], size: int) -> tuple[bytes, dict[tuple[int, str], int], bool]:
    """Return the compressed tile with as much as fits, what was lost by (layer, reason), and whether it fits now.

    First, above their deepest zoom, lines and polygons lose the attributes that are each feature's own (reason "attributes"): a
    shape without its lot number is better than bare ground. Then features go (reason "budget"): of the layers without
    ``keep`` the heaviest give way first, down to a common weight, so that a hundred roads are not thinned because of ten
    thousand lots; within a layer by rank, earlier rows first among equals. Layers with ``keep`` stay whole.
    """
    here = [_Part(source, rows.rows(slice(*np.searchsorted(rows.tile, [tile, tile + 1])))) for source, rows in placed]
    here = [part for part in here if len(part.rows.tile)]
    lost: dict[tuple[str, str], int] = {}
    for part in here:
        if part.source.kind != "point" and zoom < part.source.zoom[1]:
            part.tags = part.source.own_tags_left_out
            if part.tags is not part.source.tags:
                lost[part.source.id, "attributes"] = part.count
    every = [part.message(part.rows) for part in here]
    data = archive.gzipped(b"".join(every)) if lost else b""
    size = len(data) or size
    if size > LIMIT:
        data, dropped = _thinned(here, every, size)
        lost |= dropped
    return data, lost, len(data) <= LIMIT


@dataclass
class _Part:
    """One layer's rows in the tile, and the tags they carry there."""

    source: Source
    rows: Placed
    tags: Tags | None = None

    @property
    def count(self) -> int:
        return _features(self.rows)

    def message(self, rows: Placed) -> bytes:
        return b"".join(encode_layer(self.source.id, rows, self.source.ids, self.tags or self.source.tags).message)


def _thinned(here: list[_Part], every: list[bytes], size: int) -> tuple[bytes, dict[tuple[str, str], int]]:
    """Return the compressed tile and what went; ``every``: the layers' messages, ``size``: their bytes compressed when nothing goes.

    The share to keep is sought along a straight line.
    """
    weight = np.array([0 if part.source.keep else len(message) for part, message in zip(here, every, strict=True)], float)
    goal, data, slope = 1.0, b"", size * weight.sum() / max(sum(map(len, every)), 1)
    for _ in range(_TRIES):
        before, more = goal, size
        goal = float(np.clip(goal - (size - 0.99 * LIMIT) / max(slope, 1.0), goal / 4, goal * 0.97))
        lost: dict[tuple[str, str], int] = {}
        messages = []
        for part, message, share in zip(here, every, _shares(weight, goal * weight.sum()), strict=True):
            if part.source.keep or share >= 1:
                messages.append(message)
                continue
            kept = _most_important(part.source, part.rows, share)
            lost[part.source.id, "budget"] = part.count - _features(kept)
            messages.append(part.message(kept))
        data = archive.gzipped(b"".join(messages))
        size = len(data)
        if size <= LIMIT or not lost:
            break
        slope = (more - size) / (before - goal)
    return data, lost


def _shares(weight: np.ndarray, goal: float) -> np.ndarray:
    """Return the share to keep of each weight so that they sum to ``goal``, cutting only those above a common height."""
    order = np.argsort(weight)
    height, left = 0.0, goal
    for done, i in enumerate(order):
        height = left / (len(order) - done)
        if weight[i] > height:
            break
        left -= weight[i]
    return np.minimum(1.0, height / np.maximum(weight, 1e-9))


def _features(rows: Placed) -> int:
    """Return how many features the rows of one tile, in their order, are of."""
    return int(np.count_nonzero(np.diff(rows.feature))) + bool(len(rows.feature))


def _most_important(source: Source, rows: Placed, share: float) -> Placed:
    feature = ragged.distinct(rows.feature)
    best = feature[np.argsort(-source.rank[feature], kind="stable")][:int(len(feature) * share)]
    return rows.rows(np.isin(rows.feature, best))
