"""GP12: a shape must be valid by the OGC rules."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.geometry import present, valid
from gispipe.words import Words

RULE = Rule(
    "GP12", "error",
    Words("a shape is invalid (it crosses itself or its rings are wrong)", "図形が不正です（自己交差など）"),
    Words("mend it in the source, or accept it: it is then stored as delivered and drawn from a mended copy", "元データを直すか、[accept] に書いてください（保存は受領のまま、描画は補正した写しを使います）"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    shapes = subject.delivered.geometry
    if shapes is None:
        return NOTHING
    broken = present(shapes) & subject.finite & ~valid(shapes)
    reasons = dict(zip(np.flatnonzero(broken).tolist(), shapely.is_valid_reason(shapes[broken]), strict=True))
    return found(broken, lambda row: str(reasons[row]))


def _counterexample() -> Subject:
    x, y = -48000, -135000
    return subject(geometry=[shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])])
