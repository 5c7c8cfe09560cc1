"""GP11: every row of a vector layer must have a shape."""

from __future__ import annotations

import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, noted, subject, unplaced
from gispipe.geometry import present
from gispipe.words import Words

RULE = Rule(
    "GP11", "error",
    Words("a row has no shape or no usable coordinates", "図形または使える座標のない行があります"),
    Words("complete the coordinates, delete the row, or accept it in the layer file", "座標を補うか、行を削るか、レイヤーの [accept] に書いてください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    if subject.delivered.geometry is None:
        return NOTHING
    details = dict(zip((noticed := noted(subject, "GP11")).rows.tolist(), noticed.details, strict=True))
    return found(~present(subject.delivered.geometry) & ~unplaced(subject), lambda row: details.get(row, ""))


def _counterexample() -> Subject:
    return subject(geometry=[shapely.Point(-48000, -135000), None], kind="point")
