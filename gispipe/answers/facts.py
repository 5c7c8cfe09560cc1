"""The base facts of a place: every layer of the audience that has something there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gispipe.answers.shapes import Near
from gispipe.answers.surveyed import surveyed_at
from gispipe.answers.tables import read_value
from gispipe.answers.zone_answers import NO_DATA, NOT_SURVEYED, ZoneLayer
from gispipe.model import Column, Layer, Style
from gispipe.style_classes import class_of

if TYPE_CHECKING:
    from gispipe.answers.card import Answers

REACH = {"polygon": 0.0, "line": 10.0, "point": 30.0}
"""Metres within which a feature counts as being at the place."""


def reach_of(layer: Layer) -> float:
    """Return the metres within which a feature of the layer counts as being at a place."""
    return REACH[layer.geometry or "point"]


@dataclass(frozen=True)
class _Told:
    """What of a layer is told: the declarations that are the same for each of its features.

    wanted: the columns to read, those that are told and the one that the class is told from; read: those whose values are
    told in other words.
    """

    layer: Layer
    at: tuple[str, float]
    stored: bool
    columns: dict[str, Column]
    labels: dict[str, str]
    style: Style | None
    wanted: tuple[str, ...]
    read: frozenset[str]

    @classmethod
    def of(cls, layer: Layer, answers: Answers) -> _Told:
        declared = layer.all_columns()
        columns = {name: declared[name] for name in layer.popup_columns(answers.audience) if name in declared}
        style = answers.catalogue.styles.get(layer.style or "")
        by = style.by if style else None
        wanted = (*columns, *([by] if by and by not in columns else ()))
        return cls(layer, (layer.id, reach_of(layer)), layer.id in answers.files.entries, columns, {name: column.label or name for name, column in columns.items()}, style,
                   wanted, frozenset(name for name, column in columns.items() if column.values or column.absent))


class Facts:
    """What the layers have at a point, hazards first; a hazard layer is named also where it has nothing."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._layers = [_Told.of(layer, answers) for layer in answers.catalogue.layers_for(answers.audience) if layer.kind == "vector"]
        self._classes: dict[tuple[str, object], str | None] = {}

    def at(self, x: float, y: float) -> list[dict[str, Any]]:
        """Return the layers that have a feature within reach of a point of the plane, with its values."""
        known = self._answers.everything(x, y)
        wanted = [self._layer(told, known.get(told.at, ()), x, y) for told in self._layers if known.get(told.at) or told.layer.hazard]
        return sorted(wanted, key=lambda one: (one["hazard"] is None, not one["features"], one["id"]))

    def _layer(self, told: _Told, near: Near, x: float, y: float) -> dict[str, Any]:
        layer, answer = told.layer, None
        if not near:
            answer = NO_DATA if not told.stored else ZoneLayer(layer, None).nothing() if surveyed_at(self._answers, layer, x, y) else NOT_SURVEYED
        return {"id": layer.id, "title": layer.title, "hazard": layer.hazard, "updated": layer.updated,
                "features": [self._feature(told, row, metres) for row, metres in near], "answer": answer.both() if answer else None}

    def _feature(self, told: _Told, row: int, metres: float) -> dict[str, Any]:
        values = self._answers.rows.raw(told.layer, row, told.wanted)
        shown = {name: read_value(values[name], column) if name in told.read else values[name] for name, column in told.columns.items() if name in values}
        labels = told.labels if len(shown) == len(told.labels) else {name: told.labels[name] for name in shown}
        return {"values": shown, "labels": labels, "class": self._class(told, values), "distance_m": round(metres, 1)}

    def _class(self, told: _Told, values: dict[str, Any]) -> str | None:
        style = told.style
        if style is None or style.by is None or style.by not in values:
            return None
        key = (told.layer.id, values[style.by])
        if key not in self._classes:
            one = class_of(values[style.by], style)
            self._classes[key] = one.label if one else None
        return self._classes[key]
