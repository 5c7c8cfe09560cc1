"""The vocabulary: City, Layer, Column, Source, Join, Style, Map.

Typed, frozen models of what a city directory declares. Unknown keys are refused. The order of the fields is the
order in which messages list the allowed keys.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, field_validator, model_validator

Audience = Literal["public", "internal"]
Geometry = Literal["point", "line", "polygon"]
ColumnType = Literal["str", "int", "float", "bool", "date"]
Hazard = Literal["flood", "inland", "storm_surge", "tsunami", "landslide", "earthquake", "pond", "flood_history"]
Hatch = Literal["none", "dots", "lines", "back", "cross", "grid", "vertical", "horizontal", "circles", "waves"]
Value = str | int | float | bool
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", description="#RRGGBB")]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="lower-case ASCII letters, digits and _")]
Names = Annotated[dict[Literal["en", "zh", "ko", "easy"], str], Field(default_factory=dict)]


def _iso_date(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


IsoDate = Annotated[str, BeforeValidator(_iso_date), Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="YYYY-MM-DD")]


class Declared(BaseModel):
    """A declaration: immutable, and closed against keys nobody defined."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=False)


class Column(Declared):
    """One column of a layer: where its value comes from and who may see it (nobody outside, unless `public`)."""

    from_: str | None = Field(None, alias="from", description="name in the source; the column's own name when absent")
    type: ColumnType = "str"
    label: str = ""
    public: StrictBool = False
    required: bool = False
    in_: tuple[Value, ...] | None = Field(None, alias="in", description="the closed list of values")
    names: Names
    unit: str = ""
    pattern: str | None = None
    values: dict[str, str] = Field(default_factory=dict, description="raw value → meaning")
    absent: str = Field("", description="what to say where there is no value: 区域外, 指定なし, 未調査 …")


class Source(Declared):
    """Where a layer's or a join's data come from. The reader is named, never guessed from an extension."""

    reader: str
    path: str
    encoding: str | None = None
    crs: str | None = None
    x: str | None = Field(None, description="column that holds longitude or easting")
    y: str | None = Field(None, description="column that holds latitude or northing")
    layer: str | None = Field(None, description="table inside a GeoPackage")
    attribution: str = ""
    license: str = ""

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        parts = path.replace("\\", "/").split("/")
        if not path or path.startswith(("/", "~", "\\")) or ".." in parts or ":" in path or path.lower().startswith("/vsi"):
            raise ValueError("path_escapes")
        return path


class Join(Declared):
    """Columns that come from elsewhere: a ledger by key, or another layer by place."""

    how: Literal["key", "within", "worst", "count", "nearest"] = "key"
    on: tuple[str, ...] = ()
    source: Source | None = None
    layer: Identifier | None = None
    layers: tuple[Identifier, ...] = ()
    by: str | None = None
    where: dict[str, Value] = Field(default_factory=dict)
    columns: dict[str, Column] = Field(default_factory=dict)
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Join:
        needs = {"key": ("on", "source"), "within": ("layer",), "worst": ("layer", "by"), "count": ("layers",), "nearest": ("layer",)}
        for name in needs[self.how]:
            if not getattr(self, name):
                raise ValueError(f"join_needs:{self.how}:{name}")
        return self


class Accepted(Declared):
    """Known defects of a delivery that a person has looked at: at most `rows`, for this reason."""

    rows: int = Field(ge=1)
    reason: str = Field(min_length=1)


class Refresh(Declared):
    """Limits of the yearly comparison; beyond them publishing stops and asks."""

    removed: float | None = Field(None, ge=0, le=1)
    moved_m: float | None = Field(None, ge=0)


class Example(Declared):
    """An input row and what must become of it: a row, or the named error."""

    name: str
    in_: dict[str, Any] = Field(alias="in")
    out: dict[str, Any] | None = None
    error: str | None = None

    @model_validator(mode="after")
    def _one_outcome(self) -> Example:
        if (self.out is None) == (self.error is None):
            raise ValueError("example_outcome")
        return self


class Layer(Declared):
    """One theme's data: where it comes from, its columns, who may see each, how it joins."""

    id: Identifier
    title: str
    kind: Literal["vector", "table", "raster"] = "vector"
    geometry: Geometry | None = None
    audience: Audience = "internal"
    style: Identifier | None = None
    owner: str = ""
    key: tuple[str, ...] = ()
    zoom: tuple[Annotated[int, Field(ge=0, le=22)], Annotated[int, Field(ge=0, le=22)]] = (10, 16)
    source: Source
    columns: dict[Identifier, Column] = Field(default_factory=dict)
    join: dict[Identifier, Join] = Field(default_factory=dict)
    label: str | None = None
    popup: tuple[str, ...] | None = None
    popup_internal: tuple[str, ...] | None = None
    search: tuple[str, ...] = ()
    tileset: Identifier | None = None
    group: str = ""
    hazard: Hazard | None = None
    names: Names
    note: str = ""
    updated: IsoDate | None = None
    pending: str | None = Field(None, description="why the data are not here yet; the layer is declared but not read")
    accept: dict[Annotated[str, Field(pattern=r"^GP\d{2}$")], Accepted] = Field(default_factory=dict)
    accept_accuracy: float | None = Field(None, gt=0, description="metres; a coarser transformation accepted in writing")
    refresh: Refresh | None = None
    example: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _shape(self) -> Layer:
        if self.kind == "vector" and self.geometry is None:
            raise ValueError("geometry_missing")
        if self.zoom[0] > self.zoom[1]:
            raise ValueError("zoom_order")
        return self

    def all_columns(self) -> dict[str, Column]:
        """Return own and joined columns by name, own first; a key column of a join stays as the layer declares it."""
        merged = dict(self.columns)
        for join in self.join.values():
            merged |= {name: column for name, column in join.columns.items() if name not in merged}
        return merged

    def public_columns(self) -> tuple[str, ...]:
        """Return the names that may leave, or none when the layer itself is internal."""
        if self.audience != "public":
            return ()
        return tuple(name for name, column in self.all_columns().items() if column.public)

    def archive(self) -> str:
        """Return the tileset the layer is drawn into."""
        return self.tileset or self.id


class StyleClass(Declared):
    """How one class looks: on the map, in the legend and on paper."""

    value: Value | None = None
    values: tuple[Value, ...] | None = None
    min: float | None = None
    max: float | None = None
    label: str = ""
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
    angle_column: str | None = None
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
        return self


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


class GateRules(Declared):
    """What the gate looks for besides names."""

    canaries: tuple[Annotated[str, Field(min_length=6)], ...] = ()


class City(Declared):
    """The municipality and where its files are."""

    id: Identifier
    name: str
    code: Annotated[str, Field(pattern=r"^\d{6}$", description="6-digit municipality code with check digit")]
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    bounds: tuple[float, float, float, float]
    sources: str = "sources"
    names: Names
    fictitious: bool = False
    edition: str = ""
    default_map: Identifier | None = None
    notice: str = ""
    attribution: str = ""
    contact: str = ""
    gate: GateRules = Field(default_factory=GateRules)

    @field_validator("bounds")
    @classmethod
    def _bounds(cls, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        west, south, east, north = box
        if not (122 <= west < east <= 154 and 20 <= south < north <= 46):
            raise ValueError("bounds_outside_japan")
        return box
