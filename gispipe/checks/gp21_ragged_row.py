"""GP21: every row of a table must have as many cells as the header."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP21", "error",
    Words("a row has more or fewer cells than the header", "見出しと列数の違う行があります"),
    Words("check commas and quotes in that row, or accept it in the layer file", "その行のカンマと引用符を確認するか、[accept] に書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP21")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["a"]}, notes=[Note("GP21", 0, 1, "3 / 2")])
