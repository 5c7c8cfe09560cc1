"""Which of many places and boxes come near each other at all: told by squares, quickly, and sooner too many than too few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_MOST = 1000
"""Squares along the longer side of the ground: a city with islands far out has larger ones."""


@dataclass(frozen=True)
class Squares:
    """Squares of a side (metres) from a corner (2,) on; many (2,): columns and lines."""

    corner: np.ndarray
    side: float
    many: np.ndarray

    @classmethod
    def over(cls, xy: np.ndarray, side: float) -> Squares:
        """Return squares over some places (n, 2), n > 0, that are no smaller than `side`."""
        low, high = xy.min(axis=0), xy.max(axis=0)
        side = max(side, float((high - low).max()) / _MOST)
        return cls(low, side, ((high - low) // side).astype(np.int64) + 1)

    def places_near(self, xy: np.ndarray, boxes: np.ndarray, room: float) -> np.ndarray:
        """Return (n,) which places (n, 2), all in the squares, may be within `room` of some box (k, 4)."""
        column, line = self._of(xy)
        return self._covered(boxes, room)[column, line]

    def boxes_near(self, boxes: np.ndarray, others: np.ndarray, room: float) -> np.ndarray:
        """Return (k,) which boxes (k, 4) may be within `room` of some of the others (n, 4), all in the squares."""
        before = np.zeros(self.many + 1, np.int64)
        before[1:, 1:] = self._covered(others, 0.0).cumsum(axis=0).cumsum(axis=1)
        west, south, east, north = self._reached(boxes, room)
        return before[east + 1, north + 1] - before[west, north + 1] - before[east + 1, south] + before[west, south] > 0  # type: ignore[no-any-return]

    def _covered(self, boxes: np.ndarray, room: float) -> np.ndarray:
        """Return of all squares which come near some box."""
        west, south, east, north = self._reached(boxes, room)
        edges = np.zeros(self.many + 1, np.int32)
        for column, line, change in ((west, south, 1), (east + 1, north + 1, 1), (west, north + 1, -1), (east + 1, south, -1)):
            np.add.at(edges, (column, line), change)
        return edges.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0  # type: ignore[no-any-return]

    def _of(self, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        column, line = np.clip((xy - self.corner) // self.side, 0, self.many - 1).astype(np.int64).T
        return column, line

    def _reached(self, boxes: np.ndarray, room: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the first and last columns and lines that boxes come near; those that lie outside come near the squares at the edge."""
        return *self._of(boxes[:, :2] - room), *self._of(boxes[:, 2:] + room)
