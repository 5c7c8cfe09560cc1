"""GP16: every shape must be of the kind the layer declares."""

from __future__ import annotations

import shapely

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.geometry import of_kind, present
from gispipe.words import Words

RULE = Rule(
    "GP16", "error",
    Words("a shape is not of the declared kind", "宣言した種類（点・線・面）と違う図形があります"),
    Words("correct geometry in the layer file or split the source, or accept it: such shapes are stored, not drawn",
          "レイヤーの geometry を直すか、データを分けるか、[accept] に書いてください（保存はしますが描きません）"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    shapes = subject.delivered.geometry
    if shapes is None or subject.layer.geometry is None:
        return NOTHING
    wrong = present(shapes) & ~of_kind(shapes, subject.layer.geometry)
    return found(wrong, lambda row: str(shapes[row].geom_type))


def _counterexample() -> Subject:
    return subject(geometry=[shapely.Point(-48000, -135000)], kind="polygon")
