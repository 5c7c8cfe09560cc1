"""Read GeoJSON (RFC 7946) strictly: real JSON, real numbers, features with geometry."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gispipe import ragged
from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.intake.json_text import parse, plain
from gispipe.intake.projection import crs_name
from gispipe.intake.text import decode
from gispipe.model import Source
from gispipe.words import Words

RFC_7946 = "EPSG:4326"
_AGAIN = Words("export it again as GeoJSON (RFC 7946)", "GeoJSON（RFC 7946）として出力し直してください")


def read_geojson(path: Path, source: Source, where: str) -> Delivered:
    """Read a FeatureCollection or Feature; without a crs member the coordinates are WGS 84 longitude and latitude.

    Raises UnreadableInput for text that is not JSON (NaN and Infinity are not) and for other JSON formats.
    """
    must_be(path, "geojson", where)
    data = path.read_bytes()
    text, encoding = decode(data, source.encoding or "utf-8", where)
    document = _parse(text, where)
    features = _features(document, where)
    geometry = _geometry([feature.get("geometry") for feature in features], where)
    frame = _properties([feature.get("properties") or {} for feature in features])
    digest = hashlib.sha256(data).hexdigest()
    return Delivered(frame, geometry, _crs(document, where), np.arange(1, len(features) + 1), np.zeros(len(features), int),
                     (SourceFile(where, digest, len(data), len(features)),), encoding,
                     facts={} if "crs" in document else {"crs_by_rule": "RFC 7946"})


def _parse(text: str, where: str) -> dict:
    document = parse(text, where, _AGAIN)
    if not isinstance(document, dict):
        raise UnreadableInput(where, Words("not a GeoJSON object", "GeoJSON オブジェクトではありません"), _AGAIN)
    return document


def _features(document: dict, where: str) -> list[dict]:
    features = document.get("features") if document.get("type") == "FeatureCollection" else [document] if document.get("type") == "Feature" else None
    if not isinstance(features, list) or not all(isinstance(f, dict) and f.get("type") == "Feature" for f in features):
        raise UnreadableInput(where, Words(f"type is {document.get('type')!r}, not FeatureCollection",
                                           f"type が {document.get('type')!r} で、FeatureCollection ではありません"), _AGAIN)
    for k, feature in enumerate(features, 1):
        if not isinstance(feature.get("properties", {}), (dict, type(None))) or not isinstance(feature.get("geometry"), (dict, type(None))):
            raise UnreadableInput(f"{where} feature {k}", Words("properties or geometry is not an object", "properties か geometry の形が違います"), _AGAIN)
    return features


def _crs(document: dict, where: str) -> str | None:
    member = document.get("crs")
    if member is None:
        return RFC_7946
    name = str((member.get("properties") or {}).get("name", "")) if isinstance(member, dict) else ""
    if re.search(r"CRS:?84$", name):
        return RFC_7946
    found = re.search(r"EPSG:{1,2}(?:[\d.]*:)?(\d+)$", name, re.IGNORECASE)
    return crs_name(f"EPSG:{found.group(1)}") if found else None


def _geometry(members: list[dict | None], where: str) -> np.ndarray:
    import shapely

    geometry = np.full(len(members), None, dtype=object)
    for k, member in enumerate(members):
        geometry[k] = None if member is None else _areas(member)
    rest = [k for k, member in enumerate(members) if member is not None and geometry[k] is None]
    geometry[rest] = shapely.force_2d(shapely.from_geojson(np.array([json.dumps(members[k]) for k in rest], dtype=object), on_invalid="ignore"))
    broken = [k for k in rest if geometry[k] is None]
    if broken:
        raise UnreadableInput(f"{where} feature {broken[0] + 1}", Words("the geometry is not GeoJSON", "geometry が GeoJSON の形ではありません"), _AGAIN)
    return geometry


def _areas(member: dict) -> Any:
    """Return a plain Polygon or MultiPolygon, whose numbers are read already, several times faster than GEOS reads them again; None for all that needs its judgement."""
    import shapely

    if member.keys() != {"type", "coordinates"} or member["type"] not in ("Polygon", "MultiPolygon"):
        return None
    polygons = member["coordinates"] if member["type"] == "MultiPolygon" else [member["coordinates"]]
    try:
        rings = _inside(polygons)
        points = _inside(rings)
        numbers = _inside(points)
        if set(map(len, points)) != {2} or not set(map(type, numbers)) <= {int, float}:  # true is no number
            return None
        xy = np.array(numbers, dtype=float).reshape(-1, 2)
    except (TypeError, OverflowError):
        return None
    ring, polygon = (ragged.offsets(np.array(list(map(len, one)), np.int64)) for one in (rings, polygons))
    if np.diff(ring).min() < 4 or (xy[ring[:-1]] != xy[ring[1:] - 1]).any() or not np.isfinite(xy).all():
        return None
    if member["type"] == "Polygon":
        return shapely.from_ragged_array(shapely.GeometryType.POLYGON, xy, (ring, polygon))[0]
    return shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, xy, (ring, polygon, np.array([0, len(polygons)])))[0]


def _inside(lists: list[list]) -> list:
    """Return what some lists hold, none of them empty, one after the other; raises TypeError for anything else."""
    if type(lists) is not list or set(map(type, lists)) != {list} or not all(lists):
        raise TypeError("no lists")
    return list(chain.from_iterable(lists))


def _properties(rows: Iterable[dict]) -> pd.DataFrame:
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: np.fromiter((plain(row.get(name)) for row in rows), dtype=object, count=len(rows)) for name in names}
    return pd.DataFrame(columns, index=range(len(rows)), dtype=object)
