"""GP03: every text must be whole in its encoding."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP03", "error",
    Words("a text is cut off in the middle of a character", "文字の途中で切れた文字列があります"),
    Words("ask for the table with wider fields, or accept it in the layer file", "項目の桁数を広げた表を受け取るか、レイヤーの [accept] に書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP03")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["浸水し"]}, notes=[Note("GP03", 0, 1, "name: 82")])
