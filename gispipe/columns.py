"""From delivered values to a column's declared type; what does not fit is named, never bent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from gispipe.depths import depth_in_words, interval_of
from gispipe.intake.delivered import distinct_of
from gispipe.model import Column

_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
"""Full-width forms and the minus sign; wider folding would read 10² as 102 and ① as 1."""
_PLAIN = 15
"""Digits that every number of as many has without loss."""
_TRUE, _FALSE = {"1", "true", "t", "y", "yes", "有", "○", "〇", "◯"}, {"0", "false", "f", "n", "no", "無", "×", "✕"}


def cast(values: np.ndarray, column: Column) -> tuple[pd.Series, np.ndarray]:
    """Return the values in the declared type and the mask of those that do not fit (they become missing).

    `int` becomes Int64, `float` Float64, `bool` boolean, `str` and `date` (YYYY-MM-DD) text; all can be missing.
    Numbers may be written in full width and with grouping commas.
    """
    return cast_distinct(*distinct_of(values), column)


def cast_distinct(codes: np.ndarray, distinct: np.ndarray, column: Column) -> tuple[pd.Series, np.ndarray]:
    """Do the same for values given as codes (-1 for none) into distinct ones: each is read once."""
    read = _READ[column.type] if column.limits is None else _depth_reader(column.limits)
    out = np.empty(len(distinct) + 1, dtype=object)
    bad = np.zeros(len(distinct) + 1, dtype=bool)
    out[-1] = None
    for k, value in enumerate(distinct):
        try:
            out[k] = read(value)
        except (ValueError, OverflowError):
            out[k], bad[k] = None, True
    if column.type in ("str", "date"):
        return pd.Series(out[codes], dtype="object"), bad[codes]
    return pd.Series(pd.array(out, dtype=DTYPE[column.type]).take(codes)), bad[codes]


DTYPE = {"int": "Int64", "float": "Float64", "bool": "boolean"}


def _depth_reader(limits: Sequence[float]) -> Callable[[object], object]:
    """Return a reader from a depth in words to the number of its interval; a number that is one already stays."""
    def read(value: object) -> int:
        if not isinstance(value, str) or value.strip().isdigit():
            number = _whole(value)
            if 1 <= number <= len(limits):
                return number
            raise ValueError(value)
        words = depth_in_words(value)
        interval = interval_of(*words, limits) if words else None
        if interval is None:
            raise ValueError(value)
        return interval

    return read


def _text(value: object) -> str | None:
    if type(value) is str:
        return value.strip() or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _number_text(value: object) -> str:
    text = str(value).translate(_WIDE).strip()
    return text.replace(",", "") if _GROUPED.match(text) else text


def _number(value: object) -> float:
    """Read a number as people write it; Python's own digit separator `_` is none."""
    text = _number_text(value)
    if "_" in text:
        raise ValueError(value)
    return float(text)


def _whole(value: object) -> int:
    if type(value) is str and len(value) <= _PLAIN and value.isascii() and value.isdigit():
        return int(value)  # as most are written
    if isinstance(value, bool):
        raise ValueError(value)
    number = _number(value)
    if not number.is_integer():
        raise ValueError(value)
    text = _number_text(value)
    whole = int(text) if re.fullmatch(r"[+-]?\d+", text) else int(number)
    if not -(2**63) <= whole < 2**63:
        raise OverflowError(value)
    return whole


def _decimal(value: object) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    number = _number(value)
    if not np.isfinite(number):
        raise ValueError(value)
    return number


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = _number_text(value).lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError(value)


def _date(value: object) -> str:
    found = _DATE.match(_number_text(value).split("T")[0])
    if not found:
        raise ValueError(value)
    year, month, day = map(int, found.groups())
    return dt.date(year, month, day).isoformat()


_READ: dict[str, Callable[[object], object]] = {"str": _text, "int": _whole, "float": _decimal, "bool": _flag, "date": _date}
