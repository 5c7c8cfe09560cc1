"""Which stretches of the roads lie in zones to avoid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.geometry import present, usable
from gispipe.roads.shapes import Shapes

TOUCH = 0.01
"""m: a zone reaches this much farther than drawn, so that a road on its border is inside whatever the rounding."""
_LEAST = 3 * TOUCH
_FAR = 10 * TOUCH
"""m: no corner of a polygon that reaches farther by TOUCH lies farther out than this."""


@dataclass(frozen=True)
class Crossed:
    """What single segments have in single polygons: corner (j,) the first corner of the segment, metres (j, 2) of the ruler; in no order."""

    corner: np.ndarray
    metres: np.ndarray

    def stretches(self, shapes: Shapes) -> np.ndarray:
        """Return (j, 2) ruler metres, in order and apart, where the lines are inside any of the polygons.

        A line that only touches a zone at a point stays outside.
        """
        return _united(shapes, self.metres)

    def outside_of(self, asked: np.ndarray) -> Crossed:
        """Leave out the segments of a mask (p,) by first corner."""
        kept = ~asked[self.corner]
        return Crossed(self.corner[kept], self.metres[kept])

    def in_order(self) -> Crossed:
        """Return the same, segment by segment: how it was found says nothing."""
        order = np.lexsort((self.metres[:, 1], self.metres[:, 0], self.corner))
        return Crossed(self.corner[order], self.metres[order])

    def with_others(self, more: Crossed) -> Crossed:
        """Return what both say."""
        return Crossed(np.concatenate([self.corner, more.corner]), np.concatenate([self.metres, more.metres]))


def near(shapes: Shapes, boxes: np.ndarray) -> np.ndarray:
    """Return (p,) mask of the first corners of segments that a polygon of one of the boxes (k, 4), metres, may reach."""
    segment = _segments(shapes)
    found = np.zeros(len(shapes.xy), dtype=bool)
    if len(boxes) and len(segment):
        ends = np.stack([shapes.xy[segment], shapes.xy[segment + 1]])
        tree = shapely.STRtree(shapely.box(*np.hstack([ends.min(axis=0) - _FAR, ends.max(axis=0) + _FAR]).T))
        found[segment[tree.query(shapely.box(*boxes.T))[1]]] = True
    return found


def crossed(shapes: Shapes, polygons: np.ndarray, asked: np.ndarray | None = None) -> Crossed:
    """Return what the segments (those of a mask (p,) by first corner) have in polygons (any overlap, any order)."""
    polygons = polygons[present(polygons)] if len(polygons) else polygons
    segment = _segments(shapes)
    segment = segment if asked is None else segment[asked[segment]]
    if not len(polygons) or not len(segment):
        return Crossed(np.empty(0, np.int64), np.empty((0, 2)))
    lines = shapely.linestrings(np.stack([shapes.xy[segment], shapes.xy[segment + 1]], axis=1))
    tree = shapely.STRtree(lines)
    reaching = usable(polygons[np.unique(tree.query(polygons)[0])])[0]
    wide = shapely.buffer(reaching, TOUCH, join_style="mitre")
    whole = np.unique(tree.query(wide, predicate="covers")[1])
    some, metres = _partly(shapes, segment, lines, tree, wide, whole)
    return Crossed(np.concatenate([segment[whole], some]), np.concatenate([_whole(shapes, segment[whole]), metres]))


def _segments(shapes: Shapes) -> np.ndarray:
    """Return the first corner of each segment."""
    return np.flatnonzero(shapes.owner[1:] == shapes.owner[:-1])


def _whole(shapes: Shapes, segment: np.ndarray) -> np.ndarray:
    return np.stack([shapes.ruler[segment], shapes.ruler[segment + 1]], axis=1)


def _partly(shapes: Shapes, segment: np.ndarray, lines: np.ndarray, tree: shapely.STRtree, wide: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return segments that no polygon covers alone, and the (j, 2) ruler metres that they have inside of one."""
    zone, line = tree.query(wide, predicate="intersects")
    open_ = ~np.isin(line, whole)
    zone, line = zone[open_], line[open_]
    parts, pair = shapely.get_parts(shapely.intersection(lines[line], wide[zone]), return_index=True)
    drawn = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    parts, line = parts[drawn], line[pair[drawn]]
    begin, end = (shapely.line_locate_point(lines[line], shapely.get_point(parts, k)) for k in (0, -1))
    return segment[line], shapes.ruler[segment[line], None] + np.sort(np.stack([begin, end], axis=1), axis=1)


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
