"""GP08: a code should stand in the table of its national data set."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP08", "warning",
    Words("a code or depth text is not in the national code table, so its meaning is unknown", "国のコード表にないコード・浸水深の表記があり、意味がわかりません"),
    Words("look the code up in the data set's product specification", "製品仕様書のコード表で確認してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP08")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["9"]}, notes=[Note("GP08", 0, 1, "A31a_205='9' (1)")])
