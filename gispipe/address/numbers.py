"""House numbers and lot numbers: 番地, 番, 号, の and hyphens in any mixture, read as one key such as 123-4."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from gispipe.address.normal import WILDCARDS, Token, normalise, tokens
from gispipe.address.numerals import ONE_NUMBER, decimal

_LETTERS = "甲乙丙丁戊己庚辛壬癸イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
_LETTER = rf"[{_LETTERS}](?=[0-9\-番号 |]|$|の)"
# floors, rooms and buildings: the number belongs to the name that follows
_ROOM = r"F(?![A-Z])|階|号室|号棟|号館|号車|号店|棟|室|番館|番街|番丁|軒|戸|[A-Z]+[0-9]"
_DIGITS = re.compile(rf"([0-9]+)(?!\s?(?:{_ROOM}))(?![0-9])")
_LETTER_AT = re.compile(_LETTER)
_WORD = re.compile(r"無番地?|番外地?")
_CHOME = re.compile(r"[\-ノの ]*([0-9]{1,3})\s?丁目?(?![0-9]*[A-Z])[\-ノの ]*")
_LEAD = re.compile(r"[\-ノの |、,]*(?:(地番)[: ]*)?")
_JOINT = re.compile(r"[ノの\-]+ ?|")
_AFTER_UNIT = re.compile(r" ?[ノの\-]* ?")
_MARK = re.compile(r" ?(?:(号)(?![室棟館車店])|(番地|番(?![館街丁町軒])))")

# what follows shows that the number goes on, or is part of something else: 7条, 7番●号, 1,2, 1~3, 三十六五
_GOES_ON = re.compile(rf"[\-ノの ]*[{WILDCARDS}]|[ ]?[,.、・/:~〜+&|](?![0-9]+\s?(?:{_ROOM}))[0-9]|丁目|[条線丁町村区字部社軒通]|地割")
_GOES_ON_AFTER_ONE = re.compile(r"-*[A-Z](?![A-Z])|[ \-]+[0-9](?![0-9]*\s?(?:" + _ROOM + "))")


@dataclass
class Numbers:
    """The number part behind a town: `atoms` one by one, `ends` the place behind each, `marks` the words between."""

    atoms: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    chome: int = 0
    begin: int = 0
    end: int = 0

    def key(self, start: int, stop: int) -> str:
        """Return the key of the atoms from `start` to `stop`."""
        return join_atoms(self.atoms[start:stop])


    def doubtful(self, tail: str) -> bool:
        """Return whether the text goes on in a way that makes the number read so far only a part of what is meant."""
        return bool(self.atoms) and bool(_GOES_ON.match(tail, self.end) or (len(self.atoms) == 1 and _GOES_ON_AFTER_ONE.match(tail, self.end)))

    def unread(self) -> None:
        """Forget the numbers, but not the chome, and give what was read of them back to the rest."""
        self.atoms, self.ends, self.end = [], [], self.begin


def join_atoms(atoms: list[str]) -> str:
    """Join numbers by hyphens and letters to what they stand beside."""
    text = ""
    for atom in atoms:
        text += ("-" if text and text[-1].isdigit() and atom[0].isdigit() else "") + atom
    return text


def tail_text(parts: list[Token], text: str) -> tuple[str, list[int]]:
    """Return the tokens behind a town as text with decimal numbers, and the place of every character in `text`."""
    out, places, before = [], [], False
    for token in parts:
        piece = token.key[1:-1] if token.number else text[token.at:token.end]
        if before and token.number:
            piece = "|" + piece  # two numbers side by side, 3 and 三番館, are never one
        out.append(piece)
        places += [token.at] * len(piece)
        before = token.number
    return "".join(out), places


def tail_from(text: str, at: int) -> tuple[str, list[int]]:
    """Return what `tail_text` does for all tokens of a text from a place on."""
    out, places, start = "", [], at
    for match in ONE_NUMBER.finditer(text, at):
        begin, end = match.span()
        number = ("|" if begin == at > start else "") + decimal(match.group())
        out += text[at:begin] + number
        places += [*range(at, begin), *[begin] * len(number)]
        at = end
    return out + text[at:], [*places, *range(at, len(text))]


def parse_numbers(tail: str, chome: bool = True) -> Numbers:
    """Read a chome (if there may be one) and the numbers at the beginning of a text made by `tail_text`."""
    numbers = Numbers()
    if chome and (match := _CHOME.match(tail)):
        numbers.chome, numbers.begin, numbers.end = int(match.group(1)), match.end(), match.end()
    lead = _LEAD.match(tail, numbers.end)
    assert lead is not None
    if lead.group(1):
        numbers.marks.add("地番")
    _read_atoms(tail, lead.end(), numbers)
    return numbers


def _read_atoms(tail: str, at: int, numbers: Numbers) -> None:
    while len(numbers.atoms) < 8:
        match = _DIGITS.match(tail, at) or _LETTER_AT.match(tail, at) or _WORD.match(tail, at)
        if match is None or (len(numbers.atoms) > 1 and tail[match.end():match.end() + 1].isascii() and tail[match.end():match.end() + 1].isalpha()):
            return
        numbers.atoms.append(_plain(match.group()))
        mark = _MARK.match(tail, match.end())
        close, unit = (mark.group(1), mark.group(2)) if mark else ("", "")
        if mark:
            numbers.marks.add(mark.group(1) or mark.group(2))
        numbers.end = (mark or match).end()
        numbers.ends.append(numbers.end)
        joint = (_AFTER_UNIT if unit else _JOINT).match(tail, numbers.end)
        if close or joint is None or (not unit and not joint.group() and not _lettered(tail, match)):
            return
        at = joint.end()


def _lettered(tail: str, match: re.Match[str]) -> bool:
    """Return whether a letter of a special lot stands on one side of the place behind a match: 甲12, 12乙."""
    return not match.group()[-1].isdigit() or _LETTER_AT.match(tail, match.end()) is not None


def _plain(atom: str) -> str:
    return (atom.lstrip("0") or "0") if atom.isdigit() else "番外地" if atom.startswith("番外") else "無番地" if atom.startswith("無番") else atom


@lru_cache(maxsize=65536)
def number_key(number: str) -> str:
    """Return the key of a lot number or house number of the register: 123番地4, １２３－４ and 百二十三番四 are 123-4.

    Special lots keep their letters (甲12, イ3, 12乙, 無番地); what cannot be read stays in the key as it is written.
    """
    text = normalise(number).text
    tail, _ = tail_text(tokens(text), text)
    numbers = parse_numbers(tail, chome=False)
    if not numbers.atoms:
        return text
    left = tail[numbers.end:].strip(" -")
    return numbers.key(0, len(numbers.atoms)) + (f" {left}" if left else "")


def lot_key(number: str) -> str:
    """Return the key of a lot number; the same as `number_key`."""
    return number_key(number)
