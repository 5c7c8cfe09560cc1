"""The nearest sites from every node at once, by one search for each rank instead of one for each site.

The nodes whose nearest sites are the same set form a patch. The next nearest site of a node is reached either straight
over the border of its patch, from a neighbour that has a site the node has not, or through the patch: one search from all
borders at once finds it for all nodes. Every value is ticks × sites + site, so equal ways are told apart by site number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe.roads.network import Network

FAR = np.iinfo(np.int64).max // 4
"""The value where there is no site."""


@dataclass(frozen=True)
class Steps:
    """Every edge in both directions, only the cheapest between two nodes, ordered by source and target; all arrays (d,).

    directed: twice the edge's number, one more when it is walked from its first node.
    """

    nodes: int
    source: np.ndarray
    target: np.ndarray
    cost: np.ndarray
    directed: np.ndarray

    @classmethod
    def of(cls, network: Network, cost: np.ndarray, allowed: np.ndarray) -> Steps:
        """Take the allowed edges (k,) at their cost in ticks (k,)."""
        edge = np.flatnonzero(allowed & (network.edge[:, 0] != network.edge[:, 1]))
        ends = network.edge[edge]
        source, target = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
        directed = np.concatenate([2 * edge + 1, 2 * edge]).astype(np.int32)
        order = np.lexsort((directed, cost[directed >> 1], target, source))
        source, target, directed = source[order], target[order], directed[order]
        first = np.append(True, (source[1:] != source[:-1]) | (target[1:] != target[:-1]))[:len(directed)]
        return cls(len(network.node_xy), source[first], target[first], cost[directed[first] >> 1], directed[first])


def ranked(steps: Steps, at: np.ndarray, access: np.ndarray, chosen: np.ndarray, count: int) -> np.ndarray:
    """Return (m, count) values of the nearest chosen sites of every node, nearest first, FAR where there are no more.

    at (s,) the node of each site, access (s,) ticks from there to the site, chosen: numbers of the sites that count.
    """
    table = np.full((steps.nodes, count), FAR)
    for rank in range(count):
        known = sites_of(table[:, :rank], len(at))
        same = (np.sort(known[steps.source], axis=1) == np.sort(known[steps.target], axis=1)).all(axis=1)
        table[:, rank] = _spread(steps, same, _over_borders(steps, table, known, at, access, chosen), len(at))
    return table


def sites_of(table: np.ndarray, sites: int) -> np.ndarray:
    """Return the site numbers of values, -1 where FAR."""
    return np.where(table < FAR, table % max(sites, 1), -1)


def _over_borders(steps: Steps, table: np.ndarray, known: np.ndarray, at: np.ndarray, access: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return (m,) the best value that comes from a site at the node or from a neighbour with a site the node has not."""
    best = np.full(steps.nodes, FAR)
    fresh = chosen[(known[at[chosen]] != chosen[:, None]).all(axis=1)]
    np.minimum.at(best, at[fresh], access[fresh] * len(at) + fresh)
    for rank in range(known.shape[1]):
        site = known[steps.target, rank]
        new = (site >= 0) & (known[steps.source] != site[:, None]).all(axis=1)
        np.minimum.at(best, steps.source[new], table[steps.target[new], rank] + steps.cost[new] * len(at))
    return best


def _spread(steps: Steps, allowed: np.ndarray, start: np.ndarray, sites: int) -> np.ndarray:
    """Return (m,) the best value when every node may hand its own on over the allowed steps."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    first = np.flatnonzero(start < FAR)
    if not len(first):
        return start
    size = np.append(np.bincount(steps.source[allowed], minlength=steps.nodes), len(first))
    weight = np.concatenate([steps.cost[allowed] * sites, start[first] + sites]).astype(np.float64)
    graph = csr_array((weight, np.concatenate([steps.target[allowed], first]).astype(np.int32), np.append(0, np.cumsum(size)).astype(np.int32)),
                      shape=(steps.nodes + 1, steps.nodes + 1))
    found = dijkstra(graph, indices=steps.nodes)[:-1]
    reached = np.isfinite(found)
    return np.where(reached, np.where(reached, found, 0).astype(np.int64) - sites, FAR)
