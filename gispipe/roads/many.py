"""The nearest site on foot of many places at once: what `walks` gives first for each, without the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe import ragged
from gispipe.roads.network import REACH, TICK, Network
from gispipe.roads.reach import Reach
from gispipe.roads.tables import DANGER, LENGTH, SITE, TENFOLD, Table

RINGS = (14.0, 40.0, 120.0, REACH)
"""m within which roads are looked for, one after the other: most places have one near."""
SLACK = 1e-6
"""m by which a segment may be farther and is still looked at, so that the choice is made by the one formula."""
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


def spots(network: Network, xy: np.ndarray) -> Spots:
    """Return for places (n, 2) in metres what `Network.spot` gives for each."""
    segment, share, metres = _segments(network, xy)
    there = np.flatnonzero(segment >= 0)
    edge = np.full(len(xy), -1, dtype=np.int64)
    node, ticks = np.full((len(xy), 2), -1, dtype=np.int64), np.zeros((len(xy), 2), dtype=np.int64)
    corner, shapes = segment[there], network.shapes
    of = shapes.owner[corner]
    whole = network.ticks[of]
    step = shapes.ruler[corner + 1] - shapes.ruler[corner]
    gone = np.rint((shapes.ruler[corner] - shapes.base[of] + share[there] * step) / (shapes.top[of] - shapes.base[of]) * whole).astype(np.int64)
    between = (gone > 0) & (gone < whole)
    ends = network.edge[of]
    edge[there] = of
    node[there, 0] = np.where(between | (gone <= 0), ends[:, 0], ends[:, 1])
    ticks[there, 0] = np.where(between, gone, 0)
    node[there, 1] = np.where(between, ends[:, 1], -1)
    ticks[there, 1] = np.where(between, whole - gone, 0)
    return Spots(edge, metres, node, ticks)


def _segments(network: Network, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return segment (-1 for none), share along it and metres, as `Cells.nearest` does."""
    shapes = network.shapes
    number = np.flatnonzero(shapes.owner[1:] == shapes.owner[:-1])
    tree = shapely.STRtree(shapely.linestrings(np.stack([shapes.xy[number], shapes.xy[number + 1]], axis=1)))
    out = np.full(len(xy), -1, dtype=np.int64), np.zeros(len(xy)), np.full(len(xy), np.nan)
    left, points = np.arange(len(xy)), shapely.points(xy)
    for reach in RINGS:
        which, found = tree.query(points[left], predicate="dwithin", distance=reach + SLACK)
        place, segment = left[which], number[found]
        begin, along = shapes.xy[segment], shapes.xy[segment + 1] - shapes.xy[segment]
        off = xy[place] - begin
        share = np.clip((off[:, 0] * along[:, 0] + off[:, 1] * along[:, 1]) / np.maximum(along[:, 0] ** 2 + along[:, 1] ** 2, 1e-12), 0.0, 1.0)
        off -= share[:, None] * along
        square = off[:, 0] * off[:, 0] + off[:, 1] * off[:, 1]
        first = _first(place, square, segment)
        first = first[square[first] <= reach**2]
        for array, values in zip(out, (segment, share, np.hypot(off[:, 0], off[:, 1])), strict=True):
            array[place[first]] = values[first]
        left = left[out[0][left] < 0]
    return out


def _first(place: np.ndarray, square: np.ndarray, segment: np.ndarray) -> np.ndarray:
    """Return for every place, which come one after the other, its nearest segment, of equal ones the first."""
    if not len(place):
        return place
    begin = ragged.grouped(place)
    least = np.repeat(np.minimum.reduceat(square, begin[:-1]), np.diff(begin))
    equal = np.flatnonzero(square == least)
    begin = ragged.grouped(place[equal])
    lowest = np.repeat(np.minimum.reduceat(segment[equal], begin[:-1]), np.diff(begin))
    return equal[segment[equal] == lowest]


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
