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


def repaired(x: np.ndarray, y: np.ndarray, start: np.ndarray, group: np.ndarray, hole: np.ndarray) -> tuple[Flat, np.ndarray, np.ndarray]:
    """Return rings (x, y, offsets), their ``group`` and ``hole`` with every invalid polygon replaced by valid ones.

    A polygon is the run of rings of one ``group`` (ascending), exterior first; a replaced group may hold several.
    """
    rings, polygon = (x, y, start), group
    for _ in range(_TIMES):
        apart = _taken_apart(*rings, polygon, hole)
        if apart is None:
            break
        rings, of, hole = apart
        group = group[np.searchsorted(polygon, of)]
        polygon = np.cumsum(~hole) - 1
    return rings, group, hole


def _taken_apart(x: np.ndarray, y: np.ndarray, start: np.ndarray, group: np.ndarray, hole: np.ndarray) -> tuple[Flat, np.ndarray, np.ndarray] | None:
    """Return the same as `repaired` after one time; None when every polygon is valid."""
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1])) if len(group) else np.zeros(0, np.int64)
    shapes = polygons(x, y, start, np.append(first, len(group)))
    bad = np.flatnonzero(~shapely.is_valid(shapes))
    if not len(bad):
        return None
    fixed, owner = shapely.get_parts(_valid(shapes[bad]), return_index=True)
    polygon = shapely.get_type_id(fixed) == shapely.GeometryType.POLYGON
    rings, of = shapely.get_rings(fixed[polygon], return_index=True)
    xy, number = shapely.get_coordinates(rings, return_index=True)
    new_hole = np.append(False, of[1:] == of[:-1]) if len(of) else np.zeros(0, bool)
    whole = np.floor(xy + 0.5).astype(np.int64)
    fresh = clean_rings(whole[:, 0], whole[:, 1], ragged.offsets(np.bincount(number, minlength=len(rings))), new_hole)
    keep = ~np.isin(group, group[first[bad]])
    groups = np.concatenate([group[keep], group[first[bad]][owner[polygon]][of]])
    holes = np.concatenate([hole[keep], new_hole])
    lengths = np.concatenate([np.diff(start)[keep], np.diff(fresh[2])])
    flat = np.repeat(keep, np.diff(start))
    order = np.argsort(groups, kind="stable")
    order = order[_with_exterior(groups[order], holes[order], lengths[order])]
    joined = ragged.offsets(lengths)
    index = ragged.spans(joined[:-1][order], lengths[order])
    all_x, all_y = np.concatenate([x[flat], fresh[0]]), np.concatenate([y[flat], fresh[1]])
    return (all_x[index], all_y[index], ragged.offsets(lengths[order])), groups[order], holes[order]


def _valid(shapes: np.ndarray) -> np.ndarray:
    """Return valid shapes of the same area: a buffer of nothing, which is fast but loses wrongly wound loops, or the slow way."""
    out = shapely.buffer(shapes, 0)
    area = shapely.area(shapes)
    other = np.flatnonzero(np.abs(shapely.area(out) - area) > 1e-3 * area)
    out[other] = shapely.make_valid(shapes[other], method="structure", keep_collapsed=False)
    return out


def _with_exterior(group: np.ndarray, hole: np.ndarray, length: np.ndarray) -> np.ndarray:
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
