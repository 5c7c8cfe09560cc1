"""GP35: every value that occurs must have a class in the style."""

from __future__ import annotations

import numpy as np

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.model import Column, Style
from gispipe.style_classes import classified
from gispipe.words import Words

RULE = Rule(
    "GP35", "error",
    Words("the style has no class for a value that occurs", "スタイルに分類のない値があります"),
    Words("add a [[class]] for it to the style, or [other] if that is meant", "スタイルに [[class]] を足すか、意図したものなら [other] を書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    style = subject.style
    if style is None or style.by is None or style.other is not None or style.by not in subject.table.columns:
        return NOTHING
    values = subject.table[style.by]
    known = classified(values, style)
    misfit = subject.misfits.get(style.by, np.zeros(len(values), dtype=bool))
    return found(~known & ~misfit, lambda row: f"{style.by}={values.iloc[row]} ({style.id})")


def _counterexample() -> Subject:
    style = Style.model_validate({"id": "depth", "by": "rank", "class": [{"value": 1, "fill": "#F7F5A9"}]})
    return subject({"rank": Column(type="int")}, {"rank": ["1", "2"]}, style=style)
