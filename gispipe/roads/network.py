"""The roads as a network for walking: nodes, edges, lengths, and which edges lie in zones to avoid."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import hypot
from typing import NamedTuple

import numpy as np
import shapely

from gispipe.roads.gaps import SNAP, without_gaps
from gispipe.roads.index import Cells
from gispipe.roads.noding import noded
from gispipe.roads.shapes import Shapes
from gispipe.roads.zones import crossed, is_inside

TICK = 2.0**-12
"""m: lengths are whole numbers of this (0.24 mm), so that sums are exact and the same in any order."""
NEIGHBOURHOOD = 512.0
"""m: nodes are numbered square by square, and edges by their nodes, so that a way stays in a small part of the tables."""
AT = 16
"""ticks (4 mm): a place nearest to a road so close to a crossing is at the crossing, whoever rounds; stops are put on the network no finer."""
REACH = 500.0
"""m: a place farther than this from every road has no way on foot."""


class Start(NamedTuple):
    """Where a walk may begin: a node, the ticks from the place's spot to it, and whether that way goes along the spot's edge or back."""

    node: int
    ticks: int
    forward: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """The nearest point of the roads to a place: the edge, ticks from the edge's first node, xy, and metres to get there.

    corner, share: number of the edge's corner before the point, and the share of the way to the next one; starts: the ends of the edge, where the point is an end only that one.
    """

    edge: int
    ticks: int
    xy: tuple[float, float]
    access_m: float
    corner: int
    share: float
    starts: tuple[Start, ...]


@dataclass(frozen=True)
class Network:
    """Roads that meet only at nodes and lie wholly inside or outside of every zone set.

    node_xy (m, 2) metres; edge (k, 2) node numbers; ticks (k,) length in TICK; shapes: k lines; inside: name → (k,) mask;
    report: counts from the building of it.
    """

    node_xy: np.ndarray
    edge: np.ndarray
    ticks: np.ndarray
    shapes: Shapes
    inside: Mapping[str, np.ndarray]
    report: Mapping[str, float]

    @property
    def length(self) -> np.ndarray:
        """(k,) metres."""
        return self.ticks * TICK

    def inside_any(self, names: tuple[str, ...]) -> np.ndarray:
        """Return the (k,) mask of edges inside any of the named zone sets."""
        return np.logical_or.reduce([np.zeros(len(self.edge), dtype=bool), *(self.inside[name] for name in names)])

    def inside_any_at(self, names: tuple[str, ...], edge: int) -> bool:
        """Say whether one edge is inside any of the named zone sets."""
        return any(bool(self.inside[name][edge]) for name in names)

    @cached_property
    def cells(self) -> Cells:
        """The index of the edges, made when first asked for."""
        return Cells.of(self.shapes)

    def nearest(self, place: shapely.Point) -> Spot | None:
        """Return the nearest point of the nearest edge (ties: the first edge), or None when none is within REACH."""
        return self.spot(place.x, place.y)

    def spot(self, x: float, y: float) -> Spot | None:
        """Return the nearest point of the nearest edge to a place in metres, as `nearest` does."""
        found = self.cells.nearest(self.shapes, x, y, REACH)
        if found is None:
            return None
        corner, share, xy, metres = found
        edge = bisect_right(self.begin, corner) - 1
        corners = self.shapes.xy[self.begin[edge]:self.begin[edge + 1]].tolist()
        step = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
        before = corner - self.begin[edge]
        whole = int(self.ticks[edge])
        ticks = _settled(round((sum(step[:before]) + share * step[before]) / sum(step) * whole), whole)
        first, last = self.edge[edge].tolist()
        starts = (Start(first, ticks, False), Start(last, whole - ticks, True)) if 0 < ticks < whole else (Start(last if ticks else first, 0, bool(ticks)),)
        return Spot(edge, ticks, xy, metres, corner, share, starts)

    @cached_property
    def begin(self) -> memoryview:
        """The first corner of every edge, with one more at the end: plain numbers, quick to read one by one."""
        return memoryview(self.shapes.start)

    def edges_at(self, node: int) -> list[int]:
        """Return the edges that begin or end at a node."""
        near = {bisect_right(self.begin, corner) - 1 for corner in self.cells.at(*self.node_xy[node].tolist()).tolist()}
        return sorted(edge for edge in near if node in self.edge[edge].tolist())


def _settled(ticks: int, whole: int) -> int:
    """Return ticks along an edge of so many, those at one of its ends as the end's own."""
    return ticks if AT <= ticks <= whole - AT else 0 if 2 * ticks < whole else whole


def build_network(lines: np.ndarray, avoid: Mapping[str, np.ndarray], where: str = "roads", snap: float = SNAP) -> Network:
    """Make the network of delivered centre lines (n,), cut wherever they enter or leave a named set of polygons.

    Lines are joined where they cross or touch and where an end misses another by at most SNAP; with a larger `snap` (metres)
    a loose end also reaches its nearest other road. An edge on the border of a zone is inside. `where` names the layer in
    errors: WrongFormat, UnreadableInput, EmptyFile.
    """
    shapes, counts = laid_out(lines, where, snap)
    return network_of(shapes, counts, {name: crossed(shapes, np.asarray(polygons, dtype=object)).stretches(shapes) for name, polygons in avoid.items()})


def laid_out(lines: np.ndarray, where: str = "roads", snap: float = SNAP) -> tuple[Shapes, dict[str, float]]:
    """Return the roads joined, not yet cut at any zone, and the counts so far; as `build_network`."""
    merged, counts = noded(lines, where)
    shapes, gaps = without_gaps(Shapes.of(merged), snap)
    return shapes, {**counts, "gaps_closed": gaps}


def network_of(shapes: Shapes, counts: Mapping[str, float], avoid: Mapping[str, np.ndarray]) -> Network:
    """Make the network of roads that are joined; avoid: by name the (j, 2) ruler metres inside of a zone set."""
    reached = dict(sorted(avoid.items()))
    pieces, origin, begins = shapes.cut(np.concatenate([np.empty(0), *(stretch.ravel() for stretch in reached.values())]))
    middle = (begins + np.where(np.append(origin[1:] == origin[:-1], False), np.append(begins[1:], 0), shapes.top[origin])) / 2
    inside = {name: is_inside(stretch, middle) for name, stretch in reached.items()}
    return _numbered(pieces, inside, counts)


def _numbered(shapes: Shapes, inside: Mapping[str, np.ndarray], counts: Mapping[str, float]) -> Network:
    node_xy, edge = shapes.numbered_ends()
    by_place = np.lexsort((*node_xy.T, *(node_xy // NEIGHBOURHOOD).T))
    node_xy, edge = node_xy[by_place], np.argsort(by_place)[edge].astype(np.int32)
    turned = edge[:, 0] > edge[:, 1]
    edge[turned] = edge[turned][:, ::-1]
    order = np.lexsort((edge[:, 1], edge[:, 0]))
    shapes, edge, inside = shapes.reversed_where(turned).ordered(order), edge[order], {name: mask[order] for name, mask in inside.items()}
    ticks = np.maximum(np.round((shapes.top - shapes.base) / TICK).astype(np.int64), 1)
    return Network(node_xy, edge, ticks, shapes, inside, {**counts, **_connection(len(node_xy), edge, ticks), **_inside_m(ticks, inside)})


def _connection(nodes: int, edge: np.ndarray, ticks: np.ndarray) -> dict[str, float]:
    """Count nodes, edges and components, and the share of the length in the largest component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(coo_array((np.ones(len(edge)), edge.T), shape=(nodes, nodes)), directed=False)
    of_each = np.bincount(label[edge[:, 0]], weights=ticks, minlength=count)
    return {"nodes": nodes, "edges": len(edge), "length_m": float(ticks.sum() * TICK), "components": int(count),
            "largest_share": float(of_each.max() / ticks.sum())}


def _inside_m(ticks: np.ndarray, inside: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {f"inside_{name}_m": float(ticks[mask].sum() * TICK) for name, mask in inside.items()}
