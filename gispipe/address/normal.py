"""Read what a person wrote as characters and tokens that compare: width, spaces, hyphens, numerals, variants.

The order of the steps follows what writers of Japanese addresses do; the register's own spelling is never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gispipe.address.numerals import NUMERALS, ONE_NUMBER, decimal
from gispipe.address.variants import fold, replacing

WILDCARDS = "\ufffd●?〓"
"""Characters that stand where one could not be shown."""
UNREADABLE = re.compile(f"[{WILDCARDS}]")

_N = f"0-9{NUMERALS}"
_KANA = "ァ-ヺぁ-ゖ"
_DASHES = "\\-−‐‑‒–—─━―⏤⎯⁃"
_BRACKETS = re.compile(r"\(([^()]*)\)|「([^「」]*)」|\[([^\[\]]*)\]|【([^【】]*)】")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef\"'“”‘’`]")
# a space parts numbers and buildings only; inside names and before the marks of a number it says nothing, nor does the comma of thousands
# in the patterns below a character comes first and what stands before it second: the search leaps from one such character to the next
_IDLE_SPACE = re.compile(rf"(?<![0-9A-Za-z号番地目階室ー{NUMERALS}]) | (?=丁目|番|号|{_DASHES}|[{_DASHES}])|(?<=[{_DASHES}]) (?=[{_N}])|(?<=[0-9]),(?=[0-9]{{3}}(?![0-9]))")
_LONG_DASH = re.compile(rf"[{_DASHES}ー](?<=[{_N}番地号目].)(?=.)|ー(?<![{_KANA}].)(?=[{_N}])|[{_DASHES}](?=[{_N}])")
_upper = replacing({k: chr(k - 32) for k in range(ord("a"), ord("z") + 1)})
_ONE_AS_DASH = re.compile(r"一(?<=[0-9].)(?=[0-9])")
_OF = re.compile(rf"[のノ之丿](?<=[{_N}].)(?=[{_N}])")


class Token(NamedTuple):
    """One character of a name, or one number; `at` and `end` are places in the text."""

    key: str
    at: int
    end: int
    number: bool = False


class Reading(NamedTuple):
    """A text made comparable: `text` without idle spaces, `others` what stood in brackets, `key` for comparison."""

    text: str
    others: tuple[str, ...]
    shown: str
    places: tuple[int, ...]

    @property
    def key(self) -> str:
        return "".join(token.key for token in tokens(self.text))

    def original(self, at: int) -> str:
        """Return what was written from a place in `text` on, with its spaces."""
        return self.shown[self.places[at]:] if at < len(self.places) else ""


def normalise(text: str) -> Reading:
    """Return the reading of a text: width, quotes, brackets, spaces, hyphens and の between numbers."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    others: list[str] = []
    text = _BRACKETS.sub(lambda m: others.append(next(g for g in m.groups() if g is not None).strip()) or " ", text)  # type: ignore[func-returns-value]
    shown = " ".join(_INVISIBLE.sub("", text).split())
    idle = {m.start() for m in _IDLE_SPACE.finditer(shown)} if " " in shown or "," in shown else ()
    places = tuple([k for k in range(len(shown)) if k not in idle] if idle else range(len(shown)))
    slim = _upper("".join([shown[k] for k in places]) if idle else shown)
    slim = _OF.sub("-", _LONG_DASH.sub("-", _ONE_AS_DASH.sub("-", slim)))
    return Reading(slim, tuple(other for other in others if other), shown, places)


def tokens(text: str) -> list[Token]:
    """Split a normalised text into numbers and folded characters."""
    return list(each_token(text, 0, len(text)))


def each_token(text: str, at: int, stop: int) -> Iterator[Token]:
    """Give the tokens of a normalised text from one place of it to another, one by one: most are not asked for."""
    folded, stop = fold(text), min(stop, len(text))
    for number in ONE_NUMBER.finditer(text, at, stop):
        begin, end = number.span()
        for k in range(at, begin):
            yield Token(folded[k], k, k + 1)
        yield Token(f"<{decimal(number.group())}>", begin, end, True)
        at = end
    for k in range(at, stop):
        yield Token(folded[k], k, k + 1)


def without_section_words(parts: list[Token]) -> list[Token]:
    """Return a name's tokens without 大字 and 字; a 字 behind a number belongs to the name (十八字, 志比49字)."""
    keys = [t.key for t in parts]
    if "字" not in keys:
        return parts
    drop = {k for k, key in enumerate(keys) if key == "字" and not (k and parts[k - 1].number)}
    drop |= {k - 1 for k in drop if k and keys[k - 1] == "大"}
    return [t for k, t in enumerate(parts) if k not in drop] if len(drop) < len(parts) else parts


def split_chome(parts: list[Token]) -> tuple[list[Token], int]:
    """Return the tokens of a name without its last 丁目 and the number of that, 0 where there is none."""
    for ending in (["丁", "目"], ["丁"]):
        n = len(ending)
        if len(parts) > n + 1 and [t.key for t in parts[-n:]] == ending and parts[-n - 1].number and len(parts[-n - 1].key) < 6:
            return parts[: -n - 1], int(parts[-n - 1].key[1:-1])
    return parts, 0


@lru_cache(maxsize=4096)
def stem_and_chome(name: str) -> tuple[str, int]:
    """Return the comparison key of a registry name without its chome, and the chome (0 where there is none)."""
    stem, chome = split_chome(tokens(normalise(name).text))
    return "".join(t.key for t in without_section_words(stem)), chome


def town_key(name: str) -> str:
    """Return the comparison key of a town's name: equal for every spelling of it, 中桜塚三丁目 = 中桜塚３丁目 = 中桜塚3-."""
    if re.search(r"[0-9一二三四五六七八九十][-\-−‐]$", name):
        name = name[:-1] + "丁目"
    stem, chome = stem_and_chome(name)
    return f"{stem}|{chome}" if chome else stem
