"""Keys of whole addresses and of lots with their town in one text, read with what both sides say of the towns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from gispipe.address.entries import CityName
from gispipe.address.normal import stem_and_chome, town_key
from gispipe.joins.forms.identifiers import PART, lot_number, says_something
from gispipe.joins.forms.parsed import Parsed, number_of, parse

Read = tuple[list[str | None], list[str], list[str | None]]
"""Keys, why there is none, and the keys that there would be without what follows."""


class _Towns:
    """Which names have a chome and which have none, by everything that says so."""

    def __init__(self, parsed: Sequence[Parsed], names: Sequence[str]) -> None:
        known = [stem_and_chome(name) for name in names if name]
        self.with_chome = {p.stem for p in parsed if p.chome} | {stem for stem, chome in known if chome}
        self.without = {p.stem for p in parsed if p.sure and not p.chome} | {stem for stem, chome in known if not chome}

    def settle(self, one: Parsed) -> Parsed | None:
        """Return the text with its chome, None where 1-3-12 may be chome 1 or block 1 of a town that has both."""
        if one.chome or one.sure or one.stem not in self.with_chome or not (one.atoms and one.atoms[0].isdigit()):
            return one
        if one.stem in self.without:
            return None
        return Parsed(one.stem, int(one.atoms[0]), one.atoms[1:], True, one.rest, one.doubtful)


def address_keys(sides: Sequence[Sequence[str]], city: CityName, towns: Sequence[str], rooms: bool) -> list[Read]:
    """Return keys, bars (why there is no key) and shorter keys of two sides' distinct addresses.

    With `rooms` what follows the number is left out, also as a further number behind a hyphen where the other side has
    the address without it; otherwise such an address has no key and the bar `room`.
    """
    known: dict[str, Parsed | None] = {text: parse(text, city) if says_something(text) else None for text in dict.fromkeys(chain(*sides))}
    parsed = [[known[text] for text in side] for side in sides]
    context = _Towns([p for p in known.values() if p is not None], towns)
    read = [[_address(one, context, rooms) for one in side] for side in parsed]
    written = [{key for key, bar in side if not bar and key} for side in read]
    return [_without_room_number(side, other, rooms) for side, other in zip(read, reversed(written), strict=True)]


def lot_text_keys(sides: Sequence[Sequence[str]], city: CityName, towns: Sequence[str], rooms: bool) -> list[Read]:
    """Return keys, bars and no shorter keys of two sides' distinct texts of town and lot number, or of the lot number alone."""
    known = {text: None if not says_something(text) else _bare(text) or parse(text, city) for text in dict.fromkeys(chain(*sides))}
    parsed = [[known[text] for text in side] for side in sides]
    context = _Towns([p for p in known.values() if p is not None], towns)
    made: list[Read] = []
    for side, texts in zip(parsed, sides, strict=True):
        found = [_lot(one, text, context) for one, text in zip(side, texts, strict=True)]
        made.append(([key for key, _ in found], [bar for _, bar in found], [None] * len(found)))
    return made


def _bare(text: str) -> Parsed | None:
    """Return a text that begins with its number as a lot without a town."""
    return Parsed("", 0, (lot_number(text),), True) if text[0].isdigit() else None


def _address(one: Parsed | None, towns: _Towns, rooms: bool) -> tuple[str | None, str]:
    if one is None:
        return None, "no_key"
    settled = towns.settle(one)
    if settled is None or not settled.atoms or settled.doubtful:
        return None, "unclear"
    return f"{_town(settled)}{PART}{number_of(settled)}", "room" if settled.rest and not rooms else ""


def _town(one: Parsed) -> str:
    return f"{one.stem}|{one.chome}" if one.chome else one.stem


def _lot(one: Parsed | None, text: str, towns: _Towns) -> tuple[str | None, str]:
    if one is None:
        return None, "no_key"
    settled = towns.settle(one)
    if settled is None or settled.doubtful:
        return None, "unclear"
    if not settled.atoms:
        return f"{town_key(text)}{PART}", ""
    number = settled.atoms[0] if not settled.stem and len(settled.atoms) == 1 else number_of(settled)
    return f"{_town(settled)}{PART}{number}{' ' + settled.rest if settled.rest else ''}", ""


def _without_room_number(side: list[tuple[str | None, str]], other: set[str], rooms: bool) -> Read:
    """Take the last number away where the other side has the address only without it: a room behind a hyphen."""
    keys: list[str | None] = []
    bars: list[str] = []
    shorter: list[str | None] = []
    for key, bar in side:
        short = key.rpartition("-")[0] if key is not None and not bar and key.count("-") > 1 and key not in other else ""
        if short in other:
            key, bar = short, "" if rooms else "room"
        keys.append(None if bar else key)
        bars.append(bar)
        shorter.append(key if bar == "room" else None)
    return keys, bars, shorter
