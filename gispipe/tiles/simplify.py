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


def remove_small_corners(x: np.ndarray, y: np.ndarray, start: np.ndarray, *, closed: bool, tolerance: int) -> Flat:
    """Remove corners whose triangle is smaller than ``tolerance`` units squared (Visvalingam–Whyatt in rounds).

    Only points that every border passes with the same two neighbours may go; junctions and line ends stay. In one
    round, the corners smaller than both their neighbours go together; they are never adjacent, so each removal sees
    the neighbours it decided by, in every ring that shares them.
    """
    if not len(x) or tolerance <= 0:
        return x, y, start
    point, free = _points(x, y, start, closed)
    # Ties are common on stair-steps; a scrambled point number breaks them evenly and the same in every ring.
    lot = (point.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
    lot = lot.astype(np.int64)
    never = np.iinfo(np.int64).max
    for _ in range(_ROUNDS):
        before, after = ragged.preceding(start), ragged.following(start)
        corner = (x - x[before]) * (y[after] - y) - (y - y[before]) * (x[after] - x)
        size = np.where(free, np.abs(corner), never)
        least = size < 2 * tolerance * tolerance
        for other in (before, after):
            least &= (size < size[other]) | ((size == size[other]) & (lot < lot[other])) | (point == point[other])
        # A ring of three keeps its shape or loses it as a whole when it is cleaned, never by a single corner.
        least &= np.repeat(np.diff(start) > 3, np.diff(start)) if closed else True
        if not least.any():
            break
        keep = ~least
        x, y, free, lot, point = x[keep], y[keep], free[keep], lot[keep], point[keep]
        start = ragged.compress(keep, start)
    return x, y, start


def _points(x: np.ndarray, y: np.ndarray, start: np.ndarray, closed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct point of every vertex, and whether all borders pass that point with the same two neighbours."""
    code = ((x - x.min()) << 31) | (y - y.min())
    order = np.argsort(code, kind="stable")
    new = np.ones(len(x), bool)
    new[1:] = code[order][1:] != code[order][:-1]
    point = np.empty(len(x), np.int64)
    point[order] = np.cumsum(new) - 1
    before, after = point[ragged.preceding(start)], point[ragged.following(start)]
    low, high = np.minimum(before, after)[order], np.maximum(before, after)[order]
    runs = np.flatnonzero(new)
    same = (np.minimum.reduceat(low, runs) == np.maximum.reduceat(low, runs)) & (
        np.minimum.reduceat(high, runs) == np.maximum.reduceat(high, runs))
    if not closed:
        same[point[~_inner(start)]] = False
    return point, same[point]
