"""Read GeoJSON (RFC 7946) strictly: real JSON, real numbers, features with geometry."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

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

    texts = np.array([None if m is None else json.dumps(m) for m in members], dtype=object)
    geometry = np.full(len(texts), None, dtype=object)
    present = texts != None  # noqa: E711 — elementwise on purpose
    geometry[present] = shapely.force_2d(shapely.from_geojson(texts[present], on_invalid="ignore"))
    broken = np.flatnonzero(present & shapely.is_missing(geometry))
    if len(broken):
        raise UnreadableInput(f"{where} feature {broken[0] + 1}", Words("the geometry is not GeoJSON", "geometry が GeoJSON の形ではありません"), _AGAIN)
    return geometry


def _properties(rows: Iterable[dict]) -> pd.DataFrame:
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: np.fromiter((plain(row.get(name)) for row in rows), dtype=object, count=len(rows)) for name in names}
    return pd.DataFrame(columns, index=range(len(rows)), dtype=object)
