"""Answer a text that is no address as it stands: a part of a name, a reading, or nothing that the register has."""

from __future__ import annotations

import sqlite3

from gispipe.address import facilities, sentences, towns
from gispipe.address.entries import Found, Hit
from gispipe.address.houses import resolve
from gispipe.address.normal import Reading, Token, tokens
from gispipe.address.numbers import parse_numbers, tail_text
from gispipe.address.opened import Register
from gispipe.address.place import Municipality, scopes, unknown_municipality
from gispipe.address.ranking import listed
from gispipe.words import Words


def by_name(register: Register, text: str, reading: Reading, weak: Found | None) -> Found:
    """Return the towns or facilities that have the text in their name or reading, else the town it begins with, else nothing."""
    connection, ours = register.connection, register.municipality
    city = ours.city.city
    at = _behind_city(reading, ours) if weak is None else 0
    name, tail = _name_and_tail(reading.text, at)
    if weak is None and (hits := _partial_towns(connection, name, tail)):
        return listed([*hits, *facilities.containing(connection, text)], f"{city} {reading.text[at:]}", sentences.NAME_ONLY)
    if weak is None and (found := towns.by_reading(connection, reading, at)):
        hits = [town.hit().noted(sentences.READING) for town in found]
        return Found("town", tuple(hits), read_as=f"{city} {found[0].name}") if len(hits) == 1 else listed(hits, f"{city} {reading.text[at:]}", sentences.NAME_ONLY)
    if hits := facilities.containing(connection, text) or facilities.containing(connection, reading.text[at:]):
        return Found("candidates", tuple(hits), read_as=reading.text, reason=sentences.ONLY_LIKE)
    other = unknown_municipality(reading.text, ours)
    reason = sentences.OTHER_CITY.format(other=other, city=city) if other else no_town(text, city)
    return weak or Found("nothing", read_as=reading.text, reason=reason)


def _behind_city(reading: Reading, ours: Municipality) -> int:
    """Return the farthest place behind the municipality that a text can begin with, 0 where that is another one."""
    found = scopes(reading.text, ours, lambda _: 0)
    return 0 if any(scope.other for scope in found) else max(scope.at for scope in found)


def _name_and_tail(text: str, at: int) -> tuple[list[Token], str]:
    """Return the tokens of the name before the numbers and the tail of numbers behind it."""
    parts = [t for t in tokens(text[at:]) if t.key != " "]
    cut = next((k for k, t in enumerate(parts) if t.number and k), len(parts))
    return parts[:cut], tail_text(parts[cut:], text[at:])[0]


def _partial_towns(connection: sqlite3.Connection, name: list[Token], tail: str) -> list[Hit]:
    found = towns.containing(connection, name)
    numbers = parse_numbers(tail)
    chome = numbers.chome or (int(numbers.atoms[0]) if numbers.atoms and numbers.atoms[0].isdigit() and len(numbers.atoms[0]) < 4 else 0)
    meant = [town for town in found if chome and town.chome == chome] or found
    houses: list[Hit] = []
    for town in meant[:facilities.MOST]:
        start = 1 if town.chome and not numbers.chome else 0
        if len(numbers.atoms) > start and (answer := resolve(connection, town, numbers, start)).grade != "town":
            houses.extend(answer.hits)
    return houses or [town.hit() for town in meant]


def no_town(text: str, city: str) -> Words:
    """Return the sentence that nothing of the register is like a text."""
    short = " ".join(text.split())
    return sentences.NO_TOWN.format(text=short if len(short) <= 40 else short[:40] + "…", city=city)
