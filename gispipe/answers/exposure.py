"""How every feature of a layer stands to the zones of a hazard layer: kept answers, read by row."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gispipe.answers.arrays import open_arrays

ENGINE = 3
"""Counted up when the same input would give another answer, so that kept ones are not taken for new."""


@dataclass(frozen=True)
class Reached:
    """What reaches one feature: ranks with their ground in m² (worst first), and names of rivers or slopes with their worst rank."""

    ranks: tuple[tuple[int, float], ...]
    named: tuple[tuple[str, int], ...]


NOTHING = Reached((), ())


class Exposure:
    """The kept answers of one layer for one hazard layer."""

    def __init__(self, path: Path) -> None:
        self.arrays, self.facts = open_arrays(path)
        self._owner, self._group_owner = memoryview(self.arrays["owner"]), memoryview(self.arrays["group_owner"])

    def of(self, row: int) -> Reached:
        """Return what reaches one feature."""
        a = self.arrays
        first = bisect_left(self._owner, row)  # on plain numbers: for one row quicker than an array search
        last = bisect_left(self._owner, row + 1, first)
        if first == last:
            return NOTHING
        ranks = tuple(zip(a["rank"][first:last].tolist(), a["area"][first:last].tolist(), strict=True))
        first = bisect_left(self._group_owner, row)
        last = bisect_left(self._group_owner, row + 1, first)
        names = self.facts["groups"]
        return Reached(ranks, tuple((names[g], r) for g, r in zip(a["group"][first:last].tolist(), a["group_rank"][first:last].tolist(), strict=True) if names[g]))

    def worst(self) -> np.ndarray:
        """Return (n,) the worst rank of every feature, -1 where no zone reaches."""
        worst = np.full(self.facts["features"], -1, dtype=np.int64)
        worst[self.arrays["owner"][::-1]] = self.arrays["rank"][::-1]
        return worst


class ZoneRows:
    """Rank and river or slope of every row of a hazard layer."""

    def __init__(self, path: Path) -> None:
        arrays, facts = open_arrays(path)
        self._rank, self._group, self._names = arrays["rank"], arrays["group"], facts["names"]

    def of(self, row: int) -> tuple[int, str]:
        """Return the rank of one row, and the name of its river or slope."""
        return int(self._rank[row]), self._names[int(self._group[row])]
