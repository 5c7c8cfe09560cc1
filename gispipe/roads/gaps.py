"""Join road lines that end just before or beside another."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.roads.shapes import SAME, Shapes

SNAP = 0.5
"""m: lines that come this close to each other are joined."""
COUNTED = 0.01
"""m: shorter gaps come of rounding and are not counted."""


def without_gaps(shapes: Shapes, snap: float = SNAP) -> tuple[Shapes, int]:
    """Join ends to what lies near by short straight lines; return the lines and how many gaps were closed.

    Within SNAP everything is joined; beyond, up to `snap` metres, only a loose end and only to its nearest other road.
    No delivered corner moves.
    """
    closed, gaps = _linked(shapes, *_near(shapes))
    if snap <= SNAP:
        return closed, gaps
    reached, more = _linked(closed, *_loose(closed, snap))
    return reached, gaps + more


def _near(shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and edges that come within SNAP of each other without meeting."""
    node_xy, ends = shapes.numbered_ends()
    node, edge = shapely.STRtree(shapes.linestrings()).query(shapely.points(node_xy), predicate="dwithin", distance=SNAP)
    foreign = (ends[edge] != node[:, None]).all(axis=1)
    return node[foreign], edge[foreign]


def _loose(shapes: Shapes, snap: float) -> tuple[np.ndarray, np.ndarray]:
    """Return loose ends and for each the nearest edge that does not meet its own."""
    node_xy, ends = shapes.numbered_ends()
    lines = shapes.linestrings()
    loose = np.flatnonzero(np.bincount(ends.ravel(), minlength=len(node_xy)) == 1)
    own = np.full(len(node_xy), -1)
    own[ends.ravel()] = np.repeat(np.arange(len(ends)), 2)
    which, edge = shapely.STRtree(lines).query(shapely.points(node_xy[loose]), predicate="dwithin", distance=snap)
    node = loose[which]
    apart = (ends[own[node]][:, :, None] != ends[edge][:, None, :]).all(axis=(1, 2))
    node, edge = node[apart], edge[apart]
    order = np.lexsort((edge, shapely.distance(lines[edge], shapely.points(node_xy[node])), node))
    first = order[np.unique(node[order], return_index=True)[1]]
    return node[first], edge[first]


def _linked(shapes: Shapes, node: np.ndarray, edge: np.ndarray) -> tuple[Shapes, int]:
    """Link nodes to edges: to an end of the edge when it is within SNAP or nearest, else to the nearest point, where the edge is cut."""
    node_xy, ends = shapes.numbered_ends()
    far = np.hypot(*np.moveaxis(node_xy[ends[edge]] - node_xy[node][:, None], 2, 0))
    along = shapely.line_locate_point(shapes.linestrings()[edge], shapely.points(node_xy[node]))
    to_end = (far <= SNAP + 2 * SAME).any(axis=1) | (along <= SAME) | ((shapes.top - shapes.base)[edge] - along <= SAME)
    pairs = _unlinked(np.stack([node, ends[edge, far.argmin(axis=1)]], axis=1)[to_end], ends, len(node_xy))
    node, place = node[~to_end], (shapes.base[edge] + along)[~to_end]
    kept = shapes.apart(place)
    place = kept[np.clip(np.searchsorted(kept, place - SAME), 0, len(kept) - 1)] if len(place) else place
    begin = np.concatenate([node_xy[pairs[:, 0]], node_xy[node]])
    end = np.concatenate([node_xy[pairs[:, 1]], shapes.at(place)])
    length = np.hypot(*(end - begin).T)
    return shapes.cut(kept)[0].with_straight(begin[length > 0], end[length > 0]), int(np.count_nonzero(length > COUNTED))


def _unlinked(pairs: np.ndarray, ends: np.ndarray, nodes: int) -> np.ndarray:
    """Return the pairs of nodes, each once, that no edge links yet."""
    pairs, ends = np.sort(pairs, axis=1), np.sort(ends, axis=1)
    key = np.unique(pairs @ (nodes, 1))
    key = key[~np.isin(key, ends @ (nodes, 1))]
    return np.stack([key // nodes, key % nodes], axis=1)
