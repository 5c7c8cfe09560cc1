"""Read and judge MVT geometry commands (MVT 2.1 §4.3), many features together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe import ragged
from gispipe.tiles import varint
from gispipe.tiles.errors import TileError
from gispipe.tiles.simplify import doubled_areas

_MOVE, _LINE = 1, 2
_CLOSE_ONCE, _MOVE_ONCE = 15, 9
_FEW = 24
"""Features that are no longer worth reading together."""
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Geometry:
    """Vertices of all features: flat ``x``, ``y`` (tile units), run offsets ``start``, first run of each feature ``first``.

    ``hole`` marks interior rings. A run is one feature's points, one line, or one ring without its repeated last vertex.
    """

    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    first: np.ndarray
    hole: np.ndarray

    def between(self, begin: int, end: int) -> Geometry:
        """Return the features from number ``begin`` up to ``end`` alone."""
        a, b = int(self.first[begin]), int(self.first[end])
        low, high = int(self.start[a]), int(self.start[b])
        return Geometry(self.x[low:high], self.y[low:high], self.start[a:b + 1] - low, self.first[begin:end + 1] - a, self.hole[a:b])

    def of(self, feature: int) -> tuple[tuple[np.ndarray, ...], tuple[bool, ...]]:
        """Return the runs of one feature as arrays (n, 2), and which are interior rings."""
        runs = range(int(self.first[feature]), int(self.first[feature + 1]))
        parts = tuple(np.stack([self.x[a:b], self.y[a:b]], 1) for a, b in ((self.start[r], self.start[r + 1]) for r in runs))
        return parts, tuple(bool(self.hole[r]) for r in runs)


def parse_geometries(data: bytes, ends: np.ndarray, kinds: np.ndarray) -> Geometry:
    """Parse packed commands, feature by feature up to ``ends``; raise TileError when a sequence, count, ring or winding is wrong."""
    raw = np.frombuffer(data, np.uint8)
    if (raw[ends - 1] & 0x80).any():
        raise TileError("a geometry ends inside a number")
    try:
        flat = varint.decode(data)
    except ValueError as error:
        raise TileError(f"a geometry: {error}") from error
    if (flat >= 1 << 32).any():
        raise TileError("a geometry number is over 32 bits")
    stop = np.cumsum(raw < 0x80)[ends - 1]
    start = np.append(0, stop[:-1])
    place, count, at = _together(flat.view(np.int64), start, stop, kinds) or (_NONE, _NONE, start)
    rest = np.flatnonzero(at < stop)
    single = _one_by_one(flat, at[rest], stop[rest], kinds[rest])
    place, count = np.append(place, single[0]), np.append(count, single[1])
    order = np.argsort(place)
    place, count = place[order], count[order]
    first = np.append(0, np.searchsorted(place, stop))
    if (np.diff(first)[kinds == 1] != 1).any():
        raise TileError("a point feature has more than one MoveTo")
    return _assembled(flat, place, count, first, kinds)


def _together(flat: np.ndarray, at: np.ndarray, stop: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Read the first run of all features, then the second of those that have one, and so on until few are left.

    Return where each run's first coordinate pair is and how many pairs it has, and where what is left of each feature begins; None when anything is
    odd. A feature of one run costs no more than its bytes.
    """
    at, place, count = at.copy(), [_NONE], [_NONE]
    active = np.flatnonzero(at < stop)
    while len(active) > _FEW:
        a, end, kind = at[active], stop[active], kinds[active]
        path, ring = kind > 1, kind == 3
        if (a + 3 * path >= end).any():
            return None
        command = flat[a + 3 * path]
        pairs = (command >> 3) + path
        after = a + 2 * pairs + 1 + path
        good = (command & 7 == np.where(path, _LINE, _MOVE)) & (pairs >= np.maximum(kind, 1)) & (after + ring <= end) & (~path | (flat[a] == _MOVE_ONCE))
        if not good.all() or (flat[after[ring]] != _CLOSE_ONCE).any():
            return None
        place.append(a + 1)
        count.append(pairs)
        at[active] = after + ring
        active = active[at[active] < end]
    return np.concatenate(place), np.concatenate(count), at


def _one_by_one(flat: np.ndarray, at: np.ndarray, stop: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Read features run by run; raise TileError saying what is wrong with the first one that is odd."""
    place: list[int] = []
    count: list[int] = []
    for begin, end, kind in zip(at.tolist(), stop.tolist(), kinds.tolist(), strict=True):
        numbers, now, known = flat[begin:end].tolist(), 0, len(place)
        while now < len(numbers):
            now = (_points if kind == 1 else _path)(numbers, now, len(numbers), kind, place, count)
        place[known:] = [begin + one for one in place[known:]]
    return np.array(place, np.int64), np.array(count, np.int64)


def _points(numbers: list[int], at: int, end: int, kind: int, place: list[int], count: list[int]) -> int:
    command, many = numbers[at] & 7, numbers[at] >> 3
    if command != _MOVE or many == 0:
        raise TileError("a point feature must be one MoveTo with a count over zero")
    if at + 1 + 2 * many > end:
        raise TileError("a geometry's coordinates are cut off")
    place.append(at + 1)
    count.append(many)
    return at + 1 + 2 * many


def _path(numbers: list[int], at: int, end: int, kind: int, place: list[int], count: list[int]) -> int:
    if numbers[at] != (1 << 3) | _MOVE:
        raise TileError("a line or ring must begin with one MoveTo")
    if at + 3 >= end:
        raise TileError("a line or ring has no LineTo")
    command, many = numbers[at + 3] & 7, numbers[at + 3] >> 3
    if command != _LINE or many < kind - 1:
        raise TileError(f"a {'ring' if kind == 3 else 'line'} needs LineTo with at least {kind - 1} points")
    after = at + 4 + 2 * many
    if after > end:
        raise TileError("a geometry's coordinates are cut off")
    place.append(at + 1)
    count.append(many + 1)
    if kind == 3:
        if after >= end or numbers[after] != _CLOSE_ONCE:
            raise TileError("a ring is not closed by ClosePath")
        after += 1
    return after


def _assembled(flat: np.ndarray, place: np.ndarray, count: np.ndarray, first: np.ndarray, kinds: np.ndarray) -> Geometry:
    start = ragged.offsets(count)
    nth = np.arange(int(start[-1])) - np.repeat(start[:-1], count)
    owner = np.repeat(np.arange(len(kinds)), np.diff(first))  # feature of each run
    path = np.repeat(kinds[owner] > 1, count)
    at = np.repeat(place, count) + 2 * nth + (path & (nth > 0))  # the LineTo command stands between first and second pair
    delta = varint.unzigzag(flat[at]), varint.unzigzag(flat[at + 1])
    if ((delta[0] == 0) & (delta[1] == 0) & path & (nth > 0)).any():
        raise TileError("a LineTo does not move")
    begin = start[first[:-1]]
    x, y = (_running(d, begin) for d in delta)
    hole = np.zeros(len(count), bool)
    polygon = kinds[owner] == 3
    if polygon.any():
        hole = _judged_rings(x, y, start, owner, polygon)
    return Geometry(x, y, start, first, hole)


def _running(delta: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """Return cursor positions: a running sum that starts again at every feature."""
    total = np.cumsum(delta)
    lengths = np.diff(np.append(begin, len(delta)))
    return total - np.repeat(total[begin] - delta[begin], lengths)


def _judged_rings(x: np.ndarray, y: np.ndarray, start: np.ndarray, owner: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Return which rings are holes; raise TileError for rings without area, holes without exterior, or larger than it."""
    area = np.where(polygon, doubled_areas(x, y, start), 1)
    if (area == 0).any():
        raise TileError("a ring has no area")
    last = start[1:] - 1
    if ((x[last] == x[start[:-1]]) & (y[last] == y[start[:-1]]) & polygon).any():
        raise TileError("a ring repeats its first vertex")
    hole = area < 0
    new = np.ones(len(owner), bool)
    new[1:] = owner[1:] != owner[:-1]
    if (hole & new).any():
        raise TileError("a polygon begins with an interior ring (wound counter-clockwise)")
    group = np.cumsum(~hole) - 1
    if (np.bincount(group, area.astype(float)) <= 0).any():
        raise TileError("interior rings are larger than their exterior")
    return hole
