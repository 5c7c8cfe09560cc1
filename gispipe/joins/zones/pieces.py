"""Cut giant polygons (and long lines) into small ones that together are the same ground."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.geometry import single_parts

CORNERS = 64
"""A polygon with more corners than this is halved, again and again."""


def split(shapes: np.ndarray, corners: int = CORNERS) -> tuple[np.ndarray, np.ndarray]:
    """Return small shapes and the number of the one each comes from, ascending; shapes: (n,) valid, missing ones give nothing.

    Points stay points, lines become shorter lines; corners a cut leaves behind (a point where only a tip was touched) go.
    """
    parts, owner = single_parts(shapes)
    kind = shapely.get_dimensions(shapes)
    if not (shapely.get_num_coordinates(parts) > corners).any():
        return parts, owner
    done, of = [], []
    while len(parts):
        large = shapely.get_num_coordinates(parts) > corners
        done.append(parts[~large])
        of.append(owner[~large])
        parts, owner = _halves(parts[large], owner[large])
    pieces, of_piece = (np.concatenate(done), np.concatenate(of)) if done else (parts, owner)
    order = np.argsort(of_piece, kind="stable")
    real = order[(shapely.get_dimensions(pieces[order]) == kind[of_piece[order]]) & ~shapely.is_empty(pieces[order])]
    return pieces[real], of_piece[real]


def _halves(polygons: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut each polygon across its longer side."""
    box = shapely.bounds(polygons)
    middle = (box[:, :2] + box[:, 2:]) / 2
    tall = box[:, 3] - box[:, 1] > box[:, 2] - box[:, 0]
    halves = []
    for polygon, (west, south, east, north), (x, y), high in zip(polygons, box.tolist(), middle.tolist(), tall.tolist(), strict=True):
        if high:
            halves += [shapely.clip_by_rect(polygon, west, south, east, y), shapely.clip_by_rect(polygon, west, y, east, north)]
        else:
            halves += [shapely.clip_by_rect(polygon, west, south, x, north), shapely.clip_by_rect(polygon, x, south, east, north)]
    parts, half = shapely.get_parts(np.array(halves, dtype=object), return_index=True)
    return parts, owner[half // 2]
