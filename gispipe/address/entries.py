"""What the register holds and what a question is answered with."""

from __future__ import annotations

from dataclasses import dataclass

from gispipe.words import Words


@dataclass(frozen=True)
class Entry:
    """One thing of the register at a place.

    kind: town, address, lot or facility; number: as the source spells it; lon, lat: degrees, JGD2011; feature: row of
    the layer; area: the position comes from the polygon of the town, not from a point that stands for it.
    """

    kind: str
    name: str
    town: str
    number: str
    lon: float
    lat: float
    layer: str
    feature: int
    kana: str = ""
    area: bool = False


@dataclass(frozen=True)
class CityName:
    """The municipality as it is written before a town; `others` are names of municipalities that are not this one."""

    prefecture: str
    city: str
    county: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """An entry in an answer; kind: town, block, address, lot or facility. also: further rows of its layer at the same place."""

    entry: Entry
    kind: str
    note: Words | None = None
    also: tuple[int, ...] = ()

    def joined(self, other: Entry) -> Hit:
        """Return the hit with another entry that is the same place; rows of other layers add nothing."""
        return Hit(self.entry, self.kind, self.note, (*self.also, other.feature)) if other.layer == self.entry.layer else self

    def noted(self, note: Words | None) -> Hit:
        """Return the same hit with a note, keeping the one it has already."""
        return self if note is None or self.note else Hit(self.entry, self.kind, note, self.also)


@dataclass(frozen=True)
class Found:
    """The answer to a question.

    result: exact (hits[0] is what was asked), candidates (one of them may be), town (hits[0] is only the town or block,
    the others are suggestions) or nothing. rest: what stands after the number. read_as: how the question was read.
    unread: what stands behind the town was not read as a number; it may be another name.
    """

    result: str
    hits: tuple[Hit, ...] = ()
    rest: str = ""
    read_as: str = ""
    reason: Words | None = None
    unread: bool = False
