"""The numbers of a register read from SQLite by column: a city has hundreds of thousands of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

STEPS = 100_000_000
"""Steps of a position to a degree: about a millimetre. Places are written as whole steps."""
_BETWEEN = "\x1f"
_TEXT = pa.large_string()


@dataclass(frozen=True)
class NumberColumns:
    """House numbers and lots in the order of the register, all of shape (n,). town: number of the register's row; lon, lat: steps; layer: place among the
    register's layers by their numbers; number: "" where it is spelled as its key."""

    town: np.ndarray
    kind: np.ndarray
    first: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    layer: np.ndarray
    feature: np.ndarray
    key: pa.LargeStringArray
    number: pa.LargeStringArray
    name: pa.LargeStringArray


def read_number_columns(path: Path) -> NumberColumns:
    """Return the numbers of a register; raises sqlite3.DatabaseError for a file that is none."""
    with closing(sqlite3.connect(f"file:{path.as_posix()}?mode=ro&immutable=1", uri=True)) as connection:
        return number_columns(connection)


def number_columns(connection: sqlite3.Connection) -> NumberColumns:
    """Return all numbers; SQLite joins each column to one text, which is many times faster than a row at a time."""
    whole = ("town", "kind", "first", f"CAST(round(lon * {STEPS}) AS INTEGER)", f"CAST(round(lat * {STEPS}) AS INTEGER)", "layer", "feature")
    texts = ("key", "coalesce(number, '')", "name")
    asked = ", ".join([*(f"group_concat({one}, ' ')" for one in whole), *(f"group_concat({one}, char(31))" for one in texts)])
    count, *found = connection.execute(f"SELECT count(*), {asked} FROM (SELECT * FROM register_number ORDER BY rowid)").fetchone()
    if not count:
        empty = pa.array([], _TEXT)
        return NumberColumns(*(np.zeros(0, np.int64) for _ in whole), empty, empty, empty)
    arrays = [np.fromstring(text, np.int64, sep=" ") for text in found[:len(whole)]]
    columns = [_split(text, count) for text in found[len(whole):]]
    if any(column is None for column in columns):  # a text that has the separator in it
        columns = [pa.array(one, _TEXT) for one in zip(*connection.execute(f"SELECT {', '.join(texts)} FROM register_number ORDER BY rowid"), strict=True)]
    if any(len(one) != count for one in arrays):
        raise sqlite3.DatabaseError("a number of the register has no place")
    ids = [one for one, in connection.execute("SELECT id FROM register_layer ORDER BY id")]
    known = np.zeros(max(ids) + 1, np.int64)
    known[ids] = np.arange(len(ids))
    arrays[5] = known[arrays[5]]
    return NumberColumns(*arrays, *columns)


def _split(text: str, count: int) -> pa.LargeStringArray | None:
    parts = pc.split_pattern(pa.array([text], _TEXT), _BETWEEN).flatten()
    return parts if len(parts) == count else None


def steps(degrees: np.ndarray) -> np.ndarray:
    """Return positions as whole steps (int64)."""
    return np.rint(degrees * STEPS).astype(np.int64)
