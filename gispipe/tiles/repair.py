"""Polygons whose rings cross each other, made simple again.

Rounding to the grid of a zoom can push a corner over an edge nearby, but MVT 2.1 §4.3.4.4 asks for rings without self-contact: GEOS takes
such polygons apart, piece by piece of a tile, as it needs time with the square of their size.
"""

from __future__ import annotations

import numpy as np
import shapely

from gispipe import ragged
from gispipe.tiles.simplify import Flat, clean_rings

_TIMES = 3
"""How often a polygon is taken apart: its new corners are rounded too, and may cross again."""
_MANY = 16
"""Holes from which those that touch nothing are set aside: GEOS looks through the whole exterior for every hole."""

_CORNERS = 64
"""Corners up to which a ring is looked at as a star; of larger ones hardly any is."""


def repaired(x: np.ndarray, y: np.ndarray, start: np.ndarray, group: np.ndarray, hole: np.ndarray, *, times: int = _TIMES) -> tuple[Flat, np.ndarray, np.ndarray]:
    """Return rings (x, y, offsets), their ``group`` and ``hole`` with every invalid polygon replaced by valid ones.

    A polygon is the run of rings of one ``group`` (ascending), exterior first; a replaced group may hold several. Where all are valid they come back themselves.
    """
    bad = invalid(x, y, start, group)
    if not bad.any():
        return (x, y, start), group, hole
    flat, begin = ragged.taken(start, np.flatnonzero(bad))
    fresh, of, holes = rebuilt(x[flat], y[flat], begin, group[bad], times=times)
    kept = np.repeat(~bad, np.diff(start))
    groups, holes = np.concatenate([group[~bad], of]), np.concatenate([hole[~bad], holes])
    order = np.argsort(groups, kind="stable")
    all_x, all_y = np.concatenate([x[kept], fresh[0]]), np.concatenate([y[kept], fresh[1]])
    index, offsets = ragged.taken(ragged.offsets(np.concatenate([np.diff(start)[~bad], np.diff(fresh[2])])), order)
    return (all_x[index], all_y[index], offsets), groups[order], holes[order]


def rebuilt(x: np.ndarray, y: np.ndarray, start: np.ndarray, group: np.ndarray, *, times: int = _TIMES) -> tuple[Flat, np.ndarray, np.ndarray]:
    """Return what `repaired` does for polygons that are known to be invalid, all of them."""
    first = ragged.grouped(group)
    fresh, owner, holes = _taken_apart(polygons(x, y, start, first), aside=times > 1)
    if times > 1:
        polygon = np.cumsum(~holes) - 1
        fresh, ring, holes = repaired(*fresh, polygon, holes, times=times - 1)
        owner = owner[np.searchsorted(polygon, ring)]
    return fresh, group[first[:-1]][owner], holes


def invalid(x: np.ndarray, y: np.ndarray, start: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the mask of the rings of polygons, given as in `repaired`, that cross or touch themselves."""
    first = ragged.grouped(group)
    out = np.zeros(len(first) - 1, bool)
    doubtful = _not_star_shaped(x, y, start, first)
    flat, begin = ragged.taken(start, ragged.taken(first, doubtful)[0])
    out[doubtful] = ~shapely.is_valid(polygons(x[flat], y[flat], begin, ragged.offsets(np.diff(first)[doubtful])))
    return np.repeat(out, np.diff(first))


def _not_star_shaped(x: np.ndarray, y: np.ndarray, start: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the numbers of the polygons that have holes, or a ring that does not go round the middle of its corners always the same way, and once.

    One that does cannot meet itself, which most small areas show so; GEOS need look at the others only.
    """
    alone = np.flatnonzero((np.diff(first) == 1) & (np.diff(start)[first[:-1]] <= _CORNERS))
    flat, begin = ragged.taken(start, first[alone])
    count = np.maximum(np.diff(begin), 1)
    u, v = (value[flat] - np.repeat(ragged.sums(value[flat], begin) // count, np.diff(begin)) for value in (x, y))
    over, under = ragged.next_of(u, begin), ragged.next_of(v, begin)
    turns = ragged.sums(u * under <= over * v, begin) == 0
    once = ragged.sums((v < 0) & (under >= 0), begin) == 1
    return np.setdiff1d(np.arange(len(first) - 1), alone[turns & once], assume_unique=True)


def _taken_apart(shapes: np.ndarray, aside: bool) -> tuple[Flat, np.ndarray, np.ndarray]:
    """Return the rings of valid polygons in place of invalid ones, on the grid: rings, the shape each belongs to, and which are holes.

    With ``aside`` holes that touch nothing are set aside; one that lies in another, or round it, may then leave a polygon that is not valid.
    """
    fixed, owner = shapely.get_parts(_around_holes(shapes) if aside else _valid(shapes), return_index=True)
    polygon = shapely.get_type_id(fixed) == shapely.GeometryType.POLYGON
    rings, of = shapely.get_rings(fixed[polygon], return_index=True)
    xy, number = shapely.get_coordinates(rings, return_index=True)
    hole = np.append(False, of[1:] == of[:-1]) if len(of) else np.zeros(0, bool)
    whole = np.floor(xy + 0.5).astype(np.int64)
    x, y, start = clean_rings(whole[:, 0], whole[:, 1], ragged.offsets(np.bincount(number, minlength=len(rings))), hole)
    there = np.flatnonzero(_with_exterior(hole, np.diff(start)))
    index, start = ragged.taken(start, there)
    return (x[index], y[index], start), owner[polygon][of][there], hole[there]


def _around_holes(shapes: np.ndarray) -> np.ndarray:
    """Return valid shapes in place of invalid polygons, holes that touch no other ring put back as they were."""
    few, loose = shapes.copy(), [np.zeros(0, object) for _ in shapes]
    for k in np.flatnonzero(shapely.get_num_interior_rings(shapes) > _MANY).tolist():
        few[k], loose[k] = _set_aside(shapes[k])
    return np.array([_put_back(shape, holes) if len(holes) else shape for shape, holes in zip(_valid(few), loose, strict=True)], object)


def _set_aside(polygon: shapely.Polygon) -> tuple[shapely.Polygon, np.ndarray]:
    """Return a polygon without the holes that touch neither themselves nor another ring, and those holes."""
    exterior, *rings = shapely.get_rings(polygon)
    holes = np.array(rings, object)
    tree, touches = shapely.STRtree(holes), ~shapely.is_valid(shapely.polygons(holes))
    touches[tree.query(exterior, predicate="intersects")] = True
    one, other = tree.query(holes, predicate="intersects")
    touches[one[one != other]] = True
    return shapely.polygons(exterior, holes[touches]), holes[~touches]


def _put_back(shape: shapely.Geometry, holes: np.ndarray) -> shapely.Geometry:
    """Return a valid shape with holes, which touch none of its rings, in those of its polygons that they lie in."""
    parts = shapely.get_parts(shape)
    shapely.prepare(parts)
    xy = shapely.get_coordinates(shapely.get_point(holes, 0))
    hole, part = shapely.STRtree(parts).query(shapely.points(xy))
    inside = shapely.contains_xy(parts[part], xy[hole, 0], xy[hole, 1])
    hole, part = hole[inside], part[inside]
    for k in ragged.distinct(part).tolist():
        exterior, *own = shapely.get_rings(parts[k])
        parts[k] = shapely.polygons(exterior, [*own, *holes[hole[part == k]]])
    return shapely.multipolygons(parts)


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
