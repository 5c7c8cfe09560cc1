"""The base facts of a place: every layer of the audience that has something there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gispipe.answers.surveyed import surveyed_at
from gispipe.answers.tables import read_value
from gispipe.answers.zone_answers import NO_DATA, NOT_SURVEYED, ZoneLayer
from gispipe.model import Layer
from gispipe.style_classes import class_of

if TYPE_CHECKING:
    from gispipe.answers.card import Answers

REACH = {"polygon": 0.0, "line": 10.0, "point": 30.0}
"""Metres within which a feature counts as being at the place."""


def reach_of(layer: Layer) -> float:
    """Return the metres within which a feature of the layer counts as being at a place."""
    return REACH[layer.geometry or "point"]


class Facts:
    """What the layers have at a point, hazards first; a hazard layer is named also where it has nothing."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._layers = [layer for layer in answers.catalogue.layers_for(answers.audience) if layer.kind == "vector"]
        self._classes: dict[tuple[str, object], str | None] = {}

    def at(self, x: float, y: float) -> list[dict[str, Any]]:
        """Return the layers that have a feature within reach of a point of the plane, with its values."""
        found = [self._layer(layer, x, y) for layer in self._layers]
        wanted = [one for one in found if one["features"] or one["hazard"]]
        return sorted(wanted, key=lambda one: (one["hazard"] is None, not one["features"], one["id"]))

    def _layer(self, layer: Layer, x: float, y: float) -> dict[str, Any]:
        stored = layer.id in self._answers.files.entries
        near = self._answers.near(layer, x, y, reach_of(layer)) if stored else []
        answer = None
        if layer.hazard is not None and not near:
            answer = NO_DATA if not stored else ZoneLayer(layer, None).nothing() if surveyed_at(self._answers, layer, x, y) else NOT_SURVEYED
        return {"id": layer.id, "title": layer.title, "hazard": layer.hazard, "updated": layer.updated,
                "features": [self._feature(layer, row, metres) for row, metres in near], "answer": answer.both() if answer else None}

    def _feature(self, layer: Layer, row: int, metres: float) -> dict[str, Any]:
        values, columns = self._answers.rows.raw(layer, row), layer.all_columns()
        names = [name for name in layer.popup_columns(self._answers.audience) if name in values]
        return {"values": {name: read_value(values[name], columns[name]) for name in names}, "labels": {name: columns[name].label or name for name in names},
                "class": self._class(layer, values), "distance_m": round(metres, 1)}

    def _class(self, layer: Layer, values: dict[str, Any]) -> str | None:
        style = self._answers.catalogue.styles.get(layer.style or "")
        if style is None or style.by is None or style.by not in values:
            return None
        key = (layer.id, values[style.by])
        if key not in self._classes:
            one = class_of(values[style.by], style)
            self._classes[key] = one.label if one else None
        return self._classes[key]
