"""Which stretches of the roads lie in zones to avoid."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.geometry import present, usable
from gispipe.roads.shapes import Shapes

TOUCH = 0.01
"""m: a zone reaches this much farther than drawn, so that a road on its border is inside whatever the rounding."""
_LEAST = 3 * TOUCH


def stretches(shapes: Shapes, polygons: np.ndarray) -> np.ndarray:
    """Return (j, 2) ruler metres, in order and apart, where the lines are inside any of the polygons (any overlap, any order).

    A line that only touches a zone at a point stays outside.
    """
    polygons = polygons[present(polygons)] if len(polygons) else polygons
    segment = np.flatnonzero(shapes.owner[1:] == shapes.owner[:-1])
    if not len(polygons) or not len(segment):
        return np.empty((0, 2))
    lines = shapely.linestrings(np.stack([shapes.xy[segment], shapes.xy[segment + 1]], axis=1))
    tree = shapely.STRtree(lines)
    near = usable(polygons)[0][np.unique(tree.query(polygons)[0])]
    wide = shapely.buffer(near, TOUCH, join_style="mitre")
    whole = np.unique(tree.query(wide, predicate="covers")[1])
    return _united(shapes, np.concatenate([_whole(shapes, segment[whole]), _partly(shapes, segment, lines, tree, wide, whole)]))


def _whole(shapes: Shapes, segment: np.ndarray) -> np.ndarray:
    return np.stack([shapes.ruler[segment], shapes.ruler[segment + 1]], axis=1)


def _partly(shapes: Shapes, segment: np.ndarray, lines: np.ndarray, tree: shapely.STRtree, wide: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return the (j, 2) ruler metres inside a polygon of segments that none covers alone."""
    zone, line = tree.query(wide, predicate="intersects")
    open_ = ~np.isin(line, whole)
    zone, line = zone[open_], line[open_]
    parts, pair = shapely.get_parts(shapely.intersection(lines[line], wide[zone]), return_index=True)
    drawn = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    parts, line = parts[drawn], line[pair[drawn]]
    begin, end = (shapely.line_locate_point(lines[line], shapely.get_point(parts, k)) for k in (0, -1))
    return shapes.ruler[segment[line], None] + np.sort(np.stack([begin, end], axis=1), axis=1)


def _united(shapes: Shapes, pieces: np.ndarray) -> np.ndarray:
    """Unite overlapping stretches; a gap or an end left over that is shorter than the tolerance is inside too."""
    if not len(pieces):
        return np.empty((0, 2))
    pieces = pieces[np.lexsort(pieces.T[::-1])]
    reached = np.maximum.accumulate(pieces[:, 1])
    fresh = np.concatenate([[True], pieces[1:, 0] > reached[:-1] + _LEAST])
    low, high = pieces[fresh, 0], reached[np.concatenate([fresh[1:], [True]])]
    line = np.searchsorted(shapes.base, low + TOUCH / 10, "right") - 1
    low = np.where(low - shapes.base[line] < _LEAST, shapes.base[line], low)
    high = np.where(shapes.top[line] - high < _LEAST, shapes.top[line], high)
    real = (high - low >= _LEAST) | ((low == shapes.base[line]) & (high == shapes.top[line]))
    return np.stack([low[real], high[real]], axis=1)


def is_inside(stretch: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the mask of ruler metres (k,) that lie in one of the stretches (j, 2)."""
    if not len(stretch):
        return np.zeros(len(place), dtype=bool)
    index = np.searchsorted(stretch[:, 0], place, "right") - 1
    return (index >= 0) & (place <= stretch[np.clip(index, 0, None), 1])
