"""Answer a question: one exact place, several candidates, only the town, or nothing; and say which."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import replace

from gispipe.address import facilities, sentences, towns
from gispipe.address.entries import Found, Hit
from gispipe.address.normal import UNREADABLE, normalise
from gispipe.address.opened import Register
from gispipe.address.partial import by_name, no_town
from gispipe.address.place import Scope, scopes
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

    register: opened once by who asks often; a bare connection is read anew for this one question. A facility whose full
    name is the text wins. Nothing that the text does not name is ever exact. Raises NotFound where the database has no
    register or cannot be read.
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
        return Found("nothing", read_as=question.city.city, reason=no_town(text, question.city.city))
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
    if not text.isprintable() and any(_is_control(c) for c in text):
        return sentences.CONTROL
    return None if any(c.isalnum() or unicodedata.category(c) == "Cn" for c in text) else sentences.NO_LETTERS


def _is_control(letter: str) -> bool:
    """Return whether a letter is a control character, half a pair or none at all; one that is newer than these programs is a letter."""
    return (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\t\r\n") or ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF


def _facility(text: str, hits: list[Hit]) -> Found:
    read_as = unicodedata.normalize("NFKC", text).strip()
    if len(hits) == 1:
        return Found("exact", tuple(hits), read_as=read_as)
    return Found("candidates", tuple(hits[:facilities.MOST]), read_as=read_as, reason=sentences.SEVERAL)


def _address(register: Register, text: str, question: Question) -> Found:
    reading = question.reading
    known: dict[int, Begun | None] = {}

    def begun(at: int) -> Begun | None:
        if at not in known:
            known[at] = towns.begun(register, reading.text, at)
        return known[at]

    def town_at(at: int) -> int:
        found = begun(at)
        return found.end - at if found else 0

    weak: Found | None = None
    for scope in scopes(reading.text, register.municipality, town_at):
        if scope.other:
            return _elsewhere(register, text, question, scope)
        if scope.said and (hits := facilities.named(register, reading.original(scope.at))):
            return _facility(reading.original(scope.at), hits)
        found = _in_scope(register, question, scope, begun(scope.at))
        if found is not None and found.result != "nothing" and not found.unread:
            return found
        weak = weak or found
    return by_name(register, text, reading, weak)


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
