"""Cut rings and lines into tiles: only what crosses, by halves of the tile range, all rings at once.

A ring is cut against one vertical or horizontal line at a time (Sutherland–Hodgman in arrays). The range of tiles it
meets is halved until one tile is left, so a polygon of a million vertices is walked log2(tiles) times and not once a tile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe import ragged
from gispipe.tiles.grid import BUFFER, EXTENT, tile_range


@dataclass(frozen=True)
class Runs:
    """Runs of vertices, each in a range of tiles: flat ``x``, ``y``, offsets ``start``, ``source`` run number, tile range."""

    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    source: np.ndarray
    tx0: np.ndarray
    tx1: np.ndarray
    ty0: np.ndarray
    ty1: np.ndarray

    def take(self, index: np.ndarray) -> Runs:
        """Return the runs of ``index``, in that order."""
        flat, start = ragged.taken(self.start, index)
        return Runs(self.x[flat], self.y[flat], start, self.source[index],
                    self.tx0[index], self.tx1[index], self.ty0[index], self.ty1[index])

    def flipped(self) -> Runs:
        """Return the runs with x and y exchanged, so that one cutting function serves both axes."""
        return Runs(self.y, self.x, self.start, self.source, self.ty0, self.ty1, self.tx0, self.tx1)


def joined(pieces: list[Runs]) -> Runs:
    """Return the runs of all pieces, one after the other."""
    lengths = np.concatenate([np.diff(p.start) for p in pieces])
    fields = ("source", "tx0", "tx1", "ty0", "ty1")
    return Runs(np.concatenate([p.x for p in pieces]), np.concatenate([p.y for p in pieces]), ragged.offsets(lengths),
                *(np.concatenate([getattr(p, f) for p in pieces]) for f in fields))


def ringed(x: np.ndarray, y: np.ndarray, start: np.ndarray, source: np.ndarray, zoom: int) -> Runs:
    """Return non-empty rings with the range of tiles that their bounds (with buffer) meet."""
    tx0, tx1 = tile_range(ragged.ends(x, start, np.minimum), ragged.ends(x, start, np.maximum), zoom)
    ty0, ty1 = tile_range(ragged.ends(y, start, np.minimum), ragged.ends(y, start, np.maximum), zoom)
    return Runs(x, y, start, source, tx0, tx1, ty0, ty1)


def cut_rings(rings: Runs, zoom: int) -> Runs:
    """Cut rings into single tiles (tx0 == tx1, ty0 == ty1), clipped to the tile and its buffer where they reach further."""
    done: list[Runs] = []
    left = rings
    while len(left.source):
        wide, high = left.tx1 - left.tx0, left.ty1 - left.ty0
        done.append(left.take(np.flatnonzero((wide == 0) & (high == 0))))
        across = left.take(np.flatnonzero((wide > 0) & (wide >= high)))
        down = left.take(np.flatnonzero((high > 0) & (high > wide))).flipped()
        left = joined([*_halves(across, zoom), *(half.flipped() for half in _halves(down, zoom))])
    return joined(done) if done else rings


def _halves(rings: Runs, zoom: int) -> tuple[Runs, Runs]:
    """Cut every ring's range of tile columns in two; each half keeps the buffer of its outermost column."""
    middle = (rings.tx0 + rings.tx1 + 1) // 2
    line = middle * EXTENT
    return (_half(rings, line + BUFFER, 1, rings.tx0, middle - 1, zoom), _half(rings, line - BUFFER, -1, middle, rings.tx1, zoom))


def _half(rings: Runs, line: np.ndarray, side: int, tx0: np.ndarray, tx1: np.ndarray, zoom: int) -> Runs:
    x, y, start = _below(side * rings.x, rings.y, rings.start, side * line)
    x = side * x
    full = np.flatnonzero(np.diff(start) >= 3)
    flat, start = ragged.taken(start, full)
    x, y = x[flat], y[flat]
    got = ringed(x, y, start, rings.source[full], zoom)
    return Runs(x, y, start, got.source, np.maximum(got.tx0, tx0[full]), np.minimum(got.tx1, tx1[full]),
                np.maximum(got.ty0, rings.ty0[full]), np.minimum(got.ty1, rings.ty1[full]))


def _below(x: np.ndarray, y: np.ndarray, start: np.ndarray, line: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clip closed rings to x ≤ line (one line a ring). The cut's y is rounded the same in whichever direction an edge runs."""
    limit = np.repeat(line, np.diff(start))
    inside = x <= limit
    after = ragged.following(start)
    crossing = inside != inside[after]
    count = inside.astype(np.int64) + crossing
    at = np.cumsum(count) - count
    total = int(count.sum())
    out_x, out_y = np.empty(total, np.int64), np.empty(total, np.int64)
    out_x[at[inside]], out_y[at[inside]] = x[inside], y[inside]
    edge = np.flatnonzero(crossing)
    a = np.where(inside[edge], edge, after[edge])  # the end inside has the smaller x: a fixed direction
    b = np.where(inside[edge], after[edge], edge)
    place = at[edge] + inside[edge]
    out_x[place] = limit[edge]
    out_y[place] = y[a] + _rounded((limit[edge] - x[a]) * (y[b] - y[a]), x[b] - x[a])
    return out_x, out_y, ragged.offsets(count)[start]


def _rounded(number: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Divide integers by positive integers, rounded to the nearest."""
    return (2 * number + by) // (2 * by)


def cut_lines(x: np.ndarray, y: np.ndarray, start: np.ndarray, zoom: int) -> Runs:
    """Cut lines into single tiles with buffer; parts that leave a tile and come back are separate runs.

    Works a segment at a time: segments longer than a tile are first divided, so each meets only a few tiles.
    """
    x, y, start = _divided(x, y, start)
    run = ragged.owners(start)
    first = np.flatnonzero(run[1:] == run[:-1]) if len(run) else np.zeros(0, np.int64)
    x0, y0, x1, y1 = x[first], y[first], x[first + 1], y[first + 1]
    tx0, tx1 = tile_range(np.minimum(x0, x1), np.maximum(x0, x1), zoom)
    ty0, ty1 = tile_range(np.minimum(y0, y1), np.maximum(y0, y1), zoom)
    segment, tx, ty = ragged.cells(tx0, tx1, ty0, ty1)
    ends, kept = _clipped(x0[segment], y0[segment], x1[segment], y1[segment], tx * EXTENT, ty * EXTENT)
    segment, tx, ty = segment[kept], tx[kept], ty[kept]
    return _chained(*(e[kept] for e in ends), first[segment], run[first][segment], tx, ty)


def _divided(x: np.ndarray, y: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Insert vertices into segments longer than one tile."""
    last = np.zeros(len(x), bool)
    last[start[1:][start[1:] > start[:-1]] - 1] = True
    dx, dy = np.append(np.diff(x), 0), np.append(np.diff(y), 0)
    pieces = np.where(last, 1, np.maximum(1, -(-np.maximum(np.abs(dx), np.abs(dy)) // EXTENT)))
    if (pieces == 1).all():
        return x, y, start
    item = np.repeat(np.arange(len(x)), pieces)
    nth = np.arange(len(item)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    many = pieces[item]
    return x[item] + _rounded(dx[item] * nth, many), y[item] + _rounded(dy[item] * nth, many), ragged.offsets(pieces)[start]


def _clipped(x0: np.ndarray, y0: np.ndarray, x1: np.ndarray, y1: np.ndarray, left: np.ndarray,
             top: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Clip segments to their tile and buffer (Liang–Barsky in arrays): ends after clipping, and which ones remain."""
    low, high = np.zeros(len(x0)), np.ones(len(x0))
    for a, b, edge in ((x0, x1, left), (y0, y1, top)):
        delta = (b - a).astype(float)
        near, far = edge - BUFFER - a, edge + EXTENT + BUFFER - a
        with np.errstate(divide="ignore", invalid="ignore"):
            t0, t1 = near / delta, far / delta
        enter, leave = np.minimum(t0, t1), np.maximum(t0, t1)
        still = delta == 0
        inside = (near <= 0) & (far >= 0)
        enter = np.where(still, np.where(inside, 0.0, 2.0), enter)
        leave = np.where(still, np.where(inside, 1.0, -1.0), leave)
        low, high = np.maximum(low, enter), np.minimum(high, leave)
    keep = low <= high
    low, high = np.where(keep, low, 0), np.where(keep, high, 0)
    dx, dy = x1 - x0, y1 - y0
    steps = ((x0, low, dx), (y0, low, dy), (x0, high, dx), (y0, high, dy))
    ends = tuple(np.floor(start + share * delta + 0.5).astype(np.int64) for start, share, delta in steps)
    return ends, keep


def _chained(x0: np.ndarray, y0: np.ndarray, x1: np.ndarray, y1: np.ndarray, at: np.ndarray, run: np.ndarray,
             tx: np.ndarray, ty: np.ndarray) -> Runs:
    """Join segments that follow each other in one line and one tile back into runs."""
    order = np.lexsort((at, tx, ty, run))
    x0, y0, x1, y1, at, run, tx, ty = (v[order] for v in (x0, y0, x1, y1, at, run, tx, ty))
    new = np.ones(len(at), bool)
    new[1:] = ((run[1:] != run[:-1]) | (tx[1:] != tx[:-1]) | (ty[1:] != ty[:-1]) | (at[1:] != at[:-1] + 1)
               | (x0[1:] != x1[:-1]) | (y0[1:] != y1[:-1]))
    head = np.flatnonzero(new)
    length = np.diff(np.append(head, len(at))) + 1
    start = ragged.offsets(length)
    out_x, out_y = np.empty(int(start[-1]), np.int64), np.empty(int(start[-1]), np.int64)
    out_x[start[:-1]], out_y[start[:-1]] = x0[head], y0[head]
    rest = np.arange(len(at)) + np.cumsum(new)
    out_x[rest], out_y[rest] = x1, y1
    return Runs(out_x, out_y, start, run[head], tx[head], tx[head], ty[head], ty[head])
