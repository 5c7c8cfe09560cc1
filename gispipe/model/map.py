"""Map (主題図): an ordered list of layers for one audience."""

from __future__ import annotations

from pydantic import Field, field_validator

from gispipe.model.basics import Audience, Declared, Identifier, Names


class MapEntry(Declared):
    """A layer in a map, drawn at the start or only offered."""

    id: Identifier
    visible: bool = True


class Map(Declared):
    """主題図: an ordered list of layers for one audience; the first is drawn on top and stands first in the legend."""

    id: Identifier
    title: str
    group: str = ""
    audience: Audience = "internal"
    order: int = 100
    description: str = ""
    layers: tuple[MapEntry, ...] = Field(min_length=1)
    base: tuple[Identifier, ...] = ()
    backgrounds: tuple[Identifier, ...] = ()
    center: tuple[float, float] | None = None
    zoom: float | None = None
    names: Names

    @field_validator("layers", mode="before")
    @classmethod
    def _short_form(cls, entries: object) -> object:
        if isinstance(entries, (list, tuple)):
            return [{"id": entry} if isinstance(entry, str) else entry for entry in entries]
        return entries

    def all_layers(self) -> tuple[str, ...]:
        """Return every layer id the map names, without repeats."""
        return tuple(dict.fromkeys([entry.id for entry in self.layers] + list(self.base) + list(self.backgrounds)))
