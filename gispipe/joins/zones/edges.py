"""The edges of polygons as flat arrays: each runs from left to right and says whether the ground lies below or above it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.geometry import single_parts


@dataclass(frozen=True)
class Edges:
    """Edges of (n,) polygons. `ends` (k, 4): left x, left y, right x, right y; `side` (k,): +1 where the polygon lies
    below the edge, -1 where above; `start` (n + 1,): where each polygon's edges begin; `box` (n, 4): bounds of each.

    Upright edges are left out: nothing lies below them.
    """

    ends: np.ndarray
    side: np.ndarray
    start: np.ndarray
    box: np.ndarray


def edges_of(polygons: np.ndarray) -> Edges:
    """Return the edges of valid polygons or multipolygons, shape (n,); missing and empty ones have none."""
    rings, owner, hole = _rings(polygons)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    begin = np.flatnonzero(ring[1:] == ring[:-1])
    of = ring[begin]
    x0, y0, x1, y1 = xy[begin, 0], xy[begin, 1], xy[begin + 1, 0], xy[begin + 1, 1]
    turn = _turn(xy, ring, of, (x0, y0, x1, y1), len(rings)) * np.where(hole, 1.0, -1.0)
    sloped = np.flatnonzero(x0 != x1)
    x0, y0, x1, y1, of = x0[sloped], y0[sloped], x1[sloped], y1[sloped], of[sloped]
    back = x1 < x0
    ends = np.empty((len(sloped), 4))
    ends[:, 0], ends[:, 2] = np.where(back, x1, x0), np.where(back, x0, x1)
    ends[:, 1], ends[:, 3] = np.where(back, y1, y0), np.where(back, y0, y1)
    side = turn[of] * np.where(back, -1.0, 1.0)
    start = np.searchsorted(owner[of], np.arange(len(polygons) + 1))
    return Edges(ends, side, start, shapely.bounds(polygons))


def _rings(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all rings (or polygons that are one), the polygon of each (ascending) and which of them are holes."""
    parts, of_part = single_parts(polygons)
    if not shapely.get_num_interior_rings(parts).any():
        return parts, of_part, np.zeros(len(parts), bool)  # the corners of a polygon without holes are those of its ring
    rings, part = shapely.get_rings(parts, return_index=True)
    hole = np.zeros(len(rings), bool)
    hole[1:] = part[1:] == part[:-1]
    return rings, of_part[part], hole


def _turn(xy: np.ndarray, ring: np.ndarray, of: np.ndarray, ends: tuple[np.ndarray, ...], count: int) -> np.ndarray:
    """Return +1 for rings that run against the clock and -1 for others, (count,); measured from each ring's first corner."""
    first = np.searchsorted(ring, np.arange(count))
    first = np.minimum(first, max(len(xy) - 1, 0))
    ox, oy = (xy[first, 0][of], xy[first, 1][of]) if len(xy) else (np.zeros(0), np.zeros(0))
    x0, y0, x1, y1 = ends
    return np.sign(np.bincount(of, (x0 - ox) * (y1 - oy) - (x1 - ox) * (y0 - oy), minlength=count))
