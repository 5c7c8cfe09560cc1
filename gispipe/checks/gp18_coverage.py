"""GP18: areas that the layer says share their borders must neither overlap nor miss each other."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.geometry import present
from gispipe.words import Words

RULE = Rule(
    "GP18", "error",
    Words("an area overlaps its neighbour or does not share its border", "隣の区画と重なっているか、境界線が一致していません"),
    Words("ask for a corrected delivery, or accept the number in the layer file", "修正版を受け取るか、件数を確かめてレイヤーファイルで了承してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    shapes = subject.geometry
    if shapes is None or not subject.layer.coverage:
        return NOTHING
    usable = present(shapes) & (shapely.get_dimensions(shapes) == 2) & shapely.is_valid(shapes)
    rows = np.flatnonzero(usable)
    broken = shapely.length(shapely.coverage_invalid_edges(shapes[rows])) > 0
    mask = np.zeros(len(shapes), dtype=bool)
    mask[rows[broken]] = True
    return found(mask)


def _counterexample() -> Subject:
    lots = [shapely.box(x, -135000, x + 11, -134990) for x in (-48000, -47990)]
    return subject(geometry=lots, coverage=True)
