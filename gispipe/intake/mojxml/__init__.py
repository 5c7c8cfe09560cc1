"""Read register-office maps (地図XML, 登記所備付地図データ): parcels, control points, corners, borders and sheets.

Written the usual way a file is read by patterns that account for every byte, else element by element; both give the
same. Maps in 任意座標系 are drawn in axes of their own: their rows come without shapes, so that they are counted but
never placed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, NotWanted, SourceFile
from gispipe.intake.mojxml.parts import Parts, fail
from gispipe.intake.mojxml.tables import Table, line_theme, parcels, point_theme, sheet_theme, unusual
from gispipe.intake.mojxml.template import read_template
from gispipe.intake.mojxml.walk import walk
from gispipe.model import Source
from gispipe.words import Words

LOCAL = "任意座標"
KINDS = ("筆", "基準点", "筆界点", "筆界線", "仮行政界線", "図郭", LOCAL)
_OWN_AXES = "任意座標系"


def read_mojxml(path: Path, source: Source, where: str) -> Delivered:
    """Read one theme of a map, the 筆 unless the source names another; `任意座標` gives the parcels of maps with axes of
    their own as a table whose column 図形WKT (x east, y north, drawing metres) no map can take for a place.

    公共座標n系 is EPSG:2442+n (JGD2000). Raises UnreadableInput for XML that is broken, ids that lead nowhere or are given
    twice, rings that do not close, and coordinates that are none.
    """
    must_be(path, "mojxml", where)
    kind = _kind(source, where)
    data = path.read_bytes()
    file = (hashlib.sha256(data).hexdigest(), len(data))
    encoding = _encoding(data)
    parts = read_template(data, kind)
    del data
    parts = parts or walk(path, where)
    system, crs = _system(parts, where)
    if kind == LOCAL and crs:
        raise NotWanted(where)
    columns, shapes, wrong = _theme(parts, kind, where)
    count = len(shapes)
    missing = shapely.is_missing(shapes)
    notes = tuple(Note("GP11", 0, row + 1, detail) for row, detail in wrong.items())
    facts = {"crs_by": " ".join(filter(None, [system, parts.head.get("測地系判別"), "→ JGD2000" if crs else None])), "encoding_by": "XML declaration", "placed": int((~missing).sum()) if crs else 0,
             "arbitrary": 0 if crs else count, "kinds": _counts(columns.get("種別")), "unusual_numbers": unusual(columns["地番"]) if "地番" in columns else {}}
    table = _table(parts, columns, count, crs is None, shapes if kind == LOCAL else None)
    return Delivered(table, _placed(shapes, kind, crs), crs, np.arange(1, count + 1), np.zeros(count, int), (SourceFile(where, *file, count),), encoding, notes, facts)


def list_kinds(path: Path, where: str) -> dict[str, int]:
    """Return the themes a person looks for in a map, parcels, control points and sheets, with how many there are."""
    must_be(path, "mojxml", where)
    data = path.read_bytes()
    found = {kind: len(re.findall(rb"<(?:[^\s<>:]+:)?" + kind.encode() + rb"[\s>/]", data)) for kind in ("筆", "基準点", "図郭")}
    return {kind: count for kind, count in found.items() if count or kind == "筆"}


def _kind(source: Source, where: str) -> str:
    kind = source.layer or "筆"
    if kind not in KINDS:
        listing = ", ".join(KINDS)
        raise UnreadableInput(where, Words(f"no theme '{kind}'; there are: {listing}", f"「{kind}」という種類はありません。ある種類: {listing}"),
                              Words("correct layer in [source]", "[source] の layer を直してください"))
    if kind == LOCAL and source.crs:
        raise UnreadableInput(where, Words(f"{LOCAL} has axes of its own; {source.crs} cannot be its coordinate system", f"{LOCAL}の図面は独自の座標軸によるため、{source.crs} とは扱えません"),
                              Words("leave out crs in [source]", "[source] の crs を消してください"))
    return kind


def _encoding(data: bytes) -> str:
    stated = re.match(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)""", data[:200])
    return stated.group(1).decode().lower() if stated else "utf-8"


def _system(parts: Parts, where: str) -> tuple[str, str | None]:
    """Return 座標系 and its EPSG code, None for axes of their own."""
    system = parts.head.get("座標系")
    if system is None:
        raise fail(where, "座標系 is missing", "座標系がありません")
    found = re.fullmatch(r"公共座標(\d{1,2})系", unicodedata.normalize("NFKC", system))
    if system == _OWN_AXES or (found and 1 <= int(found.group(1)) <= 19):
        return system, f"EPSG:{2442 + int(found.group(1))}" if found else None
    raise fail(where, f"座標系 '{system}' is neither 公共座標1系 to 19系 nor {_OWN_AXES}", f"座標系「{system}」は、公共座標1系〜19系でも{_OWN_AXES}でもありません")


def _theme(parts: Parts, kind: str, where: str) -> Table:
    if kind in ("筆", LOCAL):
        return parcels(parts, where)
    if kind == "図郭":
        return sheet_theme(parts, where)
    return (point_theme if kind in ("基準点", "筆界点") else line_theme)(parts, kind, where)


def _placed(shapes: np.ndarray, kind: str, crs: str | None) -> np.ndarray | None:
    """Return the shapes where they have a place on the earth."""
    if kind == LOCAL:
        return None
    return shapes if crs else np.full(len(shapes), None, dtype=object)


def _counts(kinds: pa.Array | None) -> dict[str, int]:
    return {} if kinds is None else {one["values"]: one["counts"] for one in pc.value_counts(kinds).to_pylist()}


def _table(parts: Parts, columns: dict[str, pa.Array], count: int, own_axes: bool, local: np.ndarray | None) -> pa.Table:
    """Put the file's head beside the columns of the theme; texts as dictionaries where they repeat."""
    head = {name: pa.array([parts.head.get(name)] * count, pa.string()) for name in ("地図名", "市区町村コード", "市区町村名", "座標系", "測地系判別")}
    whole = head | columns | {"任意座標": pa.array(np.full(count, own_axes))}
    if local is not None:
        whole["図形WKT"] = pa.array(shapely.to_wkt(local, rounding_precision=3), pa.string())
    return pa.table({name: _text(array, name) if pa.types.is_string(array.type) else array for name, array in whole.items()})


def _text(array: pa.Array, name: str) -> pa.Array:
    array = array.cast(pa.large_string())
    return array if name in ("筆ID", "地番", "地番_結合用", "点番名", "図形WKT") else array.dictionary_encode()
