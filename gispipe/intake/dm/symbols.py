"""Points and symbols with a direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from gispipe.intake.dm.chosen import Chosen
from gispipe.intake.dm.coordinates import anchors, paths
from gispipe.intake.dm.records import Records
from gispipe.intake.dm.sheet import Sheet


def symbols(records: Records, sheet: Sheet, chosen: Chosen, where: str) -> tuple[Chosen, np.ndarray, dict[str, np.ndarray]]:
    """Return points (E5) and symbols (E6): each pair of a symbol's coordinates is a place and a point it looks towards.

    An element with several pairs gives several rows of the same record. A symbol without a pair stands, without
    direction, where its header says.
    """
    turned = chosen.type == 6
    pairs = np.ones(len(chosen.at), dtype=np.int64)
    found = paths(records, sheet, chosen.at[turned], chosen.heads.take(turned), where)
    pairs[turned] = np.maximum(found.count // 2, 1)
    of = np.repeat(np.arange(len(pairs)), pairs)
    xy = anchors(sheet, chosen.at, chosen.heads, where)[of] if len(of) else np.empty((0, 2))
    angle = np.full(len(of), np.nan)
    within = np.arange(len(of)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    start = np.zeros(len(pairs), dtype=np.int64)
    start[turned] = found.start
    count = np.zeros(len(pairs), dtype=np.int64)
    count[turned] = found.count
    rows = np.flatnonzero(turned[of] & (count[of] >= 2))
    first = start[of[rows]] + 2 * within[rows]
    xy[rows] = found.xyz[first, :2]
    angle[rows] = directions(found.xyz[first, :2], found.xyz[first + 1, :2])
    more = replace(chosen, at=chosen.at[of], type=chosen.type[of], heads=chosen.heads.take(of), code=chosen.code[of], figure=chosen.figure[of])
    return more, shapely.points(xy) if len(xy) else np.empty(0, dtype=object), {"角度": angle}


def directions(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return degrees counter-clockwise from east, 0 ≤ angle < 360; NaN where both points are one."""
    step = there - here
    angle = np.degrees(np.arctan2(step[:, 1], step[:, 0])) % 360.0
    angle[(step == 0).all(axis=1)] = np.nan
    return np.round(angle, 6) % 360.0
