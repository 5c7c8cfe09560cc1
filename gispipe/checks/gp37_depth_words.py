"""GP37: a depth in words must lie in one interval whole; half in two classes it belongs to neither."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, subject
from gispipe.checks.values import by_column
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP37", "error",
    Words("a depth in words fits none of the declared intervals whole", "浸水深の文言が、宣言した区分のどれか1つに収まりません"),
    Words("change 'limits' so that each text lies in one interval, and give the style a class for it",
          "各文言が1つの区分に収まるように limits を直し、スタイルにその分類を書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return by_column(subject, lambda name, column: subject.misfits.get(name) if column.limits is not None else None)


def _counterexample() -> Subject:
    return subject({"rank": Column(type="int", limits=(0.0, 0.5, 3.0))}, {"rank": ["0.5m以上3m未満", "2m以上 ～ 5m未満"]})
