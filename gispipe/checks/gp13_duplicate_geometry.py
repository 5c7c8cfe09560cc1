"""GP13: a shape should not stand twice in a layer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.geometry import present
from gispipe.words import Words

RULE = Rule(
    "GP13", "warning",
    Words("the same shape stands more than once", "同じ図形が重複しています"),
    Words("check whether a row was delivered twice", "二重に納品された行がないか確認してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    shapes = subject.delivered.geometry
    if shapes is None:
        return NOTHING
    there = np.flatnonzero(present(shapes))
    codes, _ = pd.factorize(shapely.to_wkb(shapes[there]))
    first = np.unique(codes, return_index=True)[1][codes] if len(codes) else codes
    repeated = np.zeros(len(shapes), dtype=bool)
    repeated[there] = first != np.arange(len(there))
    original = dict(zip(there.tolist(), there[first].tolist(), strict=True))
    return found(repeated, lambda row: f"= {subject.delivered.place[original[row]]}")


def _counterexample() -> Subject:
    point = shapely.Point(-48000, -135000)
    return subject(geometry=[point, shapely.Point(-48001, -135000), point], kind="point")
