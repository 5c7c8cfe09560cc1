"""Many lines as flat arrays: one table of corners and where each line begins in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from gispipe import ragged

APART = 1.0
"""m of empty ruler between two lines, so that no measure belongs to both."""
SAME = 0.001
"""m: cuts closer than this to each other or to an end are one."""


@dataclass(frozen=True)
class Shapes:
    """Lines as xy (p, 2) in metres and start (k + 1,): line i is xy[start[i]:start[i + 1]].

    All lines lie one after the other on a ruler in metres (`ruler`, (p,)), so that a place on any of them is one number.
    """

    xy: np.ndarray
    start: np.ndarray

    @classmethod
    def of(cls, lines: np.ndarray) -> Shapes:
        """Take the corners of (k,) LineStrings."""
        count = shapely.get_num_coordinates(lines)
        return cls(shapely.get_coordinates(lines) + 0.0, np.concatenate([[0], np.cumsum(count)]))

    @cached_property
    def owner(self) -> np.ndarray:
        """(p,) which line a corner belongs to."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    @property
    def boxes(self) -> np.ndarray:
        """(k, 4) west, south, east, north of every line."""
        return np.hstack([ragged.ends(self.xy, self.start, take) for take in (np.minimum, np.maximum)])

    @cached_property
    def ruler(self) -> np.ndarray:
        """(p,) metres of every corner on the common ruler."""
        step = np.hypot(*np.diff(self.xy, axis=0).T) if len(self.xy) else np.empty(0)
        first = self.start[1:-1] - 1
        step[first] = APART
        return np.concatenate([[0.0], np.cumsum(step)])

    @property
    def base(self) -> np.ndarray:
        """(k,) ruler metres where each line begins."""
        return self.ruler[self.start[:-1]]

    @property
    def top(self) -> np.ndarray:
        """(k,) ruler metres where each line ends."""
        return self.ruler[self.start[1:] - 1]

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last corners, (k, 2) each."""
        return self.xy[self.start[:-1]], self.xy[self.start[1:] - 1]

    def numbered_ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Number the places where lines begin or end, west to east: their (m, 2) xy and (k, 2) the numbers of each line."""
        both = np.concatenate(self.ends)
        place, number = np.unique(both[:, 0] + 1j * both[:, 1], return_inverse=True)
        return np.stack([place.real, place.imag], axis=1), number.reshape(2, -1).T

    def linestrings(self) -> np.ndarray:
        """Return the lines as (k,) LineStrings."""
        return shapely.linestrings(self.xy, indices=self.owner)

    def at(self, place: np.ndarray) -> np.ndarray:
        """Return the (c, 2) points at ruler metres (c,)."""
        segment = np.clip(np.searchsorted(self.ruler, place, "right") - 1, 0, len(self.xy) - 2)
        low, high = self.ruler[segment], self.ruler[segment + 1]
        share = np.divide(place - low, high - low, out=np.zeros(len(segment)), where=high > low)[:, None]
        return self.xy[segment] * (1 - share) + self.xy[segment + 1] * share

    def cut(self, place: np.ndarray) -> tuple[Shapes, np.ndarray, np.ndarray]:
        """Cut lines at ruler metres; return the pieces, the line each comes from, and (j,) the ruler metres where each begins.

        Cuts within SAME of a line's end or of the cut before are left out.
        """
        place = self.apart(place)
        point = self.at(place)
        after = np.searchsorted(self.ruler, place, "right")
        xy = np.insert(self.xy, np.repeat(after, 2), np.repeat(point, 2, axis=0), axis=0)
        born = after + 2 * np.arange(len(place)) + 1
        old = self.start + 2 * np.searchsorted(after, self.start, "right")
        first = np.sort(np.concatenate([old[:-1], born]))
        origin = np.searchsorted(old, first, "right") - 1
        begins = np.sort(np.concatenate([self.base, place]))
        return Shapes(xy, np.append(first, old[-1])).without_repeats(), origin, begins

    def apart(self, place: np.ndarray) -> np.ndarray:
        """Return the ruler metres in order, those too close to an end or to the one before left out."""
        place = np.unique(place)
        line = np.searchsorted(self.base, place, "right") - 1
        place = place[(place - self.base[line] > SAME) & (self.top[line] - place > SAME)]
        while len(place) and (np.diff(place) <= SAME).any():
            near = np.concatenate([[False], np.diff(place) <= SAME])
            place = place[~(near & ~np.concatenate([[False], near[:-1]]))]
        return place

    def without_repeats(self) -> Shapes:
        """Drop a corner that repeats the one before it on the same line."""
        repeats = np.zeros(len(self.xy), dtype=bool)
        repeats[1:] = (self.xy[1:] == self.xy[:-1]).all(axis=1) & (self.owner[1:] == self.owner[:-1])
        kept = np.concatenate([[0], np.cumsum(~repeats)])
        return Shapes(self.xy[~repeats], kept[self.start])

    def ordered(self, order: np.ndarray) -> Shapes:
        """Return the lines in another order (k,)."""
        flat, start = ragged.taken(self.start, order)
        return Shapes(self.xy[flat], start)

    def reversed_where(self, mask: np.ndarray) -> Shapes:
        """Turn the lines of the mask (k,) round."""
        index = np.arange(len(self.xy))
        turned = mask[self.owner]
        index[turned] = (self.start[:-1] + self.start[1:] - 1)[self.owner[turned]] - index[turned]
        return Shapes(self.xy[index], self.start)

    def with_straight(self, begin: np.ndarray, end: np.ndarray) -> Shapes:
        """Add straight lines from begin (j, 2) to end (j, 2) after the others."""
        xy = np.stack([begin, end], axis=1).reshape(-1, 2)
        return Shapes(np.concatenate([self.xy, xy]), np.concatenate([self.start, self.start[-1] + 2 * np.arange(1, len(begin) + 1)]))
