"""Small hand-drawn nets for the tests of walks, and the search from scratch they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gispipe.roads import Hazard, Network, Reach, Shown, Walk, build_network, drawn, reach

Line = Sequence[tuple[float, float]]


def lines(*corners: Line) -> np.ndarray:
    return np.array([*(shapely.LineString(line) for line in corners), None], dtype=object)[:-1]


def points(*xy: tuple[float, float]) -> np.ndarray:
    return shapely.points(np.array(xy, dtype=float).reshape(-1, 2))


def zones(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([*(shapely.box(*box) for box in boxes), None], dtype=object)[:-1]


def net(*corners: Line, **avoid: np.ndarray) -> Network:
    return build_network(lines(*corners), avoid)


def asked(network: Network, sites: np.ndarray, *avoid: str, count: int = 3) -> Reach:
    """Ask for one hazard, `flood`, that every site is designated for."""
    return reach(network, sites, {"flood": Hazard(np.ones(len(sites), dtype=bool), avoid)}, count)


def line_of(answer: Reach, place: shapely.Point, walk: Walk, turns: np.ndarray | None = None) -> shapely.LineString:
    """Draw one way in plane metres, with all corners or those that `turns` has; corners within a millimetre of each other are one."""
    spot, line, corner = list(walk.course.spot.xy), list[list[float]](), answer.network.shapes.xy
    shown = Shown(corner, np.ones(len(corner), bool) if turns is None else turns)
    for xy in drawn(answer.network, [walk], shown, [place.x, place.y], spot, answer.site_xy.tolist())[0]:
        near = len(line) > 1 and np.hypot(xy[0] - line[-1][0], xy[1] - line[-1][1]) < 0.001
        line[len(line) - near:] = [xy]
    return shapely.LineString(line)


def from_scratch(answer: Reach, ends: Mapping[int, tuple[int, int]], hazard: str, safe: bool) -> dict[int, int]:
    """Search the whole graph from a place that has edges of (ticks, cost in ticks) to nodes; return site → cost with its access."""
    network, asked_for = answer.network, answer.hazards[hazard]
    inside = network.inside_any(asked_for.avoid)
    cost = network.ticks * (1 if safe else 1 + 10 * inside)
    rows = [(*map(int, edge), int(price)) for edge, price, bad in zip(network.edge, cost, inside, strict=True) if not (safe and bad)]
    place = len(network.node_xy)
    rows += [(place, node, price) for node, (_, price) in ends.items()]
    cheapest: dict[tuple[int, int], int] = {}
    for a, b, price in rows:
        for pair in ((a, b), (b, a)):
            cheapest[pair] = min(price, cheapest.get(pair, price))
    pairs = np.array(list(cheapest), dtype=int).reshape(-1, 2)
    graph = coo_array((np.array(list(cheapest.values()), dtype=float), pairs.T), shape=(place + 1, place + 1)).tocsr()
    found = dijkstra(graph, indices=place)
    return {site: int(found[node] + answer.site_access[site]) for site, node in enumerate(answer.site_node)
            if node >= 0 and asked_for.designated[site] and np.isfinite(found[node])}
