"""GP33: a text must have the declared form."""

from __future__ import annotations

import numpy as np

from gispipe.checks.rule import Found, Rule, Subject, subject
from gispipe.checks.values import by_column
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP33", "error",
    Words("a value does not have the declared form", "宣言した形式に合わない値があります"),
    Words("correct the value or the pattern", "値か pattern を直してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return by_column(subject, lambda name, column: _broken(subject, name, column))


def _broken(subject: Subject, name: str, column: Column) -> np.ndarray | None:
    if column.pattern is None:
        return None
    values = subject.table[name]
    return (values.notna() & ~values.astype("str").str.fullmatch(column.pattern)).to_numpy(bool)


def _counterexample() -> Subject:
    return subject({"lot": Column(pattern=r"\d+(-\d+)?")}, {"lot": ["12-3", "12の3"]})
