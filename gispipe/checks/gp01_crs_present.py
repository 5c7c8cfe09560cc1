"""GP01: a layer with shapes must have a coordinate reference system."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, subject
from gispipe.words import Words

RULE = Rule(
    "GP01", "error",
    Words("the coordinate system is neither in the file nor declared", "座標系がファイルにもレイヤーにもありません"),
    Words("write crs = \"EPSG:…\" in [source] after asking who made the file", "作成者に確かめて [source] に crs = \"EPSG:…\" を書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(), exit_status=23, acceptable=False,
)


def _find(subject: Subject) -> Found:
    if subject.delivered.geometry is None or subject.delivered.crs is not None:
        return NOTHING
    return Found(np.array([-1]), [""])


def _counterexample() -> Subject:
    return subject(geometry=[shapely.box(0, 0, 10, 10)], crs=None)
