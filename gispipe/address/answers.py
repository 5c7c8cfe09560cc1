"""Answer a question: one exact place, several candidates, only the town, or nothing; and say which."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import replace

from gispipe.address import facilities, sentences, towns
from gispipe.address.entries import Found, Hit
from gispipe.address.houses import resolve
from gispipe.address.normal import UNREADABLE, Reading, Token, normalise, tokens
from gispipe.address.numbers import parse_numbers, tail_text
from gispipe.address.opened import Register
from gispipe.address.place import Municipality, Scope, scopes, unknown_municipality
from gispipe.address.ranking import answer_in_towns, listed
from gispipe.address.tail import Question
from gispipe.address.towns import Begun
from gispipe.errors import NotFound
from gispipe.words import Words

LONGEST = 200
_RUN = re.compile("\ufffd{2,}")
_LABEL = re.compile(r"^(?:住所|所在地|所在)[:：\s]+")
_MARKS = {mark: re.compile(rf"^{mark}[:：\s]*|[\s(（]*{mark}[)）]?$") for mark in ("地番", "住居表示")}


def search(register: Register | sqlite3.Connection, text: str) -> Found:
    """Return what the register has at an address, a lot number or a name, however it is written.

    register: opened once by who asks often; a bare connection is read anew for this one question.
    A facility whose full name is the text wins. Nothing that the text does not name is ever exact. Raises NotFound where
    the database has no register or cannot be read.
    """
    refused = _refusal(text)
    if refused:
        return Found("nothing", reason=refused)
    register = register if isinstance(register, Register) else Register(register)
    try:
        found = _answer(register, text)
        others = (_answer(register, form) for form in _forms(text)[1:]) if found.result == "nothing" else ()
        return next((other for other in others if other.result != "nothing"), found)
    except sqlite3.DatabaseError as broken:
        raise NotFound("", sentences.NO_REGISTER, sentences.BUILD_REGISTER) from broken


def _forms(text: str) -> list[str]:
    """Return the text, and with its runs of replacement characters shortened: two or three of them are often the bytes of one character."""
    shorter = [_RUN.sub(lambda run, size=size: "\ufffd" * -(-len(run.group()) // size), text) for size in (2, 3)]  # type: ignore[misc]
    return list(dict.fromkeys([text, *shorter]))


def _answer(register: Register, text: str) -> Found:
    if hits := facilities.named(register, text):
        return _facility(text, hits)
    bare, marks = _unmarked(_LABEL.sub("", text.strip()))
    question = Question(normalise(bare), register.municipality.city, marks)
    if not question.reading.text:
        return Found("nothing", read_as=question.city.city, reason=_no_town(text, question.city.city))
    found = _address(register, text, question)
    if found.result in {"exact", "town"} and _wildcard_before(found.rest, question.reading.text):
        note = sentences.WILDCARD.format(name=found.read_as)
        return replace(found, hits=(found.hits[0].noted(note), *found.hits[1:]))
    return found


def _wildcard_before(rest: str, text: str) -> bool:
    return bool(UNREADABLE.search(text) and UNREADABLE.search(text.split(rest or "\0", 1)[0].rstrip("?")))


def _unmarked(text: str) -> tuple[str, frozenset[str]]:
    """Return the text without the words that say what kind of number it is, and those words."""
    bare, marks = text, set()
    for mark, pattern in _MARKS.items():
        if mark in text:
            marks |= {mark} if pattern.search(text) else set()
            bare = pattern.sub("", bare)
    return bare, frozenset(marks)


def _refusal(text: str) -> Words | None:
    if len(text) > LONGEST:
        return sentences.TOO_LONG
    if not text.strip():
        return sentences.EMPTY
    if not text.isprintable() and any(unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in "\t\r\n" for c in text):
        return sentences.CONTROL
    return None if any(map(str.isalnum, text)) else sentences.NO_LETTERS


def _facility(text: str, hits: list[Hit]) -> Found:
    read_as = unicodedata.normalize("NFKC", text).strip()
    if len(hits) == 1:
        return Found("exact", tuple(hits), read_as=read_as)
    return Found("candidates", tuple(hits[:facilities.MOST]), read_as=read_as, reason=sentences.SEVERAL)


def _address(register: Register, text: str, question: Question) -> Found:
    reading, ours = question.reading, register.municipality

    known: dict[int, Begun | None] = {}

    def begun(at: int) -> Begun | None:
        if at not in known:
            known[at] = towns.begun(register, reading.text, at)
        return known[at]

    def town_at(at: int) -> int:
        found = begun(at)
        return found.end - at if found else 0

    weak: Found | None = None
    for scope in scopes(reading.text, ours, town_at):
        if scope.other:
            return _elsewhere(register, text, question, scope)
        if scope.said and (hits := facilities.named(register, reading.original(scope.at))):
            return _facility(reading.original(scope.at), hits)
        found = _in_scope(register, question, scope, begun(scope.at))
        if found is not None and found.result != "nothing" and not found.unread:
            return found
        weak = weak or found
    return _by_name(register, text, reading, weak)


def _elsewhere(register: Register, text: str, question: Question, scope: Scope) -> Found:
    read_as = question.reading.text
    if scope.guessed and (hits := facilities.containing(register.connection, text)):
        return Found("candidates", tuple(hits), read_as=read_as, reason=sentences.ONLY_LIKE)
    return Found("nothing", read_as=read_as, reason=sentences.OTHER_CITY.format(other=scope.other, city=question.city.city))


def _in_scope(register: Register, question: Question, scope: Scope, begun: Begun | None) -> Found | None:
    text = question.reading.text
    if begun is not None:
        return answer_in_towns(register.connection, question, begun)
    if scope.said and scope.at >= len(text):
        return None
    guesses = [answer_in_towns(register.connection, question, one) for one in towns.with_wildcards(register.connection, text, scope.at)]
    if len(guesses) == 1:
        return guesses[0]
    return listed([hit for guess in guesses for hit in guess.hits[:1]], guesses[0].read_as, sentences.SEVERAL) if guesses else None


def _by_name(register: Register, text: str, reading: Reading, weak: Found | None) -> Found:
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
    reason = sentences.OTHER_CITY.format(other=other, city=city) if other else _no_town(text, city)
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


def _no_town(text: str, city: str) -> Words:
    short = " ".join(text.split())
    return sentences.NO_TOWN.format(text=short if len(short) <= 40 else short[:40] + "…", city=city)
