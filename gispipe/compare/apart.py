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
    new = ~np.isin(mine.view(complex)[:, 0], known.view(complex)[:, 0])
    points, most = mine[new], _at_most(mine, known, other)[new]
    if not len(points):
        return 0.0
    tree, farthest = shapely.STRtree(segments(other)), 0.0
    left = np.argsort(-most, kind="stable")
    while len(left):  # those that may lie farthest first: of most others it is then known that they lie nearer
        _, away = tree.query_nearest(shapely.points(points[left[:_AT_ONCE]]), all_matches=False, return_distance=True)
        farthest = max(farthest, float(away.max()))
        left = left[_AT_ONCE:]
        left = left[most[left] > farthest - _ROUNDED]
    return farthest


_AT_ONCE = 1024
_ROUNDED = 1e-6
"""Metres: more than arithmetic makes of a distance of a city."""


def _at_most(mine: np.ndarray, known: np.ndarray, other: shapely.Geometry) -> np.ndarray:
    """Return (n,) how far corners may lie from an outline at most: from the edges before and behind the corner of the same number, where an area has as many corners as it had."""
    parts = shapely.get_parts(other)
    if len(mine) != len(known) or not (shapely.get_dimensions(parts) == 2).all():
        return np.full(len(mine), np.inf)
    xy, ring = shapely.get_coordinates(shapely.get_rings(parts), return_index=True)
    within = np.flatnonzero(ring[1:] == ring[:-1])
    most = np.full(len(mine), np.inf)
    for corner in (within, within + 1):  # each edge is looked at from both of its ends
        most[corner] = np.minimum(most[corner], _from_edges(mine[corner], xy[within], xy[within + 1]))
    return most


def _from_edges(points: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    along, off = end - begin, points - begin
    share = np.clip((off * along).sum(axis=1) / np.maximum((along * along).sum(axis=1), 1e-300), 0.0, 1.0)
    return np.hypot(*(off - share[:, None] * along).T)


def segments(shape: shapely.Geometry) -> np.ndarray:
    """Return the pieces of a shape's outline between two corners, and its points."""
    parts = shapely.get_parts(shape)
    lines = shapely.get_parts(shapely.boundary(parts[shapely.get_dimensions(parts) == 2]))
    lines = np.concatenate([shapely.get_parts(lines), parts[shapely.get_dimensions(parts) == 1]])
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    within = np.flatnonzero(owner[1:] == owner[:-1])
    return np.concatenate([shapely.linestrings(np.stack([xy[within], xy[within + 1]], axis=1)), parts[shapely.get_dimensions(parts) == 0]])
