"""A register read from SQLite by column: a city has hundreds of thousands of numbers."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.address import CityName

STEPS = 100_000_000
"""Steps of a position to a degree: about a millimetre. Places are written as whole steps."""
_BETWEEN = "\x1f"
_TEXT = pa.large_string()


@dataclass(frozen=True)
class TownColumns:
    """The towns in the order in which they are listed, all of shape (n,): texts as lists, numbers as arrays; `placed` where one has a position."""

    row: np.ndarray
    stem: list[str]
    chome: list[int]
    name: list[str]
    plain: list[str]
    kana: list[str]
    lon: np.ndarray
    lat: np.ndarray
    layer: np.ndarray
    feature: np.ndarray
    placed: np.ndarray


@dataclass(frozen=True)
class NumberColumns:
    """House numbers and lots in the order of the register, all of shape (n,). town: number of the register's row; number: "" where it is spelled as its key."""

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


@dataclass(frozen=True)
class FacilityRow:
    """One facility, or a feature of a layer beside the register that has a name; lon, lat in steps."""

    key: str
    kana_key: str
    name: str
    kana: str
    town: str
    number: str
    lon: int
    lat: int
    layer: int
    feature: int


@dataclass(frozen=True)
class RegisterColumns:
    """A whole register; layers are numbers into `layers`."""

    city: CityName
    layers: list[str]
    towns: TownColumns
    numbers: NumberColumns
    facilities: list[FacilityRow]


def read_register(path: Path) -> RegisterColumns:
    """Return a register by column; raises sqlite3.DatabaseError for a file that is none."""
    with closing(sqlite3.connect(f"file:{path.as_posix()}?mode=ro&immutable=1", uri=True)) as connection:
        return register_columns(connection)


def register_columns(connection: sqlite3.Connection) -> RegisterColumns:
    """Return the register of an open database by column."""
    prefecture, city, county, others = connection.execute("SELECT prefecture, city, county, others FROM register_city").fetchone()
    ids = dict(connection.execute("SELECT id, layer FROM register_layer ORDER BY id").fetchall())
    number = {row: k for k, row in enumerate(ids)}
    return RegisterColumns(CityName(prefecture, city, county, tuple(json.loads(others))), list(ids.values()), _towns(connection, number), _numbers(connection, number),
                           _facilities(connection, number))


def steps(degrees: np.ndarray) -> np.ndarray:
    """Return positions as whole steps (int64)."""
    return np.rint(degrees * STEPS).astype(np.int64)


def _towns(connection: sqlite3.Connection, layers: dict[int, int]) -> TownColumns:
    rows = connection.execute("SELECT id, stem, chome, name, plain, kana, lon, lat, layer, feature FROM register_town ORDER BY id").fetchall()
    rows.sort(key=lambda one: (one[1], one[2], one[3]))  # as `town_order` lists them
    row, stem, chome, name, plain, kana, lon, lat, layer, feature = (list(column) for column in zip(*rows, strict=True)) if rows else ([] for _ in range(10))
    placed = np.array([one is not None for one in lon], bool)
    where = [steps(np.array([0.0 if one is None else one for one in column], float)) for column in (lon, lat)]
    return TownColumns(np.array(row, np.int64), stem, chome, name, plain, kana, *where, np.array([layers.get(one, -1) for one in layer], np.int64), np.array(feature, np.int64), placed)


def _numbers(connection: sqlite3.Connection, layers: dict[int, int]) -> NumberColumns:
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
    known = np.zeros(max(layers) + 1, np.int64)
    known[list(layers)] = list(layers.values())
    arrays[5] = known[arrays[5]]
    return NumberColumns(*arrays, *columns)


def _split(text: str, count: int) -> pa.LargeStringArray | None:
    parts = pc.split_pattern(pa.array([text], _TEXT), _BETWEEN).flatten()
    return parts if len(parts) == count else None


def _facilities(connection: sqlite3.Connection, layers: dict[int, int]) -> list[FacilityRow]:
    rows = connection.execute(f"""SELECT key, kana_key, name, kana, town, number, CAST(round(lon * {STEPS}) AS INTEGER), CAST(round(lat * {STEPS}) AS INTEGER), layer, feature
                                  FROM register_facility ORDER BY rowid""")
    return [FacilityRow(*row[:8], layers[row[8]], row[9]) for row in rows]
