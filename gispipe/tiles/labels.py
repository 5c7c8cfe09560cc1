"""Where a feature's name goes: a point well inside a polygon, or the middle of a line."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path

import numpy as np
import shapely

from gispipe import shelf
from gispipe.finished import finished

_MANY_VERTICES = 64  # up to here a polygon is simple enough for the exact largest circle to be cheap
_SHARE = 0.02  # precision of the largest circle, as a share of the square root of the area


Circles = dict[bytes, tuple[float, float, float]]
"""Centre and width of polygons by the digest of their WKB: finding the largest circle takes longer than all other work with a label."""


def label_points(geometry: np.ndarray, kind: str, known: Circles | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return label points (shapely points, shape (n,)) and the width of the room there in the geometry's units.

    ``known``: circles found before; it is left with those of this geometry.

    Polygons: centre and diameter of the largest circle inside the largest part, so that a label does not touch the border. Lines: the
    middle of the longest part, and that part's length. Points: themselves, width 0. Empty geometries give empty points.
    """
    geometry = np.asarray(geometry, object)
    if kind == "point":
        return shapely.centroid(geometry), np.zeros(len(geometry))
    largest = _largest_parts(geometry, kind)
    if kind == "line":
        return shapely.line_interpolate_point(largest, 0.5, normalized=True), shapely.length(largest)
    return _inside(largest, {} if known is None else known)


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


def _inside(polygons: np.ndarray, known: Circles) -> tuple[np.ndarray, np.ndarray]:
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
    keys = [hashlib.blake2b(wkb, digest_size=16).digest() for wkb in shapely.to_wkb(polygons[hard]).tolist()]
    found = {key: known[key] if key in known else _circle(polygons[i], area[i], points[i]) for key, i in zip(keys, hard.tolist(), strict=True)}
    known.clear()
    known.update(found)
    x, y, width[hard] = np.array([found[key] for key in keys]).reshape(-1, 3).T
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


def load_circles(path: Path) -> Circles:
    """Return what `save_circles` wrote with the same programs and GEOS; nothing when there is none or it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as held:
            if str(held["engine"]) != _engine():
                return {}
            return dict(zip(map(bytes, held["key"]), map(tuple, held["circle"].tolist()), strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return {}


def save_circles(path: Path, known: Circles) -> None:
    """Write circles for the next build, complete or not at all."""
    with finished(path) as draft, draft.open("wb") as out:
        np.savez(out, engine=np.array(_engine()), key=np.frombuffer(b"".join(known), np.uint8).reshape(-1, 16), circle=np.array(list(known.values())).reshape(-1, 3))


def _engine() -> str:
    return shelf.key_of(shapely.geos_version_string, "tiles/labels.py", libraries=("shapely",))
