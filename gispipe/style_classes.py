"""Which class of a style a value belongs to; the one place that decides it for checks, joins, lookup and legends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from gispipe.model import Style, StyleClass, Value

if TYPE_CHECKING:
    import pandas as pd


def class_index(values: pd.Series, style: Style) -> np.ndarray:
    """Return (n,) the number of the class of each value; -1 for none (missing values included)."""
    index = np.full(len(values), -1)
    if style.by is None:
        return np.zeros(len(values), dtype=int)
    for k, one in enumerate(style.class_):
        index[_belongs(values, one) & (index == -1)] = k
    return index


def _belongs(values: pd.Series, one: StyleClass) -> np.ndarray:
    takes = one.takes()
    if takes is not None:
        return values.isin(list(takes)).to_numpy(bool)
    numbers = _numbers(values)
    low = -np.inf if one.min is None else one.min
    high = np.inf if one.max is None else one.max
    return (numbers >= low) & (numbers < high)


def _numbers(values: pd.Series) -> np.ndarray:
    """Return (n,) the number of each value, nan for none; text is read as `_number` reads it, each distinct one once."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values.to_numpy(float, na_value=np.nan)
    codes, distinct = pd.factorize(values.astype("object"))
    return np.array([*map(_number, distinct), np.nan])[codes]


_DECIMAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)


def _number(value: object) -> float:
    """Return the number a value is or spells, nan for none: words that other programs take for numbers are none."""
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value) else np.nan
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return np.nan


def classified(values: pd.Series, style: Style) -> np.ndarray:
    """Return the mask of values that have a class of their own."""
    return class_index(values, style) >= 0


def class_of(value: Value | None, style: Style) -> StyleClass | None:
    """Return the class of one value: its own, else the catch-all, else None."""
    if style.by is None:
        return style.class_[0]
    return next((one for one in style.class_ if value is not None and _holds(one, value)), style.other)


def _holds(one: StyleClass, value: Value) -> bool:
    """Say of one value what `_belongs` says of a column; text that is a number counts in ranges, as there."""
    takes = one.takes()
    if takes is not None:
        return any(value == other and isinstance(value, str) == isinstance(other, str) for other in takes)
    number = _number(value)
    return (number >= (-np.inf if one.min is None else one.min)) and (number < (np.inf if one.max is None else one.max))


def ranks(style: Style) -> np.ndarray:
    """Return the rank of each class, (k,) whole numbers from 1, larger is worse.

    By `severity` where the classes say it (of equal ones the first written is the worse), else in the order written,
    mildest first.
    """
    order = sorted(range(len(style.class_)), key=lambda k: (style.class_[k].severity or 0, -k) if style.class_[k].severity is not None else (0, k))
    made = np.empty(len(order), dtype=np.int64)
    made[order] = np.arange(1, len(order) + 1)
    return made


def rank_of(values: pd.Series, style: Style) -> np.ndarray:
    """Return (n,) the rank of each value's class; 0 for a value without a class of its own, missing ones included."""
    index = class_index(values, style)
    return np.append(ranks(style), 0)[index]
