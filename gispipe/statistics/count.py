"""Count what is counted by area and class of one hazard layer, in whole numbers, so that areas add up to the city exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gispipe.statistics.areas import Areas
from gispipe.statistics.classes import Rows
from gispipe.statistics.people import by_area, by_town
from gispipe.statistics.tally import Tally

Measures = dict[str, np.ndarray]
"""Measure → (rows of the areas, classes) whole numbers; areas in hundredths of m²."""


def count(areas: Areas, rows: Rows, tallies: Sequence[Tally], towns: Areas | None) -> Measures:
    """Return every measure by area and class; towns: where the inhabitants are known, if anywhere."""
    shape = (len(areas.rows()), len(rows.listed))
    found: Measures = {}
    for one in tallies:
        for name, values in one.measures[areas.id].items():
            by_class = found.setdefault(name, np.zeros(shape, dtype=np.int64))
            for slot, row in enumerate(rows.of_slots(one.ranks)):
                by_class[:, row] += values[:, slot]
    if towns is not None:
        found["people"] = _people(areas, rows, towns, [(rows.of_slots(one.ranks), one.doors) for one in tallies if one.doors])
    return found


def _people(areas: Areas, rows: Rows, towns: Areas, doors: Sequence[tuple[np.ndarray, Mapping[str, np.ndarray]]]) -> np.ndarray:
    assert towns.people is not None
    count, classes, width = len(towns.rows()), len(rows.listed), len(areas.rows())
    cells = np.zeros(count * classes * width, dtype=np.int64)
    for row, found in doors:
        town, slot, area, number = found[areas.id].T
        np.add.at(cells, (town * classes + row[slot]) * width + area, number)
    cells = cells.reshape(count, classes, width)
    people = by_town(towns.people, cells.sum(axis=2))
    return people if areas.id == towns.id else by_area(people, cells)
