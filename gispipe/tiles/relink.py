"""Polygons cut at a tile's border, put together along it.

Cutting a winding shore against a line leaves its pieces joined by edges that run to and fro along that line, but MVT 2.1
§4.3.4.4 asks for rings without self-contact. So the edges on the border are thrown away; what is left are chains that
enter and leave, and from where one leaves, the polygon goes on clockwise along the border to where the next one enters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe import ragged
from gispipe.tiles.repair import invalid, polygons
from gispipe.tiles.simplify import clean_rings, doubled_areas, scrambled


@dataclass(frozen=True)
class Rings:
    """Rings ``x``, ``y``, ``start`` of polygons: ``group`` (ascending, one polygon as cut), ``hole``; ``left``, ``top`` of the ring's box."""

    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    group: np.ndarray
    hole: np.ndarray
    left: np.ndarray
    top: np.ndarray

    def take(self, index: np.ndarray) -> Rings:
        """Return the rings of ``index``, in that order."""
        flat, start = ragged.taken(self.start, index)
        return Rings(self.x[flat], self.y[flat], start, self.group[index], self.hole[index], self.left[index], self.top[index])


def relinked(rings: Rings, side: int) -> tuple[Rings, np.ndarray]:
    """Return the rings put together inside boxes of ``side`` units, exteriors before their holes, and the groups that could not be.

    Rings that have no edge on their box's border stay as they are. A group whose chains do not enter and leave by turns
    (its rings cross) is left out of the result and listed.
    """
    after, before = ragged.following(rings.start), ragged.preceding(rings.start)
    ring = ragged.owners(rings.start)
    sides = _sides(rings, ring, side)
    border = (sides & sides[after]) != 0
    cut = np.bincount(ring, border, minlength=len(rings.group)) > 0
    begins, ends = np.flatnonzero(~border & border[before]), np.flatnonzero(border & ~border[before])
    chains = _Chains.of(rings, ring, begins, ends, side)
    succ, bad = chains.linked()
    # A hole that reaches the border while its exterior does not: one of them crosses the other.
    bad = ragged.distinct(bad, rings.group[~cut & ~rings.hole & np.isin(rings.group, chains.group)])
    chained = np.isin(rings.group, chains.group)
    whole = np.flatnonzero((~cut | ~chained) & ~np.isin(rings.group, bad))
    fresh = chains.closed(rings, succ, bad, side)
    both = _joined(rings.take(whole), fresh)
    return _polygons(unpinched(both), bad)


def unpinched(rings: Rings) -> Rings:
    """Return the rings with those that pass a point more than once taken apart there; what then runs backwards is a hole."""
    ring = ragged.owners(rings.start)
    code = _scrambled(rings.x, rings.y, ring)
    every = np.sort(code)
    again = every[1:][every[1:] == every[:-1]]
    if not len(again):
        return rings
    twice = np.flatnonzero(again[np.minimum(np.searchsorted(again, code), len(again) - 1)] == code)
    # Arcs go from one such visit of the ring to the next; who arrives at a point leaves it as its visit before did.
    own, count = ring[twice], np.bincount(ring[twice], minlength=len(rings.group))
    follows = ragged.following(ragged.offsets(count))
    length = (twice[follows] - twice - 1) % np.diff(rings.start)[own] + 1
    at, start = _onwards(rings, own, twice, length)
    visits = np.argsort(code[twice], kind="stable")
    before = np.empty(len(twice), np.int64)
    before[visits] = visits[_next_of_group(code[twice][visits], back=True)]
    head, rank = _cycles(before[follows])
    arcs = np.lexsort((rank, head))
    new = np.append(True, head[arcs][1:] != head[arcs][:-1])
    flat = at[ragged.spans(start[:-1][arcs], length[arcs])]
    x, y, begin = rings.x[flat], rings.y[flat], np.append(ragged.offsets(length[arcs])[:-1][new], len(flat))
    of = own[arcs][new]
    parts = Rings(x, y, begin, rings.group[of], doubled_areas(x, y, begin) < 0, rings.left[of], rings.top[of])
    return _joined(rings.take(np.flatnonzero(count == 0)), parts)


def broken(rings: Rings) -> np.ndarray:
    """Return the mask of rings of polygons that are not valid: more than `encircling` finds, and slower."""
    return invalid(rings.x, rings.y, rings.start, np.cumsum(~rings.hole) - 1)


def encircling(rings: Rings) -> np.ndarray:
    """Return the mask of rings of polygons whose rings touch each other in a circle, which takes their inside apart.

    Every ring passes a point once. A ring that touches another at one point is right; two points, or a third ring that
    touches both, close a circle: more touches than a tree of the rings has.
    """
    ring = ragged.owners(rings.start)
    polygon = np.cumsum(~rings.hole) - 1
    code = _scrambled(rings.x, rings.y, polygon[ring])
    order = np.argsort(code, kind="stable")
    same = np.flatnonzero(code[order][1:] == code[order][:-1])
    one, other = ring[order[same]], ring[order[same + 1]]
    if not len(same):
        return np.zeros(len(polygon), bool)
    part = _connected(one, other, len(polygon))
    members = np.bincount(part)
    circle = np.bincount(part[one], minlength=len(members)) >= members
    return np.isin(polygon, polygon[circle[part]])


def _connected(one: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """Return for each of ``count`` things the lowest number of all that pairs ``one`` and ``other``, and pairs of those, connect it with."""
    lowest = np.arange(count)
    while True:
        ends = lowest[one], lowest[other]
        low = np.minimum(*ends)
        if (ends[0] == ends[1]).all():
            return lowest
        for end in ends:
            np.minimum.at(lowest, end, low)
        while (lowest[lowest] != lowest).any():
            lowest = lowest[lowest]


def _scrambled(x: np.ndarray, y: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Return one number for a point of an owner, such that two alike are the same point of the same owner."""
    return scrambled(x, y) ^ owner.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)


def _sides(rings: Rings, ring: np.ndarray, side: int) -> np.ndarray:
    """Return for every vertex a bit for each side of its box that it lies on."""
    east, south = rings.x - rings.left[ring], rings.y - rings.top[ring]
    return (east == 0) | (east == side) << 1 | (south == 0) << 2 | (south == side) << 3


@dataclass(frozen=True)
class _Chains:
    """Runs of vertices that enter a box and leave it again: flat indices ``at`` with offsets ``start``; where on the border each enters and leaves."""

    ring: np.ndarray
    group: np.ndarray
    at: np.ndarray
    start: np.ndarray
    enters: np.ndarray
    leaves: np.ndarray

    @classmethod
    def of(cls, rings: Rings, ring: np.ndarray, begins: np.ndarray, ends: np.ndarray, side: int) -> _Chains:
        own, size = ring[begins], np.diff(rings.start)
        count = np.bincount(own, minlength=len(size))
        base = ragged.offsets(count)[:-1]
        turned = np.zeros(len(size), np.int64)
        some = count > 0
        turned[some] = ends[base[some]] < begins[base[some]]  # the ring's first vertices end a chain that its last ones begin
        nth = np.arange(len(begins)) - base[own]
        last = ends[base[own] + (nth + turned[own]) % count[own]]
        at, start = _onwards(rings, own, begins, (last - begins) % size[own] + 1)
        return cls(own, rings.group[own], at, start, _along(rings, own, begins, side), _along(rings, own, last, side))

    def linked(self) -> tuple[np.ndarray, np.ndarray]:
        """Return for every chain the one that comes next along the border, and the groups where they do not come by turns."""
        count = len(self.ring)
        group, place = np.tile(self.group, 2), np.concatenate([self.leaves, self.enters])
        entry = np.repeat([0, 1], count)
        succ, bad = np.arange(count), np.zeros(0, np.int64)
        waiting = ragged.distinct(self.group)
        for tie in (1, -1):  # where a chain leaves at the very point where another enters, either may be told first
            these = np.flatnonzero(np.isin(group, waiting))
            order = these[np.lexsort((tie * entry[these], place[these], group[these]))]
            follows = _next_of_group(group[order])
            wrong = entry[order] == entry[order][follows]
            bad = ragged.distinct(group[order][wrong])
            leaving = np.flatnonzero((entry[order] == 0) & ~np.isin(group[order], bad))
            succ[order[leaving]] = order[follows[leaving]] - count
            waiting = bad
            if not len(bad):
                break
        return succ, bad

    def closed(self, rings: Rings, succ: np.ndarray, bad: np.ndarray, side: int) -> Rings:
        """Return the rings that chains make with what lies between them on the border."""
        chain = np.flatnonzero(~np.isin(self.group, bad))
        head, rank = _cycles(succ)
        order = chain[np.lexsort((rank[chain], head[chain]))]
        length, corners = np.diff(self.start)[order], _corners(self.leaves[order], self.enters[succ[order]], side)
        begin = ragged.offsets(length + corners)
        x, y = np.empty(begin[-1], np.int64), np.empty(begin[-1], np.int64)
        into, flat = ragged.spans(begin[:-1], length), self.at[ragged.spans(self.start[:-1][order], length)]
        x[into], y[into] = rings.x[flat], rings.y[flat]
        into = ragged.spans(begin[:-1] + length, corners)
        which = np.repeat(self.leaves[order] // side + 1, corners) + np.arange(len(into)) - np.repeat(np.cumsum(corners) - corners, corners)
        box = np.repeat(self.ring[order], corners)
        x[into] = rings.left[box] + side * np.isin(which % 4, (1, 2))
        y[into] = rings.top[box] + side * (which % 4 >= 2)
        new = np.flatnonzero(np.append(True, head[order][1:] != head[order][:-1])) if len(order) else np.zeros(0, np.int64)
        own = self.ring[order][new]
        start = begin[np.append(new, len(order))] if len(order) else np.zeros(1, np.int64)
        return Rings(x, y, start, rings.group[own], np.zeros(len(new), bool), rings.left[own], rings.top[own])


def _onwards(rings: Rings, ring: np.ndarray, begin: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the vertices from some on, ``length`` of them, round and round their rings: flat indices and offsets."""
    start = ragged.offsets(length)
    first, size = (np.repeat(v[ring], length) for v in (rings.start[:-1], np.diff(rings.start)))
    return first + (ragged.spans(begin, length) - first) % size, start


def _along(rings: Rings, ring: np.ndarray, vertex: np.ndarray, side: int) -> np.ndarray:
    """Return where on its box's border a vertex lies: units clockwise from the north-west corner."""
    east, south = rings.x[vertex] - rings.left[ring], rings.y[vertex] - rings.top[ring]
    return np.select([south == 0, east == side, south == side], [east, side + south, 3 * side - east], 4 * side - south) % (4 * side)


def _next_of_group(group: np.ndarray, back: bool = False) -> np.ndarray:
    """Return the next (or last) row of the same group, the last one's being the first; group is sorted."""
    start = ragged.grouped(group)
    return ragged.preceding(start) if back else ragged.following(start)


def _corners(leaves: np.ndarray, enters: np.ndarray, side: int) -> np.ndarray:
    """Return how many corners of the box lie between two places on its border, clockwise."""
    goal = np.where(enters < leaves, enters + 4 * side, enters)
    return np.maximum(-(-goal // side) - leaves // side - 1, 0)


def _cycles(succ: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for every item of a permutation the smallest item of its cycle, and its place after that one, the strides doubling."""
    head, goes = np.arange(len(succ)), succ
    for _ in range(max(len(succ) - 1, 1).bit_length() + 1):
        head, goes = np.minimum(head, head[goes]), goes[goes]
    left = np.where(succ == head, 0, 1)  # steps to the end of the cycle, which is where it would begin anew
    goes = np.where(succ == head, np.arange(len(succ)), succ)
    for _ in range(max(len(succ) - 1, 1).bit_length() + 1):
        left, goes = left + left[goes], goes[goes]
    return head, -left


def _joined(one: Rings, other: Rings) -> Rings:
    names = ("x", "y", "group", "hole", "left", "top")
    parts = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    return Rings(start=np.append(one.start, one.start[-1] + other.start[1:]), **parts)


def _polygons(rings: Rings, bad: np.ndarray) -> tuple[Rings, np.ndarray]:
    """Clean the rings and put every hole behind the exterior it lies in; a group with a hole that lies in none is bad as well."""
    x, y, start = clean_rings(rings.x, rings.y, rings.start, rings.hole)
    rings = Rings(x, y, start, rings.group, rings.hole, rings.left, rings.top)
    rings = rings.take(np.flatnonzero(np.diff(start) > 0))
    outer, holes = np.flatnonzero(~rings.hole), np.flatnonzero(rings.hole)
    order = outer[np.argsort(rings.group[outer], kind="stable")]
    owner = np.full(len(rings.group), -1)
    owner[order] = np.arange(len(order))
    first, last = (np.searchsorted(rings.group[order], rings.group[holes], side) for side in ("left", "right"))
    owner[holes] = np.where(last > first, first, -1)
    several = np.flatnonzero(last - first > 1)
    if len(several):
        owner[holes[several]] = _within(rings, holes[several], order, first[several], last[several])
    homeless = ragged.distinct(rings.group[holes[(owner[holes] < 0) & (last > first)]])
    kept = np.flatnonzero((owner >= 0) & ~np.isin(rings.group, homeless))
    return rings.take(kept[np.lexsort((rings.hole[kept], owner[kept]))]), ragged.distinct(bad, homeless)


def _within(rings: Rings, holes: np.ndarray, exteriors: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return for every hole the number of the smallest exterior, of those from ``first`` to ``last``, that it lies in; -1 for none."""
    pair, number = np.repeat(np.arange(len(holes)), last - first), ragged.spans(first, last - first)
    ring = exteriors[number]
    low, high = ([ragged.ends(v, rings.start, take) for v in (rings.x, rings.y)] for take in (np.minimum, np.maximum))
    hole = holes[pair]
    near = np.flatnonzero(np.logical_and.reduce([(low[k][ring] <= low[k][hole]) & (high[k][ring] >= high[k][hole]) for k in (0, 1)]))
    pair, number, ring = pair[near], number[near], ring[near]
    shape, which = np.unique(ring, return_inverse=True)
    bodies = rings.take(shape)
    areas = polygons(bodies.x, bodies.y, bodies.start, np.arange(len(shape) + 1))
    shapely.prepare(areas)
    spot = rings.start[holes[pair]]
    inside = np.flatnonzero(shapely.intersects_xy(areas[which], rings.x[spot].astype(float), rings.y[spot].astype(float)))
    size = np.abs(doubled_areas(bodies.x, bodies.y, bodies.start))[which[inside]]
    best = inside[np.lexsort((size, pair[inside]))]
    new = np.append(True, pair[best][1:] != pair[best][:-1])[:len(best)]
    out = np.full(len(holes), -1)
    out[pair[best[new]]] = number[best[new]]
    return out
