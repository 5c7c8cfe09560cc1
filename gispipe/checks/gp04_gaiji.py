"""GP04: no text should hold user-defined characters (外字), which every machine shows differently."""

from __future__ import annotations

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP04", "warning",
    Words("a text holds a user-defined character, which other machines cannot show", "外字（ユーザー定義文字）があり、他の機械では表示できません"),
    Words("write it with a character of Unicode or ask for its list of user-defined characters", "標準の文字で書き直すか、外字の対応表を受け取ってください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP04")


def _counterexample() -> Subject:
    return subject({"name": Column()}, {"name": ["\ue000田"]}, notes=[Note("GP04", 0, 1, "name: F040 (U+E000)")])
