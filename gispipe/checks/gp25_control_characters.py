"""GP25: a text should hold no characters that nobody sees: control characters, and those that turn the direction of writing."""

from __future__ import annotations

import re

import numpy as np

from gispipe.checks.rule import Found, Rule, Subject, subject
from gispipe.checks.values import by_column
from gispipe.model import Column
from gispipe.words import Words

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Tab and line feeds are text; the rest of C0 and C1, direction overrides and noncharacters are not (Unicode 15, ch. 23)."""

RULE = Rule(
    "GP25", "warning",
    Words("a text holds characters that cannot be seen (control characters)", "目に見えない制御文字が文字列に入っています"),
    Words("delete them in the source; the pages leave them out", "元データから取り除いてください（地図の画面では取り除いて表示します）"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return by_column(subject, lambda name, column: _holding(subject, column.from_ or name))


def _holding(subject: Subject, source: str) -> np.ndarray | None:
    if source not in subject.delivered.names:
        return None
    codes, values = subject.delivered.distinct(source)
    unseen = np.array([isinstance(value, str) and UNSEEN.search(value) is not None for value in values] + [False])
    return unseen[codes]


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["市役所", "市\x00役所", "市役\u202e所"]})
