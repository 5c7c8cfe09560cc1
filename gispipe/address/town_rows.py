"""The towns of a register: one row for each, however many sources name it."""

from __future__ import annotations

import sqlite3

from gispipe.address.facilities import kana_key
from gispipe.address.normal import normalise, stem_and_chome
from gispipe.address.variants import fold

POLYGON, POINT, NATIONAL, UNPLACED = 0, 1, 2, 9
"""How good a town's position is: from its polygon, a point of the city's, one of a national register, none yet."""


class TownRows:
    """The towns written so far."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.known: dict[tuple[str, int], dict[str, int]] = {}
        for row, stem, chome, name in connection.execute("SELECT id, stem, chome, name FROM register_town ORDER BY id"):
            self.known.setdefault((stem, chome), {})[strict(name)] = row

    def add(self, names: list[str], layer: int, source: str, area: bool, lon: list[float], lat: list[float], features: list[int], kana: list[str]) -> None:
        """Add one source's towns; a better position and a missing reading replace what a town had."""
        rank = POLYGON if area else NATIONAL if source.startswith(("abr", "isj")) else POINT
        rows = self._rows_of_source(names)
        found = sorted(zip(features, map(rows.__getitem__, names), names, lon, lat, kana, strict=True), key=lambda one: one[0])
        fresh: dict[int, tuple[object, ...]] = {}
        for feature, row, name, x, y, _ in found:
            fresh.setdefault(row, (name, x, y, layer, feature, rank, row, rank))
        # the city's own spelling counts before that of a national register
        self.connection.executemany("UPDATE register_town SET name = ?, lon = ?, lat = ?, layer = ?, feature = ?, rank = ? WHERE id = ? AND rank > ?", fresh.values())
        readings = {row: reading for _, row, _, _, _, reading in reversed(found) if reading}
        self.connection.executemany("UPDATE register_town SET kana = ?, kana_key = ? WHERE id = ? AND kana = ''", [(k, kana_key(k), row) for row, k in readings.items()])

    def named(self, names: list[str]) -> dict[str, int]:
        """Return the row of every town named, with new rows for those that no source has given yet."""
        return {name: self._row(name) for name in sorted(set(names))}

    def _rows_of_source(self, names: list[str]) -> dict[str, int]:
        """Return the rows of one source's towns: names that differ within one source are different towns, though they fold to one key."""
        spellings: dict[tuple[str, int], set[str]] = {}
        for name in set(names):
            spellings.setdefault(stem_and_chome(name), set()).add(strict(name))
        return {name: self._row(name, apart=len(spellings[stem_and_chome(name)]) > 1) for name in sorted(set(names))}

    def _row(self, name: str, apart: bool = False) -> int:
        stem, chome = stem_and_chome(name)
        same = self.known.setdefault((stem, chome), {})
        spelling = strict(name)
        if spelling not in same and (apart or not same):
            cursor = self.connection.execute("INSERT INTO register_town VALUES (NULL, ?, ?, ?, ?, '', '', NULL, NULL, NULL, -1, ?)",
                                             (stem, chome, name, fold(normalise(name).text), UNPLACED))
            same[spelling] = int(cursor.lastrowid or 0)
        return same.get(spelling) or same[min(same)]


def strict(name: str) -> str:
    """Return a name in which only width and the numerals of the chome are unified: 具志 and 字具志 can be two towns."""
    stem, chome = stem_and_chome(name)
    text = normalise(name).text
    return f"{text[:len(text) - len(_chome_text(text))]}|{chome}" if chome and stem else text


def _chome_text(text: str) -> str:
    return text[len(text.rstrip("丁目").rstrip("0123456789〇一二三四五六七八九十壱弐参")):]


def settle_towns(connection: sqlite3.Connection) -> None:
    """Put towns that no source has placed among their houses."""
    connection.execute("""UPDATE register_town SET (lon, lat, layer, feature) =
        (SELECT round(avg(n.lon), 7), round(avg(n.lat), 7), min(n.layer), -1 FROM register_number n WHERE n.town = register_town.id)
        WHERE rank = ?""", (UNPLACED,))
