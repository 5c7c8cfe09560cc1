"""What is known at every node: its nearest sites and the next step towards each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gispipe.roads.nearest import FAR, Steps, ranked, sites_of
from gispipe.roads.network import Network

TENFOLD = 10
"""A metre inside an avoided zone costs this many metres more."""
SITE, LENGTH, DANGER, FACTS = range(4)
"""Where each fact stands in a table, and how many there are."""
STEP = 32
"""Bits of a link that tell the edge; the ones above tell where the walk goes on."""
EDGE = (1 << STEP) - 1


@dataclass(frozen=True)
class Table:
    """The nearest sites of every node, nearest first: facts (m, count, FACTS), whole numbers, those of one way side by side.

    site: number or -1; length, danger: ticks of the whole way to the site and of its part inside avoided zones.
    link (m, count): the next step in one number, -1 at the site's own node: twice the edge to walk, one more when it is
    walked from its first node, and from bit STEP on the flat index in this table where the walk goes on.
    """

    facts: np.ndarray
    link: np.ndarray

    @classmethod
    def of(cls, site: np.ndarray, length: np.ndarray, danger: np.ndarray, directed: np.ndarray, step: np.ndarray) -> Table:
        """Take (m, count) each; directed and step are -1 where the walk ends."""
        return cls(smallest(np.stack([site, length, danger], axis=-1)), np.where(step < 0, -1, step.astype(np.int64) << STEP | directed))

    @property
    def site(self) -> np.ndarray:
        return self.facts[..., SITE]

    @property
    def length(self) -> np.ndarray:
        return self.facts[..., LENGTH]

    @property
    def danger(self) -> np.ndarray:
        return self.facts[..., DANGER]

    @property
    def edge(self) -> np.ndarray:
        """(m, count) the edge to walk next, or -1."""
        return np.where(self.link < 0, -1, (self.link & EDGE) >> 1)

    @property
    def step(self) -> np.ndarray:
        """(m, count) the flat index where the walk goes on, or -1."""
        return self.link >> STEP

    @property
    def width(self) -> int:
        """Sites listed for each node."""
        return self.facts.shape[1]

    @property
    def next_node(self) -> np.ndarray:
        """(m, count) the node after this one on the way, -1 at the end or without a site."""
        return np.where(self.step >= 0, self.step // self.width, -1)

    @cached_property
    def plain(self) -> memoryview:
        """The facts one after the other, quick to read one by one: those of flat index i (node × width + rank) from i × FACTS on."""
        return memoryview(self.facts.reshape(-1))

    @cached_property
    def links(self) -> memoryview:
        """The links by flat index, quick to read one by one."""
        return memoryview(self.link.reshape(-1))


@dataclass(frozen=True)
class Ways:
    """The safe walks and, where some road is inside a zone, the walks that may cross (else the same table)."""

    safe: Table
    cross: Table


@dataclass(frozen=True)
class Ground:
    """What walks stand on when some zone sets are avoided: the safe steps, all steps at their cost, and ticks inside (k,)."""

    safe: Steps
    all: Steps
    danger: np.ndarray

    @classmethod
    def of(cls, network: Network, avoid: tuple[str, ...]) -> Ground:
        """Take the network without and with the edges inside the named zone sets."""
        inside = network.inside_any(avoid)
        danger = network.ticks * inside
        safe = Steps.of(network, network.ticks, ~inside)
        return cls(safe, Steps.of(network, network.ticks + TENFOLD * danger, np.ones(len(inside), dtype=bool)) if inside.any() else safe, danger)


def ways(ground: Ground, at: np.ndarray, access: np.ndarray, designated: np.ndarray, count: int) -> Ways:
    """Find the nearest designated sites from every node: at (s,) node of each site, access (s,) ticks, designated (s,) mask."""
    chosen = np.flatnonzero(designated & (at >= 0))
    safe = table_of(ground.safe, np.zeros_like(ground.danger), at, access, chosen, count)
    return Ways(safe, safe if ground.all is ground.safe else table_of(ground.all, ground.danger, at, access, chosen, count))


def table_of(steps: Steps, danger: np.ndarray, at: np.ndarray, access: np.ndarray, chosen: np.ndarray, count: int) -> Table:
    """Search, then read from the values alone which step keeps each: the value of the neighbour plus the step's cost."""
    values = ranked(steps, at, access, chosen, count)
    site = sites_of(values, len(at))
    taken, slot = _kept_by(steps, values, len(at))
    ends = (site >= 0) & (at[site] == np.arange(len(site))[:, None]) if len(at) else site >= 0
    directed = np.where((taken >= 0) & ~ends, steps.directed[taken] if len(steps.directed) else -1, -1)
    step = np.where(directed >= 0, steps.target[taken].astype(np.int64) * count + slot if len(steps.directed) else -1, -1)
    inside = _summed(np.where(directed >= 0, danger[directed >> 1], 0).ravel(), step.ravel()).reshape(site.shape)
    length = np.where(site >= 0, values // max(len(at), 1) - TENFOLD * inside, 0)
    return Table.of(site, length, inside, directed, step)


def smallest(array: np.ndarray) -> np.ndarray:
    """Return whole numbers in the smallest type that holds them."""
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    return array.astype(next(kind for kind in (np.int8, np.int16, np.int32, np.int64) if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max))


def _kept_by(steps: Steps, values: np.ndarray, sites: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (m, count) the first step that leads on to the same site at the value's price, -1 for none, and the rank there."""
    taken, slot = np.full(values.shape, -1), np.full(values.shape, -1)
    for rank in range(values.shape[1]):
        here = values[steps.source, rank]
        for other in range(values.shape[1]):
            kept = np.flatnonzero((here < FAR) & (values[steps.target, other] + steps.cost * sites == here))[::-1]
            node = steps.source[kept]
            better = (taken[node, rank] < 0) | (kept <= taken[node, rank])
            taken[node[better], rank], slot[node[better], rank] = kept[better], other
    return taken, slot


def _summed(own: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return for every flat index the sum of `own` along its way to the end, the strides doubling."""
    total, goes = np.append(own, 0), np.append(np.where(step >= 0, step, len(step)), len(step))
    while (goes < len(step)).any():
        total, goes = total + total[goes], goes[goes]
    return total[:-1]
