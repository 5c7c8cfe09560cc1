"""Geometries as flat arrays of coordinates, taken from shapely's objects or read from WKB without making any."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from gispipe import ragged

Kinds = shapely.GeometryType
_OF_WKB = np.array([-2, Kinds.POINT, Kinds.LINESTRING, Kinds.POLYGON, Kinds.MULTIPOINT, Kinds.MULTILINESTRING, Kinds.MULTIPOLYGON], np.int8)
_PAIR = 16  # bytes of two doubles
_LITTLE = 1  # the byte order this reads by itself, as it is the one of all our stores
_HEAD, _NUMBER = struct.Struct("<BI").unpack_from, struct.Struct("<I").unpack_from
_FEW = 128
"""Geometries with rings left, from which they are read one after the other and no longer together."""


@dataclass(frozen=True)
class Wkb:
    """Geometries as WKB in ``data`` (uint8) between the offsets ``at`` (int64), shape (n + 1,); no bytes stand for no geometry."""

    data: np.ndarray
    at: np.ndarray

    def __len__(self) -> int:
        return len(self.at) - 1

    def __getitem__(self, some: slice) -> Wkb:
        """Return some of the geometries, in their order."""
        first, last, _ = some.indices(len(self))
        return Wkb(self.data, self.at[first:last + 1])

    def objects(self) -> np.ndarray:
        """Return shapely's geometries in two dimensions, shape (n,)."""
        texts = [self.data[a:b].tobytes() or None for a, b in pairwise(self.at.tolist())]
        return shapely.force_2d(shapely.from_wkb(np.array([*texts, None], object)[:-1]))

    def vertices(self) -> np.ndarray:
        """Return about how many vertices each has, shape (n,): never less than there are."""
        return np.diff(self.at) // _PAIR


@dataclass(frozen=True)
class Outlines:
    """Geometries of one layer.

    ``kinds``: shapely's type numbers, shape (n,), -1 where there is no geometry. ``xy``: coordinates, shape (vertices, 2). ``start``: int64 offsets of runs
    (points, lines or rings, whose last vertex repeats the first), shape (runs + 1,). ``part``: the part (one polygon with its holes, one line, one
    point) of each run. ``feature``: the geometry of each part. Both ascend.
    """

    kinds: np.ndarray
    xy: np.ndarray
    start: np.ndarray
    part: np.ndarray
    feature: np.ndarray

    def __len__(self) -> int:
        return len(self.kinds)

    @classmethod
    def of(cls, geometry: Geometries) -> Outlines:
        """Return the outlines of geometries, none of which has parts in parts; raise shapely's errors for what is no WKB."""
        if isinstance(geometry, Outlines):
            return geometry
        if isinstance(geometry, Wkb):
            found = _read(geometry.data, geometry.at)
            return cls.of(geometry.objects()) if found is None else found
        kinds = shapely.get_type_id(geometry).astype(np.int8)
        size = shapely.get_num_coordinates(geometry)
        if size.all() and np.isin(kinds, (Kinds.POINT, Kinds.LINESTRING, Kinds.POLYGON)).all() and not shapely.get_num_interior_rings(geometry).any():
            every = np.arange(len(geometry))  # a run each, as most lots and buildings have: no ring need be made to be read
            return cls(kinds, shapely.get_coordinates(geometry), ragged.offsets(size), every, every)
        parts, feature = shapely.get_parts(geometry, return_index=True)
        rings, of = _runs(parts)
        return cls(kinds, shapely.get_coordinates(rings), ragged.offsets(shapely.get_num_coordinates(rings)), of, feature)

    @classmethod
    def of_points(cls, xy: np.ndarray) -> Outlines:
        """Return points at some coordinates, shape (n, 2); those that are not numbers stand for a point without any."""
        there = np.flatnonzero(~np.isnan(xy).any(axis=1))
        return cls(np.zeros(len(xy), np.int8), xy[there], np.arange(len(there) + 1), np.arange(len(there)), there)

    def __getitem__(self, some: slice) -> Outlines:
        """Return some of the geometries, in their order."""
        first, last, _ = some.indices(len(self))
        parts = np.searchsorted(self.feature, [first, last])
        a, b = np.searchsorted(self.part, parts)
        low, high = int(self.start[a]), int(self.start[b])
        return Outlines(self.kinds[first:last], self.xy[low:high], self.start[a:b + 1] - low, self.part[a:b] - parts[0], self.feature[parts[0]:parts[1]] - first)

    def vertices(self) -> np.ndarray:
        """Return the number of vertices of every geometry, shape (n,)."""
        return np.bincount(self.feature[self.part], np.diff(self.start), len(self)).astype(np.int64)

    def sizes(self, kind: str) -> np.ndarray:
        """Return the area of polygons or the length of lines in the coordinates' units, shape (n,); 0 of points."""
        if kind == "point" or not len(self.xy):
            return np.zeros(len(self))
        first = self.start[:-1][self.start[:-1] < self.start[1:]]
        inside = np.ones(len(self.xy) - 1, bool)
        inside[first[1:] - 1] = False  # from a run's last vertex to the next run's first
        x, y = self.xy.T
        if kind == "line":
            step = np.hypot(np.diff(x), np.diff(y))
            return np.bincount(self.feature[self.part], _sums(step * inside, self.start), len(self))
        head, length = np.minimum(self.start[:-1], len(x) - 1), np.diff(self.start)  # from a run's first vertex, so that products stay small
        u, v = x - np.repeat(x[head], length), y - np.repeat(y[head], length)
        area = np.abs(_sums((u[:-1] * v[1:] - u[1:] * v[:-1]) * inside, self.start)) / 2
        sign = np.where(np.append(True, self.part[1:] != self.part[:-1])[:len(area)], 1.0, -1.0)
        return np.bincount(self.feature[self.part], sign * area, len(self))

    def box(self) -> np.ndarray:
        """Return west, south, east and north of all, NaN without any vertex."""
        x, y = self.xy.T  # one at a time: NumPy takes many times longer for the ends of narrow rows
        return np.array([x.min(), y.min(), x.max(), y.max()]) if len(x) else np.full(4, np.nan)


Geometries = np.ndarray | Wkb | Outlines
"""Geometries of one layer: shapely's objects of shape (n,), or n of them as WKB or outlines."""


def _sums(steps: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return the sum of the steps, one less than there are vertices, of every run, each by itself: a run's sum does not depend on the runs before it."""
    full = np.flatnonzero(start[:-1] < start[1:])
    out = np.zeros(len(start) - 1)
    if len(full):
        out[full] = np.add.reduceat(np.append(steps, 0.0), start[:-1][full])
    return out


def _runs(parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points, lines and rings of single geometries, and the part each is of; empty ones have none."""
    polygon = shapely.get_type_id(parts) == Kinds.POLYGON
    rings, of = shapely.get_rings(parts[polygon], return_index=True)
    other = np.flatnonzero(~polygon & ~shapely.is_empty(parts))
    runs, of = np.concatenate([parts[other], rings]), np.concatenate([other, np.flatnonzero(polygon)[of]])
    order = np.argsort(of, kind="stable")
    return runs[order], of[order]


def _read(data: np.ndarray, at: np.ndarray) -> Outlines | None:
    """Return the outlines of little-endian, two-dimensional WKB of single kinds; None where anything else stands."""
    there = np.flatnonzero(at[1:] > at[:-1])
    begin, stop = at[:-1][there], at[1:][there]
    if (stop - begin < 9).any() or (data[begin] != _LITTLE).any():
        return None
    code = _numbers(data, begin + 1)
    if ((code < 1) | (code > 6)).any():
        return None
    walked = _walked(data, begin, stop, code)
    if walked is None:
        return None
    owner, part, place, count = walked
    xy = _coordinates(data, place, count)
    empty = (code[owner[part]] % 3 == 1) & np.isnan(xy[ragged.offsets(count)[:-1]]).all(axis=1) if np.isnan(xy).any() else np.zeros(len(part), bool)
    if empty.any():  # so WKB writes a point without coordinates
        xy, part, count = xy[np.repeat(~empty, count)], part[~empty], count[~empty]
    kinds = np.full(len(at) - 1, -1, np.int8)
    kinds[there] = _OF_WKB[code]
    return Outlines(kinds, xy, ragged.offsets(count), part, there[owner])


def _walked(data: np.ndarray, begin: np.ndarray, stop: np.ndarray, code: np.ndarray) -> tuple[np.ndarray, ...] | None:
    """Go through geometries, a point, line or ring of each at a time; return the geometry of each part, and of each run its part, where its coordinates begin and how many they are."""
    single, several = (code - 1) % 3 + 1, code > 3
    at, left, rings, part = begin + 9 * several, np.where(several, _numbers(data, begin + 5), 1), np.zeros(len(begin), np.int64), np.zeros(len(begin), np.int64)
    owners, runs, met = [np.zeros(0, np.int64)], [np.zeros((4, 0), np.int64)], 0
    active = np.flatnonzero(left)
    while len(active) > _FEW:
        fresh = active[rings[active] == 0]
        a, area = at[fresh], single[fresh] == 3
        if (a + 9 > stop[fresh]).any() or (data[a] != _LITTLE).any() or (_numbers(data, a + 1) != single[fresh]).any():
            return None
        rings[fresh], at[fresh] = np.where(area, _numbers(data, a + 5), 1), a + 5 + 4 * area
        left[fresh] -= 1
        part[fresh] = np.arange(met, met + len(fresh))
        owners, met = [*owners, fresh], met + len(fresh)
        drawn = active[rings[active] > 0]
        a, counted = at[drawn], single[drawn] > 1
        if (a + 4 > stop[drawn]).any():
            return None
        count = np.where(counted, _numbers(data, a), 1)
        at[drawn] = a + 4 * counted + _PAIR * count
        if (at[drawn] > stop[drawn]).any():
            return None
        rings[drawn] -= 1
        runs.append(np.stack([drawn, part[drawn], a + 4 * counted, count]))
        active = active[(rings[active] > 0) | (left[active] > 0)]
    alone = _one_by_one(data, at, single, left, rings, part, active, met)
    if alone is None or (at != stop).any():
        return None
    return _in_order(np.concatenate([*owners, alone[0]]), np.concatenate([*runs, alone[1]], axis=1))


def _one_by_one(data: np.ndarray, at: np.ndarray, single: np.ndarray, left: np.ndarray, rings: np.ndarray, part: np.ndarray, rest: np.ndarray,
                met: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Read what is left of the geometries ``rest`` and move ``at`` to their ends; return the geometry of each part begun, and the runs as in `_walked`; None when odd."""
    owners, runs = [], []
    for k in rest.tolist():
        a, kind, more, open_, own = int(at[k]), int(single[k]), int(left[k]), int(rings[k]), int(part[k])
        try:
            while more or open_:
                if open_:
                    count, = _NUMBER(data, a) if kind > 1 else (1,)
                    a += 4 * (kind > 1)
                    runs.append((k, own, a, count))
                    a, open_ = a + _PAIR * count, open_ - 1
                    continue
                if _HEAD(data, a) != (_LITTLE, kind):
                    return None
                open_, = _NUMBER(data, a + 5) if kind == 3 else (1,)
                a, more, own = a + 5 + 4 * (kind == 3), more - 1, met
                owners.append(k)
                met += 1
        except struct.error:
            return None  # cut off
        at[k] = a
    return np.array(owners, np.int64), np.array(runs, np.int64).reshape(-1, 4).T


def _in_order(owners: np.ndarray, runs: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return parts and runs in the order of their geometries, each geometry's own in the order they were met."""
    order = np.argsort(owners, kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    part, place, count = runs[1:, np.argsort(runs[0], kind="stable")]
    return owners[order], number[part], place, count


def _numbers(data: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the 32-bit numbers at some places, shape (n,) int64."""
    return data[at] + (data[at + 1].astype(np.int64) << 8) + (data[at + 2].astype(np.int64) << 16) + (data[at + 3].astype(np.int64) << 24)


def _coordinates(data: np.ndarray, place: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return ``count`` pairs of doubles from each place, one run after the other, shape (vertices, 2); they stand at any byte, so those of each of eight shifts are taken together."""
    xy = np.empty(2 * int(count.sum()))
    target = ragged.offsets(2 * count)[:-1]
    for shift in range(8):
        these = np.flatnonzero(place % 8 == shift)
        if len(these):
            view = np.frombuffer(data, "<f8", (len(data) - shift) // 8, shift)
            xy[ragged.spans(target[these], 2 * count[these])] = view[ragged.spans(place[these] // 8, 2 * count[these])]
    return xy.reshape(-1, 2)
