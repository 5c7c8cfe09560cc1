"""Draw ways, in whatever system the corners of the network are given."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np

from gispipe.roads.network import Network
from gispipe.roads.walk import Walk

Line = list[list[float]]
REMEMBERED = 65_536
"""Edges kept as they were drawn: ways from neighbouring places share nearly all of theirs."""


class Drawing:
    """Draws ways of one network. corner: its corners (p, 2) in the system to draw in; pairs: how rows of them are written."""

    def __init__(self, network: Network, corner: np.ndarray, pairs: Callable[[np.ndarray], Line] = np.ndarray.tolist) -> None:
        self._network, self._corner, self._pairs = network, corner, pairs
        self._edge = lru_cache(maxsize=REMEMBERED)(self._drawn)

    def line(self, walk: Walk, place: list[float], spot: list[float], site: list[float]) -> Line:
        """Return the corners of a way: the place, its spot on the road, the spot's edge to the start, the edges, the site; repeated ones once.

        place, spot, site: where they are, in the same system.
        """
        first_node, width = self._network.plain[1], walk.course.table.width
        line = [place, *_distinct([place, spot, *self._towards(walk)])]
        for index, edge in zip(walk.course.passed, walk.course.edges, strict=True):
            line.extend(self._edge(edge, first_node[edge] == index // width))
        if line[-1] != site or len(line) == 1:
            line.append(site)
        return line

    def _towards(self, walk: Walk) -> Line:
        """Draw the way along the spot's edge to where the walk starts; nothing where the spot is the start."""
        spot, start, begin = walk.course.spot, walk.course.start, self._network.plain[0]
        if not start.ticks:
            return []
        if start.forward:
            return self._pairs(self._corner[spot.corner + 1:begin[spot.edge + 1]])
        return self._pairs(self._corner[begin[spot.edge]:spot.corner + 1])[::-1]

    def _drawn(self, edge: int, forward: bool) -> Line:
        """Draw one edge without its first corner, where the way has come to."""
        begin = self._network.plain[0]
        pairs = self._pairs(self._corner[begin[edge]:begin[edge + 1]])
        return _distinct(pairs if forward else pairs[::-1])


def _distinct(pairs: Line) -> Line:
    """Return the corners that differ from the one before, the first left out."""
    return [after for before, after in pairwise(pairs) if before != after]
