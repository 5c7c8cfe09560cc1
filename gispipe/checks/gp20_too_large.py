"""GP20: no single shape may be as large as a country; its tiles would be millions."""

from __future__ import annotations

import math

import numpy as np
import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.crs import is_geographic
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
    if subject.geometry is None or subject.delivered.geometry is None or subject.delivered.crs is None or subject.layer.geometry == "point":
        return NOTHING
    sides = _largest(subject.geometry, 1.0)
    if is_geographic(subject.delivered.crs):  # what lies far outside its zone may have any place in the plane
        stated = _largest(subject.delivered.geometry, _DEGREE * math.cos(math.radians(subject.city.bounds[3])))
        sides = np.where((stated.prod(axis=1) > sides.prod(axis=1))[:, None], stated, sides)
    return found(sides.prod(axis=1) > MOST, lambda k: "{:,.0f} km × {:,.0f} km".format(*sides[k] / 1000))


_DEGREE = 111_195.0
"""Metres to a degree of latitude on a sphere of the earth's mean radius."""


def _largest(geometry: np.ndarray, unit: float) -> np.ndarray:
    """Return width and height in metres (n, 2) of the part of each shape whose box is largest; 0 where a coordinate is no number (GP14's)."""
    parts, row = single_parts(geometry)
    bounds = shapely.bounds(parts).reshape(-1, 4)
    sides = np.where(np.isfinite(bounds).all(axis=1)[:, None], bounds[:, 2:] - bounds[:, :2], 0.0) * unit
    out = np.zeros((len(geometry), 2))
    order = np.argsort(sides.prod(axis=1), kind="stable")
    out[row[order]] = sides[order]
    return out


def _counterexample() -> Subject:
    return subject(geometry=[shapely.box(-48000, -135000, -47000, -134000), shapely.box(-1e6, -1e6, 1e6, 1e6)])
