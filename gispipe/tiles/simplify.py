"""Fewer vertices without opening a shared border.

Everything works on snapped integers, and every decision about a vertex depends only on the point itself and its two
neighbours along the border, never on the ring that asks. Two rings that share a border therefore keep exactly
the same vertices, whatever layer order, tile or worker: no gap and no overlap can open between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gispipe import ragged

_ROUNDS = 12  # corner rounds; each removes about a third of what is left to remove
Flat = tuple[np.ndarray, np.ndarray, np.ndarray]


def doubled_areas(x: np.ndarray, y: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return twice the signed area of every open ring in square units (surveyor's formula; y down, clockwise positive)."""
    full = start[1:] > start[:-1]
    first, length = np.where(full, start[:-1], 0), np.diff(start)
    if not len(x):
        return np.zeros(len(length), np.int64)
    u, v = x - np.repeat(x[first], length), y - np.repeat(y[first], length)  # relative to the ring's first vertex, so products stay small
    cross = np.zeros(len(x), np.int64)
    cross[:-1] = u[:-1] * v[1:] - u[1:] * v[:-1]  # nothing where the next vertex is a ring's first
    return ragged.sums(cross, start)


def clean_rings(x: np.ndarray, y: np.ndarray, start: np.ndarray, hole: np.ndarray) -> Flat:
    """Drop repeated vertices, spikes and vertices on a straight line; empty rings without area; exterior positive, holes negative."""
    while len(x):
        dx, dy = ragged.next_of(x, start) - x, ragged.next_of(y, start) - y
        keep = (dx != 0) | (dy != 0)
        if not keep.all():
            x, y, start = x[keep], y[keep], ragged.compress(keep, start)
            dx, dy = dx[keep], dy[keep]  # between what is left, as those that went stood where the next one stands
        keep = ragged.previous_of(dx, start) * dy != ragged.previous_of(dy, start) * dx
        if keep.all():
            break
        x, y, start = x[keep], y[keep], ragged.compress(keep, start)
    return _turned(x, y, start, hole)


def _turned(x: np.ndarray, y: np.ndarray, start: np.ndarray, hole: np.ndarray) -> Flat:
    area = doubled_areas(x, y, start)
    flip = (area < 0) != hole
    empty = area == 0
    if not (flip & ~empty).any() and not (empty & (np.diff(start) > 0)).any():
        return x, y, start
    length = np.where(empty, 0, np.diff(start))
    index = ragged.spans(start[:-1], length)
    out = ragged.offsets(length)
    turned = np.repeat(flip & ~empty, length)
    mirror = np.repeat(start[:-1] * 2 + length - 1, length) - index
    index = np.where(turned, mirror, index)
    return x[index], y[index], out


def clean_lines(x: np.ndarray, y: np.ndarray, start: np.ndarray) -> Flat:
    """Drop repeated vertices and vertices on a straight way forward; lines with one vertex left become empty."""
    while len(x):
        inner = _inner(start)
        keep = np.ones(len(x), bool)
        keep[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
        keep[start[:-1][start[:-1] < start[1:]]] = True
        at = np.flatnonzero(inner)
        dx0, dy0, dx1, dy1 = x[at] - x[at - 1], y[at] - y[at - 1], x[at + 1] - x[at], y[at + 1] - y[at]
        # A vertex where the line turns straight back is a real end of the drawing and stays.
        keep[at] &= (dx0 * dy1 != dy0 * dx1) | (dx0 * dx1 + dy0 * dy1 < 0)
        if keep.all():
            break
        x, y, start = x[keep], y[keep], ragged.compress(keep, start)
    length = np.diff(start)
    if (length == 1).any():
        keep = np.repeat(length > 1, length)
        x, y, start = x[keep], y[keep], ragged.compress(keep, start)
    return x, y, start


def _inner(start: np.ndarray) -> np.ndarray:
    inner = np.ones(int(start[-1]), bool)
    full = start[1:] > start[:-1]
    inner[start[:-1][full]] = False
    inner[start[1:][full] - 1] = False
    return inner


def scrambled(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return one well mixed number (uint64) for every point, different ones for different points."""
    return ((x << 31) ^ y).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)


NEVER = np.iinfo(np.int64).max
"""The size of a corner that stays."""


class Corners:
    """The corners of runs, taken away little by little (Visvalingam–Whyatt in rounds) on one unchanging grid.

    Only ``free`` points may go (see `free_points`). In one round, the corners smaller than both their neighbours go together; they
    are never adjacent, so each removal sees the neighbours it decided by, in every ring that shares them. A round looks only at
    the corners that can go. What becomes of a run depends on the run alone, so runs may be worked on in any company.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, start: np.ndarray, free: np.ndarray, *, closed: bool) -> None:
        self.x, self.y, self.start, self.free, self._closed = x, y, start, free, closed
        self.alive = np.ones(len(x), bool)
        self._before, self._after = (v.astype(np.int32) for v in (ragged.preceding(start), ragged.following(start)))
        self._run, self._left = ragged.owners(start).astype(np.int32), np.diff(start)
        # Ties are common on stair-steps; a scrambled place breaks them evenly and the same in every ring.
        self._lot = (scrambled(x, y) >> np.uint64(32)).astype(np.uint32)
        self._size = np.full(len(x), NEVER)
        self._measure(np.flatnonzero(free))

    def thin(self, tolerance: int) -> None:
        """Take away the corners whose triangle is smaller than ``tolerance`` units squared."""
        limit = 2 * tolerance * tolerance
        small = self.alive & (self._size < limit)
        for _ in range(_ROUNDS):
            at = np.flatnonzero(small)
            gone = at[self._least(at)]
            if not len(gone):
                return
            before, after = self._before[gone], self._after[gone]
            self._after[before], self._before[after] = after, before
            self.alive[gone] = small[gone] = False
            self._left -= np.bincount(self._run[gone], minlength=len(self._left))
            for near in (before, after):
                near = near[self._size[near] != NEVER]
                self._measure(near)
                small[near] = self._size[near] < limit

    def packed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return what is left: x, y, offsets and which points are free."""
        kept = np.flatnonzero(self.alive)
        return self.x[kept], self.y[kept], ragged.compress(self.alive, self.start), self.free[kept]

    def _least(self, at: np.ndarray) -> np.ndarray:
        """Return the mask of corners that are smaller than both their neighbours."""
        size, lot = self._size[at], self._lot[at]
        # A ring of three keeps its shape or loses it as a whole when it is cleaned, never by a single corner.
        least = self._left[self._run[at]] > 3 if self._closed else np.ones(len(at), bool)
        for other in (self._before[at], self._after[at]):
            beside = self._size[other]
            least &= (size < beside) | ((size == beside) & ((lot < self._lot[other]) | ((self.x[at] == self.x[other]) & (self.y[at] == self.y[other]))))
        return least

    def _measure(self, at: np.ndarray) -> None:
        before, after = self._before[at], self._after[at]
        x, y = self.x[at], self.y[at]
        self._size[at] = np.abs((x - self.x[before]) * (self.y[after] - y) - (y - self.y[before]) * (self.x[after] - x))


_STRIP = 250_000
"""Points that are compared with each other at a time."""


def free_points(blocks: Sequence[Flat], *, closed: bool, each: Callable[..., Iterator[Any]] = map) -> list[np.ndarray]:
    """Return for every block of runs (x, y, offsets) the mask of points that all borders of all blocks pass with the same two neighbours.

    Junctions and line ends are not free. Points are compared in vertical strips, so that memory does not grow with the city;
    ``each`` works on the strips, side by side or not.
    """
    free = [np.zeros(len(x), bool) for x, _, _ in blocks]
    edges = _edges([x for x, _, _ in blocks])
    rows = list(each(lambda block: _in_strips(block[0], edges), blocks))

    def strip(number: int) -> None:
        met = [k for k, every in enumerate(rows) if len(every[number])]
        if not met:
            return
        same = _passed_alike(*(np.concatenate(column) for column in zip(*(_passing(*blocks[k], rows[k][number], closed) for k in met), strict=True)))
        for k, part in zip(met, np.split(same, np.cumsum([len(rows[k][number]) for k in met])[:-1]), strict=True):
            free[k][rows[k][number]] = part  # every strip writes places of its own

    for _ in each(strip, range(len(edges) + 1)):
        pass
    return free


def _passing(x: np.ndarray, y: np.ndarray, start: np.ndarray, rows: np.ndarray, closed: bool) -> tuple[np.ndarray, ...]:
    """Return the points of some vertices, the smaller and the larger of the two points beside each (one number a point), and whether a line ends there."""
    run = np.searchsorted(start, rows, side="right") - 1
    first, last = start[run], start[run + 1] - 1
    beside = [_point(x, y, at) for at in (np.where(rows == first, last, rows - 1), np.where(rows == last, first, rows + 1))]
    end = np.zeros(len(rows), bool) if closed else (rows == first) | (rows == last)
    return _point(x, y, rows), np.minimum(*beside), np.maximum(*beside), end


def _point(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    return (x[at].astype(np.int64) << 32) + y[at]


def _edges(columns: list[np.ndarray]) -> np.ndarray:
    """Return where to part the plane along x into strips with about as many points each, ascending; nothing for one strip."""
    count = sum(map(len, columns))
    if count <= _STRIP:
        return np.zeros(0, np.int64)
    step = max(count // 100_000, 1)
    some = np.sort(np.concatenate([x[::step] for x in columns]))
    return ragged.distinct(some[::max(len(some) * _STRIP // count, 1)])


def _in_strips(x: np.ndarray, edges: np.ndarray) -> list[np.ndarray]:
    """Return the numbers of a block's points in every strip, ascending."""
    strip = np.searchsorted(edges, x, side="right").astype(np.int16)  # so few that they are sorted in one pass
    return np.split(np.argsort(strip, kind="stable").astype(np.int32), np.cumsum(np.bincount(strip, minlength=len(edges) + 1))[:-1])


def _passed_alike(point: np.ndarray, low: np.ndarray, high: np.ndarray, end: np.ndarray) -> np.ndarray:
    order = np.argsort(point)  # whatever comes first among equals: all of them must agree
    point, low, high = point[order], low[order], high[order]
    new = np.ones(len(point), bool)
    new[1:] = point[1:] != point[:-1]
    odd = end[order]
    odd[1:] |= ~new[1:] & ((low[1:] != low[:-1]) | (high[1:] != high[:-1]))
    runs = np.append(np.flatnonzero(new), len(point))
    same = ragged.sums(odd, runs) == 0
    out = np.empty(len(point), bool)
    out[order] = np.repeat(same, np.diff(runs))
    return out
