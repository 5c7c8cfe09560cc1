"""Draw ways, in whatever system the corners of the network are given, all ways of one place at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely

from gispipe import ragged
from gispipe.roads.network import Network, Spot
from gispipe.roads.walk import Walk

Corner = list[float]
STRAIGHT = 0.2
"""m: a corner that lies less than this beside the straight line past it is not drawn; screens and paper show no less."""


class Shown(NamedTuple):
    """What ways are drawn with: the network's corners (p, 2) in the system to draw in, and (p,) which of them a way visibly turns at."""

    corner: np.ndarray
    turns: np.ndarray

    def at(self, spot: Spot) -> tuple[float, float]:
        """Return where a spot on the road is, counted like the corners."""
        (x0, y0), (x1, y1) = self.corner[spot.corner:spot.corner + 2].tolist()
        return x0 + spot.share * (x1 - x0), y0 + spot.share * (y1 - y0)


def turning(network: Network) -> np.ndarray:
    """Return (p,) the corners to draw: those without which a road between two crossings would be drawn more than STRAIGHT beside itself.

    Roads are cut wherever a zone begins; such a cut is no crossing and seldom a turn.
    """
    lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(network.shapes.linestrings())))
    kept, every = (shapely.get_coordinates(shapely.simplify(lines, STRAIGHT, preserve_topology=False)), network.shapes.xy)
    return np.isin(every[:, 0] + 1j * every[:, 1], kept[:, 0] + 1j * kept[:, 1])


def drawn(network: Network, walks: Sequence[Walk], shown: Shown, place: Corner, spot: Corner, sites: Sequence[Corner], unit: float = 1.0) -> list[list[Corner]]:
    """Return the corners of each way: the place, its spot on the road, the corners of the roads, the site; a repeated one once.

    The last corner on the roads, where the site is near, is always drawn. unit: parts of the system's unit in which the corners are
    counted; place, spot, sites by number: where they are in that system.
    """
    if not walks:
        return []
    number, begin = _numbers(network, walks)
    there = shown.turns[number]
    there[begin[1:][begin[1:] > begin[:-1]] - 1] = True
    begin, xy = ragged.compress(there, begin), shown.corner[number[there]]
    kept = np.append(True, (xy[1:] != xy[:-1]).any(axis=1))[:len(xy)]
    kept[begin[begin < len(xy)]] = True
    pairs, ends = (xy[kept] / unit).tolist(), ragged.compress(kept, begin).tolist()
    return [_line([place, spot], pairs[low:high], sites[walk.site]) for walk, low, high in zip(walks, ends[:-1], ends[1:], strict=True)]


def _line(start: list[Corner], roads: list[Corner], site: Corner) -> list[Corner]:
    """Put a way together without repeating a corner where its parts meet."""
    place, spot = start
    line = [place] if place == spot else start.copy()
    line += roads[1:] if roads and roads[0] == spot else roads
    return line if line[-1] == site and len(line) > 1 else [*line, site]


def _numbers(network: Network, walks: Sequence[Walk]) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the corners of all ways between spot and site, and where each way begins among them (w + 1,).

    They come in runs that go up or down one by one: of each way the run from the spot to where it starts, then its edges
    without their first corners, where the one before has ended.
    """
    directed = np.array([one for walk in walks for one in walk.course.directed], dtype=np.int64)
    edges, forward = directed >> 1, (directed & 1).astype(bool)
    length = np.array([len(walk.course.directed) for walk in walks])
    way = ragged.offsets(length + 1)
    low, high = network.shapes.start[edges], network.shapes.start[edges + 1]
    first, step, count = runs = np.empty((3, way[-1]), dtype=np.int64)
    runs[:, way[:-1]] = np.array([_towards(network, walk) for walk in walks]).T
    of_edges = np.arange(len(edges)) + np.repeat(np.arange(1, len(walks) + 1), length)
    first[of_edges], step[of_edges], count[of_edges] = np.where(forward, low + 1, high - 2), np.where(forward, 1, -1), high - low - 1
    begin = ragged.offsets(count)
    return np.repeat(first - step * begin[:-1], count) + np.repeat(step, count) * np.arange(begin[-1]), begin[way]


def _towards(network: Network, walk: Walk) -> tuple[int, int, int]:
    """Return first corner, step and count of the run along the spot's edge to where the walk starts; none where the spot is the start."""
    spot, start, begin = walk.course.spot, walk.course.start, network.begin
    if not start.ticks:
        return 0, 1, 0
    after = spot.corner + 1
    return (after, 1, begin[spot.edge + 1] - after) if start.forward else (spot.corner, -1, after - begin[spot.edge])
