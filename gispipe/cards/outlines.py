"""Shapes as whole numbers: steps of a tenth of a millimetre from the grid's corner, each corner told from the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe import ragged
from gispipe.cards.texts import Run, beside
from gispipe.tiles.outlines import Outlines as Drawn

STEPS = 10_000
"""Steps in a metre; a corner is at most 0.071 mm beside where it was delivered, well within what counts as on a border."""
OPEN = -1
"""Stands where an area has the number of its rings: the shape is a line, or a point of one corner."""


def steps(xy: np.ndarray, origin: tuple[float, float]) -> np.ndarray:
    """Return plane metres (p, 2) as whole steps from the origin."""
    return np.round((xy - np.array(origin)) * STEPS).astype(np.int64)


@dataclass(frozen=True)
class Outlines:
    """The outlines of n single shapes: corners (p, 2) in steps from the origin, those of a ring without the last, which is the first again; ring (r + 1,) where each
    ring begins among the corners, shape (n + 1,) where each shape begins among the rings, area (n,) which shapes are polygons."""

    corner: np.ndarray
    ring: np.ndarray
    shape: np.ndarray
    area: np.ndarray

    @classmethod
    def of(cls, drawn: Drawn, origin: tuple[float, float]) -> Outlines:
        """Take single polygons, lines and points in plane metres."""
        area = drawn.kinds == shapely.GeometryType.POLYGON
        at, owner = steps(drawn.xy, origin), drawn.feature[drawn.part]
        kept = np.ones(len(at), bool)
        kept[drawn.start[1:][area[owner]] - 1] = False
        return cls(at[kept], ragged.compress(kept, drawn.start), ragged.offsets(np.bincount(owner, minlength=len(drawn))), area)

    @classmethod
    def joined(cls, some: list[Outlines]) -> Outlines:
        """Return the outlines of several one after the other."""
        none = np.zeros((0, 2), np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(0, bool)
        corner, ring, shape, area = (list(part) for part in zip(none, *((one.corner, one.ring, one.shape, one.area) for one in some), strict=True))
        return cls(np.concatenate(corner), _after(ring), _after(shape), np.concatenate(area))

    def taken(self, which: np.ndarray) -> Outlines:
        """Return some of the shapes."""
        rings, shape = ragged.taken(self.shape, which)
        corners, ring = ragged.taken(self.ring, rings)
        return Outlines(self.corner[corners], ring, shape, self.area[which])

    def around(self, box: np.ndarray) -> Outlines:
        """Return the shapes with fewer corners far from their squares (n, 4), steps: what is inside of a square, and every border in it, stays as it is.

        Of a run of corners that all lie on the same side of a square, outside, only the first and the last are kept: what lies between the run and the straight
        line past it is on that side too.
        """
        own = np.repeat(np.repeat(np.arange(len(self.area)), np.diff(self.shape)), np.diff(self.ring))
        side = np.zeros(len(own), np.int8)
        for number, beyond in enumerate((self.corner[:, 0] < box[own, 0], self.corner[:, 0] > box[own, 2], self.corner[:, 1] < box[own, 1], self.corner[:, 1] > box[own, 3]), 1):
            side[beyond & (side == 0)] = number
        before, after = ragged.previous_of(side, self.ring), ragged.next_of(side, self.ring)
        kept = (side == 0) | (side != before) | (side != after)
        first = np.zeros(len(own), bool)
        first[self.ring[:-1]] = True  # a ring keeps one corner at least, a line its ends
        first[self.ring[1:] - 1] |= ~self.area[own[self.ring[1:] - 1]]
        kept |= first
        return Outlines(self.corner[kept], ragged.compress(kept, self.ring), self.shape, self.area)

    def told(self) -> Run:
        """Return of each shape the number of its rings (`OPEN` for no polygon), and of each ring the number of its corners and these, the first from the origin,
        the others from the one before."""
        step = np.diff(self.corner, axis=0, prepend=np.zeros((1, 2), np.int64))
        step[self.ring[:-1]] = self.corner[self.ring[:-1]]
        rings = beside(np.diff(self.ring), (step.reshape(-1), 2 * self.ring))
        return beside(np.where(self.area, np.diff(self.shape), OPEN), (rings[0], rings[1][self.shape]))


def _after(starts: list[np.ndarray]) -> np.ndarray:
    """Return the offsets of runs that stand one after the other."""
    ends = np.cumsum([start[-1] for start in starts])
    return np.concatenate([starts[0], *(start[1:] + end for start, end in zip(starts[1:], ends[:-1], strict=True))])
