"""GP24: a file must hold as many records as it says itself."""

from __future__ import annotations

import shapely

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.words import Words

RULE = Rule(
    "GP24", "error",
    Words("the file holds another number of records than it says: it is not whole", "ファイルに書かれた件数と中身の件数が違います（揃っていません）"),
    Words("ask for the file again, or accept it in the layer file after looking at what is there", "受け取り直すか、中身を確かめてレイヤーの [accept] に書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(), exit_status=21,
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP24")


def _counterexample() -> Subject:
    return subject(geometry=[shapely.box(-48000, -135000, -47990, -134990)], notes=[Note("GP24", 0, 0, "レコード数 80,920 / 59")])
