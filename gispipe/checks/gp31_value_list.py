"""GP31: a value must be in the closed list of its column."""

from __future__ import annotations

import numpy as np

from gispipe.checks.rule import Found, Rule, Subject, subject
from gispipe.checks.values import by_column
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP31", "error",
    Words("a value is not in the declared list", "宣言した一覧にない値があります"),
    Words("correct the value, or add it to in = […] and to the style", "値を直すか、in = […] とスタイルに追加してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return by_column(subject, lambda name, column: _broken(subject, name, column))


def _broken(subject: Subject, name: str, column: Column) -> np.ndarray | None:
    if column.in_ is None:
        return None
    values = subject.table[name]
    return (values.notna() & ~values.isin(list(column.in_))).to_numpy(bool)


def _counterexample() -> Subject:
    return subject({"rank": Column(type="int", in_=(1, 2, 3))}, {"rank": ["3", "9"]})
