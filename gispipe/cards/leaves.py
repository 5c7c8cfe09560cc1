"""The files of the squares: everything that a place in a square is answered from, in words, without another file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.cards.grid import Grid, Things
from gispipe.cards.layers import Told
from gispipe.cards.texts import lengths, together
from gispipe.cards.walks import Crossings

BORDER = 1.0
"""Metres around a square in which every border is told as it is."""
BESIDE = 60.0
"""Metres around a road within which a square will mostly need it: for the size of its file alone."""


@dataclass(frozen=True)
class Roads:
    """Edges as text (k,) with their crossings (k, 2) and boxes (k, 4) metres from the origin, and what is known at the crossings."""

    edge: pa.LargeStringArray
    ends: np.ndarray
    box: np.ndarray
    crossings: Crossings

    @property
    def things(self) -> Things:
        of_crossings = lengths(self.crossings.text) + 1
        share = np.maximum(np.bincount(self.ends.reshape(-1), minlength=len(of_crossings)), 1)
        size = lengths(self.edge) + 1 + (of_crossings / share)[self.ends].sum(axis=1)
        return Things(self.box + np.array([-BESIDE, -BESIDE, BESIDE, BESIDE]), size)


@dataclass(frozen=True)
class Ground:
    """Everything that the files of the squares tell: things of each kind, holders and entries layer by layer, texts of areas by number."""

    zones: Told
    surveyed: Told
    limits: Told
    areas: Told
    area_texts: list[str]
    holders: list[Told]
    entries: list[Told]

    @property
    def things(self) -> list[Things]:
        return [one.things for one in (self.zones, self.surveyed, self.limits, self.areas, *self.holders, *self.entries)]


def leaf_texts(ground: Ground, grid: Grid) -> Iterator[bytes | None]:
    """Yield the content of the file of every leaf, in their order; None for one with nothing in it."""
    plain = [_texts(one, grid)[0] for one in (ground.zones, ground.surveyed, ground.limits)]
    areas, area_pairs = _texts(ground.areas, grid)
    named = _area_names(ground, area_pairs, len(grid.leaves))
    holders = [_with_kinds(one, grid) for one in ground.holders]
    entries = [_with_kinds(one, grid) for one in ground.entries]
    places = _places(grid)
    for leaf, (zones, surveyed, limits) in enumerate(zip(*plain, strict=True)):
        layers = [one[leaf] for one in (*holders, *entries)]
        if not (zones or surveyed or limits or areas[leaf] or any(text for text, _ in layers)):
            yield None
            continue
        held, asked = (",".join(f'{{"told":[{text}],"kinds":[{kind}]}}' for text, kind in some) for some in (layers[:len(holders)], layers[len(holders):]))
        yield (f'{{"at":{places[leaf]},"zones":[{zones}],"surveyed":[{surveyed}],"limits":[{limits}],"areas":[{areas[leaf]}],'
               f'"named":[{named[leaf]}],"holders":[{held}],"entries":[{asked}]}}\n').encode()


Pairs = tuple[np.ndarray, np.ndarray]


def _texts(told: Told, grid: Grid) -> tuple[list[str], Pairs]:
    """Return of every leaf the texts of the things that meet it, and the pairs of leaf and thing."""
    leaf, thing = grid.meeting(told.things.wide)
    texts = told.text.take(pa.array(thing))
    if told.shape is not None:
        square = np.concatenate([grid.west_south, grid.west_south + grid.side[:, None]], axis=1) + np.array([-BORDER, -BORDER, BORDER, BORDER])
        over = (told.box[thing, :2] < square[leaf, :2]).any(axis=1) | (told.box[thing, 2:] > square[leaf, 2:]).any(axis=1)
        texts = pa.concat_arrays([texts, told.around(thing[over], square[leaf[over]])])
        place = np.arange(len(thing))
        place[over] = len(thing) + np.arange(int(over.sum()))
        texts = texts.take(pa.array(place))
    return together(texts, np.searchsorted(leaf, np.arange(len(grid.leaves) + 1))).to_pylist(), (leaf, thing)


def _joined(texts: pa.LargeStringArray, leaf: np.ndarray, which: np.ndarray, leaves: int) -> list[str]:
    start = np.searchsorted(leaf, np.arange(leaves + 1))
    return together(texts.take(pa.array(which)), start).to_pylist()  # type: ignore[no-any-return]


def _with_kinds(told: Told, grid: Grid) -> list[tuple[str, str]]:
    """Return of every leaf the texts of the things that meet it, and the kinds they point at."""
    assert told.kind is not None and told.kinds is not None
    texts, (leaf, thing) = _texts(told, grid)
    return list(zip(texts, _kinds(told.kinds, leaf, told.kind[thing], len(grid.leaves)), strict=True))


def _kinds(kinds: pa.LargeStringArray, leaf: np.ndarray, kind: np.ndarray, leaves: int) -> list[str]:
    """Return of every leaf the kinds that are pointed at, each behind its number."""
    pairs = ragged.distinct(leaf << 32 | kind)
    members = [f"[{number},{text}]" for number, text in enumerate(kinds.to_pylist())]
    ends = np.searchsorted(pairs >> 32, np.arange(leaves + 1)).tolist()
    wanted = (pairs & (1 << 32) - 1).tolist()
    return [",".join([members[number] for number in wanted[low:high]]) for low, high in pairwise(ends)]


def _area_names(ground: Ground, pairs: Pairs, leaves: int) -> list[str]:
    number = ground.areas.row
    listed = ragged.distinct(pairs[0] << 32 | number[pairs[1]])
    ends = np.searchsorted(listed >> 32, np.arange(leaves + 1)).tolist()
    wanted = (listed & (1 << 32) - 1).tolist()
    return [",".join([f"[{one},{ground.area_texts[one]}]" for one in wanted[low:high]]) for low, high in pairwise(ends)]


def road_texts(roads: Roads, grid: Grid, side: float, near: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Iterator[bytes | None]:
    """Yield the content of the file of roads of every leaf, in their order: its crossings, their kinds and its edges; None for one without.

    near: which edges squares of a side (metres) need: column, line and edge (p,).
    """
    column, line, edge = near
    middle = np.stack([column, line, column, line], axis=1) * side + side / 2
    leaf, pair = grid.meeting(middle)
    both = ragged.distinct(leaf << 32 | edge[pair])
    leaf, edge = both >> 32, both & (1 << 32) - 1
    edges = _joined(roads.edge, leaf, edge, len(grid.leaves))
    both = ragged.distinct(np.repeat(leaf, 2) << 32 | roads.ends[edge].reshape(-1))
    leaf, node = both >> 32, both & (1 << 32) - 1
    nodes = _joined(roads.crossings.text, leaf, node, len(grid.leaves))
    kinds = _kinds(roads.crossings.kinds, leaf, roads.crossings.kind[node], len(grid.leaves))
    for at, node_text, kind_text, edge_text in zip(_places(grid), nodes, kinds, edges, strict=True):
        yield f'{{"at":{at},"nodes":[{node_text}],"kinds":[{kind_text}],"edges":[{edge_text}]}}\n'.encode() if edge_text else None


def _places(grid: Grid) -> list[str]:
    """Return of every leaf west, south and side in metres from the origin, as JSON."""
    return [f"[{west:.0f},{south:.0f},{side:.0f}]" for (west, south), side in zip(grid.west_south.tolist(), grid.side.tolist(), strict=True)]


def homes(told: Told, grid: Grid, rows: int) -> np.ndarray:
    """Return (rows,) a leaf that tells of each row, -1 for none."""
    leaf, thing = grid.meeting(told.things.wide)
    home = np.full(rows, -1, np.int64)
    home[told.row[thing[::-1]]] = leaf[::-1]
    return home
