"""A register read from SQLite by column."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gispipe.address import CityName
from gispipe.address.columns import STEPS, NumberColumns, number_columns, steps


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


def read_register(path: Path, numbers: NumberColumns | None = None) -> RegisterColumns:
    """Return a register by column, its numbers when they are read already; raises sqlite3.DatabaseError for a file that is none."""
    with closing(sqlite3.connect(f"file:{path.as_posix()}?mode=ro&immutable=1", uri=True)) as connection:
        return register_columns(connection, numbers)


def register_columns(connection: sqlite3.Connection, numbers: NumberColumns | None = None) -> RegisterColumns:
    """Return the register of an open database by column."""
    prefecture, city, county, others = connection.execute("SELECT prefecture, city, county, others FROM register_city").fetchone()
    ids = dict(connection.execute("SELECT id, layer FROM register_layer ORDER BY id").fetchall())
    number = {row: k for k, row in enumerate(ids)}
    return RegisterColumns(CityName(prefecture, city, county, tuple(json.loads(others))), list(ids.values()), _towns(connection, number),
                           numbers if numbers is not None else number_columns(connection), _facilities(connection, number))


def _towns(connection: sqlite3.Connection, layers: dict[int, int]) -> TownColumns:
    rows = connection.execute("SELECT id, stem, chome, name, plain, kana, lon, lat, layer, feature FROM register_town ORDER BY id").fetchall()
    rows.sort(key=lambda one: (one[1], one[2], one[3]))  # as `town_order` lists them
    row, stem, chome, name, plain, kana, lon, lat, layer, feature = (list(column) for column in zip(*rows, strict=True)) if rows else ([] for _ in range(10))
    placed = np.array([one is not None for one in lon], bool)
    where = [steps(np.array([0.0 if one is None else one for one in column], float)) for column in (lon, lat)]
    return TownColumns(np.array(row, np.int64), stem, chome, name, plain, kana, *where, np.array([layers.get(one, -1) for one in layer], np.int64), np.array(feature, np.int64), placed)


def _facilities(connection: sqlite3.Connection, layers: dict[int, int]) -> list[FacilityRow]:
    rows = connection.execute(f"""SELECT key, kana_key, name, kana, town, number, CAST(round(lon * {STEPS}) AS INTEGER), CAST(round(lat * {STEPS}) AS INTEGER), layer, feature
                                  FROM register_facility ORDER BY rowid""")
    return [FacilityRow(*row[:8], layers[row[8]], row[9]) for row in rows]
