"""GP36: what ends at the edge of a map sheet should go on in the next one."""

from __future__ import annotations

import shapely

from gispipe.checks.rule import Found, Rule, Subject, noted, subject
from gispipe.intake.delivered import Note
from gispipe.words import Words

RULE = Rule(
    "GP36", "warning",
    Words("an element ends at the sheet edge and nothing continues it", "図郭の縁で終わり、隣の図郭に続きのない要素があります"),
    Words("have whoever made the sheets match their edges", "作成者に図郭間の接合を確認してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    return noted(subject, "GP36")


def _counterexample() -> Subject:
    edge = shapely.LineString([(-48000, -135000), (-47900, -135000)])
    return subject(geometry=[edge], kind="line", notes=[Note("GP36", 0, 1, "06OC5708 | 06OC5709: X=-135000.000 Y=-47900.000")])
