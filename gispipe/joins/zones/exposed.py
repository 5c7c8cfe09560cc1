"""Which zones reach a feature, how much of it, and the worst of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.joins.zones.edges import Edges, edges_of
from gispipe.joins.zones.prepared import PACK, Ground, Zones, cut
from gispipe.joins.zones.shared import shared_area

SLIVER = 0.1
"""m²: ground shared with a zone up to this is a drawing difference, not a reach. Of features smaller than twice that, half."""


@dataclass(frozen=True)
class Exposed:
    """Long arrays, sorted by owner and from the worst rank down: feature, rank, and its area in m² at that rank.

    area: ground counted once, under its worst rank; 0 for points and lines. worst: (n,) the worst rank that reaches each
    feature, `NONE` where none does. group_owner, group, group_rank: the worst rank by river or slope. sliver: features,
    ascending, that share no more than the tolerance with any zone.
    """

    owner: np.ndarray
    rank: np.ndarray
    area: np.ndarray
    worst: np.ndarray
    group_owner: np.ndarray
    group: np.ndarray
    group_rank: np.ndarray
    sliver: np.ndarray


NONE = -1


@dataclass(frozen=True)
class Subjects:
    """Features made ready to be asked for many hazards: n of them; parts, of: areas cut small; other, of_other: points and lines."""

    n: int
    size: np.ndarray
    parts: np.ndarray
    of: np.ndarray
    edges: Edges
    tree: shapely.STRtree
    other: np.ndarray
    of_other: np.ndarray


def ready(subjects: np.ndarray) -> Subjects:
    """Return features, shape (n,), ready for `expose`; invalid areas are mended, rows without a shape are never reached."""
    return ready_from(*cut(subjects)[:2], len(subjects))


def ready_from(pieces: np.ndarray, row: np.ndarray, n: int) -> Subjects:
    """Return n features ready for `expose` from their small valid pieces and the row of each piece."""
    areal = shapely.get_dimensions(pieces) == 2
    size = np.bincount(row[areal], shapely.area(pieces[areal]), minlength=n)
    return Subjects(n, size, pieces[areal], row[areal], edges_of(pieces[areal]), shapely.STRtree(pieces[areal]), pieces[~areal], row[~areal])


def expose(subjects: np.ndarray | Subjects, zones: Zones, sliver: float = SLIVER) -> Exposed:
    """Return what zones reach each of the features, shape (n,), in the same plane system as the zones.

    Areas are reached when more than `sliver` m² of them (half, for tiny ones) has that rank or a worse one; points and
    lines when they touch a zone or its edge.
    """
    asked = subjects if isinstance(subjects, Subjects) else ready(subjects)
    a = _areas(asked, zones, sliver)
    b = _touches(asked, zones)
    owner, rank, area = (np.concatenate(parts) for parts in zip(a[:3], b[:3], strict=True))
    order = np.lexsort((-rank, owner))
    owner, rank, area = owner[order], rank[order], area[order]
    worst = np.full(asked.n, NONE)
    worst[owner[::-1]] = rank[::-1]  # the first of each owner is the worst and is written last
    group = np.concatenate([np.column_stack(a[3]), np.column_stack(b[3])])
    group = group[np.lexsort((group[:, 1], -group[:, 2], group[:, 0]))]
    return Exposed(owner, rank, area, worst, group[:, 0], group[:, 1], group[:, 2], a[4])


Groups = tuple[np.ndarray, np.ndarray, np.ndarray]


def _areas(subjects: Subjects, zones: Zones, sliver: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, Groups, np.ndarray]:
    met = _met(subjects, zones.ground)
    owner, number, area = _summed(subjects, zones.ground.value, *met)
    least = np.minimum(sliver, subjects.size / 2)
    reached = _reached(owner, area, least)
    slivers = np.setdiff1d(owner[area > NEGLIGIBLE], owner[reached])
    if zones.own is None:
        first = _first(owner[reached])
        groups = owner[reached][first], np.zeros(len(first), int) + (zones.group[0] if len(zones.group) else 0), number[reached][first]
    else:
        groups = _worst_by_group(*_by_group(subjects, zones.ground, zones.own, met), least)
    return owner[reached], number[reached], area[reached], groups, slivers


Met = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Polygons of some ground and parts of features whose boxes touch (by number, in this order), and the area (m²) that each pair shares."""


def _met(subjects: Subjects, ground: Ground) -> Met:
    if not len(subjects.parts) or not len(ground.shapes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    piece, part = subjects.tree.query(ground.shapes)
    order = np.lexsort((part, piece))  # a sum is the same whoever else is asked
    piece, part = piece[order], part[order]
    return piece, part, _either_way(subjects.edges, ground.edges, part, piece)


def _by_group(subjects: Subjects, ground: Ground, own: Ground, met: Met) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what `_summed` does of the ground of each group by itself: as it was met already where it is no other, and of the rest."""
    assert ground.alike is not None
    piece, part, area = met
    known = np.flatnonzero(ground.alike[piece] >= 0)
    piece, part, area = piece[known], part[known], area[known]
    if not len(own.shapes):
        return _summed(subjects, ground.alike, piece, part, area)
    more = _met(subjects, own)
    order = np.lexsort((np.append(part, more[1]), np.append(piece, more[0]), np.append(ground.of[piece], own.of[more[0]])))  # as if all had been asked together
    return _summed(subjects, np.append(ground.alike, own.value), *(np.append(one, other)[order] for one, other in zip((piece, part, area), (more[0] + len(ground.shapes), *more[1:]), strict=True)))


def _summed(subjects: Subjects, value: np.ndarray, piece: np.ndarray, part: np.ndarray, area: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return feature, value and area (m²), one row for each feature and value, features ascending, the largest value first."""
    if not len(piece):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    top = int(value.max())
    key = subjects.of[part].astype(np.int64) * (top + 1) + (top - value[piece])
    rows, where = np.unique(key, return_inverse=True)
    owner, down = np.divmod(rows, top + 1)
    return owner, top - down, np.bincount(where, area, minlength=len(rows))


def _either_way(parts: Edges, ground: Edges, part: np.ndarray, piece: np.ndarray) -> np.ndarray:
    """Return the shared areas, asking of each pair the smaller one: its box leaves few edges of the other."""
    smaller = _extent(parts.box)[part] <= _extent(ground.box)[piece]
    area = np.zeros(len(part))
    area[smaller] = shared_area(parts, ground, part[smaller], piece[smaller])
    area[~smaller] = shared_area(ground, parts, piece[~smaller], part[~smaller])
    return area


def _extent(box: np.ndarray) -> np.ndarray:
    return (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])


def _reached(owner: np.ndarray, area: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Return the rows (sorted by owner, worst first) that count: together with all worse ground more than the tolerance."""
    if not len(owner):
        return np.zeros(0, bool)
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    nth = np.arange(len(owner)) - np.repeat(first, np.diff(np.append(first, len(owner))))
    total = area.copy()
    for turn in range(1, int(nth.max()) + 1):  # added up for each owner by itself: a sum is the same whoever else is asked
        now = np.flatnonzero(nth == turn)
        total[now] += total[now - 1]
    return (total > least[owner]) & (area > NEGLIGIBLE)


NEGLIGIBLE = 1e-7
"""m²: what arithmetic leaves where a feature only touches a zone."""


def _worst_by_group(owner: np.ndarray, packed: np.ndarray, area: np.ndarray, least: np.ndarray) -> Groups:
    group, rank = np.divmod(packed, PACK)
    order = np.lexsort((-rank, group, owner))
    owner, group, rank, area = owner[order], group[order], rank[order], area[order]
    pair = np.unique(np.column_stack([owner, group]), axis=0, return_inverse=True)[1].ravel()
    kept = _reached(pair, area, least[owner][_first(pair)] if len(pair) else least)
    first = _first(pair[kept])
    return owner[kept][first], group[kept][first], rank[kept][first]


def _touches(subjects: Subjects, zones: Zones) -> tuple[np.ndarray, np.ndarray, np.ndarray, Groups]:
    """Ask points and lines; an edge belongs to the zone."""
    zone, other = shapely.STRtree(subjects.other).query(zones.pieces, predicate="intersects")
    owner = subjects.of_other[other]
    rows = np.unique(np.column_stack([owner, -zones.rank[zone]]), axis=0)
    groups = np.unique(np.column_stack([owner, zones.group[zone], -zones.rank[zone]]), axis=0)
    groups = groups[_first_rows(groups[:, :2])]
    return rows[:, 0], -rows[:, 1], np.zeros(len(rows)), (groups[:, 0], groups[:, 1], -groups[:, 2])


def _first(sorted_values: np.ndarray) -> np.ndarray:
    """Return where each distinct value of a sorted array comes first."""
    return np.flatnonzero(np.append(True, sorted_values[1:] != sorted_values[:-1])) if len(sorted_values) else np.zeros(0, int)


def _first_rows(rows: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.append(True, (rows[1:] != rows[:-1]).any(axis=1))) if len(rows) else np.zeros(0, int)
