"""Hazard zones made ready to be asked: mended where invalid, cut small, and every bit of ground in its worst zone once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from gispipe.geometry import single_parts, usable
from gispipe.joins.zones.disjoint import Left, Stays, overlapping, ranked, set_apart
from gispipe.joins.zones.edges import Edges, edges_of
from gispipe.joins.zones.pieces import split


@dataclass(frozen=True)
class Ground:
    """Small polygons that do not overlap, and of each a number (its rank, or its group and rank) and the piece it is left of, ascending.

    alike: (s,) the number, by group and rank, of a polygon that is the ground of its own group too, -1 of others; None where nobody asks by group.
    """

    shapes: np.ndarray
    value: np.ndarray
    of: np.ndarray
    alike: np.ndarray | None = None

    @cached_property
    def edges(self) -> Edges:
        return edges_of(self.shapes)

    def near(self, boxes: np.ndarray) -> Ground:
        """Return the polygons that one of some boxes (k, 4) may touch."""
        kept = _near(self._tree, len(self.shapes), boxes)
        return Ground(self.shapes[kept], self.value[kept], self.of[kept], self.alike[kept] if self.alike is not None else None)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)


@dataclass(frozen=True)
class Zones:
    """Hazard zones cut small. pieces, rank, group: (p,) shapes, how bad (larger is worse), and river or slope.

    ground: the same without overlap, at the worst rank of each place; own: the same for each river or slope by itself,
    valued group × PACK + rank, as far as it is not what `ground` has (there: alike), None when there is only one. pairs: (k, 2) pieces that share
    ground. Of zones near something `of` and pairs still count the pieces of them all.
    """

    pieces: np.ndarray
    rank: np.ndarray
    group: np.ndarray
    ground: Ground
    own: Ground | None
    pairs: np.ndarray

    def near(self, boxes: np.ndarray) -> Zones:
        """Return the zones for features in some boxes (k, 4): of these alone they say what all zones say; rows of NaN stand for no feature."""
        boxes = boxes[~np.isnan(boxes[:, 0])]
        kept = _near(self._tree, len(self.pieces), boxes)
        return Zones(self.pieces[kept], self.rank[kept], self.group[kept], self.ground.near(boxes), self.own.near(boxes) if self.own is not None else None, self.pairs)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.pieces)


def _near(tree: shapely.STRtree, count: int, boxes: np.ndarray) -> np.ndarray:
    """Return (n,) mask of what a tree has near boxes (k, 4)."""
    found = np.zeros(count, dtype=bool)
    found[tree.query(shapely.box(*boxes.T))[1]] = True
    return found


PACK = 1 << 20
"""More ranks than any style has classes."""


def prepare(geometry: np.ndarray, rank: np.ndarray, group: np.ndarray | None = None) -> Zones:
    """Return zones ready for `expose`; geometry: (m,) polygons as delivered, rank: (m,) whole numbers, larger is worse.

    group: (m,) numbers of the river or slope; all one when absent. Rows without a shape take no part.
    """
    pieces, row, _ = cut(geometry)
    flat = shapely.get_dimensions(pieces) == 2
    pieces, row = pieces[flat], row[flat]
    return zones_from(pieces, np.asarray(rank)[row], (np.zeros(len(geometry), np.int64) if group is None else np.asarray(group))[row])


def cut(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return valid small shapes, the row of each (ascending), and the rows that had to be mended; geometry: (m,) as delivered.

    Parts are mended one by one: parts that lie over each other are set apart later like any zones that do. What becomes of a row hangs on no other.
    """
    parts, row = single_parts(geometry)
    whole, broken = usable(parts)
    pieces, of = split(whole)
    return pieces, row[of], np.unique(row[broken])


@dataclass(frozen=True)
class Before:
    """What is known of zones of another time (as of `Zones`), and which of the pieces now are of them, with the same rank and a group of the same name."""

    rank: np.ndarray
    group: np.ndarray
    ground: Ground
    own: Ground | None
    pairs: np.ndarray
    stays: Stays


def zones_from(pieces: np.ndarray, rank: np.ndarray, group: np.ndarray, before: Before | None = None) -> Zones:
    """Return zones from small valid polygons, (p,), their ranks and their groups; before: zones to take over what is left where nothing changed, the same bits."""
    stays = before.stays if before is not None else None
    pairs = overlapping(pieces, stays, before.pairs if before is not None else None)
    shapes, of = set_apart(pieces, rank, pairs, stays, Left(before.pairs, before.rank, before.ground.shapes, before.ground.of) if before is not None else None)
    if len(np.unique(group)) <= 1:
        return Zones(pieces, rank, group, Ground(shapes, rank[of], of), None, pairs)
    number, differs = group * PACK + rank, _gives_to_others(pairs, rank, group)
    left = None
    if before is not None and before.own is not None:
        left = Left(_alone(before.pairs, before.group), before.rank, before.own.shapes, before.own.of, _gives_to_others(before.pairs, before.rank, before.group))
    alone, of_own = set_apart(pieces, rank, _alone(pairs, group), stays, left, differs)
    return Zones(pieces, rank, group, Ground(shapes, rank[of], of, np.where(differs[of], -1, number[of])), Ground(alone, number[of_own], of_own), pairs)


def _gives_to_others(pairs: np.ndarray, rank: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return (p,) mask of the pieces that lose ground to one of another group: only of these something else is left within their own."""
    across = pairs[group[pairs[:, 0]] != group[pairs[:, 1]]]
    found = np.zeros(len(rank), bool)
    found[ranked(across, rank)[0]] = True
    return found


def _alone(pairs: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the pairs of one group."""
    return pairs[group[pairs[:, 0]] == group[pairs[:, 1]]]
