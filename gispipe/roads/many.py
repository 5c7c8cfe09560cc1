"""The nearest site on foot of many places at once: what `walks` gives first for each, without the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe import ragged
from gispipe.arrow import of_flat, places_among
from gispipe.roads.network import REACH, TICK, Network
from gispipe.roads.reach import Reach
from gispipe.roads.tables import DANGER, LENGTH, SITE, TENFOLD, Table
from gispipe.squares import Squares

RINGS = (14.0, 40.0, 120.0, REACH)
"""m within which roads are looked for, one after the other: most places have one near."""
SLACK = 1e-6
"""m by which a segment may be farther and is still looked at, so that the choice is made by the one formula."""
CLOSE = 64.0
"""m: what was found farther away than this is looked for again."""
_NEVER = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Spots:
    """The nearest points of the roads to places, (n,) each: edge, -1 where none is within REACH; metres to get there; two starts with their ticks, node -1 for none."""

    edge: np.ndarray
    access_m: np.ndarray
    node: np.ndarray
    ticks: np.ndarray

    def taken(self, which: np.ndarray) -> Spots:
        """Return those of some places."""
        return Spots(self.edge[which], self.access_m[which], self.node[which], self.ticks[which])


@dataclass(frozen=True)
class Nearest:
    """The nearest site of places, (n,) each: number or -1; metres of the way; whether the way keeps out of the zones."""

    site: np.ndarray
    length_m: np.ndarray
    safe: np.ndarray


@dataclass(frozen=True)
class Found:
    """The nearest segments of the roads to places. xy (n, 2) the places; ends (m, 4) the segments, their first and last corners; place (n,) among these, -1 where none is within
    REACH; share (n,) of the way along it; metres (n,); lone (n,), whether no other segment is as near."""

    xy: np.ndarray
    ends: np.ndarray
    place: np.ndarray
    share: np.ndarray
    metres: np.ndarray
    lone: np.ndarray

    @property
    def content(self) -> bytes:
        """Return the same as bytes: how many places and segments, then the arrays."""
        arrays = (self.xy, self.ends, self.place.astype("<i8"), self.share, self.metres, self.lone.astype("u1"))
        return b"".join([np.array([len(self.xy), len(self.ends)], "<i8").tobytes(), *(np.ascontiguousarray(one).tobytes() for one in arrays)])

    @classmethod
    def of_content(cls, content: bytes) -> Found:
        """Return what `content` was made of."""
        places, segments = np.frombuffer(content, "<i8", 2).tolist()
        arrays, at = [], 16
        for kind, shape in (("<f8", (places, 2)), ("<f8", (segments, 4)), ("<i8", (places,)), ("<f8", (places,)), ("<f8", (places,)), ("u1", (places,))):
            size = int(np.prod(shape, dtype=np.int64))
            arrays.append(np.frombuffer(content, kind, size, at).reshape(shape))
            at += arrays[-1].nbytes
        return cls(*arrays[:5], arrays[5].astype(bool))


def spots(network: Network, xy: np.ndarray) -> Spots:
    """Return for places (n, 2) in metres what `Network.spot` gives for each."""
    return spots_of(network, nearest_segments(network, xy))


def spots_of(network: Network, found: Found) -> Spots:
    """Return what `spots` does, of the segments that were found for the places."""
    there = np.flatnonzero(found.place >= 0)
    edge = np.full(len(found.place), -1, dtype=np.int64)
    node, ticks = np.full((len(edge), 2), -1, dtype=np.int64), np.zeros((len(edge), 2), dtype=np.int64)
    corner, shapes = _corners(network)[found.place[there]], network.shapes
    of = shapes.owner[corner]
    whole = network.ticks[of]
    step = shapes.ruler[corner + 1] - shapes.ruler[corner]
    gone = np.rint((shapes.ruler[corner] - shapes.base[of] + found.share[there] * step) / (shapes.top[of] - shapes.base[of]) * whole).astype(np.int64)
    between = (gone > 0) & (gone < whole)
    ends = network.edge[of]
    edge[there] = of
    node[there, 0] = np.where(between | (gone <= 0), ends[:, 0], ends[:, 1])
    ticks[there, 0] = np.where(between, gone, 0)
    node[there, 1] = np.where(between, ends[:, 1], -1)
    ticks[there, 1] = np.where(between, whole - gone, 0)
    return Spots(edge, found.metres, node, ticks)


def _corners(network: Network) -> np.ndarray:
    """Return the corners at which segments begin."""
    owner = network.shapes.owner
    return np.flatnonzero(owner[1:] == owner[:-1])


def nearest_segments(network: Network, xy: np.ndarray, before: Found | None = None) -> Found:
    """Return the nearest segments to places (n, 2), as `Cells.nearest` does; ``before``: what was found at another time, maybe for other roads and places.

    Taken from there is what is surely the same: the place and its segment are where they were, nothing else was as near, and no segment that was not there comes as near.
    """
    number, corners = _corners(network), network.shapes.xy
    ends = np.hstack([corners[number], corners[number + 1]])
    found = Found(xy, ends, np.full(len(xy), -1, dtype=np.int64), np.zeros(len(xy)), np.full(len(xy), np.nan), np.zeros(len(xy), dtype=bool))
    left = np.arange(len(xy))
    if before is not None and len(before.xy) and len(ends):
        left = _taken(found, before)
    points = shapely.points(xy[left])
    asked, tree = _around(ends, xy[left], RINGS[-2])
    for reach in RINGS:
        if reach > RINGS[-2] and len(left):
            asked, tree = _around(ends, xy[left], reach)
        which, segment = tree.query(points, predicate="dwithin", distance=reach + SLACK)
        place, segment = left[which], asked[segment]
        begin, along = ends[segment, :2], ends[segment, 2:] - ends[segment, :2]
        off = xy[place] - begin
        share = np.clip((off[:, 0] * along[:, 0] + off[:, 1] * along[:, 1]) / np.maximum(along[:, 0] ** 2 + along[:, 1] ** 2, 1e-12), 0.0, 1.0)
        off -= share[:, None] * along
        square = off[:, 0] * off[:, 0] + off[:, 1] * off[:, 1]
        first, lone = _first(place, square, segment)
        near = square[first] <= reach**2
        first, lone = first[near], lone[near]
        for array, values in ((found.place, segment[first]), (found.share, share[first]), (found.metres, np.hypot(off[:, 0], off[:, 1])[first]), (found.lone, lone)):
            array[place[first]] = values
        still = found.place[left] < 0
        left, points = left[still], points[still]
    return found


def _taken(found: Found, before: Found) -> np.ndarray:
    """Take over what is surely the same and return the places that must be looked at."""
    segments, told = (of_flat(np.ascontiguousarray(one.ends).view(np.uint8).reshape(-1), 32) for one in (found, before))
    places, then = (of_flat(np.ascontiguousarray(one.xy).view(np.uint8).reshape(-1), 16) for one in (found, before))
    fresh = found.ends[places_among(segments, told) < 0]
    was, now = places_among(places, then), places_among(told, segments)
    sure = was >= 0
    sure[sure] = (before.place[was[sure]] >= 0) & before.lone[was[sure]] & (before.metres[was[sure]] <= CLOSE)
    sure[sure] = now[before.place[was[sure]]] >= 0
    here = np.flatnonzero(sure)
    sure[here[_reached(found.xy[here], before.metres[was[here]] + SLACK, fresh)]] = False
    source = was[sure]
    for array, values in ((found.place, now[before.place[source]]), (found.share, before.share[source]), (found.metres, before.metres[source]), (found.lone, True)):
        array[sure] = values
    return np.flatnonzero(~sure)


def _around(ends: np.ndarray, xy: np.ndarray, reach: float) -> tuple[np.ndarray, shapely.STRtree]:
    """Return the segments that may be within `reach` of some place, ascending, and a tree of them."""
    near = np.flatnonzero(Squares.over(xy, CLOSE).boxes_near(_boxes(ends), np.hstack([xy, xy]), reach + 1)) if len(xy) and len(ends) else np.zeros(0, np.int64)
    return near, shapely.STRtree(shapely.linestrings(ends[near].reshape(-1, 2, 2)))


def _reached(xy: np.ndarray, room: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Return numbers of places (n, 2), every one of those to which some segment comes as near as `room` (n,), which is not much more than CLOSE."""
    if not len(xy) or not len(segments):
        return np.zeros(0, np.int64)
    asked = np.flatnonzero(Squares.over(xy, CLOSE).places_near(xy, _boxes(segments), CLOSE + 1))
    tree = shapely.STRtree(shapely.linestrings(segments.reshape(-1, 2, 2)))
    return asked[ragged.distinct(tree.query(shapely.points(xy[asked]), predicate="dwithin", distance=room[asked])[0])]


def _boxes(ends: np.ndarray) -> np.ndarray:
    return np.hstack([np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])])


def _first(place: np.ndarray, square: np.ndarray, segment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for every place, which come one after the other, its nearest segment, of equal ones the first; and whether there is but one."""
    if not len(place):
        return place, np.zeros(0, dtype=bool)
    begin = ragged.grouped(place)
    least = np.repeat(np.minimum.reduceat(square, begin[:-1]), np.diff(begin))
    equal = np.flatnonzero(square == least)
    begin = ragged.grouped(place[equal])
    lowest = np.repeat(np.minimum.reduceat(segment[equal], begin[:-1]), np.diff(begin))
    return equal[segment[equal] == lowest], np.diff(begin) == 1


def nearest_sites(reach: Reach, at: Spots, hazard: str) -> Nearest:
    """Return the first of what `walks` gives for each place; raises NotFound for a hazard that was not asked for."""
    ways, avoid = reach.ways(hazard), reach.hazards[hazard].avoid
    inside = reach.network.inside_any(avoid)[at.edge] & (at.edge >= 0)
    shut = inside & (at.node[:, 1] >= 0)
    site, cost, danger = _best(ways.safe, at, np.zeros(len(at.edge), dtype=bool))
    site[shut] = -1
    safe = site >= 0
    other = _best(ways.cross, at, inside)
    site, cost, danger = (np.where(safe, mine, theirs) for mine, theirs in zip((site, cost, danger), other, strict=True))
    length = at.access_m + (cost - TENFOLD * danger) * TICK
    return Nearest(site, np.where(site >= 0, length, np.nan), safe)


def _best(table: Table, at: Spots, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return site, cost and ticks inside zones of the cheapest site over both starts; ties by site, -1 where none is reached."""
    if not len(at.edge) or not table.width:
        none = np.full(len(at.edge), -1, dtype=np.int64)
        return none, np.full(len(none), _NEVER), np.zeros(len(none), dtype=np.int64)
    facts = table.facts[at.node]  # (n, starts, width, facts): a node of -1 reads the last row; it is left out below
    site, length, danger = (facts[..., fact].astype(np.int64) for fact in (SITE, LENGTH, DANGER))
    danger += np.where(inside[:, None], at.ticks, 0)[..., None]
    cost = at.ticks[..., None] + length + TENFOLD * danger
    there = (site >= 0) & (at.node >= 0)[..., None]
    order = np.where(there, cost * (site.max() + 1) + site, _NEVER).reshape(len(site), -1)
    best, row = order.argmin(axis=1), np.arange(len(site))
    found = order[row, best] < _NEVER
    site, cost, danger = (one.reshape(len(site), -1)[row, best] for one in (site, cost, danger))
    return np.where(found, site, -1), np.where(found, cost, _NEVER), np.where(found, danger, 0)
