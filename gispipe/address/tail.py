"""What stands behind a town in a question: its numbers, and the rest that is no number."""

from __future__ import annotations

import re
from typing import NamedTuple

from gispipe.address.entries import CityName
from gispipe.address.normal import Reading
from gispipe.address.numbers import parse_numbers, tail_from
from gispipe.address.towns import Begun

_LEADING = " 、,・-−‐‑‒–—─━―ー|"
_OF = re.compile(r"[のノ之](?=[0-9])")
_WORDS = frozenset({"地番", "住居表示"})


class Question(NamedTuple):
    """What was written, in which city, and the words that say what kind of number it is."""

    reading: Reading
    city: CityName
    marks: frozenset[str]


class Tail:
    """What stands behind a town: its numbers, and the words that were written from a place of it on."""

    def __init__(self, question: Question, begun: Begun) -> None:
        self.question = question
        text = question.reading.text
        self.text, self.places = tail_from(text, begun.end)
        self.numbers = parse_numbers(self.text)
        if self.numbers.chome and not any(t.chome == self.numbers.chome for t in begun.towns) and "丁目" not in self.text[:self.numbers.end]:
            self.numbers = parse_numbers(self.text, chome=False)  # 3丁 is a lot of its own where no such chome is
        if self.numbers.doubtful(self.text):
            self.numbers.unread()
        self.numbers.marks |= question.marks | (_WORDS & set(question.reading.others))

    def rest(self, used: int, kind: str) -> str:
        """Return what is left behind so many atoms, with what stood in brackets; a branch of a lot keeps its hyphen."""
        at = self.numbers.ends[used - 1] if used else self.numbers.end
        if at >= len(self.places) and not self.question.reading.others:
            return ""
        left = self.question.reading.original(self.places[at]) if at < len(self.places) else ""
        bare = left.lstrip(_LEADING).rstrip(" 、,")
        bare = bare[1:] if _OF.match(bare) else bare
        branch = kind == "lot" and used < len(self.numbers.atoms) and bare.replace("-", "").isdigit()
        others = [o for o in self.question.reading.others if o not in _WORDS]
        return " ".join(filter(None, (f"-{bare}" if branch else bare, *others)))
