"""GP15: a shape should touch the area of the city."""

from __future__ import annotations

import shapely

from gispipe.checks.area import far_from_city, mostly_far
from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.words import Words

RULE = Rule(
    "GP15", "error",
    Words("a shape lies outside the area of the city", "市の範囲の外にある図形があります"),
    Words("correct the coordinates, widen bounds in city.toml, or accept it in the layer file", "座標を直すか、city.toml の bounds を広げるか、[accept] に書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    if subject.geometry is None or subject.delivered.crs is None or mostly_far(subject):
        return NOTHING
    outside, shapes = far_from_city(subject), subject.delivered.geometry
    return found(outside, lambda row: "x={:.6g}, y={:.6g}".format(*shapely.get_coordinates(shapes[row])[0]))


def _counterexample() -> Subject:
    near = [shapely.Point(-48000 + k, -135000) for k in range(9)]
    return subject(geometry=[*near, shapely.Point(0, 0)], kind="point")
