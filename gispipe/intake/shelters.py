"""Read the national lists of emergency evacuation sites (指定緊急避難場所) and shelters (指定避難所), as CSV or GeoJSON.

The two are different things in law: a file holds one of them, told by its columns, and a layer may say which it wants.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.content import identify, must_be
from gispipe.intake.csv_table import csv_rows
from gispipe.intake.delivered import Delivered, Note
from gispipe.intake.geojson import read_geojson
from gispipe.intake.points import degrees
from gispipe.intake.rows import Rows, texts
from gispipe.model import Source
from gispipe.words import Words

SITE, SHELTER = "指定緊急避難場所", "指定避難所"
COMMON_ID = r"^E\d{5}\d{5}(1[12]|20)[1-9A-Za-z]$"
"""E, municipality 5, facility 5, kind 2 (20 site; 11, 12 shelter), sequence."""
_TELLS = {SITE: "指定避難所との住所同一", SHELTER: "指定緊急避難場所との住所同一"}
_SYSTEM = "EPSG:6668"


def read_gsi_shelter(path: Path, source: Source, where: str) -> Delivered:
    """Read one list; `layer` of the source names the kind where a mix-up must stop the run.

    Common identifiers not of their form are noted (GP05), rows without coordinates too (GP11). Raises UnreadableInput
    for the other kind, for other tables, and for the answer that a municipality has no data.
    """
    found = identify(path)
    if found in ("json", "geojson"):
        _refuse_status(path, where)
        delivered = _from_geojson(path, source, where)
    else:
        must_be(path, "csv", where)
        delivered = _from_csv(path, source, where)
    kind = _kind(delivered.names, source, where)
    return replace(delivered, notes=(*delivered.notes, *_doubtful_ids(delivered)), facts=delivered.facts | {"kind": kind})


def _from_csv(path: Path, source: Source, where: str) -> Delivered:
    rows = csv_rows(path, source, where, tolerant=True)
    for name in rows.table.column_names:
        _no_null(rows, name)
    if not {"緯度", "経度"} <= set(rows.table.column_names):
        raise _stranger(rows.table.column_names, where)
    rows.facts |= {"crs_by": "format", "crs_by_rule": "世界測地系"}
    return rows.delivered(degrees(rows, "経度", "緯度"), _SYSTEM)


def _no_null(rows: Rows, name: str) -> None:
    """Make the text `null`, which the national files write for no value, no value."""
    hit = pc.equal(texts(rows.table[name]), "null")
    if pc.any(hit).as_py():
        rows.replace(name, pa.chunked_array([pc.if_else(hit.fill_null(False), None, texts(rows.table[name]))]))


def _from_geojson(path: Path, source: Source, where: str) -> Delivered:
    """Read the features; `null` texts are no values, a missing point is noted as in a table."""
    delivered = read_geojson(path, source, where)
    frame = delivered.frame.map(lambda value: None if value == "null" else value).astype(object)
    frame = frame.where(pd.notna(frame), None)
    shapes = delivered.geometry
    assert shapes is not None
    bare = np.flatnonzero(shapely.is_missing(shapes))
    notes = tuple(Note("GP11", 0, int(delivered.place[k]), "座標なし / no coordinates") for k in bare)
    return replace(delivered, data=frame, notes=(*delivered.notes, *notes))


def _kind(names: list[str], source: Source, where: str) -> str:
    kind = next((kind for kind, column in _TELLS.items() if column in names), None)
    if kind is None or "共通ID" not in names:
        raise _stranger(names, where)
    if source.layer not in (None, kind):
        raise UnreadableInput(where, Words(f"the file lists {kind}, but the layer asks for {source.layer}", f"このファイルは{kind}ですが、レイヤーは「{source.layer}」を求めています"),
                              Words("the two are different in law: put the right file there or correct layer in [source]",
                                    "両者は法律上別のものです。正しいファイルを置くか、[source] の layer を直してください"))
    return kind


def _doubtful_ids(delivered: Delivered) -> list[Note]:
    ids = delivered.frame["共通ID"]
    wrong = ~ids.astype("string").str.match(COMMON_ID).fillna(False).to_numpy(bool)
    return [Note("GP05", 0, int(delivered.place[k]), f"共通ID: {ids.iloc[k] or ''}") for k in np.flatnonzero(wrong)]


def _refuse_status(path: Path, where: str) -> None:
    """Raise UnreadableInput for the object that publishers answer with where a municipality has no data."""
    if path.stat().st_size > 65536:
        return
    try:
        answer = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    if isinstance(answer, dict) and "features" not in answer and ("message" in answer or answer.get("type") == "unavailable"):
        said = str(answer.get("message", ""))[:200]
        raise UnreadableInput(where, Words(f"no data but an answer that they are not available: {said}", f"データではなく、「公開されていない」という応答です: {said}"),
                              Words("ask the municipality, or take the list of the prefecture", "自治体に問い合わせるか、都道府県単位のファイルを使ってください"))


def _stranger(names: list[str], where: str) -> UnreadableInput:
    listing = ", ".join(names[:12])
    return UnreadableInput(where, Words(f"neither list of sites nor of shelters; its columns are: {listing}", f"指定緊急避難場所・指定避難所の一覧ではありません。列: {listing}"),
                           Words("correct reader in [source], or read it as csv or geojson", "[source] の reader を直すか、csv・geojson として読んでください"))
