"""The town, school district and neighbourhood association a place is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gispipe.answers.zone_answers import told_names

if TYPE_CHECKING:
    from gispipe.answers.card import Answers

AREAS = ("town", "district", "neighborhood")


def areas_at(answers: Answers, x: float, y: float) -> list[dict[str, Any]]:
    """Return the areas at a point of the plane, towns first; on a border those of both sides."""
    found = []
    for layer in answers.files.role(*AREAS):
        for row, _ in answers.near(layer, x, y) if layer.geometry == "polygon" else ():
            values = answers.rows.raw(layer, row)
            assert layer.card is not None
            kana = values.get(layer.card.kana or "")
            found.append({"role": layer.card.role, "id": layer.id, "title": layer.title, "titles": told_names(layer.names), "kana": kana, "name": layer.card.named(values)})
    return sorted(found, key=lambda one: AREAS.index(one["role"]))
