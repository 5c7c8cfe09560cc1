"""Count what a person wants to know of a table before declaring it: nothing is repaired, nothing is assumed without saying so."""

from __future__ import annotations

import collections
from dataclasses import asdict, dataclass, field

import numpy as np
import shapely

from gispipe.checks.findings import rule_of
from gispipe.crs import LONLAT, is_known, transform_points
from gispipe.errors import Failure
from gispipe.inspect.recognise import Thing
from gispipe.intake import Delivered
from gispipe.words import Words

_SAMPLES = 3


@dataclass(frozen=True)
class ColumnFacts:
    """A column: its kind of values, how many rows have one, how many distinct, and a few of them."""

    name: str
    kind: str
    filled: int
    distinct: int
    samples: tuple[str, ...]


@dataclass(frozen=True)
class ShapeFacts:
    """The shapes: kinds with counts; missing, invalid, duplicate ones; their box in degrees (west, south, east, north)."""

    kinds: dict[str, int]
    missing: int
    invalid: int
    duplicate: int
    not_finite: int
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Noticed:
    """What a reader noticed under one rule: how often, and the first place with its detail."""

    code: str
    sentence: Words
    count: int
    first: str


@dataclass(frozen=True)
class Description:
    """What is known of one thing in a file."""

    file: str
    reader: str
    title: Words
    source: dict[str, object]
    rows: int | None = None
    crs: str | None = None
    crs_by: str = ""
    encoding: str | None = None
    encoding_by: str = ""
    shapes: ShapeFacts | None = None
    columns: tuple[ColumnFacts, ...] = ()
    notes: tuple[Noticed, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)
    doubts: tuple[Words, ...] = ()
    layers: tuple[str, ...] = ()
    failure: Failure | None = None

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        document = asdict(self) | {"title": self.title.both(), "doubts": [doubt.both() for doubt in self.doubts],
                                   "notes": [asdict(one) | {"sentence": one.sentence.both()} for one in self.notes]}
        failure = self.failure
        document["failure"] = {"code": failure.code, "exit": failure.exit_status, "what": failure.what.both()} if failure else None
        return document


def describe(thing: Thing, layers: tuple[str, ...] = ()) -> Description:
    """Return the description of a thing; `layers` are the declarations that would read it."""
    from gispipe.intake.registry import FORMATS

    source = thing.source.model_dump(mode="json", exclude_defaults=True)
    title = FORMATS[thing.source.reader].title
    if thing.delivered is None:
        return _picture(thing, title, source, layers)
    one = thing.delivered
    crs_by = str(one.facts.get("crs_by", "") or ("file" if one.crs else ""))
    encoding_by = str(one.facts.get("encoding_by", "")) if thing.source.encoding is None else "guess: every character fits"
    told = {key: value for key, value in one.facts.items() if key not in ("crs_by", "crs_by_rule", "encoding_by", "absent", "placed") and value not in ({}, None, "")}
    return Description(thing.name, thing.source.reader, title, source, len(one), one.crs, crs_by, one.encoding, encoding_by, _shapes(one), _columns(one),
                       _noticed(one), told, thing.doubts, layers)


def _noticed(one: Delivered) -> tuple[Noticed, ...]:
    found = []
    for code, count in sorted(collections.Counter(note.code for note in one.notes).items()):
        first = next(note for note in one.notes if note.code == code)
        place = f"{one.files[first.file].path}:{first.row}" if first.row else one.files[first.file].path
        found.append(Noticed(code, rule_of(code).sentence, count, f"{place} {first.detail}".strip()))
    return tuple(found)


def _picture(thing: Thing, title: Words, source: dict[str, object], layers: tuple[str, ...]) -> Description:
    """Describe the sheets of a picture by their heads."""
    systems = sorted({str(sheet["crs"]) for sheet in thing.sheets if sheet["crs"]})
    facts: dict[str, object] = {}
    if thing.sheets:
        first = thing.sheets[0]
        facts = {"sheets": len(thing.sheets), "pixels": f"{first['width']} x {first['height']}, {first['bands']} x {first['pixels']}", "step": first["step"], "box": first["box"]}
    crs = ", ".join(systems) or None
    return Description(thing.name, thing.source.reader, title, source, crs=crs, crs_by="file" if crs else "", facts=facts, failure=thing.failure, layers=layers)


def _columns(one: Delivered) -> tuple[ColumnFacts, ...]:
    return tuple(_column(one, name) for name in one.names)


def _column(one: Delivered, name: str) -> ColumnFacts:
    codes, distinct = one.distinct(name)
    kinds = sorted({_KINDS.get(type(value), "text") for value in distinct})
    samples = tuple(str(value)[:40] for value in distinct[:_SAMPLES])
    return ColumnFacts(name, "/".join(kinds) or "none", int((codes >= 0).sum()), len(distinct), samples)


_KINDS = {str: "text", int: "int", float: "float", bool: "bool"}


def _shapes(one: Delivered) -> ShapeFacts | None:
    geometry = one.geometry
    if geometry is None:
        return None
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    kinds = collections.Counter(shapely.GeometryType(kind).name.title().replace("string", "String") for kind in shapely.get_type_id(geometry[there]))
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    bad = np.unique(owner[~np.isfinite(xy).all(axis=1)])
    written = shapely.to_wkb(geometry[there])
    return ShapeFacts({_TYPES.get(kind, kind): count for kind, count in sorted(kinds.items())}, int((~there).sum()), int((~shapely.is_valid(geometry[there])).sum()),
                      len(written) - len(set(written)), len(bad), _box(one, geometry))


_TYPES = {"Multipoint": "MultiPoint", "Multipolygon": "MultiPolygon", "MultilineString": "MultiLineString", "Geometrycollection": "GeometryCollection", "Linestring": "LineString"}


def _box(one: Delivered, geometry: np.ndarray) -> tuple[float, float, float, float] | None:
    """Return the box of all finite shapes in degrees, None where the CRS is not known or cannot be brought to degrees."""
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if one.crs is None or one.crs_of is not None or not len(boxes) or not is_known(one.crs):
        return None
    west, south, east, north = boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max()
    try:
        lon, lat = transform_points(np.array([west, east, west, east]), np.array([south, south, north, north]), one.crs, LONLAT, accept=50)
    except Failure:
        return None
    return (round(float(lon.min()), 6), round(float(lat.min()), 6), round(float(lon.max()), 6), round(float(lat.max()), 6))
