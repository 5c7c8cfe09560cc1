"""GP20: no single shape may be as large as a country; its tiles would be millions."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.geometry import single_parts
from gispipe.words import Words

MOST = 1.5e11
"""Square metres of the box round one part: fewer than a million tiles of the deepest zoom as far north as Hokkaido."""

RULE = Rule(
    "GP20", "error",
    Words("a shape is so large that it cannot be drawn: it reaches far beyond the city", "図形が大きすぎて地図にできません（市域をはるかに超えています）"),
    Words("cut the source to the city, or correct the coordinates", "市域で切り取るか、座標を直してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(), acceptable=False,
)


def _find(subject: Subject) -> Found:
    if subject.geometry is None or subject.delivered.crs is None or subject.layer.geometry == "point":
        return NOTHING
    parts, row = single_parts(subject.geometry)
    bounds = shapely.bounds(parts).reshape(-1, 4)
    whole = np.isfinite(bounds).all(axis=1)  # others are GP14's
    sides = np.where(whole[:, None], bounds, 0) @ _SIDES
    large = np.zeros(len(subject.geometry), bool)
    large[row[sides.prod(axis=1) > MOST]] = True
    return found(large, lambda k: "{:,.0f} km × {:,.0f} km".format(*sides[row == k].max(axis=0) / 1000))


_SIDES = np.array([[-1, 0], [0, -1], [1, 0], [0, 1]])
"""Bounds (west, south, east, north) times this: width and height."""


def _counterexample() -> Subject:
    return subject(geometry=[shapely.box(-48000, -135000, -47000, -134000), shapely.box(-1e6, -1e6, 1e6, 1e6)])
