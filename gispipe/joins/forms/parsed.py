"""One text with town and number in it, taken apart without a register."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from gispipe.address.entries import CityName
from gispipe.address.normal import Token, normalise, split_chome, tokens, without_section_words
from gispipe.address.numbers import Numbers, join_atoms, parse_numbers, tail_text
from gispipe.address.variants import fold

_POST_CODE = re.compile(r"(?:〒 ?[0-9]{3}-?[0-9]{4}|[0-9]{3}-[0-9]{4}(?=[^0-9\-番丁]))[ 、,]*")
_COUNTY = re.compile(r"[^0-9]{1,5}?郡")
# a kanji numeral begins the number only before one of these; an ASCII digit always, but for names such as 北1条
_BEGINS = {"丁", "番", "-", "号"}
_IN_NAME = {"条", "字", "線", "区"}
_NOT_A_UNIT = set("館街丁町軒")
_QUICK = re.compile(r"([^0-9 \-、,()「」\[\]【】\"'A-Za-z]*[^0-9 \-、,()「」\[\]【】\"'A-Za-z番号地の])(?:([0-9]{1,2})丁目)?([0-9]+)(番地の|番地|番|の|-)([0-9]+)(?:([-の])([0-9]+))?(号)?", re.ASCII)
_PLAIN_FIRST = re.compile(r"[\-ノの |]*[0-9]+ ?番(?![館街丁町軒])")
_CHOME_FIRST = re.compile(r"[0-9]{1,3}-[0-9]+ ?番(?![館街丁町軒])")


@dataclass(frozen=True)
class Parsed:
    """stem: key of the town without its chome; chome: 0 where none is written; sure: the writing shows whether there is one.

    atoms: the numbers; rest: what stands behind them; doubtful: the number goes on in a way that cannot be read.
    """

    stem: str
    chome: int
    atoms: tuple[str, ...]
    sure: bool
    rest: str = ""
    doubtful: bool = False


def parse(text: str, city: CityName) -> Parsed:
    """Take a text apart into town, chome, numbers and what follows; prefecture and city in front of it are left out."""
    wide = text if text.isascii() else unicodedata.normalize("NFKC", text)
    match = _QUICK.fullmatch(wide)
    return (_quick(match, city) if match else None) or _slow(text, city)


def _quick(match: re.Match[str], city: CityName) -> Parsed | None:
    head, chome, first, unit, second, joint, third, close = match.groups()
    town = _town(head, city)
    if town is None or (unit in ("の", "-") and close and not (town[1] or chome)) or (unit.startswith("番") and joint and close):
        return None  # rare mixtures are read character by character
    atoms = (first.lstrip("0") or "0", second.lstrip("0") or "0") + ((third.lstrip("0") or "0",) if third else ())
    written = int(chome) if chome else town[1]
    if chome and town[1]:
        return None
    return Parsed(town[0], written, atoms, bool(written) or unit.startswith("番"))


@lru_cache(maxsize=8192)
def _town(head: str, city: CityName) -> tuple[str, int] | None:
    """Return stem and chome of a text that is all name, None where a number is part of it."""
    text = normalise(head).text
    parts = tokens(text[municipality_end(text, city):])
    stem, chome = split_chome(parts)
    if any(token.number for token in stem) or not stem:
        return None
    return "".join(t.key for t in without_section_words(stem)), chome


def municipality_end(text: str, city: CityName) -> int:
    """Return the place behind our own post code, prefecture, county and city; 0 where a name does not begin behind them."""
    post = _POST_CODE.match(text)
    at = post.end() if post else 0
    folded = fold(text)
    prefecture, name = _folded(city.prefecture), _folded(city.city)
    if prefecture and folded.startswith(prefecture, at):
        at += len(prefecture)
    county = _COUNTY.match(text, at)
    for start in (at, county.end() if county else at):
        if name and folded.startswith(name, start) and not text[start + len(name):start + len(name) + 1].isdigit() and len(text) > start + len(name):
            return start + len(name)
    return at


@lru_cache(maxsize=64)
def _folded(name: str) -> str:
    return fold(normalise(name).text)


def _slow(text: str, city: CityName) -> Parsed:
    reading = normalise(text)
    body = reading.text[municipality_end(reading.text, city):].lstrip(" ")
    parts = tokens(body)
    cut = _number_at(parts, body)
    stem, chome = split_chome(parts[:cut])
    after = cut
    if cut < len(parts) and _follows(parts, cut, 1) == "丁":
        chome, after = int(parts[cut].key[1:-1]), cut + (3 if _follows(parts, cut, 2) == "目" else 2)
    key = "".join(t.key for t in without_section_words([t for t in stem if t.key != " "]) if t.key != " ")
    tail, _ = tail_text(parts[after:], body)
    numbers = parse_numbers(tail, chome=False)
    rest = " ".join(filter(None, [tail[numbers.end:].strip(" -、,|の"), *reading.others]))
    return _settled(key, chome, numbers, tail, rest)


def _settled(stem: str, chome: int, numbers: Numbers, tail: str, rest: str) -> Parsed:
    atoms = tuple(numbers.atoms)
    if not chome and len(atoms) > 2 and _CHOME_FIRST.match(tail):
        return Parsed(stem, int(atoms[0]), atoms[1:], True, rest, numbers.doubtful(tail))
    return Parsed(stem, chome, atoms, bool(chome) or bool(_PLAIN_FIRST.match(tail)), rest, numbers.doubtful(tail))


def _follows(parts: list[Token], at: int, steps: int) -> str:
    place = at + steps
    return parts[place].key if place < len(parts) else ""


def _number_at(parts: list[Token], text: str) -> int:
    """Return the place of the token that the number begins with."""
    for k, token in enumerate(parts):
        if not token.number:
            continue
        behind = _follows(parts, k, 1)
        name_goes_on = behind == "番" and _follows(parts, k, 2) in _NOT_A_UNIT
        digits = text[token.at].isdigit() and behind not in _IN_NAME
        if not name_goes_on and (behind in _BEGINS or behind == "" or digits):
            return k
    return len(parts)


def number_of(parsed: Parsed) -> str:
    """Return the number part of a key."""
    return join_atoms(list(parsed.atoms))
