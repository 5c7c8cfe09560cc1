"""Where zones lie over each other (two rivers, a special zone inside its warning zone) each bit of ground goes to the worst."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.joins.zones.edges import edges_of
from gispipe.joins.zones.shared import shared_area

CELL = 64.0
"""Metres: overlapping zones are set apart square by square."""
NOTHING = 1e-9
"""m²: what arithmetic leaves of a common border."""


def overlapping(pieces: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of pieces, (k,) and (k,), that share ground with a piece of another polygon; of: the polygon of each piece."""
    first, second = shapely.STRtree(pieces).query(pieces)
    once = (first < second) & (of[first] != of[second])
    first, second = first[once], second[once]
    edges = edges_of(pieces)
    clash = shared_area(edges, edges, first, second) > NOTHING
    return first[clash], second[clash]


def set_apart(pieces: np.ndarray, rank: np.ndarray, group: np.ndarray, clash: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pieces, ranks and groups in which no two pieces of a group overlap; clash: numbers of those that do."""
    clash = np.unique(clash)
    if not len(clash):
        return pieces, rank, group
    rest = np.ones(len(pieces), bool)
    rest[clash] = False
    made = [(pieces[rest], rank[rest], group[rest])]
    for one in np.unique(group[clash]):
        inside = clash[group[clash] == one]
        shapes, ranks = worst_only(pieces[inside], rank[inside])
        made.append((shapes, ranks, np.full(len(shapes), one)))
    return tuple(np.concatenate(parts) for parts in zip(*made, strict=True))  # type: ignore[return-value]


def worst_only(pieces: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return polygons that do not overlap and their ranks; together they are the same ground, each bit at its worst."""
    cells, of = _squares(pieces)
    order = np.lexsort((-rank[of[1]], of[0]))
    square, ranks, cells = of[0][order], rank[of[1]][order], cells[order]
    starts = np.flatnonzero(np.append(True, square[1:] != square[:-1]))
    grounds, worst = [], []
    for begin, end in zip(starts, np.append(starts[1:], len(square)), strict=True):
        for shape, value in _set_apart(cells[begin:end], ranks[begin:end]):
            grounds.append(shape)
            worst.append(value)
    parts, whole = shapely.get_parts(np.array([*grounds, None], dtype=object)[:-1], return_index=True)
    real = shapely.get_dimensions(parts) == 2
    return parts[real], np.array(worst, dtype=rank.dtype)[whole[real]]


def _set_apart(shapes: np.ndarray, ranks: np.ndarray) -> list[tuple[shapely.Geometry, int]]:
    """Take one square's shapes, worst first, and give each rank what no worse one has."""
    taken: shapely.Geometry | None = None
    found = []
    for value in ranks[np.append(True, ranks[1:] != ranks[:-1])]:
        same = shapes[ranks == value]
        own = same[0] if len(same) == 1 else _overlay(lambda grid, same=same: shapely.union_all(same, grid_size=grid))
        rest = own if taken is None else _overlay(lambda grid, own=own, taken=taken: shapely.difference(own, taken, grid_size=grid))
        if shapely.area(rest) > NOTHING:
            found.append((rest, value))
        taken = own if taken is None else _overlay(lambda grid, own=own, taken=taken: shapely.union(own, taken, grid_size=grid))
    return found


def _overlay(work) -> shapely.Geometry:  # type: ignore[no-untyped-def]
    """Overlay at full precision; where borders nearly coincide and that fails, on a grid of a micrometre."""
    try:
        return work(None)
    except shapely.errors.GEOSException:
        return work(1e-6)


def _squares(pieces: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Cut pieces along a common grid; return the cut pieces, and the square and the piece of each."""
    box = np.floor(shapely.bounds(pieces) / CELL).astype(np.int64)
    wide, high = box[:, 2] - box[:, 0] + 1, box[:, 3] - box[:, 1] + 1
    piece = np.repeat(np.arange(len(pieces)), wide * high)
    nth = np.arange(len(piece)) - np.repeat(np.cumsum(wide * high) - wide * high, wide * high)
    column, row = box[piece, 0] + nth % wide[piece], box[piece, 1] + nth // wide[piece]
    several = (wide * high > 1)[piece]
    cut = pieces[piece]
    cut[several] = [shapely.clip_by_rect(shape, x, y, x + CELL, y + CELL)
                    for shape, x, y in zip(cut[several], (column[several] * CELL).tolist(), (row[several] * CELL).tolist(), strict=True)]
    real = np.flatnonzero(shapely.area(cut) > 0)
    square = np.unique(np.column_stack([column[real], row[real]]), axis=0, return_inverse=True)[1].ravel()
    return cut[real], (square, piece[real])
