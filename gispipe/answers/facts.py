"""The base facts of a place: every layer of the audience that has something there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gispipe.answers.surveyed import surveyed_at
from gispipe.answers.tables import read_value
from gispipe.answers.zone_answers import NO_DATA, NOT_SURVEYED, ZoneLayer
from gispipe.model import Column, Layer, Style
from gispipe.style_classes import class_of
from gispipe.withheld import flag
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.answers.card import Answers

KNOWN = 8192
"""Features whose values are remembered: a district or a zone is told of again and again."""


@dataclass(frozen=True, eq=False)
class _Told:
    """What of a layer is told: the declarations that are the same for each of its features.

    head: how the card names the layer; nothing: its word for a place where it has nothing; wanted: the columns to read,
    those that are told and the one that the class is told from; read: those whose values are told in other words.
    """

    layer: Layer
    head: dict[str, Any]
    nothing: Words
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
        wanted = (*columns, *([by] if by and by not in columns else ()), *(flag(name) for name in layer.counts() if name in columns))
        head = {"id": layer.id, "title": layer.title, "hazard": layer.hazard, "updated": layer.updated}
        return cls(layer, head, ZoneLayer(layer, None).nothing(), layer.id in answers.files.entries, columns, {name: column.label or name for name, column in columns.items()}, style,
                   wanted, frozenset(name for name, column in columns.items() if column.values or column.absent))


class Facts:
    """What the layers have at a point, hazards first; a hazard layer is named also where it has nothing."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        layers = [layer for layer in answers.catalogue.layers_for(answers.audience) if layer.kind == "vector"]
        self._layers = [_Told.of(layer, answers) for layer in sorted(layers, key=lambda layer: layer.id)]
        self._feature = lru_cache(maxsize=KNOWN)(self._said)
        self._classes: dict[tuple[str, object], str | None] = {}

    def at(self, x: float, y: float) -> list[dict[str, Any]]:
        """Return the layers that have a feature within reach of a point of the plane, with its values."""
        known = self._answers.everything(x, y)
        found, empty = [], []
        for told in self._layers:
            near = known.get(told.layer.id, ())
            if near:
                found.append(told.head | {"features": [{**self._feature(told, row), "distance_m": round(metres, 1)} for row, metres in near], "answer": None})
            elif told.layer.hazard:
                empty.append(told.head | {"features": [], "answer": self._nothing(told, x, y).both()})
        return [one for one in found if one["hazard"]] + empty + [one for one in found if not one["hazard"]]

    def _nothing(self, told: _Told, x: float, y: float) -> Words:
        """Return the word for a hazard layer that has nothing at a point."""
        if not told.stored:
            return NO_DATA
        return told.nothing if surveyed_at(self._answers, told.layer, x, y) else NOT_SURVEYED

    def _said(self, told: _Told, row: int) -> dict[str, Any]:
        values = self._answers.rows.raw(told.layer, row, told.wanted)
        shown = {name: read_value(values[name], column) if name in told.read else values[name] for name, column in told.columns.items() if name in values}
        hidden = [name for name in told.columns if values.get(flag(name))]
        return {"values": shown, "labels": {name: told.labels[name] for name in shown}, "class": self._class(told, values), **({"withheld": hidden} if hidden else {})}

    def _class(self, told: _Told, values: dict[str, Any]) -> str | None:
        style = told.style
        if style is None or style.by is None or style.by not in values:
            return None
        key = (told.layer.id, values[style.by])
        if key not in self._classes:
            one = class_of(values[style.by], style)
            self._classes[key] = one.label if one else None
        return self._classes[key]
