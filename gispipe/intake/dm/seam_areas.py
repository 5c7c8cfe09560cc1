"""Areas that the edge of a sheet cut in two."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.intake.delivered import Delivered
from gispipe.intake.dm.seam import Seams, Stitched, spot


def dissolve(geometry: np.ndarray, delivered: Delivered, seams: Seams) -> Stitched:
    """Dissolve pieces of different sheets that share a stretch of the sheets' edge and agree; nothing else is touched.

    Pieces that are no valid areas are left alone and counted.
    """
    done = Stitched.nothing(geometry)
    rows = _at_edge(geometry, seams)
    sound = shapely.is_valid(geometry[rows])
    done.left_alone = int((~sound).sum())
    rows = rows[sound]
    if not len(rows):
        return done
    pairs = _touching(geometry, rows, seams)
    met = set(pairs.ravel().tolist())
    done.loose = _loose(geometry, [row for row in rows.tolist() if row not in met], seams)
    for group in _groups(pairs):
        into = group[0]
        done.geometry[into] = shapely.union_all(geometry[group])
        done.into[group[1:]] = into
    return done


def _at_edge(geometry: np.ndarray, seams: Seams) -> np.ndarray:
    """Return the rows whose extent reaches the frame of their sheet."""
    rows = np.flatnonzero(shapely.get_type_id(geometry) == 3)
    gap = np.abs(shapely.bounds(geometry[rows]) - seams.corners[seams.sheet[rows]])
    return rows[(gap <= seams.tolerance).any(axis=1)]


def _touching(geometry: np.ndarray, rows: np.ndarray, seams: Seams) -> np.ndarray:
    """Return (pairs, 2) rows that share more than a point of the edge, or are the same area twice."""
    one, other = (rows[side] for side in shapely.STRtree(geometry[rows]).query(geometry[rows], predicate="intersects"))
    keep = (one < other) & (seams.same[one] == seams.same[other]) & (seams.sheet[one] != seams.sheet[other])
    one, other = one[keep], other[keep]
    shared = shapely.intersection(geometry[one], geometry[other])
    fits = (shapely.area(shared) == 0) & (shapely.length(shared) > seams.tolerance) | shapely.equals(geometry[one], geometry[other])
    return np.column_stack([one[fits], other[fits]])


def _loose(geometry: np.ndarray, rows: list[int], seams: Seams) -> list[tuple[int, str, str, str]]:
    """Return the areas cut off by the edge of a sheet behind which another sheet shows nothing of them.

    Cut off is an outline that runs along the edge; one that only touches it with a corner is not.
    """
    if not rows:
        return []
    reach = shapely.box(*(seams.corners + np.array([-1, -1, 1, 1]) * seams.exact).T)
    one, other = shapely.STRtree(reach).query(geometry[rows], predicate="intersects")
    sheet = seams.sheet[np.array(rows)[one]]
    beside = (other != sheet) & (seams.system[other] == seams.system[sheet])
    one, other, sheet = one[beside], other[beside], sheet[beside]
    along = shapely.intersection(shapely.boundary(geometry[np.array(rows)[one]]), reach[other])
    long = np.flatnonzero(shapely.length(along) > 4 * seams.tolerance)
    middle = shapely.get_coordinates(shapely.centroid(along[long]))
    return [(rows[one[k]], seams.ids[sheet[k]], seams.ids[other[k]], spot(xy)) for k, xy in zip(long.tolist(), middle, strict=True)]


def _groups(pairs: np.ndarray) -> list[list[int]]:
    """Return the connected sets of rows, each in order."""
    leader: dict[int, int] = {}

    def lead(row: int) -> int:
        while leader.setdefault(row, row) != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    for one, other in pairs.tolist():
        low, high = sorted((lead(one), lead(other)))
        leader[high] = low
    groups: dict[int, list[int]] = {}
    for row in sorted(leader):
        groups.setdefault(lead(row), []).append(row)
    return list(groups.values())
