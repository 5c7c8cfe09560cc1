"""Find the road nearest to a place: segments sorted into square cells, as plain arrays that a file can keep."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from math import floor, hypot

import numpy as np

from gispipe import ragged
from gispipe.roads.shapes import Shapes

CELL = 64.0
"""m: side of a cell."""
_RINGS = (1, 2, 4, 8)
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
        low, high = corners.min(axis=0), corners.max(axis=0)
        which, east, north = ragged.cells(low[:, 0], high[:, 0], low[:, 1], high[:, 1])
        cell = ragged.cell_number(east, north)
        order = np.lexsort((which, cell))
        return cls(cell[order], segment[which[order]].astype(np.int32))

    def nearest(self, shapes: Shapes, x: float, y: float, limit: float) -> tuple[int, float, tuple[float, float], float] | None:
        """Return segment, share along it, point and metres of what is nearest to a place (ties: first), None beyond the limit."""
        for rings in _RINGS:
            segment = self._around(x, y, rings)
            if not len(segment):
                continue
            begin, end = shapes.xy[segment].T, shapes.xy[segment + 1].T
            east, north = end[0] - begin[0], end[1] - begin[1]
            off_east, off_north = x - begin[0], y - begin[1]
            share = (off_east * east + off_north * north) / np.maximum(east * east + north * north, 1e-12)
            share = np.minimum(np.maximum(share, 0.0), 1.0)
            off_east -= share * east
            off_north -= share * north
            square = off_east * off_east + off_north * off_north
            least = square.min()
            if least <= min(rings * CELL, limit) ** 2:
                best = min(np.flatnonzero(square == least).tolist(), key=segment.item)
                gone = off_east.item(best), off_north.item(best)
                return segment.item(best), share.item(best), (x - gone[0], y - gone[1]), hypot(*gone)
        return None

    def at(self, x: float, y: float) -> np.ndarray:
        """Return the segments whose box touches the cell of a place, (e,)."""
        return self._around(x, y, 0)

    def _around(self, x: float, y: float, rings: int) -> np.ndarray:
        east, north = floor(x / CELL), floor(y / CELL)
        found = []
        for line in range(north - rings, north + rings + 1):
            first = bisect_left(self.cells, ragged.cell_number(east - rings, line))
            found.append(self.segment[first:bisect_right(self.cells, ragged.cell_number(east + rings, line), first)])
        return np.concatenate(found)

    @cached_property
    def cells(self) -> memoryview:
        """The cells as plain numbers, which are quicker to search one by one."""
        return memoryview(self.cell)
