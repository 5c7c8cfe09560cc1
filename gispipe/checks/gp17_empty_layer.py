"""GP17: a layer must have rows."""

from __future__ import annotations

import numpy as np

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, subject
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP17", "error",
    Words("there is not a single row", "1行もデータがありません"),
    Words("check the delivery; a layer that really is empty can be marked pending", "納品を確認してください（まだ無いデータは pending と書けます）"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return NOTHING if len(subject.delivered) else Found(np.array([-1]), [""])


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": []})
