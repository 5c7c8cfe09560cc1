"""Which shelters can be reached on foot from everywhere, for each hazard."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.errors import NotFound
from gispipe.roads.network import TICK, Network
from gispipe.roads.stops import attach
from gispipe.roads.tables import Ground, Ways, ways
from gispipe.words import Words


_SEARCHING = 2
"""Plans worked out at a time: each needs some ten times the memory of its table."""


@dataclass(frozen=True)
class Hazard:
    """designated: (s,) mask of the sites designated for the hazard; avoid: names of the zone sets a safe walk stays out of."""

    designated: np.ndarray
    avoid: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """Up to `count` sites of every node (m, count), the safely reachable ones first: site number or -1, metres, next node."""

    site: np.ndarray
    length_m: np.ndarray
    danger_m: np.ndarray
    safe: np.ndarray
    next_node: np.ndarray


@dataclass(frozen=True)
class Reach:
    """The answer for every node of `network`, which is the network asked about with the sites' nodes added after its own.

    site_xy (s, 2) metres; site_node (s,), -1 where no road is near; site_access (s,) ticks from that node to the site;
    hazards: name → what was asked; plan: name → key of `found`, shared by hazards that ask the same.
    """

    network: Network
    site_xy: np.ndarray
    site_node: np.ndarray
    site_access: np.ndarray
    hazards: Mapping[str, Hazard]
    plan: Mapping[str, int]
    found: Mapping[int, Ways]
    count: int

    def ways(self, hazard: str) -> Ways:
        """Return the tables of a hazard; raise NotFound when the shelters were never asked for it."""
        if hazard not in self.plan:
            raise NotFound(hazard, Words("walks were not computed for this hazard", "この災害種別の徒歩経路は計算されていません"),
                           Words(f"known: {', '.join(sorted(self.plan))}", f"計算済み: {'、'.join(sorted(self.plan))}"))
        return self.found[self.plan[hazard]]

    def listed(self, hazard: str) -> Listed:
        """List the sites of every node: all safely reachable ones, then those behind a zone, by what the way costs."""
        safe, cross = self.ways(hazard).safe, self.ways(hazard).cross
        known = (cross.site[:, :, None] == safe.site[:, None, :]).any(axis=2)
        site = np.concatenate([safe.site, np.where(known, -1, cross.site)], axis=1)
        order = np.argsort(site < 0, axis=1, kind="stable")[:, :self.count]
        site = np.take_along_axis(site, order, axis=1)
        length, danger, after = (np.take_along_axis(np.concatenate(pair, axis=1), order, axis=1) for pair in (
            (safe.length, cross.length), (safe.danger, cross.danger), (safe.next_node, cross.next_node)))
        there = site >= 0
        return Listed(site, np.where(there, length * TICK, np.nan), np.where(there, danger * TICK, np.nan), there & (order < self.count), after)


def reach(network: Network, sites: np.ndarray, hazards: Mapping[str, Hazard], count: int = 3) -> Reach:
    """Find for every hazard the `count` nearest designated sites (s,) on foot from every node.

    A walk is safe when it stays outside of the hazard's zone sets; where fewer than `count` sites can be reached so, a walk
    may cross at TENFOLD more for every metre inside. The straight way from the road to a site counts in the length, never
    as danger. Raises NotFound for a zone set the network was not cut at.
    """
    for name, hazard in hazards.items():
        _known(network, name, hazard)
    full, node, access = attach(network, sites)
    hazards = {name: Hazard(np.asarray(hazard.designated, dtype=bool), tuple(sorted(set(hazard.avoid)))) for name, hazard in sorted(hazards.items())}
    asked: dict[tuple[tuple[str, ...], bytes], int] = {}
    plan = {name: asked.setdefault((hazard.avoid, hazard.designated.tobytes()), len(asked)) for name, hazard in hazards.items()}
    with ThreadPoolExecutor(_SEARCHING) as pool:
        grounds = {avoid: pool.submit(Ground.of, full, avoid) for avoid in sorted({avoid for avoid, _ in asked})}
        found = {key: pool.submit(_ways, grounds[avoid], node, access, np.frombuffer(mask, dtype=bool), count) for (avoid, mask), key in asked.items()}
        return Reach(full, shapely.get_coordinates(sites), node, access, hazards, plan, {key: one.result() for key, one in sorted(found.items())}, count)


def _ways(ground: Future[Ground], node: np.ndarray, access: np.ndarray, designated: np.ndarray, count: int) -> Ways:
    """Find the ways on a ground that is asked for before them, so that nobody waits for one who waits."""
    return ways(ground.result(), node, access, designated, count)


def _known(network: Network, name: str, hazard: Hazard) -> None:
    unknown = sorted(set(hazard.avoid) - set(network.inside))
    if unknown:
        raise NotFound(name, Words(f"the roads were not cut at the zones '{', '.join(unknown)}'", f"区域「{'、'.join(unknown)}」で道路が分割されていません"),
                       Words("give these zones when the network is made", "道路網の作成時にこの区域を指定してください"))
