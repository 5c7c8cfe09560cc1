"""GP02: with the right coordinate reference system at least half of the shapes lie in the city."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.checks.area import far_from_city, mostly_far
from gispipe.checks.rule import NOTHING, Found, Rule, Subject, subject
from gispipe.geometry import present
from gispipe.words import Words

RULE = Rule(
    "GP02", "error",
    Words("with this coordinate system most of the layer lies far from the city", "この座標系では、図形の大半が市域から遠く離れます"),
    Words("check the CRS, its zone and the order of the coordinates", "座標系・系番号・座標の順序を確認してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(), exit_status=23,
)


def _find(subject: Subject) -> Found:
    if subject.geometry is None or subject.delivered.geometry is None or subject.delivered.crs is None or not mostly_far(subject):
        return NOTHING
    there = present(subject.delivered.geometry)
    outside = far_from_city(subject)
    x, y = shapely.get_coordinates(subject.delivered.geometry[np.flatnonzero(outside)[0]])[0]
    return Found(np.array([-1]), [f"{subject.delivered.crs}: {np.count_nonzero(outside)} / {np.count_nonzero(there)} (x={x:.1f}, y={y:.1f})"])


def _counterexample() -> Subject:
    return subject(geometry=[shapely.Point(0, 0), shapely.Point(100, 0)], kind="point")
