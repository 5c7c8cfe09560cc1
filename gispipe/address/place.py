"""The municipality in front of a town: ours, none, or another one."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from gispipe.address.entries import CityName
from gispipe.address.normal import WILDCARDS, normalise
from gispipe.address.variants import fold

PREFECTURES = tuple("""
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県
滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
""".split())  # noqa: SIM905
_POST_CODE = re.compile(r"^(?:〒 ?[0-9]{3}-?[0-9]{4}|[0-9]{3}-[0-9]{4}(?=[^0-9\-番丁]))[ 、,]*")
_COUNTY = re.compile(r"^[^0-9]{1,5}?郡")
_MUNICIPALITY = re.compile(r"[市区町村]")
_LONGEST = 12
_LIKE_ONE = re.compile(r"[^0-9]{1,4}?郡[^0-9]{1,6}?[町村]|[^0-9]{1,7}?市(?![場町]|$)")


@dataclass(frozen=True)
class Scope:
    """Where the town begins: `at` in the text, `said` when the municipality was written, `other` the name of another one."""

    at: int
    said: bool = False
    other: str = ""
    guessed: bool = False


def read_city(connection: sqlite3.Connection) -> CityName:
    """Return the municipality of a register."""
    prefecture, city, county, others = connection.execute("SELECT prefecture, city, county, others FROM register_city").fetchone()
    return CityName(prefecture, city, county, tuple(json.loads(others)))


def begins(text: str, name: str) -> bool:
    """Return whether a folded text begins with a name; a wildcard stands for any one character, but not for most of them."""
    if not name or len(text) < len(name):
        return False
    unknown = sum(a in WILDCARDS for a in text[:len(name)])
    return unknown * 2 <= len(name) + 1 and all(a == b or a in WILDCARDS for a, b in zip(text, name, strict=False))


def scopes(text: str, city: CityName, town_at: Callable[[int], int]) -> list[Scope]:
    """Return the readings of what stands in front of the town, the likeliest first; one with `other` ends the question.

    text: normalised; town_at: the length of the longest town name of the register at a place of the text, 0 where none begins.
    """
    post = _POST_CODE.match(text)
    start = post.end() if post else 0
    folded = fold(text)
    at = start
    ours = _key(city.prefecture)
    if begins(folded[at:], ours):
        at += len(ours)
    elif (foreign := next((p for p in PREFECTURES if folded.startswith(_key(p), at)), "")) and town_at(at) <= len(foreign):
        return [Scope(at, other=foreign)]
    found = _city_names(folded, at, city)
    if found:
        return [Scope(end, said=True) for end in found] + [Scope(at)]
    other = _other(text, folded, at, city, town_at)
    return [Scope(at, other=other[0], guessed=other[1])] if other[0] else [Scope(at)]


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return fold(normalise(name).text)


def _city_names(folded: str, at: int, city: CityName) -> list[int]:
    """Return the places behind our municipality as it may be written: with its county, with its ward, the ward or the city alone."""
    county, name = _key(city.county), _key(city.city)
    cut = name.find("市") + 1
    forms = {county + name, name} | ({name[:cut], name[cut:]} if 0 < cut < len(name) else set())
    return sorted({at + len(form) for form in forms if form and begins(folded[at:], form)}, reverse=True)


def _other(text: str, folded: str, at: int, city: CityName, town_at: Callable[[int], int]) -> tuple[str, bool]:
    """Return the name of another municipality that the text begins with, and whether that is guessed from its form."""
    own = town_at(at)
    known = max((_key(name) for name in city.others if begins(folded[at:], _key(name))), key=len, default="")
    if len(known) > own:
        return text[at:at + len(known)], False
    behind = folded[at + own:at + own + 1]
    if own and behind not in {"市", "区", "町", "村", "郡"}:
        return "", False
    number_next = folded[at + own + 1:at + own + 2].isdigit() or not folded[at + own + 1:]
    if any(c in WILDCARDS for c in folded[at:at + _LONGEST]) or (own and behind != "市" and number_next):
        return "", False
    county = _COUNTY.match(folded[at:at + _LONGEST])
    begin = at + (county.end() if county else 0)
    for cut in _MUNICIPALITY.finditer(folded, max(begin + 1, at + own), at + _LONGEST):
        if own or county or town_at(cut.end()):
            return text[at:cut.end()], True
    return "", False


def unknown_municipality(text: str, city: CityName) -> str:
    """Return what a text that nothing was found for begins with where that has the form of a municipality, else an empty text."""
    at = len(city.prefecture) if city.prefecture and text.startswith(city.prefecture) else 0
    match = _LIKE_ONE.match(text, at)
    return match.group() if match and not _city_names(fold(text), at, city) else ""
