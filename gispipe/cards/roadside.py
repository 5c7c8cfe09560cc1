"""Which roads can be the nearest to some place in a square of the ground."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe import ragged
from gispipe.roads import Network
from gispipe.roads.network import REACH

SIDE = 64.0
"""Metres: the squares for which this is worked out."""
_ROOT = 2 ** 0.5


def roadside(network: Network, column: np.ndarray, line: np.ndarray, origin: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return square and edge of every edge that may be nearest to a place of a square (column, line (n,) from the origin), by square and edge.

    From no place of a square is the nearest road farther than from the square's middle and from there on to its corner; an edge that is farther than
    that from the whole square is nobody's nearest. Beyond REACH no road counts. What remains is asked again for each quarter of a square.
    """
    shapes = network.shapes
    corner = np.flatnonzero(shapes.owner[1:] == shapes.owner[:-1])
    begin, end = shapes.xy[corner], shapes.xy[corner + 1]
    middle = (np.stack([column, line], axis=1) + 0.5) * SIDE + np.array(origin)
    half = SIDE / 2
    tree = shapely.STRtree(shapely.linestrings(np.stack([begin, end], axis=1)))
    wide = (np.minimum(_nearest(tree, middle) + half * _ROOT, REACH) + half + 0.01)[:, None]
    square, segment = tree.query(shapely.box(*np.concatenate([middle - wide, middle + wide], axis=1).T))
    owner, first = shapes.owner[corner][segment], ragged.grouped(square)
    along_x, along_y = (np.ascontiguousarray(part)[segment] for part in (end - begin).T)
    off_x, off_y = (np.ascontiguousarray(mid)[square] - np.ascontiguousarray(one)[segment] for mid, one in zip(middle.T, begin.T, strict=True))
    length = np.maximum(along_x * along_x + along_y * along_y, 1e-12)
    share = (off_x * along_x + off_y * along_y) / length
    found = [np.zeros(0, np.int64)]
    for x, y in ((-half / 2, -half / 2), (half / 2, -half / 2), (-half / 2, half / 2), (half / 2, half / 2)):
        part = np.clip(share + (x * along_x + y * along_y) / length, 0, 1)
        metres = np.sqrt((off_x + x - part * along_x) ** 2 + (off_y + y - part * along_y) ** 2)
        least = np.minimum(np.repeat(ragged.ends(metres, first, np.minimum), np.diff(first)), REACH)
        reach = np.minimum(least + half / 2 * _ROOT, REACH) + half / 2 * _ROOT + 0.01
        kept = metres <= reach
        found.append(square[kept] << 32 | owner[kept])
    pairs = ragged.distinct(*found)
    return pairs >> 32, pairs & (1 << 32) - 1


def _nearest(tree: shapely.STRtree, middle: np.ndarray) -> np.ndarray:
    """Return how far the nearest road is from places (n, 2), REACH where none is nearer."""
    away = np.full(len(middle), REACH)
    if len(tree):
        (place, _), metres = tree.query_nearest(shapely.points(middle), max_distance=REACH, return_distance=True, all_matches=False)
        away[place] = metres
    return away
