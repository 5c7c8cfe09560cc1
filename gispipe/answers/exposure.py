"""How every feature of a layer stands to the zones of a hazard layer: kept answers, read by row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gispipe import ragged
from gispipe.arrays import open_arrays, save_arrays

ENGINE = 9
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


def save_exposures(path: Path, exposures: Mapping[str, Exposure], features: int) -> None:
    """Write what single files say of one layer side by side, feature by feature: exposures by hazard layer."""
    names = sorted({name for one in exposures.values() for name in one.facts["groups"]})
    parts = [(number, one.arrays, np.searchsorted(names, one.facts["groups"])) for number, one in enumerate(exposures.values())]
    reached = _by_feature([(arrays["owner"], number, arrays["rank"], arrays["area"]) for number, arrays, _ in parts], features)
    named = _by_feature([(arrays["group_owner"], number, arrays["group_rank"], place[arrays["group"]]) for number, arrays, place in parts], features)
    save_arrays(path, {"begin": reached[0], "zone": reached[1], "rank": reached[2], "area": reached[3].astype(np.float64),
                       "named.begin": named[0], "named.zone": named[1], "named.rank": named[2], "named.name": named[3].astype(np.int32)},
                {"zones": list(exposures), "names": names})


def _by_feature(parts: list[tuple[np.ndarray, int, np.ndarray, np.ndarray]], features: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Put rows (feature, hazard layer's number, rank, more) of all hazard layers in the order of the features; return where each begins, and the rows."""
    owner = np.concatenate([np.zeros(0, np.int64), *(one[0] for one in parts)])
    order = np.argsort(owner, kind="stable")
    zone, rank, more = (np.concatenate([np.zeros(0, kind), *values])[order] for kind, values in (
        (np.int16, (np.full(len(one[0]), one[1], np.int16) for one in parts)), (np.int16, (one[2] for one in parts)), (np.int8, (one[3] for one in parts))))
    return ragged.offsets(np.bincount(owner, minlength=features)), zone, rank, more


class Exposures:
    """The kept answers of one layer for all hazard layers, read by feature in one go."""

    def __init__(self, path: Path) -> None:
        arrays, facts = open_arrays(path)
        self._zones: list[str] = facts["zones"]
        self._names: list[str] = facts["names"]
        self._begin, self._named_begin = memoryview(arrays["begin"]), memoryview(arrays["named.begin"])
        self._reached = [memoryview(arrays[name]) for name in ("zone", "rank", "area")]
        self._named = [memoryview(arrays[f"named.{name}"]) for name in ("zone", "name", "rank")]

    @property
    def zones(self) -> list[str]:
        """The hazard layers that were asked."""
        return self._zones

    def worst(self) -> np.ndarray:
        """Return (n, zones) the worst rank of every feature, -1 where no zone of the layer reaches it."""
        begin, (zone, rank, _) = np.asarray(self._begin), map(np.asarray, self._reached)
        worst = np.full((len(begin) - 1) * len(self._zones), -1, dtype=np.int16)
        np.maximum.at(worst, ragged.owners(begin) * len(self._zones) + zone, rank)
        return worst.reshape(len(begin) - 1, len(self._zones))

    def of(self, row: int) -> dict[str, Reached]:
        """Return by hazard layer what reaches one feature; a layer that has nothing there is left out."""
        first, last = self._begin[row], self._begin[row + 1]
        found: dict[str, tuple[list[tuple[int, float]], list[tuple[str, int]]]] = {}
        for zone, rank, area in zip(*(values[first:last] for values in self._reached), strict=True):
            found.setdefault(self._zones[zone], ([], []))[0].append((rank, area))
        first, last = self._named_begin[row], self._named_begin[row + 1]
        for zone, name, rank in zip(*(values[first:last] for values in self._named), strict=True):
            if self._names[name]:
                found.setdefault(self._zones[zone], ([], []))[1].append((self._names[name], rank))
        return {zone: Reached(tuple(ranks), tuple(named)) for zone, (ranks, named) in found.items()}


class ZoneRows:
    """Rank and river or slope of every row of a hazard layer."""

    def __init__(self, path: Path) -> None:
        arrays, facts = open_arrays(path)
        self._rank, self._group, self._names = arrays["rank"], arrays["group"], facts["names"]

    def of(self, row: int) -> tuple[int, str]:
        """Return the rank of one row, and the name of its river or slope."""
        return int(self._rank[row]), self._names[int(self._group[row])]
