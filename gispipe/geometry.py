"""Work on geometry as delivered without changing it: where validity is needed, a repaired copy is used and counted."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import pyarrow as pa


def of_wkb(packed: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return the shapes of a column of WKB, None where it is null; several times faster than through GeoPandas."""
    return shapely.from_wkb(packed.to_numpy(zero_copy_only=False))  # type: ignore[no-any-return]


def present(geometry: np.ndarray) -> np.ndarray:
    """Return the mask of rows that have a geometry with at least one coordinate."""
    return ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))


def single_parts(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the single parts of shapes and the row of each, ascending; missing and empty ones have none.

    Where every shape is single already, they are returned themselves: copies of a city's parcels are not small.
    """
    there = present(geometry)
    if there.all() and (shapely.get_type_id(geometry) < shapely.GeometryType.MULTIPOINT).all():
        return geometry, np.arange(len(geometry))
    row = np.flatnonzero(there)
    parts, of = shapely.get_parts(geometry[row], return_index=True)
    return parts, row[of]


def finite(geometry: np.ndarray) -> np.ndarray:
    """Return the mask of rows whose coordinates are all finite numbers (rows without any included)."""
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    mask = np.ones(len(geometry), dtype=bool)
    mask[owner[~np.isfinite(xy).all(axis=1)]] = False
    return mask


def of_kind(geometry: np.ndarray, kind: str) -> np.ndarray:
    """Return the mask of rows that are points, lines or polygons as `kind` says; collections of several kinds are none of them."""
    mixed = shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION
    return (shapely.get_dimensions(geometry) == ("point", "line", "polygon").index(kind)) & ~mixed


def valid(geometry: np.ndarray) -> np.ndarray:
    """Return the mask of valid geometries, asked on as many cores as there are; missing ones are not valid."""
    if len(geometry) < 2000:
        return shapely.is_valid(geometry)
    weight = np.cumsum(shapely.get_num_coordinates(geometry))
    cuts = np.searchsorted(weight, np.linspace(0, weight[-1], 9)[1:-1])
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(shapely.is_valid, np.split(geometry, cuts))))


def usable(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a copy in which invalid geometries are made valid, and the mask of those; missing rows stay missing.

    Polygons keep only their areal part (a spike turned into a line is no area). The stored table keeps the delivery.
    """
    broken = present(geometry) & ~valid(geometry)
    if not broken.any():
        return geometry, broken
    copy = geometry.copy()
    repaired = shapely.make_valid(copy[broken], method="structure", keep_collapsed=False)
    copy[broken] = np.array([_same_kind(before, after) for before, after in zip(copy[broken], repaired, strict=True)], dtype=object)
    return copy, broken


def _same_kind(before: shapely.Geometry, after: shapely.Geometry) -> shapely.Geometry:
    dimension = shapely.get_dimensions(before)
    if shapely.get_dimensions(after) == dimension and after.geom_type != "GeometryCollection":
        return after
    parts = shapely.get_parts(after)
    kept = parts[shapely.get_dimensions(parts) == dimension]
    return shapely.union_all(kept) if len(kept) else after


def anchor(geometry: np.ndarray) -> np.ndarray:
    """Return one point for each geometry: the point itself, else one on its surface or line."""
    points, _ = usable(geometry)
    return anchor_of_usable(points)


def anchor_of_usable(geometry: np.ndarray) -> np.ndarray:
    """Return the same as `anchor` for geometries that `usable` has already given."""
    points = geometry.copy()
    extended = present(points) & (shapely.get_dimensions(points) > 0)
    points[extended] = shapely.point_on_surface(points[extended])
    several = present(points) & (shapely.get_type_id(points) == shapely.GeometryType.MULTIPOINT)
    points[several] = shapely.get_geometry(points[several], 0)
    return points
