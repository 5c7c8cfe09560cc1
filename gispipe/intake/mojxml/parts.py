"""What both ways of reading a map hand on: the parts of a file as columns of texts, nothing resolved yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.words import Words

TIZU = "http://www.moj.go.jp/MINJI/tizuxml"
ZUMEN = "http://www.moj.go.jp/MINJI/tizuzumen"
AGAIN = Words("ask for the file again", "ファイルを受け取り直してください")
LEVELS = ("大字", "丁目", "小字", "予備")
PLACE = (*(f"{level}コード" for level in LEVELS), *(f"{level}名" for level in LEVELS), "地番")
QUALITY = ("精度区分", "座標値種別")
SHEET = ("地図番号", "縮尺分母", "方位不明フラグ", "地図種類", "地図分類", "地図材質")
CORNERS = ("左下座標", "左上座標", "右上座標", "右下座標")
HEAD = ("version", "地図名", "市区町村コード", "市区町村名", "座標系", "測地系判別", "変換プログラム", "変換プログラムバージョン", "変換パラメータバージョン")


@dataclass(frozen=True)
class Subject:
    """Everything of one theme: texts by column, and the idref (of a point, curve or surface) that draws each."""

    columns: dict[str, pa.Array]
    shape: pa.Array


@dataclass(frozen=True)
class Sheet:
    """One 図郭: its texts, corners (4, 2) as texts x north, y east, and the parcels it names."""

    texts: dict[str, str | None]
    corners: list[tuple[str | None, str | None]]
    parcels: list[str | None]


@dataclass(frozen=True)
class Points:
    """Texts of every GM_Point; x is north, y is east."""

    id: pa.Array
    x: pa.Array
    y: pa.Array


@dataclass(frozen=True)
class Curves:
    """Texts of every GM_Curve; for every position the curve's index, and a point's id or x and y."""

    id: pa.Array
    sign: pa.Array
    primitive: pa.Array
    position_curve: np.ndarray
    position_point: pa.Array
    position_x: pa.Array
    position_y: pa.Array


@dataclass(frozen=True)
class Surfaces:
    """Ids of every GM_Surface; for every ring the surface's index and whether it is a hole; for every side its ring and the curve's id."""

    id: pa.Array
    ring_surface: np.ndarray
    ring_hole: np.ndarray
    side_ring: np.ndarray
    side_curve: pa.Array


@dataclass(frozen=True)
class Parts:
    """A file in columns, nothing resolved."""

    head: dict[str, str | None]
    points: Points
    curves: Curves
    surfaces: Surfaces
    subjects: dict[str, Subject]
    sheets: list[Sheet]


def texts(values: Sequence[str | bytes | None]) -> pa.Array:
    """Return values as text without blanks around them, null where nothing is left; raises pa.ArrowInvalid for bytes that are not UTF-8."""
    array = pa.array(values, pa.binary() if values and isinstance(values[0], bytes) else pa.string()).cast(pa.string())
    array = pc.utf8_trim_whitespace(array)
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)


def marks(values: Sequence[bytes], absent: bool = False) -> pa.Array:
    """Return ids and numbers that a pattern let through, which have no blanks around them; null for empty ones where some may be absent."""
    array = pa.array(values, pa.binary()).cast(pa.string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array) if absent else array


def numbers(values: pa.Array, ids: pa.Array, where: str) -> np.ndarray:
    """Return texts as metres; raises UnreadableInput naming the id of the first that is none or beyond ±999,999.999."""
    try:
        out = pc.cast(values, pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        out = np.array([_number(text) for text in values.to_pylist()])
    wrong = np.flatnonzero(~(np.abs(out) < 1e6))
    if len(wrong):
        k = int(wrong[0])
        raise fail(where, f"{ids[k]}: '{values[k]}' is no coordinate in metres", f"{ids[k]}: 「{values[k]}」は座標値（メートル）ではありません")
    return np.asarray(out, float)


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return np.nan


def index_of(refs: pa.Array, ids: pa.Array, owner: pa.Array | Sequence[object], kind: Words, where: str) -> np.ndarray:
    """Return where each reference stands in `ids`; raises UnreadableInput for one that leads nowhere, naming both ends."""
    found = pc.index_in(refs, value_set=ids).fill_null(-1).to_numpy(zero_copy_only=False)
    lost = np.flatnonzero((found < 0) | refs.is_null().to_numpy(zero_copy_only=False))
    if len(lost):
        k = int(lost[0])
        raise fail(where, f"{owner[k]} refers to {kind.en} {refs[k]}, which is not in the file", f"{owner[k]} が指す{kind.ja} {refs[k]} がファイルにありません")
    return np.asarray(found, np.int64)


def unique(ids: pa.Array, kind: Words, where: str) -> None:
    """Raise UnreadableInput for an id that is missing or given twice."""
    if ids.null_count:
        k = int(np.flatnonzero(ids.is_null().to_numpy(zero_copy_only=False))[0])
        raise fail(where, f"{kind.en} {k + 1} has no id", f"{k + 1} 番目の{kind.ja}に id がありません")
    if pc.count_distinct(ids).as_py() != len(ids):
        counts = pc.value_counts(ids)
        twice = next(one["values"] for one in counts.to_pylist() if one["counts"] > 1)
        raise fail(where, f"the id {twice} is given to more than one {kind.en}", f"id {twice} の{kind.ja}が二つ以上あります")


def fail(where: str, en: str, ja: str, todo: Words = AGAIN) -> UnreadableInput:
    """Return the failure that says this of the file."""
    return UnreadableInput(where, Words(en, ja), todo)
