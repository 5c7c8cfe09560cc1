"""GP05: every identifier of a standard must have that standard's form."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP05", "warning",
    Words("an identifier is damaged or not of the form its standard lays down", "識別番号が壊れているか、規格の形ではありません"),
    Words("ask for the table again with these columns kept as text", "番号の列を文字列のまま出力した表を受け取ってください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP05")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["1.1E+11"]}, notes=[Note("GP05", 0, 1, "ID: 1.1E+11")])
