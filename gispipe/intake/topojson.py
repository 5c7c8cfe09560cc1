"""Read TopoJSON: arcs shared by neighbours, put together into rings in bulk, exactly as drawn."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.json_text import parse, plain
from gispipe.intake.text import decode, proof
from gispipe.intake.topojson_arcs import Arcs
from gispipe.intake.topojson_shapes import shapes_of
from gispipe.model import Source
from gispipe.words import Words

WGS84 = "EPSG:4326"
_AGAIN = Words("export it again as TopoJSON or GeoJSON", "TopoJSON か GeoJSON として出力し直してください")


def read_topojson(path: Path, source: Source, where: str) -> Delivered:
    """Read one object of a topology: the one `layer` names, or the only one.

    Coordinates that look like degrees are WGS 84 unless the layer says otherwise; others have no stated system.
    Raises UnreadableInput for broken JSON, arcs that are not there, and numbers that are none.
    """
    must_be(path, "topojson", where)
    data = path.read_bytes()
    text, encoding = decode(data, source.encoding or "utf-8", where)
    document = _parse(text, where)
    members = _members(document, source, where)
    arcs = Arcs.of(document, where)
    shapes = shapes_of(members, arcs, where)
    frame = _properties(members)
    bare = np.flatnonzero(shapely.is_missing(shapes))
    file = SourceFile(where, hashlib.sha256(data).hexdigest(), len(data), len(members))
    facts: dict[str, object] = {"encoding_by": proof(data, source.encoding), "arcs": len(arcs.begin)}
    if arcs.in_degrees():
        facts |= {"crs_by": "TopoJSON", "crs_by_rule": "RFC 7946"}
    return Delivered(frame, shapes, WGS84 if arcs.in_degrees() else None, np.arange(1, len(members) + 1), np.zeros(len(members), int), (file,), encoding,
                     tuple(Note("GP11", 0, int(k) + 1, "") for k in bare), facts)


def list_objects(path: Path, where: str) -> dict[str, int]:
    """Return the objects of a topology with their shapes."""
    must_be(path, "topojson", where)
    document = _parse(decode(path.read_bytes(), "utf-8", where)[0], where)
    return {str(name): len(_members(document, Source(reader="topojson", path="-", layer=str(name)), where)) for name in document["objects"]}


def _parse(text: str, where: str) -> dict[str, Any]:
    document = parse(text, where, _AGAIN)
    if not isinstance(document, dict) or document.get("type") != "Topology" or not isinstance(document.get("objects"), dict):
        raise UnreadableInput(where, Words("not a topology with objects", "objects のある Topology ではありません"), _AGAIN)
    return document


def _members(document: dict[str, Any], source: Source, where: str) -> list[dict[str, Any]]:
    """Return the geometry objects of the wanted object."""
    objects = document["objects"]
    listing = ", ".join(map(str, objects)) or "-"
    if source.layer is None and len(objects) != 1:
        raise UnreadableInput(where, Words(f"{len(objects)} objects inside: {listing}", f"オブジェクトが {len(objects)} 個あります: {listing}"),
                              Words('name one with layer = "…" in [source]', "[source] に layer = \"…\" を書いてください"))
    if source.layer is not None and source.layer not in objects:
        raise UnreadableInput(where, Words(f"no object '{source.layer}'; there are: {listing}", f"オブジェクト「{source.layer}」がありません。あるもの: {listing}"),
                              Words("correct layer in [source]", "[source] の layer を直してください"))
    wanted = objects[source.layer] if source.layer is not None else next(iter(objects.values()))
    members = wanted.get("geometries") if isinstance(wanted, dict) and wanted.get("type") == "GeometryCollection" else [wanted]
    if not isinstance(members, list) or not all(isinstance(one, dict) and isinstance(one.get("properties", {}), (dict, type(None))) for one in members):
        raise UnreadableInput(where, Words("a geometry is not an object", "図形の記述が正しくありません"), _AGAIN)
    return members


def _properties(members: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the properties, and the identifier of a geometry as `id` where no property has that name."""
    rows = [({"id": one["id"]} if "id" in one else {}) | (one.get("properties") or {}) for one in members]
    names = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame({name: np.array([plain(row.get(name)) for row in rows] + [None], dtype=object)[:-1] for name in names}, index=range(len(rows)), dtype=object)
