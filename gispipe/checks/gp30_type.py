"""GP30: every value must be of its declared type."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, subject
from gispipe.checks.values import by_column
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP30", "error",
    Words("a value is not of the declared type", "宣言した型でない値があります"),
    Words("correct the value or the type", "値か type を直してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return by_column(subject, lambda name, column: subject.misfits.get(name) if column.limits is None else None)


def _counterexample() -> Subject:
    return subject({"rank": Column(type="int")}, {"rank": ["3", "三"]})
