"""Where zones lie over each other (two rivers, a special zone inside its warning zone) each bit of ground goes to the worst."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

from gispipe.joins.zones.edges import Edges
from gispipe.joins.zones.shared import shared_area

NOTHING = 1e-9
"""m²: what arithmetic leaves of a common border."""


def overlapping(pieces: np.ndarray, edges: Edges) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of pieces, (k,) and (k,), that share ground."""
    first, second = shapely.STRtree(pieces).query(pieces)
    once = first < second
    first, second = first[once], second[once]
    clash = shared_area(edges, edges, first, second) > NOTHING
    return first[clash], second[clash]


def set_apart(pieces: np.ndarray, rank: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return shapes that do not overlap, and the piece each is left of; together they are the same ground, each bit at its worst.

    first, second: pairs of pieces that share ground. Of two, the worse keeps it; of equal ones, the first.
    """
    if not len(first):
        return pieces, np.arange(len(pieces))
    gives_way = rank[first] < rank[second]
    loser, winner = np.where(gives_way, first, second), np.where(gives_way, second, first)
    order = np.lexsort((winner, loser))
    loser, winner = loser[order], winner[order]
    begin = np.flatnonzero(np.append(True, loser[1:] != loser[:-1]))
    nth = np.arange(len(loser)) - np.repeat(begin, np.diff(np.append(begin, len(loser))))
    left = pieces.copy()
    for turn in range(int(nth.max()) + 1):
        now = nth == turn
        left[loser[now]] = _without(left[loser[now]], pieces[winner[now]])
    parts, of = shapely.get_parts(left, return_index=True)
    real = shapely.area(parts) > NOTHING
    return parts[real], of[real]


def _without(shapes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Take the ground of others (k,) from shapes (k,), on all cores."""
    count = min(os.cpu_count() or 1, max(1, len(shapes) // 200))
    with ThreadPoolExecutor(count) as pool:
        return np.concatenate(list(pool.map(_difference, np.array_split(shapes, count), np.array_split(others, count))))


def _difference(shapes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Overlay at full precision; where borders nearly coincide and that fails, one by one on a grid of a micrometre."""
    try:
        return shapely.difference(shapes, others)
    except shapely.errors.GEOSException:
        if len(shapes) == 1:
            return shapely.difference(shapes, others, grid_size=1e-6)
        half = len(shapes) // 2
        return np.concatenate([_difference(shapes[:half], others[:half]), _difference(shapes[half:], others[half:])])
