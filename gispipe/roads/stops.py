"""Put places on the network: the shelters become nodes where the way to them leaves the road."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gispipe.roads.network import AT, TICK, Network

_STEP = AT
"""ticks (4 mm): stops stand at multiples of this along an edge, so that no piece is without length."""


def attach(network: Network, sites: np.ndarray) -> tuple[Network, np.ndarray, np.ndarray]:
    """Add a node at the nearest point of the nearest edge for each site (s,); the other nodes keep their numbers.

    Return the network, the node (s,) of each site, -1 where none is near, and the straight metres to it (s,) in ticks.
    """
    spots = [network.nearest(site) for site in sites]
    near = np.array([spot is not None for spot in spots], dtype=bool)
    edge = np.array([spot.edge for spot in spots if spot], dtype=np.int64)
    ticks = np.array([spot.ticks for spot in spots if spot], dtype=np.int64)
    node, access = np.full(len(sites), -1), np.zeros(len(sites), dtype=np.int64)
    access[near] = [round(spot.access_m / TICK) for spot in spots if spot]
    network, node[near] = with_stops(network, edge, ticks)
    return network, node, access


def with_stops(network: Network, edge: np.ndarray, ticks: np.ndarray) -> tuple[Network, np.ndarray]:
    """Cut edges (s,) at ticks (s,) from their first nodes; return the network and the nodes (s,), new ones after the old."""
    whole = network.ticks[edge]
    ticks = np.round(ticks / _STEP).astype(np.int64) * _STEP
    ticks = np.where(whole - ticks < _STEP, whole, ticks)
    inner = (ticks > 0) & (ticks < whole)
    stop, which = np.unique(np.stack([edge[inner], ticks[inner]], axis=1), axis=0, return_inverse=True)
    node = np.where(ticks > 0, network.edge[edge, 1], network.edge[edge, 0]).astype(np.int64)
    node[inner] = len(network.node_xy) + which.ravel()
    return _cut(network, stop[:, 0], stop[:, 1]), node


def _cut(network: Network, edge: np.ndarray, ticks: np.ndarray) -> Network:
    """Cut at distinct stops, ordered by edge and ticks."""
    shapes = network.shapes
    place = shapes.base[edge] + ticks / network.ticks[edge] * (shapes.top - shapes.base)[edge]
    pieces, origin, _ = shapes.cut(place)
    fresh = np.append(False, origin[1:] == origin[:-1])
    last = np.append(~fresh[1:], True)
    begin, begin_ticks = network.edge[origin, 0].astype(np.int64), np.zeros(len(origin), dtype=np.int64)
    begin[fresh], begin_ticks[fresh] = len(network.node_xy) + np.arange(len(edge)), ticks
    end = np.where(last, network.edge[origin, 1], np.roll(begin, -1))
    length = np.where(last, network.ticks[origin], np.roll(begin_ticks, -1)) - begin_ticks
    node_xy = np.concatenate([network.node_xy, shapes.at(place)])
    inside = {name: mask[origin] for name, mask in network.inside.items()}
    return replace(network, node_xy=node_xy, edge=np.stack([begin, end], axis=1).astype(np.int32), ticks=length, shapes=pieces, inside=inside)


