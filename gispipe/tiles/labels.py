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
    room = shapely.distance(points, _border(polygons))
    good = (room > 0.3 * area) & shapely.contains_properly(polygons, points)
    width[good] = 2 * room[good]
    points[~good] = shapely.point_on_surface(polygons[~good])
    hard = np.flatnonzero(~good & (area > 0))
    x, y, width[hard] = np.array([_circle(polygons[i], area[i], points[i]) for i in hard.tolist()]).reshape(-1, 3).T
    points[hard] = shapely.points(x, y)
    return points, width


def _border(polygons: np.ndarray) -> np.ndarray:
    """Return the rings of polygons; the one of those that have no other takes no time."""
    rings = shapely.get_exterior_ring(polygons)
    several = shapely.get_num_interior_rings(polygons) > 0
    rings[several] = shapely.boundary(polygons[several])
    return rings


def _circle(polygon: shapely.Polygon, area: float, otherwise: shapely.Point) -> tuple[float, float, float]:
    """Return x and y of the centre of the largest circle, or of another point when that is not inside, and twice the way to the border from there."""
    shape = shapely.simplify(polygon, area * _SHARE) if shapely.get_num_coordinates(polygon) > _MANY_VERTICES else polygon
    centre = shapely.get_point(shapely.maximum_inscribed_circle(shape, tolerance=area * _SHARE), 0)
    point = centre if shapely.contains_properly(polygon, centre) else otherwise
    return point.x, point.y, 2 * shapely.distance(point, shapely.boundary(polygon))
