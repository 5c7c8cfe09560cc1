"""Hazard zones made ready to be asked: mended where invalid, cut small, and every bit of ground in its worst zone once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.geometry import present, usable
from gispipe.joins.zones.disjoint import overlapping, set_apart
from gispipe.joins.zones.pieces import split


@dataclass(frozen=True)
class Zones:
    """whole: (p,) single polygons, mended; row, rank, group: (p,) the delivered row of each, its rank (larger is worse) and
    its river or slope. pieces: the same ground cut small, `of` which polygon. ground: pieces that do not overlap, with
    the worst rank at the place: ground_rank. own, own_rank, own_group: the same for each river or slope by itself.
    mended: how many rows had to be mended.
    """

    whole: np.ndarray
    row: np.ndarray
    rank: np.ndarray
    group: np.ndarray
    pieces: np.ndarray
    of: np.ndarray
    ground: np.ndarray
    ground_rank: np.ndarray
    own: np.ndarray
    own_rank: np.ndarray
    own_group: np.ndarray
    mended: int


def prepare(geometry: np.ndarray, rank: np.ndarray, group: np.ndarray | None = None) -> Zones:
    """Return zones ready for `expose`; geometry: (m,) polygons as delivered, rank: (m,) whole numbers, larger is worse.

    group: (m,) numbers of the river or slope; all one when absent. Rows without a shape take no part.
    """
    parts, row = shapely.get_parts(np.where(present(geometry), geometry, shapely.Polygon()), return_index=True)
    whole, broken = usable(parts)
    flat = shapely.get_dimensions(whole) == 2
    whole, row = whole[flat], row[flat]
    rank, pieces, part = np.asarray(rank)[row], *split(whole)
    groups = (np.zeros(len(geometry), np.int64) if group is None else np.asarray(group))[row]
    first, second = overlapping(pieces, part)
    ground, ground_rank, _ = set_apart(pieces, rank[part], np.zeros(len(pieces), np.int64), np.concatenate([first, second]))
    named = groups[part]
    same = named[first] == named[second]
    own, own_rank, own_group = set_apart(pieces, rank[part], named, np.concatenate([first[same], second[same]]))
    return Zones(whole, row, rank, groups, pieces, part, ground, ground_rank, own, own_rank, own_group, len(np.unique(row[broken[flat]])))
