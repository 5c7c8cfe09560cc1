"""Join by place: which area a feature is in, the worst class that reaches it, how many layers touch it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely

from gispipe.geometry import anchor, present, usable
from gispipe.joins.result import Joined
from gispipe.joins.zones import Zones, expose, ready_polygons

MakeReady = Callable[[np.ndarray, np.ndarray], Zones]
"""Takes shapes and their ranks and gives the polygons among them as zones."""


def _meeting(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return (2, k) index pairs that intersect. The side with more corners asks: a query geometry is prepared once, a tree's never."""
    left, right = np.where(present(left), left, None), np.where(present(right), right, None)
    if shapely.get_num_coordinates(right).sum() * len(left) > shapely.get_num_coordinates(left).sum() * len(right):
        return shapely.STRtree(left).query(right, predicate="intersects")[::-1]
    return shapely.STRtree(right).query(left, predicate="intersects")


def join_within(left: np.ndarray, right: np.ndarray, table: pd.DataFrame, taken: dict[str, str]) -> Joined:
    """Give every left feature the values of the area its anchor point is in.

    Where areas overlap the smallest one wins (ties: the first), and the number of such rows is reported.
    """
    points = anchor(left)
    areas, _ = usable(right)
    owner, area = _meeting(points, areas)
    order = np.lexsort((area, shapely.area(areas[area]), owner))
    owner, area = owner[order], area[order]
    first = np.unique(owner, return_index=True)[1]
    row = np.full(len(left), -1)
    row[owner[first]] = area[first]
    several = int(np.count_nonzero(np.bincount(owner, minlength=len(left)) > 1)) if len(owner) else 0
    return Joined(_take(table, row, taken), _counts(row) | {"in_several_areas": several})


def join_worst(left: np.ndarray, right: np.ndarray, table: pd.DataFrame, severity: np.ndarray, taken: dict[str, str], make_ready: MakeReady = ready_polygons) -> Joined:
    """Give every left feature the values of the worst right feature that reaches it; severity: (m,) larger is worse.

    What reaches what is decided as in every answer about hazards; of equally bad features the first counts.
    """
    rank = np.unique(severity, return_inverse=True)[1].ravel()
    worst = _worst(left, right, rank, make_ready)
    owner, other = _meeting(usable(left)[0], usable(right)[0])
    kept = rank[other] == worst[owner]
    order = np.lexsort((other[kept], owner[kept]))
    owner, other = owner[kept][order], other[kept][order]
    first = np.unique(owner, return_index=True)[1]
    row = np.full(len(left), -1)
    row[owner[first]] = other[first]
    return Joined(_take(table, row, taken), _counts(row))


def _worst(left: np.ndarray, right: np.ndarray, rank: np.ndarray, make_ready: MakeReady) -> np.ndarray:
    """Return (n,) the worst rank that reaches each feature, -1 for none; points and lines on the right reach what they touch."""
    worst = expose(left, make_ready(right, rank)).worst
    others = present(right) & (shapely.get_dimensions(right) != 2)
    if others.any():
        owner, other = _meeting(usable(left)[0], np.where(others, right, None))
        np.maximum.at(worst, owner, rank[other])
    return worst


def join_count(left: np.ndarray, rights: list[np.ndarray], names: list[str], make_ready: MakeReady = ready_polygons) -> Joined:
    """Count for every left feature how many of the right layers reach it."""
    total = np.zeros(len(left), dtype=np.int64)
    for right in rights:
        total += _worst(left, right, np.ones(len(right), np.int64), make_ready) >= 0
    columns = pd.DataFrame({name: pd.array(total, dtype="Int64") for name in names}, index=range(len(left)))
    return Joined(columns, {"left": len(left), "matched": int((total > 0).sum()), "unmatched": int((total == 0).sum()), "layers": len(rights)})


def join_nearest(left: np.ndarray, right: np.ndarray, table: pd.DataFrame, taken: dict[str, str]) -> Joined:
    """Give every left feature the values of the nearest right feature; `@distance` is metres in the plane (ties: the first)."""
    points = anchor(left)
    there = present(right)
    candidates = np.flatnonzero(there)
    row = np.full(len(left), -1)
    distance = np.full(len(left), np.nan)
    if len(candidates) and present(points).any():
        tree = shapely.STRtree(right[candidates])
        (owner, found), metres = tree.query_nearest(np.where(present(points), points, None), return_distance=True, all_matches=True)
        order = np.lexsort((found, owner))
        first = np.unique(owner[order], return_index=True)[1]
        chosen = order[first]
        row[owner[chosen]] = candidates[found[chosen]]
        distance[owner[chosen]] = metres[chosen]
    columns = _take(table, row, {new: old for new, old in taken.items() if not old.startswith("@")})
    for new, old in taken.items():
        if old == "@distance":
            columns[new] = pd.array(np.round(distance, 1), dtype="Float64")
    return Joined(columns[list(taken)], _counts(row))


def _take(table: pd.DataFrame, row: np.ndarray, taken: dict[str, str]) -> pd.DataFrame:
    """Take rows of a table by position; -1 gives missing values."""
    found = {new: table[old].array.take(row, allow_fill=True) for new, old in taken.items()}
    return pd.DataFrame(found, index=range(len(row)))


def _counts(row: np.ndarray) -> dict[str, int]:
    return {"left": len(row), "matched": int((row >= 0).sum()), "unmatched": int((row < 0).sum())}
