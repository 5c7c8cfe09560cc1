"""GP32: a required value must be there."""

from __future__ import annotations

import numpy as np

from gispipe.checks.rule import Found, Rule, Subject, subject
from gispipe.checks.values import by_column
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP32", "error",
    Words("a required value is missing", "必須の値がありません"),
    Words("complete the value", "値を補ってください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return by_column(subject, lambda name, column: _broken(subject, name, column))


def _broken(subject: Subject, name: str, column: Column) -> np.ndarray | None:
    if not column.required:
        return None
    misfit = subject.misfits.get(name, np.zeros(len(subject.table), dtype=bool))
    return subject.table[name].isna().to_numpy(bool) & ~misfit


def _counterexample() -> Subject:
    return subject({"name": Column(required=True)}, {"name": ["a", None]})
