"""Style: colours, classes, symbols and labels, declared once for map, legend and paper."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gispipe.model.basics import Colour, Declared, Hatch, Identifier, Names, Value


WADING = 0.5
"""Metres of water up to which walking is thought possible; deeper zones are walked around."""


class StyleClass(Declared):
    """How one class looks: on the map, in the legend and on paper."""

    value: Value | None = None
    values: tuple[Value, ...] | None = None
    min: float | None = None
    max: float | None = None
    label: str = ""
    depth: tuple[float, ...] | None = Field(None, min_length=1, max_length=2, description="metres: from, and up to but without; one number is open above")
    severity: int | None = Field(None, ge=0, description="how bad, larger is worse; the order of the classes, mildest first, when no class says it")
    avoid: bool | None = Field(None, description="people should not walk through it; depths beyond 0.5 m are avoided unless this says no")
    names: Names
    fill: Colour | None = None
    stroke: Colour | None = None
    width: float | None = Field(None, ge=0, le=40)
    dash: tuple[float, ...] | None = None
    hatch: Hatch = "none"
    symbol: str | None = None
    size: float | None = Field(None, ge=1, le=64)
    casing: Colour | None = None
    casing_width: float | None = Field(None, ge=0, le=40)

    def avoided(self) -> bool:
        """Return whether a walk to a shelter should keep out of the class: as declared, else by its depth."""
        if self.avoid is not None:
            return self.avoid
        return self.depth is not None and (len(self.depth) == 1 or self.depth[1] > WADING)

    def takes(self) -> tuple[Value, ...] | None:
        """Return the values of the class, or None for a class by range (or the only one)."""
        if self.value is not None:
            return (self.value,)
        return self.values


class TextStyle(Declared):
    """How a label is written; pixels, zoom levels."""

    color: Colour = "#333333"
    halo: Colour | None = "#FFFFFF"
    size: float = Field(12, ge=6, le=40)
    weight: Literal["normal", "bold"] = "normal"
    min_zoom: int = Field(14, ge=0, le=22)
    max_zoom: int = Field(22, ge=0, le=22)
    angle_column: str | None = Field(None, description="degrees, counter-clockwise from east")
    size_column: str | None = Field(None, description="height of the letters in metres on the ground; drawn at least 0.8 and at most twice as large as size")
    priority: int = 0


class Style(Declared):
    """Colours, classes, symbols and labels of layers, declared once."""

    id: Identifier
    title: str = ""
    by: str | None = None
    opacity: float = Field(1.0, ge=0, le=1)
    class_: tuple[StyleClass, ...] = Field(alias="class", min_length=1)
    other: StyleClass | None = None
    text: TextStyle | None = None

    @model_validator(mode="after")
    def _classes(self) -> Style:
        if self.by is None and len(self.class_) > 1:
            raise ValueError("style_needs_by")
        if self.by is not None and any(c.takes() is None and c.min is None and c.max is None for c in self.class_):
            raise ValueError("class_without_value")
        if len({c.severity is None for c in self.class_}) > 1:
            raise ValueError("severity_for_all")
        return self
