"""Choose between the readings of a number: with its chome, without one, or with the chome left out."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from gispipe.address import sentences
from gispipe.address.entries import Found, Hit
from gispipe.address.houses import Answer, resolve, with_number
from gispipe.address.numbers import Numbers
from gispipe.address.tail import Question, Tail
from gispipe.address.town import Town, town_order
from gispipe.address.towns import Begun
from gispipe.words import Words

MOST = 20


def listed(hits: list[Hit], read_as: str, reason: Words) -> Found:
    """Return candidates, each once, at most twenty."""
    unique = {(h.kind, h.entry.layer, h.entry.feature, h.entry.name): h for h in reversed(hits)}
    return Found("candidates", tuple(reversed(unique.values()))[:MOST], read_as=read_as, reason=reason)


def answer_in_towns(connection: sqlite3.Connection, question: Question, begun: Begun) -> Found:
    """Return what the towns of one stem say to the rest of the question."""
    tail = Tail(question, begun)
    numbers = tail.numbers
    if numbers.chome:
        chosen = [t for t in begun.towns if t.chome == numbers.chome]
        if not chosen:
            return _no_such_chome(question, begun, numbers)
        return _said(connection, tail, [(town, 0) for town in chosen], begun)
    if not numbers.atoms:
        return _only_town(tail, begun)
    options = [(t, 0) for t in begun.towns if t.chome == 0]
    options += [(t, 1) for t in begun.towns if t.chome and numbers.atoms[0] == str(t.chome)]
    return _said(connection, tail, options, begun)


def _no_such_chome(question: Question, begun: Begun, numbers: Numbers) -> Found:
    stem = _stem_name(begun.towns[0])
    return listed([t.hit() for t in begun.towns], f"{question.city.city} {stem}", sentences.NO_CHOME.format(town=stem, chome=numbers.chome))


def _stem_name(town: Town) -> str:
    if not town.chome:
        return town.name
    cut = town.name.rstrip("丁目").rstrip("0123456789〇一二三四五六七八九十")
    return cut or town.name


def _only_town(tail: Tail, begun: Begun) -> Found:
    rest, city = tail.rest(0, "town"), tail.question.city.city
    whole = [t for t in begun.towns if t.chome == 0]
    if rest and tail.text[:1] != " ":
        stem = _stem_name(begun.towns[0])  # what follows may make it another name: 里 in 里見町
        return replace(listed([t.hit() for t in begun.towns], f"{city} {stem}", sentences.UNREAD.format(town=stem, rest=rest)), rest=rest, unread=True)
    if len(whole) == 1:
        return Found("town", tuple(t.hit() for t in (*whole, *(t for t in begun.towns if t.chome)))[:MOST], rest, f"{city} {whole[0].name}")
    return replace(listed([t.hit() for t in begun.towns], f"{city} {_stem_name(begun.towns[0])}", sentences.WHICH_CHOME if not whole else sentences.SEVERAL), rest=rest)


def _said(connection: sqlite3.Connection, tail: Tail, options: list[tuple[Town, int]], begun: Begun) -> Found:
    """Return the best of the readings; two of the same rank are candidates."""
    numbers = tail.numbers
    answers = [resolve(connection, town, numbers, start) for town, start in options if start < len(numbers.atoms)]
    bare = [town for town, start in options if start == len(numbers.atoms)]
    exact = [a for a in answers if a.grade == "exact"]
    exact = [a for a in exact if a.whole] or exact
    may_lack = not numbers.chome and len(numbers.atoms) <= 2 and not any(a.town.chome == 0 for a in exact)
    unsaid = _chome_left_out(connection, tail, begun) if may_lack else []
    if len(exact) == 1 and not unsaid and (exact[0].whole or len(options) == 1):
        return _found_exact(tail, exact[0])
    several = [hit for a in exact for hit in a.hits[:1]] or [hit for a in answers if a.grade == "candidates" for hit in a.hits]
    if several or unsaid:
        areas = [] if several and len(exact) != 1 else [a.hits[0] for a in answers if a.hits[0].kind == "block"] + [town.hit() for town in bare]
        return _candidates(tail, answers, several + areas + unsaid, bool(unsaid) and not several)
    return _nothing_exact(tail, begun, answers, bare)


def _nothing_exact(tail: Tail, begun: Begun, answers: list[Answer], bare: list[Town]) -> Found:
    """Return the block or the town, or the towns of which one has to be chosen."""
    if bare and not any(a.hits[0].kind == "block" for a in answers):
        return _town_alone(tail, bare[0])
    if not answers:
        return _which_chome(tail, begun)
    answers = sorted(answers, key=lambda a: town_order(a.town))
    return _found_town(tail, max(answers, key=lambda a: (a.hits[0].kind == "block", a.town.chome > 0 and not _numbered(answers))))


def _numbered(answers: list[Answer]) -> bool:
    """Return whether the town without chome has numbers of its own."""
    return any(a.town.chome == 0 and len(a.hits) > 1 for a in answers)


def _chome_left_out(connection: sqlite3.Connection, tail: Tail, begun: Begun) -> list[Hit]:
    """Return the houses that have the whole number in any chome of the town."""
    key = tail.numbers.key(0, len(tail.numbers.atoms))
    return [hit for town in sorted(begun.towns, key=town_order) if town.chome for hit in with_number(connection, town, key)]


def _read_as(tail: Tail, town: Town, number: str) -> str:
    return " ".join(filter(None, (tail.question.city.city, town.name, number)))


def _found_exact(tail: Tail, answer: Answer) -> Found:
    kind = answer.hits[0].kind
    rest = tail.rest(answer.used, kind)
    first = answer.hits[0]
    if not answer.whole:
        first = first.noted((sentences.REST_OF_LOT if kind == "lot" and rest.startswith("-") else sentences.REST).format(rest=rest))
    return Found("exact", (first, *answer.hits[1:]), rest, _read_as(tail, answer.town, answer.number))


def _candidates(tail: Tail, answers: list[Answer], hits: list[Hit], unsaid: bool) -> Found:
    used = max((a.used for a in answers if a.grade != "town"), default=len(tail.numbers.atoms))
    town = answers[0].town if len({a.town for a in answers}) == 1 and not unsaid else None
    read = _read_as(tail, town, answers[0].number) if town else f"{tail.question.city.city} {tail.question.reading.text}"
    return replace(listed(hits, read, sentences.WHICH_CHOME if unsaid else sentences.SEVERAL), rest=tail.rest(used, hits[0].kind))


def _town_alone(tail: Tail, town: Town) -> Found:
    rest = tail.rest(len(tail.numbers.atoms), "town")
    unread = sentences.UNREAD.format(town=town.name, rest=rest) if rest and tail.text[tail.numbers.end:tail.numbers.end + 1] != " " else None
    return Found("town", (town.hit(),), rest, _read_as(tail, town, ""), unread, unread is not None)


def _which_chome(tail: Tail, begun: Begun) -> Found:
    number = tail.numbers.key(0, len(tail.numbers.atoms))
    hits = [t.hit() for t in begun.towns]
    return replace(listed(hits, f"{tail.question.city.city} {_stem_name(begun.towns[0])} {number}", sentences.WHICH_CHOME), rest=tail.rest(len(tail.numbers.atoms), "town"))


def _found_town(tail: Tail, answer: Answer) -> Found:
    only_block = answer.hits[0].kind == "block" and answer.hits[0].entry.number == answer.number
    reason = sentences.ONLY_BLOCK.format(block=answer.hits[0].entry.name) if only_block else sentences.NO_NUMBER.format(town=answer.town.name, number=answer.number)
    return Found("town", answer.hits, tail.rest(answer.used, "town"), _read_as(tail, answer.town, answer.number), reason)
