"""The rows that a hazard layer's table has: its classes, mildest first, then the right words for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gispipe.answers.zone_answers import NO_DATA, NOT_SURVEYED, ZoneLayer
from gispipe.model import StyleClass
from gispipe.words import Words

TOTAL = Words("total", "計")
UNSPREAD = Words("people of towns without an address", "按分できない人口（住居表示のない町丁目）")


@dataclass(frozen=True)
class ClassRow:
    """One row: a class with its rank, or a kind of nothing."""

    kind: Literal["class", "outside", "not_surveyed", "no_data", "unspread"]
    label: str
    rank: int = 0
    look: StyleClass | None = None


@dataclass(frozen=True)
class Rows:
    """All rows of a hazard layer. code: row by rank; outside, unsurveyed: the rows for nothing (the same one where the layer knows no difference)."""

    listed: tuple[ClassRow, ...]
    code: np.ndarray
    outside: int
    unsurveyed: int

    def of_slots(self, ranks: np.ndarray) -> np.ndarray:
        """Return the row of each slot of a `Tally` with these ranks."""
        return np.append(self.code[ranks], [self.outside, self.unsurveyed])


def rows_of(zone: ZoneLayer, met: Iterable[int], surveyed: bool, unspread: bool) -> Rows:
    """Return the rows of a stored hazard layer; met: ranks that reach something; unspread: whether some town's people cannot be spread over them."""
    ranks = sorted(set(met) | (set(zone.by_rank) or {1}))
    listed = [_class(zone, rank) for rank in ranks]
    code = np.zeros(max(ranks) + 1, dtype=np.int64)
    code[ranks] = np.arange(len(ranks))
    outside = len(listed)
    listed.append(ClassRow("outside", zone.nothing().ja))
    if surveyed:
        listed.append(ClassRow("not_surveyed", NOT_SURVEYED.ja))
    return _rows(listed, code, outside, outside + surveyed, unspread)


def rows_without_data(unspread: bool) -> Rows:
    """Return the only row of a hazard layer that has not been delivered."""
    return _rows([ClassRow("no_data", NO_DATA.ja)], np.zeros(1, dtype=np.int64), 0, 0, unspread)


def _rows(listed: list[ClassRow], code: np.ndarray, outside: int, unsurveyed: int, unspread: bool) -> Rows:
    extra = (ClassRow("unspread", UNSPREAD.ja),) if unspread else ()
    return Rows((*listed, *extra), code, outside, unsurveyed)


def _class(zone: ZoneLayer, rank: int) -> ClassRow:
    look = zone.by_rank.get(rank) or (zone.style.other if zone.style else None)
    return ClassRow("class", (look.label if look else "") or zone.layer.title, rank, look)
