"""Find the road nearest to a place: segments sorted into square cells, as plain arrays that a file can keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe.roads.shapes import Shapes

CELL = 128.0
"""m: side of a cell."""
_WIDE = 1 << 24
"""Cells in a row: more than the earth's girth needs."""
_RINGS = (1, 2, 4)
"""Cells looked at around the place's own: whatever lies within so many cells is in them."""


@dataclass(frozen=True)
class Cells:
    """Cell (e,) and segment (e,) in order: every cell a segment's box touches. Segment i goes from corner i to i + 1."""

    cell: np.ndarray
    segment: np.ndarray

    @classmethod
    def of(cls, shapes: Shapes) -> Cells:
        """Sort the segments of the lines."""
        segment = np.flatnonzero(shapes.owner[1:] == shapes.owner[:-1])
        corners = np.floor(np.stack([shapes.xy[segment], shapes.xy[segment + 1]]) / CELL).astype(np.int64)
        low, size = corners.min(axis=0), np.ptp(corners, axis=0) + 1
        cells = size.prod(axis=1)
        which = np.repeat(np.arange(len(segment)), cells)
        within = np.arange(len(which)) - np.repeat(np.cumsum(cells) - cells, cells)
        cell = _number(low[which, 0] + within % size[which, 0], low[which, 1] + within // size[which, 0])
        order = np.lexsort((which, cell))
        return cls(cell[order], segment[which[order]].astype(np.int32))

    def nearest(self, shapes: Shapes, xy: np.ndarray, limit: float) -> tuple[int, float, np.ndarray, float] | None:
        """Return segment, share along it, point (2,) and metres of what is nearest to xy (2,) (ties: first), None beyond the limit."""
        for rings in _RINGS:
            segment = self._around(xy, rings)
            if not len(segment):
                continue
            begin, along = shapes.xy[segment], shapes.xy[segment + 1] - shapes.xy[segment]
            share = np.clip(((xy - begin) * along).sum(axis=1) / np.maximum((along * along).sum(axis=1), 1e-12), 0, 1)
            point = begin + share[:, None] * along
            metres = np.hypot(*(point - xy).T)
            best = np.lexsort((segment, metres))[0]
            if metres[best] <= min(rings * CELL, limit):
                return int(segment[best]), float(share[best]), point[best], float(metres[best])
        return None

    def _around(self, xy: np.ndarray, rings: int) -> np.ndarray:
        east, north = np.floor(xy / CELL).astype(np.int64)
        rows = np.arange(north - rings, north + rings + 1)
        begin = np.searchsorted(self.cell, _number(east - rings, rows))
        end = np.searchsorted(self.cell, _number(east + rings, rows), "right")
        return np.concatenate([self.segment[low:high] for low, high in zip(begin, end, strict=True)])


def _number(east: np.ndarray, north: np.ndarray) -> np.ndarray:
    return north * _WIDE + east
