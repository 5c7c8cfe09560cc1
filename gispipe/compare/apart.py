"""How far the outlines of two shapes lie apart."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.geometry import present

LARGE = 1000
"""Corners of a shape from which only those that are new are measured: comparing all with all takes their square."""


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return for pairs of shapes how far a corner of either lies from the outline of the other, at most (the discrete Hausdorff distance); not a number where one is missing."""
    small = np.maximum(shapely.get_num_coordinates(one), shapely.get_num_coordinates(other)) < LARGE
    out = np.full(len(one), np.nan)
    out[small] = shapely.hausdorff_distance(one[small], other[small])
    for k in np.flatnonzero(~small & present(one) & present(other)).tolist():
        out[k] = max(_beyond(one[k], other[k]), _beyond(other[k], one[k]))
    return out


def _beyond(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Return how far a corner of one shape lies from the outline of another, at most; corners that both have lie on it."""
    mine, known = (shapely.get_coordinates(shape) + 0.0 for shape in (one, other))  # one zero, not two
    points = mine[~np.isin(mine.view(complex)[:, 0], known.view(complex)[:, 0])]
    if not len(points):
        return 0.0
    tree = shapely.STRtree(segments(other))
    _, away = tree.query_nearest(shapely.points(points), all_matches=False, return_distance=True)
    return float(away.max())


def segments(shape: shapely.Geometry) -> np.ndarray:
    """Return the pieces of a shape's outline between two corners, and its points."""
    parts = shapely.get_parts(shape)
    lines = shapely.get_parts(shapely.boundary(parts[shapely.get_dimensions(parts) == 2]))
    lines = np.concatenate([shapely.get_parts(lines), parts[shapely.get_dimensions(parts) == 1]])
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    within = np.flatnonzero(owner[1:] == owner[:-1])
    return np.concatenate([shapely.linestrings(np.stack([xy[within], xy[within + 1]], axis=1)), parts[shapely.get_dimensions(parts) == 0]])
