"""The hazard card: the published shape of every answer about a place, in tiles, pages, paper and `gispipe lookup --json`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Part):
    """One sentence in both languages of the command line."""

    en: str
    ja: str


class SaidOwn(Said):
    """A word for nothing; one of a layer's own may have further languages."""

    zh: str | None = None
    ko: str | None = None
    easy: str | None = None


class Question(_Part):
    """What was asked, and how it was read (city, town, number)."""

    text: str
    read_as: str


class Place(_Part):
    """A place of the register, or a point; `rest` is what stood after the number (a room, a building's name)."""

    kind: Literal["point", "address", "lot", "facility", "town", "block"]
    name: str
    lat: float = Field(description="degrees, JGD2011")
    lon: float = Field(description="degrees, JGD2011")
    layer: str | None
    town: str
    number: str
    note: Said | None
    rest: str


class ZoneClass(_Part):
    """One class of a hazard layer; rank: larger is worse; depth_m: from, and up to but without (one number: open above)."""

    rank: int
    value: str | int | float | bool | None
    label: str
    labels: dict[str, str]
    depth_m: list[float] | None
    avoid: bool = Field(description="people should not walk through it")


class ClassShare(_Part):
    """Ground of the feature at one class, counted once under its worst class; null where a point was asked."""

    class_: ZoneClass = Field(alias="class")
    area_m2: float | None
    share: float | None = Field(description="0 to 1")


class NamedZone(_Part):
    """A river or a slope that reaches the place, and its worst class there."""

    name: str
    class_: ZoneClass = Field(alias="class")


class AroundZone(_Part):
    """The parcel or the building around the place reaches a worse class than the place itself."""

    role: str
    title: str
    class_: ZoneClass = Field(alias="class")


class HazardAnswer(_Part):
    """What one hazard layer says. state: inside; or, for nothing, one of four words that do not mean safe."""

    id: str
    title: str
    titles: dict[str, str]
    hazard: str
    says: Literal["depth", "duration", "collapse", "zone", "intensity", "history"]
    scale: Literal["", "largest", "planned"]
    updated: str | None
    state: Literal["inside", "outside", "not_surveyed", "no_data", "no_record"]
    answer: SaidOwn | None = Field(description="the word for nothing: 区域外, 未調査, データなし, 記録なし or the layer's own; null when inside")
    worst: ZoneClass | None
    classes: list[ClassShare] = Field(description="worst first")
    of: list[NamedZone] = Field(description="rivers or slopes, worst first")
    note: str
    around: list[AroundZone]


class Advice(_Part):
    """One thing to do; code: what the pages know the sentence by."""

    code: str
    en: str
    ja: str


class SiteInside(_Part):
    """A zone of the same hazard in which the site stands."""

    id: str
    title: str
    titles: dict[str, str]
    class_: ZoneClass = Field(alias="class")


class Site(_Part):
    """An evacuation site."""

    name: str
    layer: str
    row: int
    lat: float
    lon: float
    inside: list[SiteInside]


class StraightSite(Site):
    """A site by straight distance."""

    distance_m: float


class WalkedSite(Site):
    """A site on foot. length_m: the whole way; access_m: of it off the road network; danger_m: of it inside zones to avoid."""

    length_m: float
    access_m: float
    danger_m: float
    minutes: float = Field(description="at 60 m a minute")
    safe: bool
    why: Said | None = Field(description="why the way crosses zones, null for a way that does not")
    line: list[list[float]] = Field(description="longitude, latitude")


class Shelter(_Part):
    """The three nearest sites designated for one hazard; hazard `stay`: shelters to live in afterwards."""

    hazard: str
    title: Said
    straight: list[StraightSite]
    on_foot: list[WalkedSite]
    none: Said | None = Field(description="why there is no site or no way")


class Area(_Part):
    """A town, school district or neighbourhood association the place is in."""

    role: Literal["town", "district", "neighborhood"]
    id: str
    title: str
    titles: dict[str, str]
    name: str
    kana: str | None


class Feature(_Part):
    """One feature at the place, as people read it."""

    values: dict[str, Any]
    labels: dict[str, str]
    class_: str | None = Field(alias="class")
    distance_m: float
    withheld: tuple[str, ...] = Field((), description="names of counts of people or households that are not shown because they are small; their values are null")


class LayerFacts(_Part):
    """What one layer has within reach: areas at the place, lines within 10 m, points within 30 m."""

    id: str
    title: str
    hazard: str | None
    updated: str | None
    features: list[Feature]
    answer: Said | None


class SourceOf(_Part):
    """Where a layer's data come from."""

    layer: str
    title: str
    attribution: str
    license: str
    updated: str | None


class HazardCard(_Part):
    """The answer to a question about a place.

    result: exact (one house, lot or facility was meant), place (a coordinate), candidates (several; the reader chooses, no
    hazards are given), town (a town was asked: hazards of its whole ground; or, with a reason, only the town or block of a house
    is known: no hazards are given, because it is not the house).
    """

    schema_: Literal["gispipe-card-1"] = Field(alias="schema")
    query: Question
    audience: Literal["public", "internal"]
    city: str
    fictitious: bool
    result: Literal["exact", "place", "candidates", "town"]
    reason: Said | None
    place: Place | None
    candidates: list[Place]
    hazards: list[HazardAnswer]
    advice: list[Advice] = Field(description="what to do, most urgent first; empty where no hazards are given")
    shelters: list[Shelter]
    areas: list[Area]
    layers: list[LayerFacts]
    caution: Said
    sources: list[SourceOf]
