"""GP23: the columns of a standard data set must hold what their names say."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP23", "error",
    Words("a column of the data set mostly holds what it cannot hold: the cells seem to be shifted", "列の中身が見出しと合いません（列がずれている可能性があります）"),
    Words("compare the header with the first rows and ask for a corrected table, or accept it in the layer file", "見出しと先頭の数行を見比べて直した表を受け取るか、[accept] に書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP23")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["石川県"]}, notes=[Note("GP23", 0, 1, "連絡先メールアドレス: 1,525 / 1,525")])
