"""Find the towns that a text begins with, in their registry spelling."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from gispipe.address.facilities import kana_key
from gispipe.address.normal import UNREADABLE, WILDCARDS, Reading, Token, each_token, without_section_words
from gispipe.address.numerals import kanji
from gispipe.address.opened import Register
from gispipe.address.place import begins
from gispipe.address.town import Town, read_towns, town_order
from gispipe.address.variants import fold

MOST = 20
_LONGEST = 40


class Begun(NamedTuple):
    """The towns of one stem that a text begins with, and the place behind the stem."""

    towns: tuple[Town, ...]
    end: int
    wildcard: bool = False


def begun(register: Register, text: str, at: int) -> Begun | None:
    """Return the towns with the longest stem that the text has at a place, None where no town begins."""
    key, stem, end, stems = "", "", at, register.stems
    parts: Iterable[Token] = each_token(text, at, at + _LONGEST)
    for token in without_section_words(list(parts)) if "字" in text else parts:
        if token.key != " ":
            key += token.key
            if key in stems:
                stem, end = key, token.end
            elif len(key) >= register.longest:
                break
    return Begun(spelled(register.towns(stem), text[at:end]), end) if stem else None


def spelled(towns: tuple[Town, ...], written: str) -> tuple[Town, ...]:
    """Return the towns spelled exactly as written where several fold to one key, else all of them."""
    if len({t.chome for t in towns}) == len(towns):
        return towns
    bare = written.replace("大字", "").replace(" ", "")  # what never tells towns apart
    return tuple(t for t in towns if t.name.replace("大字", "").startswith(bare)) or towns


def with_wildcards(connection: sqlite3.Connection, text: str, at: int) -> list[Begun]:
    """Return the stems that the text can begin with when its unreadable characters stand for any one."""
    folded = fold(text[at:])
    if not UNREADABLE.search(folded, 0, _LONGEST):
        return []
    stems: dict[tuple[str, int], list[Town]] = {}
    known = next((k for k, c in enumerate(folded) if c not in WILDCARDS), 0)
    for town in read_towns(connection, "WHERE substr(t.plain, ?, 1) = ? OR length(t.plain) <= ?", (known + 1, folded[known:known + 1], known)):
        tail = f"{kanji(town.chome)}丁目" if town.chome else ""
        plain = town.plain.removesuffix(tail) if tail else town.plain
        if town.chome and plain == town.plain:
            plain = plain.removesuffix("丁目").rstrip("0123456789")
        if begins(folded, plain) and UNREADABLE.search(folded, 0, len(plain)):
            stems.setdefault((town.stem, len(plain)), []).append(town)
    longest = max((length for _, length in stems), default=0)
    return [Begun(tuple(towns), at + length, True) for (_, length), towns in sorted(stems.items()) if length == longest]


def containing(connection: sqlite3.Connection, name: list[Token]) -> list[Town]:
    """Return the towns whose name has these tokens in it, those that begin with them first; also by their reading."""
    key = "".join(t.key for t in name)
    if not key:
        return []
    found = read_towns(connection, "WHERE instr(t.stem, ?)", (key,))
    return sorted(found, key=lambda t: (not t.stem.startswith(key), *town_order(t)))


def by_reading(connection: sqlite3.Connection, reading: Reading, at: int) -> list[Town]:
    """Return the towns whose reading is the text, else those whose reading begins with it."""
    key = kana_key(reading.text[at:])
    if len(key) < 2:
        return []
    return read_towns(connection, "WHERE t.kana_key = ?", (key,)) or read_towns(connection, "WHERE instr(t.kana_key, ?) = 1", (key,))
