"""Find a number in one town and say how sure that is: a wrong house is never presented as right."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any, NamedTuple

from gispipe.address import sentences
from gispipe.address.entries import Entry, Hit
from gispipe.address.facilities import near
from gispipe.address.numbers import Numbers, join_atoms
from gispipe.address.register import KINDS, first_number
from gispipe.address.town import Town

MOST, SUGGESTED = 20, 5
LONGEST = 4
"""Numbers in one house and room: more are no address."""
_COLUMNS = "SELECT n.kind, n.key, coalesce(n.number, n.key), n.name, n.lon, n.lat, l.layer, n.feature FROM register_number n JOIN register_layer l ON l.id = n.layer"
# asked in two halves: for `kind IN (0, 1)` SQLite makes a table at every question
_NUMBERED = " UNION ALL ".join(f"{_COLUMNS} WHERE n.town = ?1 AND n.kind = {kind} AND n.first = ?2 AND n.key = ?3" for kind in range(len(KINDS)))


class Answer(NamedTuple):
    """What one town says to one number. grade: exact, candidates or town; used: how many atoms of the number are in the hits."""

    town: Town
    grade: str
    hits: tuple[Hit, ...]
    used: int
    whole: bool
    number: str = ""


def _hits(connection: sqlite3.Connection, town: Town, where: str, values: tuple[object, ...]) -> list[Hit]:
    return joined(town, connection.execute(f"{_COLUMNS} WHERE n.town = ? AND {where}", (town.id, *values)).fetchall())


def joined(town: Town, rows: list[tuple[Any, ...]]) -> list[Hit]:
    """Return the rows as hits; the same house or lot of several sources is one."""
    rows.sort(key=lambda row: (row[6].startswith(("abr", "isj")), row[0], row[6], row[7]))
    kept: dict[tuple[int, str], list[Hit]] = {}
    for kind, key, number, name, lon, lat, layer, feature in rows:
        entry = Entry(KINDS[kind], name, town.name, number, lon, lat, layer, feature)
        same = kept.setdefault((kind, key), [])
        # the city's own layers come first: what another source has within 50 m is the same house
        at = next((k for k, hit in enumerate(same) if near(hit.entry, entry)), len(same))
        same[at:at + 1] = [same[at].joined(entry) if at < len(same) else Hit(entry, KINDS[kind])]
    return [hit for hits in kept.values() for hit in hits]


def with_number(connection: sqlite3.Connection, town: Town, key: str) -> list[Hit]:
    """Return the addresses and lots of a town that have this number, addresses first."""
    found = connection.execute(_NUMBERED, (town.id, first_number(key), key)).fetchall()
    return sorted(joined(town, found), key=lambda hit: KINDS.index(hit.kind))


def resolve(connection: sqlite3.Connection, town: Town, numbers: Numbers, start: int) -> Answer:
    """Return what a town says to the atoms from `start` on: a fourth number, or a third behind a house or lot, may be a room."""
    atoms = numbers.atoms[start:]
    wanted = _wanted(numbers.marks)
    aside: list[Hit] = []
    shorter = [k for k in range(len(atoms) - 1, 1, -1) if len(atoms) <= LONGEST and all(map(str.isdigit, atoms))]
    for used in [len(atoms), *shorter]:
        hits = with_number(connection, town, join_atoms(atoms[:used]))
        grade, chosen = _choose(hits, wanted)
        if grade and used < len(atoms) and (branches := _branches(connection, town, join_atoms(atoms[:used]), "n.kind IN (0, 1)")):
            # the number is divided here, so what follows is one more branch and no room
            return Answer(town, "candidates", tuple((chosen + branches)[:MOST]), start + len(atoms), True, join_atoms(atoms))
        if grade:
            return Answer(town, grade, tuple(chosen), start + used, used == len(atoms), join_atoms(atoms[:used]))
        aside += hits
    return _without(connection, town, atoms, wanted, start, aside)


def _wanted(marks: set[str]) -> str:
    """Return how the number was written: address (号), lot (地番), lot first (番地), either (番) or bare."""
    for mark, wanted in (("地番", "lot"), ("号", "address"), ("住居表示", "address"), ("番地", "lot first"), ("番", "either")):
        if mark in marks:
            return wanted
    return "bare"


def _choose(hits: list[Hit], wanted: str) -> tuple[str, list[Hit]]:
    """Return the grade and the hits that answer what was written, an empty grade where none does."""
    by_kind = {kind: [hit for hit in hits if hit.kind == kind] for kind in KINDS}
    if wanted in KINDS:
        chosen, others = by_kind[wanted], [] if wanted == "lot" else by_kind["lot"]
    else:
        chosen, others = (by_kind["address"], by_kind["lot"]) if by_kind["address"] else (by_kind["lot"], [])
    if not chosen:
        return "", []
    if len(chosen) > 1:
        return "candidates", [hit.noted(sentences.FAR_APART) for hit in chosen] + others
    if others and wanted in {"lot first", "either"}:
        return "candidates", chosen + others
    return "exact", [chosen[0], *(hit.noted(sentences.SAME_LOT) for hit in others)]


def _without(connection: sqlite3.Connection, town: Town, atoms: list[str], wanted: str, start: int, aside: list[Hit]) -> Answer:
    """Return the block, the lots that the number is divided into, or the nearest numbers."""
    key = join_atoms(atoms)
    block = _block(connection, town, atoms[0]) if wanted != "lot" else None
    branches = _branches(connection, town, key) if wanted != "address" else []
    if branches and (wanted in {"lot", "lot first"} or block is None or len(atoms) == 1):
        hits = ([block] if block and wanted not in {"lot", "lot first"} and len(atoms) == 1 else []) + branches
        return Answer(town, "candidates", tuple(hits[:MOST]), start + len(atoms), True, key)
    suggestions = [hit.noted(sentences.SAME_DIGITS) for hit in aside] + _nearest(connection, town, atoms, wanted)
    return Answer(town, "town", (block or town.hit(), *suggestions[:SUGGESTED]), start + len(atoms), True, key)


def _block(connection: sqlite3.Connection, town: Town, first: str) -> Hit | None:
    """Return a block of the residence indication: the place of its house nearest to the middle of them all."""
    hits = _hits(connection, town, "n.kind = 0 AND n.first = ? AND n.key GLOB ?", (first_number(first), f"{first}-*")) if first.isdigit() else []
    if not hits:
        return None
    lon, lat = (sum(values) / len(hits) for values in zip(*((h.entry.lon, h.entry.lat) for h in hits), strict=True))
    middle = min((h.entry for h in hits), key=lambda e: ((e.lon - lon) ** 2 + (e.lat - lat) ** 2, e.number, e.layer, e.feature))
    return Hit(replace(middle, name=f"{town.name}{first}番", number=first, kana=""), "block")


def _branches(connection: sqlite3.Connection, town: Town, key: str, kinds: str = "n.kind = 1") -> list[Hit]:
    hits = _hits(connection, town, f"{kinds} AND n.first = ? AND substr(n.key, 1, ?) = ?", (first_number(key), len(key) + 1, f"{key}-"))
    return sorted(hits, key=_number_order)


def _nearest(connection: sqlite3.Connection, town: Town, atoms: list[str], wanted: str) -> list[Hit]:
    """Return the numbers of the town nearest to the one asked for, of the kind asked for where that is said."""
    first = first_number(join_atoms(atoms))
    found: list[Hit] = []
    for kind in {"address": (0,), "lot": (1,), "lot first": (1,)}.get(wanted, (0, 1)):
        for where in ("n.first = ? ORDER BY n.key LIMIT 300", "n.first > ? ORDER BY n.first, n.key LIMIT 20", "n.first < ? ORDER BY n.first DESC, n.key DESC LIMIT 20"):
            found += _hits(connection, town, f"n.kind = ? AND {where}", (kind, first))
    second = int(atoms[1]) if len(atoms) > 1 and atoms[1].isdigit() and len(atoms[1]) < 10 else 0
    return sorted(found, key=lambda h: (abs(_number_order(h)[0] - first), abs(_number_order(h)[1] - second), *_number_order(h)))


def _number_order(hit: Hit) -> tuple[int, int, str, str, int]:
    parts = [int(p) for p in "".join(c if c.isdigit() and c.isascii() else " " for c in hit.entry.number).split() if len(p) < 10]
    return parts[0] if parts else -1, parts[1] if len(parts) > 1 else 0, hit.entry.number, hit.entry.layer, hit.entry.feature
