"""How every feature of a layer stands to the zones of a hazard layer: kept answers, read by row."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gispipe.arrays import open_arrays

ENGINE = 7
"""Counted up when the same input would give another answer, so that kept ones are not taken for new."""


class Reached(NamedTuple):
    """What reaches one feature: ranks with their ground in m² (worst first), and names of rivers or slopes with their worst rank."""

    ranks: tuple[tuple[int, float], ...]
    named: tuple[tuple[str, int], ...]


NOTHING = Reached((), ())


class Exposure:
    """The kept answers of one layer for one hazard layer."""

    def __init__(self, path: Path) -> None:
        self.arrays, self.facts = open_arrays(path)
        self._names: list[str] = self.facts["groups"]
        self._owner, self._rank, self._area, self._group_owner, self._group, self._group_rank = (  # plain numbers: for one row quicker than arrays
            memoryview(self.arrays[name]) for name in ("owner", "rank", "area", "group_owner", "group", "group_rank"))

    def of(self, row: int) -> Reached:
        """Return what reaches one feature."""
        run = _run(self._owner, row)
        if not run:
            return NOTHING
        ranks = tuple([(self._rank[k], self._area[k]) for k in run])
        named = [(self._names[self._group[k]], self._group_rank[k]) for k in _run(self._group_owner, row)]
        return Reached(ranks, tuple([one for one in named if one[0]]))

    def worst(self) -> np.ndarray:
        """Return (n,) the worst rank of every feature, -1 where no zone reaches."""
        worst = np.full(self.facts["features"], -1, dtype=np.int64)
        worst[self.arrays["owner"][::-1]] = self.arrays["rank"][::-1]
        return worst


def _run(sorted_rows: memoryview, row: int) -> range:
    """Return where a row stands in the sorted rows."""
    first = last = bisect_left(sorted_rows, row)
    while last < len(sorted_rows) and sorted_rows[last] == row:
        last += 1
    return range(first, last)


class ZoneRows:
    """Rank and river or slope of every row of a hazard layer."""

    def __init__(self, path: Path) -> None:
        arrays, facts = open_arrays(path)
        self._rank, self._group, self._names = arrays["rank"], arrays["group"], facts["names"]

    def of(self, row: int) -> tuple[int, str]:
        """Return the rank of one row, and the name of its river or slope."""
        return int(self._rank[row]), self._names[int(self._group[row])]
