"""Layer, Column, Source, Join: one theme's data, where they come from, who may see them, how they join."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, field_validator, model_validator

from gispipe.model.basics import Audience, ColumnType, Declared, Geometry, Hazard, Identifier, IsoDate, Names, SiteHazard, Value, inside
from gispipe.model.level import Level


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
    limits: tuple[Annotated[float, Field(ge=0)], ...] | None = Field(
        None, min_length=2, description="metres: a depth in words (0.5m以上3.0m未満) becomes the number of the interval that holds it whole; the last one is open")
    counts: Literal["people", "households"] | None = Field(None, description="counts the people or households of a small area: the public does not see small numbers (秘匿; [statistics] in city.toml)")

    @field_validator("limits")
    @classmethod
    def _limits_rise(cls, limits: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if limits is not None and any(a >= b for a, b in pairwise(limits)):
            raise ValueError("limits_rise")
        return limits


    def shown(self, value: Any) -> Any:
        """Return a value as people read it: its declared meaning when there is one."""
        return None if value is None else self.values.get(str(value), value)


class Source(Declared):
    """Where a layer's or a join's data come from. The reader is named, never guessed from an extension."""

    reader: str
    path: str
    encoding: str | None = None
    crs: str | None = None
    x: str | None = Field(None, description="column that holds longitude or easting")
    y: str | None = Field(None, description="column that holds latitude or northing")
    layer: str | None = Field(None, description="which of the things inside a file: a table, sheet, feature class or kind")
    member: str | None = Field(None, description="which files inside an archive: a pattern over their names; all that the reader reads when absent")
    collar: Literal["", "black", "white"] = Field("", description="pictures: colour of the margin around each sheet that is no picture, as flight sheets and scans have it")
    header: int = Field(1, ge=0, description="line of a table's column names; 0 when it has none")
    attribution: str = ""
    license: str = ""
    approval: str = Field("", description="number under which the use of a public survey was approved (測量法)")

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        return inside(path)


class Join(Declared):
    """Columns that come from elsewhere: a ledger by key, or another layer by place."""

    how: Literal["key", "within", "worst", "count", "nearest"] = "key"
    on: tuple[str, ...] = Field((), description="key columns: the layer's own, or those an earlier join brought")
    match: Literal["text", "lot", "address", "number"] = Field(
        "text", description="how keys are compared: equal text, lot numbers, one whole address, identifiers without spaces, hyphens and leading zeros")
    rooms: StrictBool = Field(False, description="with match = \"address\": what follows the house number is left out")
    one_to_one: StrictBool = Field(False, description="stop when two rows of the layer meet one row of the ledger")
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
        if self.how != "key" and (self.match != "text" or self.one_to_one):
            raise ValueError("join_by_place_has_no_key")
        if self.rooms and self.match != "address":
            raise ValueError("rooms_without_address")
        if self.match == "address" and len(self.on) != 1:
            raise ValueError("address_in_one_column")
        return self


class Zone(Declared):
    """What the areas of a hazard layer say, for the hazard card and the statistics."""

    says: Literal["depth", "duration", "collapse", "zone", "intensity", "history"] = "zone"
    scale: Literal["", "largest", "planned"] = Field("", description="the rain behind it: 想定最大規模 or 計画規模")
    of: tuple[Identifier, ...] = Field((), description="columns that name the river or the slope")
    surveyed: Identifier | None = Field(None, description="a layer of the areas that were surveyed; outside of them the answer is 未調査")


REGISTERED = ("parcel", "address", "facility", "town", "gazetteer", "site", "shelter")
"""Parts in the answers whose features are in the register."""


class Card(Declared):
    """What part a layer has in the answers about a place: what people ask for, what it is in, where they go."""

    role: Literal["parcel", "building", "address", "facility", "town", "district", "neighborhood", "gazetteer", "site", "shelter", "road", "city"]
    name: tuple[Identifier, ...] = Field((), description="columns that make the name, in order")
    kana: Identifier | None = None
    town: tuple[Identifier, ...] = Field((), description="columns that make the name of the town (大字・町丁目)")
    number: tuple[Identifier, ...] = Field((), description="columns of the lot number, or of block and house number, in order")
    floors: Identifier | None = Field(None, description="column with the number of storeys, for floor areas")
    population: Identifier | None = Field(None, description="column with the number of inhabitants")
    snap: float = Field(0.5, ge=0, le=10, description="metres by which the ends of road lines may miss the road they meet")
    designated: dict[SiteHazard, Identifier] = Field(default_factory=dict, description="hazard → column that has a value where the site is designated for it")

    @property
    def registered(self) -> bool:
        """Return whether the features are in the register of what people ask by name."""
        return self.role in REGISTERED

    def named(self, values: Mapping[str, object]) -> str:
        """Return the name of a feature from its values, missing parts left out."""
        return " ".join(str(values[name]) for name in self.name if values.get(name) is not None)


class Accepted(Declared):
    """Known defects of a delivery that a person has looked at: at most `rows`, for this reason."""

    rows: int = Field(ge=1)
    reason: str = Field(min_length=1)


Share = Annotated[float, Field(ge=0, le=1)]


class Refresh(Declared):
    """Limits of a comparison with last time; beyond them publishing stops and asks. They hold for a layer that declares none of them, too."""

    removed: Share = Field(0.05, description="share of what was there that may be gone")
    added: Share = Field(0.2, description="share that may have come, of what was there")
    changed: Share = Field(0.2, description="share of what stayed of which a value may differ, column by column")
    columns: dict[Identifier, Share] = Field(default_factory=dict, description="the same for one column: 1 for what is assessed anew every year")
    emptied: Share = Field(0.05, description="share of a column's values that may have become blank")
    moved: Share = Field(0.05, description="share of what stayed that may have moved further than `moved_m`")
    moved_m: float = Field(1.0, ge=0, description="metres that an outline may have moved")
    again: StrictBool = Field(False, description="what was replaced by newer data may come back without a question")
    few: int = Field(2, ge=0, description="so many things or values may always be gone, come, changed or moved")


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
    coverage: StrictBool = Field(False, description="the areas share their borders: no overlap, no border drawn twice differently")
    style: Identifier | None = None
    owner: str = ""
    key: tuple[str, ...] = ()
    zoom: tuple[Annotated[int, Field(ge=0, le=22)], Annotated[int, Field(ge=0, le=22)]] = (10, 16)
    draw: Literal["picture", "hillshade", "tint"] = Field(
        "picture", description="how a raster is drawn: as the picture it is, or one band of heights as shaded relief (hillshade) or in the colours of its style's height steps (tint)")
    source: Source
    columns: dict[Identifier, Column] = Field(default_factory=dict)
    join: dict[Identifier, Join] = Field(default_factory=dict)
    label: str | None = None
    popup: tuple[str, ...] | None = None
    popup_internal: tuple[str, ...] | None = None
    search: tuple[str, ...] = ()
    tileset: Identifier | None = None
    level: Level | None = None
    licensed: StrictBool = Field(False, description="a map somebody else owns, such as a bought house map: given out tile by tile, never as an archive that could be copied whole")
    group: str = ""
    hazard: Hazard | None = None
    zone: Zone = Field(default_factory=Zone)
    card: Card | None = None
    names: Names
    note: str = ""
    updated: IsoDate | None = None
    nothing: str = Field("", description="what it means that no feature is at a place; 区域外 unless the layer says otherwise")
    nothing_names: Names
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
        if self.licensed and self.audience == "public":
            raise ValueError("licensed_inside")
        if self.draw != "picture" and (self.kind != "raster" or self.source.reader == "jpeg"):
            raise ValueError("draw_needs_heights")
        if self.source.collar and (self.kind != "raster" or self.source.reader == "fgd_dem"):
            raise ValueError("collar_needs_pictures")
        if self.draw == "tint" and self.style is None:
            raise ValueError("tint_needs_style")
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

    def counts(self) -> dict[str, Literal["people", "households"]]:
        """Return the columns that count people or households by area, and which: those that say so, and the inhabitants of the `card`."""
        columns = self.all_columns()
        said = {name: column.counts for name, column in columns.items() if column.counts is not None}
        if self.card is not None and self.card.population in columns:
            said.setdefault(self.card.population, "people")
        return said

    def popup_columns(self, audience: Audience) -> tuple[str, ...]:
        """Return the columns that are shown of a feature, in order: as declared, else all the audience may see."""
        if audience == "public":
            return self.popup if self.popup is not None else self.public_columns()
        if self.popup_internal is not None:
            return self.popup_internal
        return tuple(dict.fromkeys((*(self.popup or ()), *self.all_columns())))

    def searched_apart(self) -> bool:
        """Return whether pages find the features by columns that the register does not have of them."""
        known = {*self.card.name, *self.card.town, *self.card.number, self.card.kana} if self.card is not None and self.card.registered else set()
        return self.kind == "vector" and not known.issuperset(self.search)

    def archive(self) -> str:
        """Return the tileset the layer is drawn into."""
        return self.tileset or self.id
