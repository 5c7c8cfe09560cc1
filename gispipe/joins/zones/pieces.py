"""Cut giant polygons (and long lines) into small ones that together are the same ground."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.geometry import single_parts

CORNERS = 64
"""A polygon with more corners than this is halved, again and again."""
SMALLEST = 0.01
"""Metres: what is no larger is not halved any more, however many corners are heaped up in it."""


def split(shapes: np.ndarray, corners: int = CORNERS) -> tuple[np.ndarray, np.ndarray]:
    """Return small shapes and the number of the one each comes from, ascending; shapes: (n,) valid, missing ones give nothing.

    Points stay points, lines become shorter lines; corners a cut leaves behind (a point where only a tip was touched) go.
    """
    parts, owner = single_parts(shapes)
    kind = shapely.get_dimensions(shapes)
    if not len(parts):
        return parts, owner
    done, of = [], []
    while len(parts):
        box = shapely.bounds(parts)
        large = (shapely.get_num_coordinates(parts) > corners) & (np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) > SMALLEST)
        done.append(parts[~large])
        of.append(owner[~large])
        parts, owner = _halves(parts[large], owner[large])
    pieces, of_piece = np.concatenate(done), np.concatenate(of)
    order = np.argsort(of_piece, kind="stable")
    real = order[(shapely.get_dimensions(pieces[order]) == kind[of_piece[order]]) & ~shapely.is_empty(pieces[order])]
    return pieces[real], of_piece[real]


def _halves(shapes: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut each shape across its longer side; a cut that fails or loses ground is made again by a full overlay."""
    box = shapely.bounds(shapes)
    middle = (box[:, :2] + box[:, 2:]) / 2
    tall = (box[:, 3] - box[:, 1] > box[:, 2] - box[:, 0])[:, None]
    first, second = box.copy(), box.copy()
    first[:, 2:] = np.where(tall, np.column_stack([box[:, 2], middle[:, 1]]), np.column_stack([middle[:, 0], box[:, 3]]))
    second[:, :2] = np.where(tall, np.column_stack([box[:, 0], middle[:, 1]]), np.column_stack([middle[:, 0], box[:, 1]]))
    halves = np.empty((len(shapes), 2), dtype=object)
    for k, side in enumerate((first, second)):
        halves[:, k] = [_clipped(shape, *rectangle) for shape, rectangle in zip(shapes, side.tolist(), strict=True)]
    wrong = np.flatnonzero(_lost(shapes, halves))
    for k, side in enumerate((first, second)):
        halves[wrong, k] = shapely.intersection(shapes[wrong], shapely.box(*side[wrong].T))
    parts, half = shapely.get_parts(halves.ravel(), return_index=True)
    return parts, owner[half // 2]


def _clipped(shape: shapely.Geometry, west: float, south: float, east: float, north: float) -> shapely.Geometry | None:
    """Clip by a rectangle, which is quick; None where that fails on a ring it cuts to nothing."""
    try:
        return shapely.clip_by_rect(shape, west, south, east, north)
    except shapely.errors.GEOSException:
        return None


def _lost(shapes: np.ndarray, halves: np.ndarray) -> np.ndarray:
    """Return the mask of shapes whose halves are missing or not together the same ground (or length, for lines)."""
    areal = shapely.get_dimensions(shapes) == 2
    whole = np.where(areal, shapely.area(shapes), shapely.length(shapes))
    both = np.where(areal[:, None], shapely.area(halves), shapely.length(halves)).sum(axis=1)
    return shapely.is_missing(halves).any(axis=1) | ~(np.abs(both - whole) <= 1e-9 * np.maximum(whole, 1.0))
