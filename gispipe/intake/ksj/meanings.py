"""Say what codes mean and where a free depth text begins and ends: further columns, the delivered ones stay as they are."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from gispipe.intake.delivered import Note

if TYPE_CHECKING:
    import pyarrow as pa

BLANK = ("", "空白")
_LOWER = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|メートル)?\s*(?:以上|超)")
_UPPER = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|メートル)?\s*(?:未満|以下)")
UNKNOWN_CODE = "GP08"


@cache
def tables() -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
    """Return column → code → meaning, and the columns of free depth texts."""
    document = tomllib.loads(files("gispipe.intake.ksj").joinpath("codes.toml").read_text("utf-8"))
    named = {column: document["values"][table] for table, columns in document["columns"].items() for column in columns}
    return named, tuple(document["depth_texts"]["columns"])


def depth_limits(text: str) -> tuple[float, float | None] | None:
    """Return the lower and upper limit of a depth in metres (None: no upper limit), or None for a text that states neither.

    `0.3m以上 ～ 1.0m未満` in any width; without a lower limit it is 0.
    """
    plain = unicodedata.normalize("NFKC", text)
    low, high = _LOWER.search(plain), _UPPER.search(plain)
    if low is None and high is None:
        return None
    lower, upper = float(low[1]) if low else 0.0, float(high[1]) if high else None
    return None if upper is not None and upper <= lower else (lower, upper)


def blanked(data: pa.Table) -> pa.Table:
    """Return the table with blanks and 空白 as no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    blanks = pa.array(BLANK, pa.large_string())
    for k, field in enumerate(data.schema):
        plain = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_large_string(plain) or pa.types.is_string(plain):
            column = data[field.name].combine_chunks().dictionary_encode()
            texts = pc.utf8_trim_whitespace(column.dictionary.cast(pa.large_string()))
            if pc.is_in(texts, blanks).to_numpy(zero_copy_only=False).any():
                kept = pc.if_else(pc.is_in(texts, blanks), pa.scalar(None, pa.large_string()), column.dictionary.cast(pa.large_string()))
                data = data.set_column(k, field.name, kept.take(column.indices).dictionary_encode())
    return data


def with_meanings(data: pa.Table, place: np.ndarray) -> tuple[pa.Table, list[Note]]:
    """Return the table with `<name>_意味` beside each column of codes and `<name>_下限`, `<name>_上限` beside depth texts, and notes.

    A code outside its table and a depth text that cannot be read have no meaning; each is noted once, at its first row.
    """
    named, depths = tables()
    notes: list[Note] = []
    for name in data.column_names:
        if name in named:
            data, more = _codes(data, name, named[name], place)
        elif name in depths:
            data, more = _depths(data, name, place)
        else:
            continue
        notes += more
    return data, notes


def _codes(data: pa.Table, name: str, meanings: dict[str, str], place: np.ndarray) -> tuple[pa.Table, list[Note]]:
    import pyarrow as pa

    column = data[name].combine_chunks().dictionary_encode()
    keys = [_key(value) for value in column.dictionary.to_pylist()]
    texts = pa.array([meanings.get(key) for key in keys], pa.large_string())
    unknown = [k for k, text in enumerate(texts.to_pylist()) if text is None]
    data = _beside(data, name, {f"{name}_意味": texts.take(column.indices)})
    return data, _noted(name, column, unknown, keys, place)


def _key(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _depths(data: pa.Table, name: str, place: np.ndarray) -> tuple[pa.Table, list[Note]]:
    import pyarrow as pa

    column = data[name].combine_chunks().dictionary_encode()
    words = [str(value) for value in column.dictionary.to_pylist()]
    limits = [depth_limits(text) for text in words]
    lower = pa.array([one[0] if one else None for one in limits], pa.float64())
    upper = pa.array([one[1] if one else None for one in limits], pa.float64())
    data = _beside(data, name, {f"{name}_下限": lower.take(column.indices), f"{name}_上限": upper.take(column.indices)})
    return data, _noted(name, column, [k for k, one in enumerate(limits) if one is None], words, place)


def _beside(data: pa.Table, name: str, columns: dict[str, pa.Array]) -> pa.Table:
    """Put columns after the one they explain."""
    for k, (title, column) in enumerate(columns.items(), 1):
        data = data.add_column(data.column_names.index(name) + k, title, column)
    return data


def _noted(name: str, column: pa.DictionaryArray, unknown: list[int], words: list[str], place: np.ndarray) -> list[Note]:
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return [Note(UNKNOWN_CODE, 0, int(place[rows[0]]), f"{name}={words[k]!r} ({len(rows):,})") for k in unknown if len(rows := np.flatnonzero(codes == k))]
