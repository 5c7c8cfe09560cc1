"""GP19: drawings in a local system of coordinates (任意座標系) are counted and never put on a map."""

from __future__ import annotations

import shapely

from gispipe.checks.rule import UNPLACED, Found, Rule, Subject, found, subject, unplaced
from gispipe.words import Words

RULE = Rule(
    "GP19", "warning",
    Words("the drawing has no known place on earth (local coordinates); it is in the table, not on the map", "任意座標系の図面のため、表にはありますが地図には描きません"),
    Words("tell the readers of the map how much of the city it covers", "地図の利用者に、描いている範囲を説明してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return found(unplaced(subject))


def _counterexample() -> Subject:
    return subject(rows={UNPLACED: [False, True]}, geometry=[shapely.box(-48000, -135000, -47990, -134990), None])
