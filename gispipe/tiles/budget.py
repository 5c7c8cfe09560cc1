"""No tile over its budget: the least important features of layers that may be thinned go first, and are counted."""

from __future__ import annotations

import numpy as np

from gispipe.tiles import archive
from gispipe.tiles.levels import Source
from gispipe.tiles.mvt import encode_layer
from gispipe.tiles.place import Placed

LIMIT = 500_000  # bytes of one compressed tile
_TRIES = 12


def fitted(tile: int, placed: list[tuple[Source, Placed]], size: int) -> tuple[bytes, dict[str, int], bool]:
    """Return the compressed tile with as many features as fit, features dropped by layer, and whether it fits now.

    Layers with ``keep`` stay whole. Of the others the heaviest give way first, down to a common weight, so that a hundred
    roads are not thinned because of ten thousand lots. Within a layer it goes by rank, earlier rows first among equals.
    """
    here = [(source, rows.rows(slice(*np.searchsorted(rows.tile, [tile, tile + 1])))) for source, rows in placed]
    here = [(source, rows) for source, rows in here if len(rows.tile)]
    weight = np.array([0 if source.layer.keep else len(_message(source, rows)) for source, rows in here], float)
    goal = 1.0
    data, lost = b"", {}
    for _ in range(_TRIES):
        goal *= min(0.95, 0.97 * LIMIT / size)
        shares = _shares(weight, goal * weight.sum())
        messages, lost = [], {}
        for (source, rows), share in zip(here, shares, strict=True):
            kept = rows if source.layer.keep or share >= 1 else _most_important(source, rows, share)
            count = len(np.unique(rows.feature)) - len(np.unique(kept.feature))
            if count:
                lost[source.layer.id] = count
            messages.append(_message(source, kept))
        data = archive.gzipped(b"".join(messages))
        size = len(data)
        if size <= LIMIT or not lost:
            break
    return data, lost, size <= LIMIT


def _message(source: Source, rows: Placed) -> bytes:
    return b"".join(encode_layer(source.layer.id, rows, source.ids, source.tags).message)


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


def _most_important(source: Source, rows: Placed, share: float) -> Placed:
    feature = np.unique(rows.feature)
    best = feature[np.argsort(-source.rank[feature], kind="stable")][:int(len(feature) * share)]
    return rows.rows(np.isin(rows.feature, best))
