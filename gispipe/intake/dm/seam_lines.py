"""Lines that go on in the next sheet."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.intake.delivered import Delivered
from gispipe.intake.dm.seam import Seams, Stitched, spot

_TURN = 90.0
"""Degrees a line may turn where it passes an edge; ends that turn more are two lines."""


def join(geometry: np.ndarray, delivered: Delivered, seams: Seams) -> Stitched:
    """Join lines end to end across edges; of several candidates the nearest, then the straightest, goes on.

    Where drawing direction carries meaning (slopes, displaced lines) only an end and a beginning meet.
    """
    done = Stitched.nothing(geometry)
    rows = np.flatnonzero((shapely.get_type_id(geometry) == 1) & ~shapely.is_closed(geometry))
    ends = _ends(geometry[rows])
    sheet = np.repeat(seams.sheet[rows], 2)
    at = np.flatnonzero(seams.at_edge(ends[:, :2], sheet, seams.tolerance))
    if not len(at):
        return done
    other = seams.neighbour(ends[at, :2], sheet[at])
    at, other = at[other >= 0], other[other >= 0]
    partner = _pairs(ends, at, sheet, np.repeat(seams.same[rows], 2), _directed(delivered, rows), seams.tolerance)
    cut = seams.at_edge(ends[at, :2], sheet[at], seams.exact)
    for end, beyond in zip(at[cut].tolist(), other[cut].tolist(), strict=True):
        if end not in partner:
            done.loose.append((int(rows[end // 2]), seams.ids[sheet[end]], seams.ids[beyond], spot(ends[end])))
    for chain in _chains(partner):
        _weld(done, rows, chain, closed=partner.get(chain[0]) == chain[-1] ^ 1)
    return done


def _ends(lines: np.ndarray) -> np.ndarray:
    """Return (2 n, 4): for the beginning and the end of each line its position and the unit vector out of the line."""
    first, second = shapely.get_point(lines, 0), shapely.get_point(lines, 1)
    last, before = shapely.get_point(lines, -1), shapely.get_point(lines, -2)
    out = np.empty((2 * len(lines), 4))
    for k, (tip, inner) in enumerate(((first, second), (last, before))):
        here, away = shapely.get_coordinates(tip), shapely.get_coordinates(tip) - shapely.get_coordinates(inner)
        out[k::2, :2] = here
        out[k::2, 2:] = away / np.maximum(np.hypot(*away.T), 1e-12)[:, None]
    return out


def _directed(delivered: Delivered, rows: np.ndarray) -> np.ndarray:
    """Tell which ends belong to lines whose direction means something."""
    slope = np.array([*(group == "法面・構囲" for group in delivered.distinct("グループ")[1]), False])[delivered.distinct("グループ")[0]]
    moved = np.array([*(shift != 0 for shift in delivered.distinct("転位区分")[1]), False])[delivered.distinct("転位区分")[0]]
    return np.repeat((slope | moved)[rows], 2)


def _pairs(ends: np.ndarray, at: np.ndarray, sheet: np.ndarray, same: np.ndarray, directed: np.ndarray, tolerance: float) -> dict[int, int]:
    """Return end → the end it goes on with, both ways."""
    points = shapely.points(ends[at, :2])
    one, other = (at[side] for side in shapely.STRtree(points).query(points, predicate="dwithin", distance=tolerance))
    keep = (one < other) & (same[one] == same[other]) & (sheet[one] != sheet[other]) & ~(directed[one] & (one % 2 == other % 2))
    one, other = one[keep], other[keep]
    turn = np.degrees(np.arccos(np.clip(-(ends[one, 2:] * ends[other, 2:]).sum(axis=1), -1, 1)))
    far = np.hypot(*(ends[one, :2] - ends[other, :2]).T)
    partner: dict[int, int] = {}
    for k in np.lexsort((other, one, turn, np.round(far, 3))).tolist():
        a, b = int(one[k]), int(other[k])
        if turn[k] <= _TURN and a not in partner and b not in partner:
            partner[a], partner[b] = b, a
    return partner


def _chains(partner: dict[int, int]) -> list[list[int]]:
    """Return chains of lines as the ends at which each is entered; rings begin anywhere."""
    chains: list[list[int]] = []
    seen: set[int] = set()
    starts = [end ^ 1 for end in sorted(partner) if end ^ 1 not in partner]
    for start in (*starts, *sorted(partner)):
        if start // 2 in seen:
            continue
        chain: list[int] = []
        here: int | None = start
        while here is not None and here // 2 not in seen:
            seen.add(here // 2)
            chain.append(here)
            here = partner.get(here ^ 1)
        chains.append(chain)
    return chains


def _weld(done: Stitched, rows: np.ndarray, chain: list[int], closed: bool) -> None:
    lines = [done.geometry[rows[end // 2]] for end in chain]
    solid = all(shapely.has_z(line) for line in lines)
    points = [shapely.get_coordinates(line, include_z=solid)[::-1 if end % 2 else 1] for line, end in zip(lines, chain, strict=True)]
    whole = np.concatenate(points)
    again = np.append(False, (whole[1:, :2] == whole[:-1, :2]).all(axis=1))
    tips = np.zeros(len(whole), dtype=bool)
    tips[np.cumsum([len(part) for part in points])[:-1]] = True
    whole = whole[~(again & tips)]
    if closed and (whole[0, :2] != whole[-1, :2]).any():
        whole = np.vstack([whole, whole[:1]])
    members = [int(rows[end // 2]) for end in chain]
    into = min(members)
    done.geometry[into] = shapely.linestrings(whole)
    done.into[[row for row in members if row != into]] = into
