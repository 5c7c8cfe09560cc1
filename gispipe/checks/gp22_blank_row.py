"""GP22: a table should have no blank rows."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP22", "warning",
    Words("a row is wholly blank and was left out", "空白だけの行があり、取り込みませんでした"),
    Words("delete the blank row", "空白の行を削除してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP22")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["a"]}, notes=[Note("GP22", 0, 3, "")])
