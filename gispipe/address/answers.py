"""Answer a question: one exact place, several candidates, only the town, or nothing; and say which."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import replace

from gispipe.address import facilities, sentences, towns
from gispipe.address.entries import CityName, Found, Hit
from gispipe.address.houses import resolve
from gispipe.address.normal import WILDCARDS, Reading, normalise, tokens
from gispipe.address.numbers import parse_numbers, tail_text
from gispipe.address.place import Scope, read_city, scopes, unknown_municipality
from gispipe.address.ranking import answer_in_towns, listed
from gispipe.address.tail import Question
from gispipe.errors import NotFound
from gispipe.words import Words

LONGEST = 200
_RUN = re.compile("\ufffd{2,}")
_LOT_WORD = re.compile(r"^地番[:：\s]*|[\s(（]*地番[)）]?$")
_LABEL = re.compile(r"^(?:住所|所在地|所在)[:：\s]+")
_HOUSE_WORD = re.compile(r"^住居表示[:：\s]*|[\s(（]*住居表示[)）]?$")


def search(connection: sqlite3.Connection, text: str) -> Found:
    """Return what the register has at an address, a lot number or a name, however it is written.

    A facility whose full name is the text wins. Nothing that the text does not name is ever exact. Raises NotFound where
    the database has no register or cannot be read.
    """
    refused = _refusal(text)
    if refused:
        return Found("nothing", reason=refused)
    try:
        found = _answer(connection, text)
        others = (_answer(connection, form) for form in _forms(text)[1:]) if found.result == "nothing" else ()
        return next((other for other in others if other.result != "nothing"), found)
    except sqlite3.DatabaseError as broken:
        raise NotFound("", sentences.NO_REGISTER, sentences.BUILD_REGISTER) from broken


def _forms(text: str) -> list[str]:
    """Return the text, and with its runs of replacement characters shortened: two or three of them are often the bytes of one character."""
    shorter = [_RUN.sub(lambda run, size=size: "\ufffd" * -(-len(run.group()) // size), text) for size in (2, 3)]  # type: ignore[misc]
    return list(dict.fromkeys([text, *shorter]))


def _answer(connection: sqlite3.Connection, text: str) -> Found:
    if hits := facilities.named(connection, text):
        return _facility(text, hits)
    bare = _LABEL.sub("", text.strip())
    marks = {mark for mark, pattern in (("地番", _LOT_WORD), ("住居表示", _HOUSE_WORD)) if pattern.search(bare)}
    reading = normalise(_HOUSE_WORD.sub("", _LOT_WORD.sub("", bare)))
    city = read_city(connection)
    if not reading.text:
        return Found("nothing", read_as=city.city, reason=_no_town(text, city))
    found = _address(connection, text, reading, city, marks)
    if found.result in {"exact", "town"} and any(c in WILDCARDS for c in reading.text.split(found.rest or "\0", 1)[0].rstrip("?")):
        note = sentences.WILDCARD.format(name=found.read_as)
        return replace(found, hits=(found.hits[0].noted(note), *found.hits[1:]))
    return found


def _refusal(text: str) -> Words | None:
    if len(text) > LONGEST:
        return sentences.TOO_LONG
    if not text.strip():
        return sentences.EMPTY
    kinds = [unicodedata.category(c) for c in text]
    if any(kind in {"Cc", "Cs", "Cn"} and c not in "\t\r\n" for kind, c in zip(kinds, text, strict=True)):
        return sentences.CONTROL
    return None if any(kind[0] in "LN" for kind in kinds) else sentences.NO_LETTERS


def _facility(text: str, hits: list[Hit]) -> Found:
    read_as = unicodedata.normalize("NFKC", text).strip()
    if len(hits) == 1:
        return Found("exact", tuple(hits), read_as=read_as)
    return Found("candidates", tuple(hits[:facilities.MOST]), read_as=read_as, reason=sentences.SEVERAL)


def _address(connection: sqlite3.Connection, text: str, reading: Reading, city: CityName, marks: set[str]) -> Found:
    def town_at(at: int) -> int:
        found = towns.begun(connection, reading.text, at)
        return found.end - at if found else 0

    weak: Found | None = None
    for scope in scopes(reading.text, city, town_at):
        if scope.other:
            return _elsewhere(connection, text, reading, city, scope)
        if scope.said and (hits := facilities.named(connection, reading.original(scope.at))):
            return _facility(reading.original(scope.at), hits)
        found = _in_scope(connection, reading, city, marks, scope)
        if found is not None and found.result != "nothing" and not found.unread:
            return found
        weak = weak or found
    return _by_name(connection, text, reading, city, weak)


def _elsewhere(connection: sqlite3.Connection, text: str, reading: Reading, city: CityName, scope: Scope) -> Found:
    if scope.guessed and (hits := facilities.containing(connection, text)):
        return Found("candidates", tuple(hits), read_as=reading.text, reason=sentences.ONLY_LIKE)
    return Found("nothing", read_as=reading.text, reason=sentences.OTHER_CITY.format(other=scope.other, city=city.city))


def _in_scope(connection: sqlite3.Connection, reading: Reading, city: CityName, marks: set[str], scope: Scope) -> Found | None:
    begun = towns.begun(connection, reading.text, scope.at)
    if begun is not None:
        return answer_in_towns(connection, Question(reading, city, frozenset(marks)), begun)
    if scope.said and scope.at >= len(reading.text):
        return None
    guesses = [answer_in_towns(connection, Question(reading, city, frozenset(marks)), one) for one in towns.with_wildcards(connection, reading.text, scope.at)]
    if len(guesses) == 1:
        return guesses[0]
    return listed([hit for guess in guesses for hit in guess.hits[:1]], guesses[0].read_as, sentences.SEVERAL) if guesses else None


def _by_name(connection: sqlite3.Connection, text: str, reading: Reading, city: CityName, weak: Found | None) -> Found:
    """Return the towns or facilities that have the text in their name or reading, else the town it begins with, else nothing."""
    at = max(scope.at for scope in scopes(reading.text, city, lambda _: 0) if not scope.other) if weak is None and not _foreign(reading, city) else 0
    name, tail = _name_and_tail(reading.text, at)
    if weak is None and (hits := _partial_towns(connection, name, tail)):
        return listed([*hits, *facilities.containing(connection, text)], f"{city.city} {reading.text[at:]}", sentences.NAME_ONLY)
    if weak is None and (found := towns.by_reading(connection, reading, at)):
        hits = [town.hit().noted(sentences.READING) for town in found]
        return Found("town", tuple(hits), read_as=f"{city.city} {found[0].name}") if len(hits) == 1 else listed(hits, f"{city.city} {reading.text[at:]}", sentences.NAME_ONLY)
    if hits := facilities.containing(connection, text) or facilities.containing(connection, reading.text[at:]):
        return Found("candidates", tuple(hits), read_as=reading.text, reason=sentences.ONLY_LIKE)
    other = unknown_municipality(reading.text, city)
    reason = sentences.OTHER_CITY.format(other=other, city=city.city) if other else _no_town(text, city)
    return weak or Found("nothing", read_as=reading.text, reason=reason)


def _foreign(reading: Reading, city: CityName) -> bool:
    return any(scope.other for scope in scopes(reading.text, city, lambda _: 0))


def _name_and_tail(text: str, at: int) -> tuple[list, str]:
    """Return the tokens of the name before the numbers and the tail of numbers behind it."""
    parts = [t for t in tokens(text[at:]) if t.key != " "]
    cut = next((k for k, t in enumerate(parts) if t.number and k), len(parts))
    return parts[:cut], tail_text(parts[cut:], text[at:])[0]


def _partial_towns(connection: sqlite3.Connection, name: list, tail: str) -> list[Hit]:
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


def _no_town(text: str, city: CityName) -> Words:
    short = " ".join(text.split())
    return sentences.NO_TOWN.format(text=short if len(short) <= 40 else short[:40] + "…", city=city.city)
