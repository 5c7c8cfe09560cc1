"""The register of a city in SQLite: towns, house numbers, lots and facilities, written once and asked without loading."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import repeat
from pathlib import Path

import numpy as np

from gispipe.address.entries import CityName, Entry
from gispipe.address.facilities import kana_key, name_key
from gispipe.address.numbers import number_key
from gispipe.address.town_rows import TownRows, settle_towns

KINDS = ("address", "lot")
_CANONICAL = re.compile(r"[1-9][0-9]{0,5}(?:-[1-9][0-9]{0,5}){0,2}", re.ASCII).fullmatch
_SCHEMA = """
DROP TABLE IF EXISTS register_city; DROP TABLE IF EXISTS register_layer; DROP TABLE IF EXISTS register_town;
DROP TABLE IF EXISTS register_number; DROP TABLE IF EXISTS register_facility;
CREATE TABLE register_city (prefecture TEXT, city TEXT, county TEXT, others TEXT);
CREATE TABLE register_layer (id INTEGER PRIMARY KEY, layer TEXT UNIQUE, told TEXT);
CREATE TABLE register_town (id INTEGER PRIMARY KEY, stem TEXT, chome INTEGER, name TEXT, plain TEXT, kana TEXT, kana_key TEXT,
                            lon REAL, lat REAL, layer INTEGER, feature INTEGER, rank INTEGER);
CREATE TABLE register_number (town INTEGER, kind INTEGER, first INTEGER, key TEXT, number TEXT, name TEXT, lon REAL, lat REAL,
                              layer INTEGER, feature INTEGER);
CREATE TABLE register_facility (key TEXT, kana_key TEXT, name TEXT, kana TEXT, town TEXT, number TEXT, lon REAL, lat REAL,
                                layer INTEGER, feature INTEGER);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS register_town_stem ON register_town (stem, chome);
CREATE INDEX IF NOT EXISTS register_town_kana ON register_town (kana_key);
CREATE INDEX IF NOT EXISTS register_number_key ON register_number (town, kind, first, key);
CREATE INDEX IF NOT EXISTS register_facility_key ON register_facility (key);
CREATE INDEX IF NOT EXISTS register_facility_kana ON register_facility (kana_key);
"""


def write_register(connection: sqlite3.Connection, entries: Iterable[Entry], city: CityName) -> None:
    """Write a whole register into a database, in place of the one that it has."""
    begin_register(connection, city)
    groups: dict[tuple[str, str, bool], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.layer, entry.area), []).append(entry)
    for (kind, layer, area), group in sorted(groups.items(), key=lambda one: (one[0][0] != "town", one[0])):
        columns = ([getattr(e, name) for e in group] for name in ("name", "town", "number", "lon", "lat", "feature", "kana"))
        write_columns(connection, kind, layer, *columns, area=area)
    finish_register(connection)


def begin_register(connection: sqlite3.Connection, city: CityName) -> None:
    """Make the empty tables of a register."""
    connection.execute("PRAGMA cache_size = -65536")  # the index of a whole city is made in memory
    if not connection.in_transaction:
        connection.execute("BEGIN")  # by its name: what Python takes for an INSERT, before which it would begin, depends on the locale (not so in Turkish), and with it the bytes
    for statement in _SCHEMA.split(";")[:-1]:
        connection.execute(statement)
    connection.execute("INSERT INTO register_city VALUES (?, ?, ?, ?)", (city.prefecture, city.city, city.county, json.dumps(sorted(set(city.others)), ensure_ascii=False)))


def write_columns(connection: sqlite3.Connection, kind: str, layer: str, names: Sequence[str], towns: Sequence[str], numbers: Sequence[str],
                  lon: Sequence[float], lat: Sequence[float], features: Sequence[int], kana: Sequence[str] | None = None, *, area: bool = False) -> None:
    """Add one layer's entries of one kind, column by column: towns first, and `finish_register` after the last.

    kind: town, address, lot or facility. names: as shown; towns: as the registry spells them; lon, lat: degrees,
    JGD2011; features: rows of the layer; area: positions of towns that come from polygons. Raises ValueError for
    another kind or columns of different lengths.
    """
    lists = [_plain(column) for column in (names, towns, numbers, lon, lat, features, kana if kana is not None else [""] * len(names))]
    if kind not in ("town", "facility", *KINDS) or len({len(column) for column in lists}) != 1:
        raise ValueError(f"register: kind {kind!r} with columns of {[len(column) for column in lists]}")
    if not lists[0]:
        return
    connection.execute("INSERT OR IGNORE INTO register_layer (layer, told) VALUES (?, ?)", (layer, _told(lists)))
    number = int(connection.execute("SELECT id FROM register_layer WHERE layer = ?", (layer,)).fetchone()[0])
    if kind == "facility":
        _write_facilities(connection, number, lists)
    elif kind == "town":
        TownRows(connection).add(lists[0], number, layer, area, lists[3], lists[4], lists[5], lists[6])
    else:
        _write_numbers(connection, KINDS.index(kind), number, lists)


def finish_register(connection: sqlite3.Connection) -> None:
    """Place the towns that only houses are known of, make the indexes that are not there and commit."""
    for statement in _INDEXES.split(";")[:-1]:
        connection.execute(statement)
    settle_towns(connection)
    connection.commit()


def move_numbers(connection: sqlite3.Connection, layer: str, names: Sequence[str], towns: Sequence[str], numbers: Sequence[str],
                 lon: Sequence[float], lat: Sequence[float], features: Sequence[int]) -> bool:
    """Put the addresses or lots of a layer where they are now; columns as for `write_columns`. False, and nothing done, where the register tells others of it.

    `finish_register` comes after the last.
    """
    lists = [_plain(column) for column in (names, towns, numbers, lon, lat, features, [""] * len(names))]
    known = connection.execute("SELECT id, told FROM register_layer WHERE layer = ?", (layer,)).fetchone()
    if known is None or known[1] != _told(lists):
        return False
    there = connection.execute("SELECT rowid, lon, lat FROM register_number WHERE layer = ? ORDER BY rowid", (known[0],)).fetchall()
    if len(there) != len(lists[0]):
        return False
    rows, *place = np.array(there, dtype=np.float64).reshape(-1, 3).T
    moved = np.flatnonzero((np.stack(place) != np.array(lists[3:5])).any(axis=0)).tolist()
    connection.executemany("UPDATE register_number SET lon = ?, lat = ? WHERE rowid = ?", [(lists[3][at], lists[4][at], int(rows[at])) for at in moved])
    return True


def put_register(connection: sqlite3.Connection, path: Path) -> None:
    """Write a finished register into a new file: of the same entries the same bytes, in whatever way they came to be."""
    connection.execute("PRAGMA schema_version = 1")
    connection.commit()
    connection.execute("VACUUM INTO ?", (str(path),))


def _told(lists: Sequence[Sequence]) -> str:
    """Return a digest of all that a layer's entries say but for where they are."""
    names, towns, numbers, _, _, features, kana = lists
    return hashlib.sha256(json.dumps([names, towns, numbers, features, kana], ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(column: Sequence) -> list:
    return column.tolist() if hasattr(column, "tolist") else list(column)


def first_number(key: str) -> int:
    """Return the first number of a key, -1 where it has none: what numbers of a town are ordered by."""
    head = key.split("-", 1)[0]
    if not (head.isdigit() and head.isascii()):
        head = "".join(c if c.isdigit() and c.isascii() else " " for c in head).strip().split(" ", 1)[0]
    return int(head) if head and len(head) < 10 else -1


def _write_numbers(connection: sqlite3.Connection, kind: int, layer: int, lists: list[list]) -> None:
    names, towns, numbers, lon, lat, features, _ = lists
    place = TownRows(connection).named(towns)
    keys = [number if _CANONICAL(number) else number_key(number) for number in numbers]
    heads = [key.partition("-")[0] for key in keys]
    first = {head: first_number(head) for head in set(heads)}
    spelled = (None if key == number else number for key, number in zip(keys, numbers, strict=True))
    rows = zip(map(place.__getitem__, towns), repeat(kind), map(first.__getitem__, heads), keys, spelled, names, lon, lat, repeat(layer), features)
    connection.executemany("INSERT INTO register_number VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _write_facilities(connection: sqlite3.Connection, layer: int, lists: list[list]) -> None:
    names, towns, numbers, lon, lat, features, kana = lists
    rows = zip(map(name_key, names), map(kana_key, kana), names, kana, towns, numbers, lon, lat, repeat(layer), features)
    connection.executemany("INSERT INTO register_facility VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
