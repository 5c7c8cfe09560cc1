"""The columns of a delivered sheet, by the field names of the standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gispipe.intake.dm.codes import SENSITIVE, group_of, name_of
from gispipe.intake.dm.fields import months

if TYPE_CHECKING:
    import pyarrow as pa

    from gispipe.intake.dm.heads import Heads
    from gispipe.intake.dm.sheet import Sheet

TEXTS = ("図郭識別番号", "レコード番号", "分類コード", "分類名", "グループ", "文字列", "計曲線標高", "縦横", "取得年月", "更新年月", "属性", "属性書式")
WHOLE = ("地図情報レベル", "要素識別番号", "地域分類", "情報分類", "階層レベル", "図形区分", "実データ区分", "精度区分", "注記区分", "転位区分", "間断区分", "属性区分", "線号")
REAL = ("属性数値", "高さ", "最低高さ", "最高高さ", "角度", "字大", "字隔", "中心X", "中心Y", "半径")
_CODED = ("図郭識別番号", "分類コード", "分類名", "グループ", "属性書式")
_NUMBERS = ("要素識別番号", "地域分類", "情報分類", "階層レベル", "図形区分", "実データ区分", "精度区分", "注記区分", "転位区分", "間断区分", "属性区分")


def columns(sheet: Sheet, heads: Heads, code: np.ndarray, place: np.ndarray, more: dict[str, np.ndarray], attributes: list[str | None]) -> pa.Table:
    """Return the table of n elements: headers, class codes (n,), record numbers (n,) and what only some kinds have.

    Lengths, heights and sizes are metres on the ground, angles degrees counter-clockwise from east; NaN and None are no value.
    """
    import pyarrow as pa

    count = len(code)
    made: dict[str, pa.Array] = {
        "図郭識別番号": coded([sheet.id], np.zeros(count, np.int32)), "地図情報レベル": pa.array(np.full(count, sheet.level)),
        "レコード番号": pa.array(place).cast(pa.large_string()), **_classes(code),
        **{name: pa.array(heads.number(name), mask=heads.bad(name)) for name in _NUMBERS}}
    made["属性数値"] = real(attribute_values(sheet, heads))
    made |= {"取得年月": text(months(heads.number("取得"))), "更新年月": text(months(heads.number("更新")))}
    made |= {"属性書式": _formats(heads), "属性": text(attributes)}
    for name, values in more.items():
        made[name] = text(values) if name in TEXTS else real(values) if name in REAL else pa.array(values, from_pandas=True)
    return _ordered(made, count)


def empty() -> pa.Table:
    """Return the table without rows."""
    return _ordered({}, 0)


def _ordered(made: dict[str, pa.Array], count: int) -> pa.Table:
    import pyarrow as pa

    code = pa.dictionary(pa.int32(), pa.large_string())
    none = {**{name: code if name in _CODED else pa.large_string() for name in TEXTS}, **{name: pa.int64() for name in WHOLE}, **{name: pa.float64() for name in REAL}, "非公開": pa.bool_()}
    return pa.table({name: made[name] if name in made else pa.nulls(count, kind) for name, kind in none.items()})


def _classes(code: np.ndarray) -> dict[str, pa.Array]:
    import pyarrow as pa

    known, which = np.unique(code.astype(str), return_inverse=True) if len(code) else (np.empty(0, str), np.empty(0, int))
    names = known.tolist()
    return {"分類コード": coded(names, which), "分類名": coded([name_of(one) for one in names], which), "グループ": coded([group_of(one) for one in names], which),
            "非公開": pa.array(np.isin(code.astype(str), list(SENSITIVE)))}


def coded(values: list[str | None], which: np.ndarray) -> pa.Array:
    """Return texts by number as a dictionary column; None becomes null."""
    import pyarrow as pa

    there = [value for value in values if value is not None]
    lookup = np.array([there.index(value) if value is not None else -1 for value in values] or [0], dtype=np.int32)[which]
    return pa.DictionaryArray.from_arrays(pa.array(lookup, mask=lookup < 0, type=pa.int32()), pa.array(there, pa.large_string()))


def text(values: np.ndarray | list[str | None]) -> pa.Array:
    """Return texts, None as null."""
    import pyarrow as pa

    return pa.array(values, type=pa.large_string(), from_pandas=True)


def real(values: np.ndarray) -> pa.Array:
    """Return numbers, NaN as null."""
    import pyarrow as pa

    return pa.array(np.asarray(values, dtype=float), from_pandas=True)


def _formats(heads: Heads) -> pa.Array:
    known, which = np.unique(np.ascontiguousarray(heads.raw[:, 58:65]).view("S7").ravel(), return_inverse=True)
    return coded([one.decode("ascii", "replace").strip() or None for one in known.tolist()], which)


def attribute_values(sheet: Sheet, heads: Heads) -> np.ndarray:
    """Return 属性数値 in metres, NaN where the field is blank or no number."""
    out = np.rint(heads.number("属性数値") * sheet.unit * 1000) / 1000
    out[heads.bad("属性数値") | heads.blank("属性数値")] = np.nan
    return out
