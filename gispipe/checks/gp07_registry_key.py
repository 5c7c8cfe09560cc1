"""GP07: the key of a registry's table should stand once."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP07", "warning",
    Words("the key that the registry itself states stands more than once", "台帳自身の主キーが複数行にあります"),
    Words("join on it only after looking at these rows", "結合に使う前に、これらの行を確かめてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP07")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["0001000"]}, notes=[Note("GP07", 0, 1, "lg_code+machiaza_id")])
