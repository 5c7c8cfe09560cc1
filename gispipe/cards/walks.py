"""The roads as the files tell them: what is known at every crossing of the shelters on foot, and the edges between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.cards.outlines import steps
from gispipe.cards.texts import Run, beside, same, taken, written
from gispipe.roads import Reach
from gispipe.roads.tables import DANGER, LENGTH, SITE

CELL = 512.0
"""Metres: a side of the squares by which crossings are numbered and ways are drawn."""


_AT_ONCE = 4096
"""Lines of a table of ways that are put in order at once: what comes up on the way then needs no fresh memory, which takes longer to get than the work."""


@dataclass(frozen=True)
class Numbered:
    """The network in the order of the files: squares (c, 2) column and line, first (c + 1,) the first crossing of each; node (m,) the new number of every crossing,
    edge (k,) of every edge: those of a square (its first crossing's) follow each other too, first_edge (c + 1,)."""

    squares: np.ndarray
    first: np.ndarray
    node: np.ndarray
    first_edge: np.ndarray
    edge: np.ndarray

    @classmethod
    def of(cls, reach: Reach, origin: tuple[float, float]) -> Numbered:
        network = reach.network
        square = np.floor((network.node_xy - np.array(origin)) / CELL).astype(np.int64)
        number = ragged.cell_number(square[:, 0], square[:, 1])
        order = np.argsort(number, kind="stable")
        node = np.empty(len(order), np.int64)
        node[order] = np.arange(len(order))
        first = ragged.grouped(number[order])
        of_edge = np.searchsorted(first, node[network.edge[:, 0]], "right") - 1
        by_square = np.argsort(of_edge, kind="stable")
        edge = np.empty(len(by_square), np.int64)
        edge[by_square] = np.arange(len(by_square))
        return cls(square[order[first[:-1]]], first, node, ragged.offsets(np.bincount(of_edge, minlength=len(first) - 1)), edge)


def masks(reach: Reach) -> np.ndarray:
    """Return (k,) for every edge a bit for each zone set it is inside of."""
    bits = np.zeros(len(reach.network.edge), np.int64)
    for bit, inside in enumerate(reach.network.inside.values()):
        bits |= inside.astype(np.int64) << bit
    return bits


def edges(reach: Reach, numbered: Numbered, origin: tuple[float, float]) -> pa.LargeStringArray:
    """Return the text of every edge (k,): its number, its crossings, ticks, bits of the zone sets it is inside of, number of corners, and these, the first from the origin."""
    network = reach.network
    at, start = steps(network.shapes.xy, origin), network.shapes.start.astype(np.int64)
    step = np.diff(at, axis=0, prepend=np.zeros((1, 2), np.int64))
    step[start[:-1]] = at[start[:-1]]
    ends = numbered.node[network.edge]
    return written(beside(np.stack([numbered.edge, ends[:, 0], ends[:, 1], network.ticks.astype(np.int64), masks(reach), np.diff(start)], axis=1), (step.reshape(-1), 2 * start)))


@dataclass(frozen=True)
class Crossings:
    """text (m,) of every crossing: number, kind, and length (and where the kind says so ticks in danger) of each way that differs; kind (m,), kinds (j,): see `crossings`."""

    text: pa.LargeStringArray
    kind: np.ndarray
    kinds: pa.LargeStringArray


def crossings(reach: Reach, numbered: Numbered) -> Crossings:
    """Return what is known at every crossing of the nearest sites.

    A kind: how many ways differ there; of each twice the site, one more when it has ticks in danger; then for every plan, first the safe ways and then those
    that may cross, and every rank, which of the ways it is (-1: none); then the different bits of the edges that end there.
    """
    ways = _tables(reach)
    packed = _packed(*(ways[..., k] for k in (SITE, DANGER, LENGTH)))
    which, different, start = told_apart(np.where(ways[..., SITE] < 0, -1, packed))
    site, length, danger = ways.reshape(-1, ways.shape[2])[different].astype(np.int64).T
    told = beside(np.diff(start), (2 * site + (danger > 0), start), which, _around(reach))
    first, kind = same(told)
    values = np.stack([length, danger], axis=1).reshape(-1)
    kept = np.stack([np.ones(len(length), bool), danger > 0], axis=1).reshape(-1)
    text = written(beside(numbered.node, kind, (values[kept], ragged.compress(kept, 2 * start))))
    return Crossings(text, kind, written(taken(told, first)))


def told_apart(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number the different values of each line of a table (m, t) in their order, those below 0 being none: return which each is (m, t), -1 for none; where each
    stands first among all m × t; and the offsets (m + 1,) of these by line."""
    lines, wide = values.shape
    which, count, different = np.empty(values.shape, np.int16), np.zeros(lines, np.int64), [np.zeros(0, np.int64)]
    for first in range(0, lines, _AT_ONCE):
        some = values[first:first + _AT_ONCE]
        order = np.argsort(some, axis=1)
        ranked = np.take_along_axis(some, order, axis=1)
        new = ranked >= 0
        new[:, 1:] &= ranked[:, 1:] != ranked[:, :-1]
        np.put_along_axis(which[first:first + _AT_ONCE], order, np.cumsum(new, axis=1, dtype=np.int16) - np.int16(1), axis=1)
        count[first:first + _AT_ONCE] = new.sum(axis=1)
        order += (first + np.arange(len(some)))[:, None] * wide
        different.append(order[new])
    return which, np.concatenate(different), ragged.offsets(count)


def _tables(reach: Reach) -> np.ndarray:
    """Return (m, t, 3) site, ticks and ticks in danger: of every plan the safe ways, then those that may cross.

    Ways that cross are asked for only where there are too few safe ones, or along an edge that lies inside: elsewhere they are left out.
    """
    bits, plan = masks(reach), {key: name for name, key in reach.plan.items()}
    bit = {name: 1 << number for number, name in enumerate(reach.network.inside)}
    tables = []
    for key, ways in reach.found.items():
        avoided = (bits & sum(bit[zone] for zone in reach.hazards[plan[key]].avoid)) > 0
        inside = np.zeros(len(reach.network.node_xy), bool)
        inside[reach.network.edge[avoided].reshape(-1)] = True
        cross = ways.cross.facts.copy()
        cross[(ways.safe.site >= 0).all(axis=1) & ~inside] = (-1, 0, 0)
        tables += [ways.safe.facts, cross]
    return np.concatenate(tables, axis=1) if tables else np.zeros((len(reach.network.node_xy), 0, 3), np.int64)


def _packed(*keys: np.ndarray) -> np.ndarray:
    """Return (m, t) numbers in the order of some keys from -1 on, the first the most important, and alike where all of these are: in bits side by side where they fit."""
    bits = [int(max(key.max(initial=0), 0) + 1).bit_length() for key in keys]
    packed = np.zeros(keys[0].shape, np.int64)
    if sum(bits) > 62:
        flat = [key.reshape(-1) for key in keys]
        order = np.lexsort(flat[::-1])
        new = np.logical_or.reduce([key[order][1:] != key[order][:-1] for key in flat])
        packed.reshape(-1)[order] = np.append(0, np.cumsum(new))
        return packed
    for key, width in zip(keys, bits, strict=True):
        packed <<= width
        packed |= key.astype(np.int64) + 1
    return packed


def _around(reach: Reach) -> Run:
    """Return for every crossing the different bits of its edges."""
    node = reach.network.edge.reshape(-1).astype(np.int64)
    bits = np.repeat(masks(reach), 2)
    both = ragged.distinct(node << 32 | bits)
    return both & (1 << 32) - 1, np.searchsorted(both >> 32, np.arange(len(reach.network.node_xy) + 1))


def plans(reach: Reach) -> dict[str, tuple[int, int]]:
    """Return by hazard which plan of a crossing's tables is its own, and the bits of the zone sets it avoids."""
    place = {key: number for number, key in enumerate(reach.found)}
    bit = {name: 1 << number for number, name in enumerate(reach.network.inside)}
    return {name: (place[key], sum(bit[zone] for zone in reach.hazards[name].avoid)) for name, key in reach.plan.items()}

