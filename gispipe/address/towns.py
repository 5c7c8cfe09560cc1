"""Find the towns that a text begins with, in their registry spelling."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from gispipe.address.entries import Entry, Hit
from gispipe.address.facilities import kana_key
from gispipe.address.normal import WILDCARDS, Reading, Token, tokens, without_section_words
from gispipe.address.numerals import kanji
from gispipe.address.place import begins
from gispipe.address.variants import fold

MOST = 20
_LONGEST = 40
_COLUMNS = "SELECT t.id, t.stem, t.chome, t.name, t.plain, t.kana, t.lon, t.lat, l.layer, t.feature FROM register_town t LEFT JOIN register_layer l ON l.id = t.layer"


@dataclass(frozen=True)
class Town:
    """One town of the register."""

    id: int
    stem: str
    chome: int
    name: str
    plain: str
    kana: str
    lon: float
    lat: float
    layer: str
    feature: int

    def hit(self) -> Hit:
        return Hit(Entry("town", self.name, self.name, "", self.lon, self.lat, self.layer, self.feature, self.kana), "town")


@dataclass(frozen=True)
class Begun:
    """The towns of one stem that a text begins with, and the place behind the stem."""

    towns: tuple[Town, ...]
    end: int
    wildcard: bool = False


def town_order(town: Town) -> tuple[str, int, str]:
    """Return what towns are listed by: name without chome, then chome."""
    return town.stem, town.chome, town.name


def _rows(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[Town]:
    made = [Town(number, stem, chome, name, plain, kana, nan if lon is None else lon, nan if lat is None else lat, layer or "", feature)
            for number, stem, chome, name, plain, kana, lon, lat, layer, feature in connection.execute(f"{_COLUMNS} {where}", values)]
    return sorted(made, key=town_order)


def begun(connection: sqlite3.Connection, text: str, at: int) -> Begun | None:
    """Return the towns with the longest stem that the text has at a place, None where no town begins."""
    parts = [Token(t.key, t.at + at, t.end + at, t.number) for t in tokens(text[at:at + _LONGEST])]
    parts = [t for t in without_section_words(parts) if t.key != " "]
    ends: dict[str, int] = {}
    key = ""
    for token in parts:
        key += token.key
        ends[key] = token.end
    towns = _rows(connection, f"WHERE t.stem IN ({','.join('?' * len(ends))})", list(ends)) if ends else []
    if not towns:
        return None
    longest = max({t.stem for t in towns}, key=lambda stem: ends[stem])
    return Begun(spelled(tuple(t for t in towns if t.stem == longest), fold_free(text[at:ends[longest]])), ends[longest])


def fold_free(text: str) -> str:
    """Return a written name without what never tells towns apart."""
    return text.replace("大字", "").replace(" ", "")


def spelled(towns: tuple[Town, ...], written: str) -> tuple[Town, ...]:
    """Return the towns spelled exactly as written where several fold to one key, else all of them."""
    exact = tuple(t for t in towns if t.name.replace("大字", "").startswith(written))
    return exact if exact and len({t.chome for t in towns}) < len(towns) else towns


def with_wildcards(connection: sqlite3.Connection, text: str, at: int) -> list[Begun]:
    """Return the stems that the text can begin with when its unreadable characters stand for any one."""
    folded = fold(text[at:])
    if not any(c in WILDCARDS for c in folded[:_LONGEST]):
        return []
    stems: dict[tuple[str, int], list[Town]] = {}
    known = next((k for k, c in enumerate(folded) if c not in WILDCARDS), 0)
    for town in _rows(connection, "WHERE substr(t.plain, ?, 1) = ? OR length(t.plain) <= ?", (known + 1, folded[known:known + 1], known)):
        tail = f"{kanji(town.chome)}丁目" if town.chome else ""
        plain = town.plain.removesuffix(tail) if tail else town.plain
        if town.chome and plain == town.plain:
            plain = plain.removesuffix("丁目").rstrip("0123456789")
        if begins(folded, plain) and any(c in WILDCARDS for c in folded[:len(plain)]):
            stems.setdefault((town.stem, len(plain)), []).append(town)
    longest = max((length for _, length in stems), default=0)
    return [Begun(tuple(towns), at + length, True) for (_, length), towns in sorted(stems.items()) if length == longest]


def containing(connection: sqlite3.Connection, name: list[Token]) -> list[Town]:
    """Return the towns whose name has these tokens in it, those that begin with them first; also by their reading."""
    key = "".join(t.key for t in name)
    if not key:
        return []
    found = _rows(connection, "WHERE instr(t.stem, ?)", (key,))
    return sorted(found, key=lambda t: (not t.stem.startswith(key), *town_order(t)))


def by_reading(connection: sqlite3.Connection, reading: Reading, at: int) -> list[Town]:
    """Return the towns whose reading is the text, else those whose reading begins with it."""
    key = kana_key(reading.text[at:])
    if len(key) < 2:
        return []
    return _rows(connection, "WHERE t.kana_key = ?", (key,)) or _rows(connection, "WHERE instr(t.kana_key, ?) = 1", (key,))
