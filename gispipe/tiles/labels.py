"""Where a feature's name goes: a point well inside a polygon, or the middle of a line."""

from __future__ import annotations

import numpy as np
import shapely

_MANY_VERTICES = 64  # up to here a polygon is simple enough for the exact largest circle to be cheap
_SHARE = 0.02  # precision of the largest circle, as a share of the square root of the area


def label_points(geometry: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return label points (shapely points, shape (n,)) and the width of the room there in the geometry's units.

    Polygons: centre and diameter of the largest circle inside the largest part, so that a label does not touch the border. Lines: the
    middle of the longest part, and that part's length. Points: themselves, width 0. Empty geometries give empty points.
    """
    geometry = np.asarray(geometry, object)
    if kind == "point":
        return shapely.centroid(geometry), np.zeros(len(geometry))
    largest = _largest_parts(geometry, kind)
    if kind == "line":
        return shapely.line_interpolate_point(largest, 0.5, normalized=True), shapely.length(largest)
    return _inside(largest)


def _largest_parts(geometry: np.ndarray, kind: str) -> np.ndarray:
    """Return the largest polygon or longest line of every geometry (the first among equals), or the geometry when it is empty."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    if len(parts) == len(geometry) and (owner == np.arange(len(geometry))).all():
        return parts
    size = shapely.area(parts) if kind == "polygon" else shapely.length(parts)
    order = np.lexsort((np.arange(len(parts)), -size, owner))
    first = np.ones(len(order), bool)
    first[1:] = owner[order][1:] != owner[order][:-1]
    out = geometry.copy()
    out[owner[order][first]] = parts[order][first]
    return out


def _inside(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return circle centres and diameters; many-cornered polygons are simplified first, and the point is checked against the original."""
    width = np.zeros(len(polygons))
    area = np.sqrt(shapely.area(polygons))
    points = shapely.centroid(polygons)
    # Most lots and buildings are compact: their centroid is as good as the circle's centre and far cheaper.
    room = shapely.distance(points, shapely.boundary(polygons))
    good = (room > 0.3 * area) & shapely.contains_properly(polygons, points)
    width[good] = 2 * room[good]
    points[~good] = shapely.point_on_surface(polygons[~good])
    hard = np.flatnonzero(~good & (area > 0))
    for i in hard:  # each needs its own precision, which shapely takes one at a time
        shape = polygons[i]
        if shapely.get_num_coordinates(shape) > _MANY_VERTICES:
            shape = shapely.simplify(shape, area[i] * _SHARE)
        circle = shapely.maximum_inscribed_circle(shape, tolerance=area[i] * _SHARE)
        centre = shapely.get_point(circle, 0)
        if shapely.contains_properly(polygons[i], centre):
            points[i] = centre
        width[i] = 2 * shapely.distance(points[i], shapely.boundary(polygons[i]))
    return points, width
