"""GP14: every coordinate must be a finite number."""

from __future__ import annotations

import shapely

from gispipe.checks.rule import Found, Rule, Subject, found, subject
from gispipe.words import Words

RULE = Rule(
    "GP14", "error",
    Words("a coordinate is not a finite number", "座標に数値でない値（NaN・無限大）があります"),
    Words("export the file again", "出力し直してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(), acceptable=False,
)


def _find(subject: Subject) -> Found:
    return found(~subject.finite)


def _counterexample() -> Subject:
    return subject(geometry=[shapely.Point(float("inf"), 0)], kind="point")
