"""Draw ways, in whatever system the corners of the network are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

from gispipe.roads.network import Network
from gispipe.roads.walk import Walk

Line = list[list[float]]
REMEMBERED = 65_536
"""Edges kept as they were drawn: ways from neighbouring places share nearly all of theirs."""


class Drawing:
    """Draws ways of one network. corner: where a corner of the network is, by number, in the system to draw in."""

    def __init__(self, network: Network, corner: Callable[[int], list[float]]) -> None:
        self._corner = corner
        self._begin, self._first_node = network.plain
        self._edge = lru_cache(maxsize=REMEMBERED)(self._drawn)

    def line(self, walk: Walk, place: list[float], spot: list[float], site: list[float]) -> Line:
        """Return the corners of a way: the place, its spot on the road, the spot's edge to the start, the edges, the site; repeated ones once.

        place, spot, site: where they are, in the same system.
        """
        course, first_node = walk.course, self._first_node
        width = course.table.width
        line = [place, *_distinct([place, spot, *map(self._corner, self._towards(walk))])]
        for index, edge in zip(course.passed, course.edges, strict=True):
            line.extend(self._edge(2 * edge + (first_node[edge] == index // width)))
        if line[-1] != site or len(line) == 1:
            line.append(site)
        return line

    def _towards(self, walk: Walk) -> Iterable[int]:
        """Return the corners along the spot's edge to where the walk starts; none where the spot is the start."""
        spot, start, begin = walk.course.spot, walk.course.start, self._begin
        if not start.ticks:
            return ()
        return range(spot.corner + 1, begin[spot.edge + 1]) if start.forward else range(spot.corner, begin[spot.edge] - 1, -1)

    def _drawn(self, directed: int) -> Line:
        """Draw one edge, twice its number and one more for the forward way, without its first corner, where the way has come to."""
        edge, forward = divmod(directed, 2)
        low, high = self._begin[edge], self._begin[edge + 1]
        return _distinct([self._corner(k) for k in (range(low, high) if forward else range(high - 1, low - 1, -1))])


def _distinct(pairs: Line) -> Line:
    """Return the corners that differ from the one before, the first left out."""
    return [after for before, after in pairwise(pairs) if before != after]
