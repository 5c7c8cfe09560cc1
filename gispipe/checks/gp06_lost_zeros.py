"""GP06: codes should keep their leading zeros; spreadsheets drop them."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP06", "warning",
    Words("leading zeros of a code were lost and have been put back", "コードの先頭の 0 が失われていたため、補いました"),
    Words("ask for the table again with this column kept as text", "この列を文字列のまま出力した表を受け取ってください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP06")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["0001001"]}, notes=[Note("GP06", 0, 1, "machiaza_id: 9,220 rows")])
