"""Whole numbers in fixed columns, many records at once."""

from __future__ import annotations

import numpy as np


def integers(field: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the values (n,) int64 of right-aligned numbers in an (n, width) array of bytes, and a mask of broken ones.

    A blank field is 0, as in FORTRAN; so is the value of a broken one: a stray character, a blank or sign after a digit.
    """
    columns = np.ascontiguousarray(field.T)
    digit = columns - np.uint8(48)
    is_digit = digit < 10
    blank = columns == 32
    minus = columns == 45
    sign = minus | (columns == 43)
    bad = ~(is_digit | blank | sign).all(axis=0)
    bad |= ((blank[1:] | sign[1:]) & ~blank[:-1]).any(axis=0) | sign[-1]
    total: np.ndarray = np.zeros(columns.shape[1], dtype=np.int64 if len(columns) > 9 else np.int32)
    for worth, there in zip(digit, is_digit, strict=True):
        np.multiply(total, 10, out=total)
        np.add(total, np.where(there, worth, 0), out=total)
    total[minus.any(axis=0)] *= -1
    total[bad] = 0
    return total.astype(np.int64), bad


def number(record: bytes, first: int, last: int) -> int | None:
    """Return the number in columns first…last (counted from 1) of one record: 0 when blank, None when it is none."""
    text = record[first - 1:last].strip()
    if not text:
        return 0
    try:
        return int(text) if text.lstrip(b"+-").isdigit() else None
    except ValueError:
        return None


def months(values: np.ndarray) -> np.ndarray:
    """Return year and month of YYMM numbers as `2017-03`, None where there is none; two digits from 70 on are 19xx."""
    known, which = np.unique(values, return_inverse=True)
    texts = np.array([month(int(v)) for v in known] + [None], dtype=object)[:-1]
    return texts[which]


def month(value: int) -> str | None:
    """Return `2017-03` for 1703, `2017` for 1700, None for no month."""
    year, part = divmod(value, 100)
    if value <= 0 or part > 12:
        return None
    full = (1900 if year >= 70 else 2000) + year
    return f"{full}-{part:02d}" if part else str(full)
