"""Count what is counted by area and class of one hazard layer, in whole numbers, so that areas add up to the city exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from gispipe.statistics.areas import Areas
from gispipe.statistics.classes import Rows
from gispipe.statistics.people import by_area, by_town
from gispipe.statistics.tally import Tally

Measures = dict[str, np.ndarray]
"""Measure → (rows of the areas, classes) whole numbers; areas in hundredths of m²."""
WHOLE = "people whatever reaches them"
"""(rows of the areas, 1): no column of a table, but what decides alike for all hazard layers which areas have few inhabitants."""


@dataclass(frozen=True)
class Inhabitants:
    """The inhabitants of towns spread over the classes of a hazard layer: ``people`` (rows of the towns, classes), and the addresses they are spread by,
    (row of each slot, doors of a `Tally`)."""

    towns: Areas
    people: np.ndarray
    doors: Sequence[tuple[np.ndarray, Mapping[str, np.ndarray]]]

    @classmethod
    def of(cls, rows: Rows, tallies: Sequence[Tally], towns: Areas) -> Inhabitants:
        """Spread each town's by all its addresses."""
        assert towns.people is not None
        doors = [(rows.of_slots(one.ranks), one.doors) for one in tallies if one.doors]
        addresses = _cells(doors, towns.id, (len(towns.rows()), len(rows.listed)))
        return cls(towns, by_town(towns.people, addresses), doors)

    def by(self, areas: Areas) -> np.ndarray:
        """Return (rows of the areas, classes) inhabitants."""
        if areas.id == self.towns.id:
            return self.people
        return by_area(self.people, _cells(self.doors, areas.id, (*self.people.shape, len(areas.rows()))))


    def whole(self, areas: Areas) -> np.ndarray:
        """Return (rows of the areas,) inhabitants whatever reaches them: the same for every hazard layer, from which the sums of `by` differ by what is rounded."""
        if areas.id == self.towns.id:
            return self.people.sum(axis=1)
        addresses = _cells(self.doors, areas.id, (*self.people.shape, len(areas.rows())))
        return by_area(self.people.sum(axis=1, keepdims=True), addresses.sum(axis=1, keepdims=True))[:, 0]


def count(areas: Areas, rows: Rows, tallies: Sequence[Tally], people: Inhabitants | None) -> Measures:
    """Return every measure by area and class; people: None where no inhabitants are known."""
    shape = (len(areas.rows()), len(rows.listed))
    found: Measures = {}
    for one in tallies:
        for name, values in one.measures[areas.id].items():
            by_class = found.setdefault(name, np.zeros(shape, dtype=np.int64))
            for slot, row in enumerate(rows.of_slots(one.ranks)):
                by_class[:, row] += values[:, slot]
    if people is not None:
        found["people"] = people.by(areas)
        found[WHOLE] = people.whole(areas)[:, None]
    return found


def _cells(doors: Sequence[tuple[np.ndarray, Mapping[str, np.ndarray]]], areas: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return how many addresses there are by town and class, and by area where the shape has three sides; whole numbers below 2**53 are exact in NumPy's sums."""
    cells = np.zeros(prod(shape), np.int64)
    for row, found in doors:
        town, slot, area, number = found[areas].T
        at = np.ravel_multi_index((town, row[slot], area)[:len(shape)], shape)
        cells += np.bincount(at, number, len(cells)).astype(np.int64)
    return cells.reshape(shape)
