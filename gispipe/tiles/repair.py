"""Polygons whose rings cross each other, made simple again.

Rounding to the grid of a zoom can push a corner over an edge nearby. Such polygons cannot be put together along a tile's
border by the order of their chains, and MVT 2.1 §4.3.4.4 asks for rings without self-contact: GEOS takes them apart.
"""

from __future__ import annotations

import numpy as np
import shapely

from gispipe import ragged
from gispipe.tiles.simplify import Flat, clean_rings

_TIMES = 3
"""How often a polygon is taken apart: its new corners are rounded too, and may cross again."""


def repaired(x: np.ndarray, y: np.ndarray, start: np.ndarray, group: np.ndarray, hole: np.ndarray, *, times: int = _TIMES) -> tuple[Flat, np.ndarray, np.ndarray]:
    """Return rings (x, y, offsets), their ``group`` and ``hole`` with every invalid polygon replaced by valid ones.

    A polygon is the run of rings of one ``group`` (ascending), exterior first; a replaced group may hold several.
    """
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1])) if len(group) else np.zeros(0, np.int64)
    shapes = polygons(x, y, start, np.append(first, len(group)))
    bad = np.flatnonzero(~shapely.is_valid(shapes))
    if not len(bad):
        return (x, y, start), group, hole
    fresh, owner, new_hole = _taken_apart(shapes[bad])
    if times > 1:
        polygon = np.cumsum(~new_hole) - 1
        fresh, ring, new_hole = repaired(*fresh, polygon, new_hole, times=times - 1)
        owner = owner[np.searchsorted(polygon, ring)]
    keep = ~np.isin(group, group[first[bad]])
    groups = np.concatenate([group[keep], group[first[bad]][owner]])
    holes = np.concatenate([hole[keep], new_hole])
    order = np.argsort(groups, kind="stable")
    flat = np.repeat(keep, np.diff(start))
    all_x, all_y = np.concatenate([x[flat], fresh[0]]), np.concatenate([y[flat], fresh[1]])
    index, offsets = ragged.taken(ragged.offsets(np.concatenate([np.diff(start)[keep], np.diff(fresh[2])])), order)
    return (all_x[index], all_y[index], offsets), groups[order], holes[order]


def _taken_apart(shapes: np.ndarray) -> tuple[Flat, np.ndarray, np.ndarray]:
    """Return the rings of valid polygons in place of invalid ones, on the grid: rings, the shape each belongs to, and which are holes."""
    fixed, owner = shapely.get_parts(_valid(shapes), return_index=True)
    polygon = shapely.get_type_id(fixed) == shapely.GeometryType.POLYGON
    rings, of = shapely.get_rings(fixed[polygon], return_index=True)
    xy, number = shapely.get_coordinates(rings, return_index=True)
    hole = np.append(False, of[1:] == of[:-1]) if len(of) else np.zeros(0, bool)
    whole = np.floor(xy + 0.5).astype(np.int64)
    x, y, start = clean_rings(whole[:, 0], whole[:, 1], ragged.offsets(np.bincount(number, minlength=len(rings))), hole)
    there = np.flatnonzero(_with_exterior(hole, np.diff(start)))
    index, start = ragged.taken(start, there)
    return (x[index], y[index], start), owner[polygon][of][there], hole[there]


def _valid(shapes: np.ndarray) -> np.ndarray:
    """Return valid shapes of the same area: a buffer of nothing, which is fast but loses wrongly wound loops, or the slow way."""
    out = shapely.buffer(shapes, 0)
    area = shapely.area(shapes)
    other = np.flatnonzero(np.abs(shapely.area(out) - area) > 1e-3 * area)
    out[other] = shapely.make_valid(shapes[other], method="structure", keep_collapsed=False)
    return out


def _with_exterior(hole: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Mark rings that are not empty and whose exterior is not empty."""
    outer = np.cumsum(~hole) - 1
    return (length > 0) & (length[~hole] > 0)[outer]


def polygons(x: np.ndarray, y: np.ndarray, start: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return shapely polygons of rings given without their repeated last vertex; ``first``: the first ring of each, and one behind the last."""
    length = np.diff(start)
    index = ragged.spans(start[:-1], length + 1)
    closing = np.cumsum(length + 1) - 1
    index[closing] = start[:-1]
    xy = np.stack([x[index], y[index]], 1).astype(float)
    return shapely.from_ragged_array(shapely.GeometryType.POLYGON, xy, (ragged.offsets(length + 1), first))
