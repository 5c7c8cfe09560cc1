"""The municipality in front of a town: ours, none, or another one."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from gispipe.address.entries import CityName
from gispipe.address.normal import UNREADABLE, WILDCARDS, normalise
from gispipe.address.variants import fold

PREFECTURES = tuple("""
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県
滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
""".split())  # noqa: SIM905
_FOLDED = {fold(name): name for name in PREFECTURES}
_POST_CODE = re.compile(r"^(?:〒 ?[0-9]{3}-?[0-9]{4}|[0-9]{3}-[0-9]{4}(?=[^0-9\-番丁]))[ 、,]*")
_COUNTY = re.compile(r"^[^0-9]{1,5}?郡")
_MUNICIPALITY = re.compile(r"[市区町村]")
_LONGEST = 12
_LIKE_ONE = re.compile(r"[^0-9]{1,4}?郡[^0-9]{1,6}?[町村]|[^0-9]{1,7}?市(?![場町]|$)")


class Scope(NamedTuple):
    """Where the town begins: `at` in the text, `said` when the municipality was written, `other` the name of another one."""

    at: int
    said: bool = False
    other: str = ""
    guessed: bool = False


class Municipality:
    """The municipality of a register: its names and those of others, folded once for all the questions they are compared with."""

    def __init__(self, city: CityName) -> None:
        self.city = city
        self.prefecture = _key(city.prefecture)
        self.forms = _forms(_key(city.county), _key(city.city))
        self.others = frozenset(map(_key, city.others)) - {""}
        self.lengths = sorted({len(name) for name in self.others}, reverse=True)

    def named(self, folded: str, at: int) -> list[int]:
        """Return the places behind our municipality as it may be written at a place of a folded text, the farthest first."""
        return sorted({at + len(form) for form in self.forms if begins(folded[at:at + len(form)], form)}, reverse=True)

    def other(self, folded: str, at: int) -> int:
        """Return the length of the longest name of another municipality that a folded text has at a place, 0 where none is."""
        return next((size for size in self.lengths if self._is_other(folded[at:at + size], size)), 0)

    def _is_other(self, piece: str, size: int) -> bool:
        if UNREADABLE.search(piece):
            return any(len(name) == size and begins(piece, name) for name in self.others)
        return len(piece) == size and piece in self.others


def _key(name: str) -> str:
    return fold(normalise(name).text)


def _forms(county: str, name: str) -> frozenset[str]:
    """Return what a municipality may be called: with its county, with its ward, the ward or the city alone."""
    cut = name.find("市") + 1
    return frozenset({county + name, name, *((name[:cut], name[cut:]) if 0 < cut < len(name) else ())} - {""})


def read_city(connection: sqlite3.Connection) -> CityName:
    """Return the municipality of a register."""
    prefecture, city, county, others = connection.execute("SELECT prefecture, city, county, others FROM register_city").fetchone()
    return CityName(prefecture, city, county, tuple(json.loads(others)))


def begins(text: str, name: str) -> bool:
    """Return whether a folded text begins with a name; a wildcard stands for any one character, but not for most of them."""
    head = text[:len(name)]
    if not name or len(head) < len(name) or not UNREADABLE.search(head):
        return bool(name) and head == name
    unknown = sum(a in WILDCARDS for a in head)
    return unknown * 2 <= len(name) + 1 and all(a == b or a in WILDCARDS for a, b in zip(head, name, strict=True))


def scopes(text: str, ours: Municipality, town_at: Callable[[int], int]) -> list[Scope]:
    """Return the readings of what stands in front of the town, the likeliest first; one with `other` ends the question.

    text: normalised; town_at: the length of the longest town name of the register at a place of the text, 0 where none begins.
    """
    post = _POST_CODE.match(text)
    start = post.end() if post else 0
    folded = fold(text)
    at = start
    if begins(folded[at:], ours.prefecture):
        at += len(ours.prefecture)
    elif (foreign := _FOLDED.get(folded[at:at + 3]) or _FOLDED.get(folded[at:at + 4])) and town_at(at) <= len(foreign):
        return [Scope(at, other=foreign)]
    found = ours.named(folded, at)
    if found:
        return [Scope(end, said=True) for end in found] + [Scope(at)]
    other = _other(text, folded, at, ours, town_at)
    return [Scope(at, other=other[0], guessed=other[1])] if other[0] else [Scope(at)]


def _other(text: str, folded: str, at: int, ours: Municipality, town_at: Callable[[int], int]) -> tuple[str, bool]:
    """Return the name of another municipality that the text begins with, and whether that is guessed from its form."""
    own = town_at(at)
    if (known := ours.other(folded, at)) > own:
        return text[at:at + known], False
    behind = folded[at + own:at + own + 1]
    if own and behind not in {"市", "区", "町", "村", "郡"}:
        return "", False
    number_next = folded[at + own + 1:at + own + 2].isdigit() or not folded[at + own + 1:]
    if UNREADABLE.search(folded, at, at + _LONGEST) or (own and behind != "市" and number_next):
        return "", False
    county = _COUNTY.match(folded[at:at + _LONGEST])
    begin = at + (county.end() if county else 0)
    for cut in _MUNICIPALITY.finditer(folded, max(begin + 1, at + own), at + _LONGEST):
        if own or county or town_at(cut.end()):
            return text[at:cut.end()], True
    return "", False


def unknown_municipality(text: str, ours: Municipality) -> str:
    """Return what a text that nothing was found for begins with where that has the form of a municipality, else an empty text."""
    prefecture = ours.city.prefecture
    at = len(prefecture) if prefecture and text.startswith(prefecture) else 0
    match = _LIKE_ONE.match(text, at)
    return match.group() if match and not ours.named(fold(text), at) else ""
