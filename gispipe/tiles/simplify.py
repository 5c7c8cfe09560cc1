"""Fewer vertices without opening a shared border.

Everything works on snapped integers, and every decision about a vertex depends only on the point itself and its two
neighbours along the border, never on the ring that asks. Two rings that share a border therefore keep exactly
the same vertices, whatever layer order, tile or worker: no gap and no overlap can open between them.
"""

from __future__ import annotations

import numpy as np

from gispipe import ragged

_ROUNDS = 12  # corner rounds; each removes about a third of what is left to remove
Flat = tuple[np.ndarray, np.ndarray, np.ndarray]


def doubled_areas(x: np.ndarray, y: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return twice the signed area of every open ring in square units (surveyor's formula; y down, clockwise positive)."""
    after = ragged.following(start)
    full = start[1:] > start[:-1]
    first = np.repeat(np.where(full, start[:-1], 0), np.diff(start))
    u, v = x - x[first], y - y[first]  # relative to the ring's first vertex, so products stay small
    return ragged.sums(u * v[after] - u[after] * v, start)


def clean_rings(x: np.ndarray, y: np.ndarray, start: np.ndarray, hole: np.ndarray) -> Flat:
    """Drop repeated vertices, spikes and vertices on a straight line; empty rings without area; exterior positive, holes negative."""
    while len(x):
        after = ragged.following(start)
        keep = (x != x[after]) | (y != y[after])
        if not keep.all():
            x, y, start = x[keep], y[keep], ragged.compress(keep, start)
            after = ragged.following(start)
        before = ragged.preceding(start)
        keep = (x - x[before]) * (y[after] - y) != (y - y[before]) * (x[after] - x)
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

    Only points that every border passes with the same two neighbours may go; junctions and line ends stay. In one
    round, the corners smaller than both their neighbours go together; they are never adjacent, so each removal sees
    the neighbours it decided by, in every ring that shares them. A round looks only at the corners that can go.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, start: np.ndarray, *, closed: bool) -> None:
        self.x, self.y, self.start, self._closed = x, y, start, closed
        self.alive = np.ones(len(x), bool)
        self._before, self._after = (v.astype(np.int32) for v in (ragged.preceding(start), ragged.following(start)))
        self._run, self._left = ragged.owners(start).astype(np.int32), np.diff(start)
        # Ties are common on stair-steps; a scrambled place breaks them evenly and the same in every ring.
        self._lot = (scrambled(x, y) >> np.uint64(32)).astype(np.uint32)
        self._size = np.full(len(x), NEVER)
        self._measure(np.flatnonzero(_free(x, y, start, self._before, self._after, closed)))

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

    def remove(self, runs: np.ndarray) -> None:
        """Take away whole runs (mask); their points keep holding the borders of others."""
        self.alive &= ~runs[self._run]

    def packed(self) -> Corners:
        """Return what is left without the rest, runs and their numbers as they were."""
        kept = np.flatnonzero(self.alive)
        number = np.cumsum(self.alive, dtype=np.int32) - 1
        out = object.__new__(Corners)
        out.x, out.y, out._closed = self.x[kept], self.y[kept], self._closed
        out.start, out.alive, out._left = ragged.compress(self.alive, self.start), np.ones(len(kept), bool), self._left
        out._before, out._after = number[self._before[kept]], number[self._after[kept]]
        out._run, out._lot, out._size = self._run[kept], self._lot[kept], self._size[kept]
        return out

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


def _free(x: np.ndarray, y: np.ndarray, start: np.ndarray, before: np.ndarray, after: np.ndarray, closed: bool) -> np.ndarray:
    """Return the mask of vertices at points that all borders pass with the same two neighbours."""
    if not len(x):
        return np.zeros(0, bool)
    code = ((x - x.min()) << 31) | (y - y.min())
    order = np.argsort(code, kind="stable")
    code = code[order]
    new = np.ones(len(x), bool)
    new[1:] = code[1:] != code[:-1]
    point = np.empty(len(x), np.int32)
    point[order] = np.cumsum(new, dtype=np.int32) - 1
    one, other = point[before], point[after]
    low, high = np.minimum(one, other)[order], np.maximum(one, other)[order]
    runs = np.flatnonzero(new)
    same = (np.minimum.reduceat(low, runs) == np.maximum.reduceat(low, runs)) & (
        np.minimum.reduceat(high, runs) == np.maximum.reduceat(high, runs))
    if not closed:
        same[point[~_inner(start)]] = False
    return same[point]
