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

    Layers with ``keep`` stay whole. Of the others the same share is kept in each, by rank, earlier rows first among equals.
    """
    here = [(source, rows.rows(slice(*np.searchsorted(rows.tile, [tile, tile + 1])))) for source, rows in placed]
    share = 1.0
    data, lost = b"", {}
    for _ in range(_TRIES):
        share *= min(0.95, 0.97 * LIMIT / size)
        messages, lost = [], {}
        for source, rows in here:
            kept = rows if source.layer.keep else _most_important(source, rows, share)
            count = len(np.unique(rows.feature)) - len(np.unique(kept.feature))
            if count:
                lost[source.layer.id] = count
            messages += encode_layer(source.layer.id, kept, source.ids, source.tags).message
        data = archive.gzipped(b"".join(messages))
        size = len(data)
        if size <= LIMIT or not lost:
            break
    return data, lost, size <= LIMIT


def _most_important(source: Source, rows: Placed, share: float) -> Placed:
    feature = np.unique(rows.feature)
    best = feature[np.argsort(-source.rank[feature], kind="stable")][:int(len(feature) * share)]
    return rows.rows(np.isin(rows.feature, best))
