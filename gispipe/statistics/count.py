"""Count every subject by area and class of one hazard layer, in whole numbers, so that areas add up to the city exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gispipe.answers.exposure import Exposure
from gispipe.statistics.areas import Areas
from gispipe.statistics.classes import Rows
from gispipe.statistics.people import by_area, by_town
from gispipe.statistics.subjects import HUNDREDTHS, Subject

Measures = dict[str, np.ndarray]
"""Measure → (rows of the areas, classes) whole numbers; areas in hundredths of m²."""


@dataclass(frozen=True)
class Classed:
    """A subject with the class of each feature. parts: ground by feature: (k,) feature, class and hundredths of m²."""

    subject: Subject
    code: np.ndarray
    parts: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None


def classed(subject: Subject, rows: Rows, exposure: Exposure | None, surveyed: np.ndarray | None) -> Classed:
    """Return the class of each feature of a subject; exposure: None where the hazard layer has no data."""
    count = len(subject.size)
    if exposure is None:
        code = np.zeros(count, dtype=np.int64)
        return Classed(subject, code, (np.arange(count), code, subject.size) if subject.role == "parcel" else None)
    code = rows.of(exposure.worst(), surveyed)
    return Classed(subject, code, _ground(subject, rows, exposure, surveyed) if subject.role == "parcel" else None)


def _ground(subject: Subject, rows: Rows, exposure: Exposure, surveyed: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut each parcel's whole size into its classes and the rest: rounded as running sums, so nothing is lost or doubled, whatever the order of the parcels."""
    owner, run = exposure.arrays["owner"].astype(np.int64), exposure.arrays["area"] * HUNDREDTHS
    nth = np.arange(len(owner)) - np.searchsorted(owner, owner)
    for k in range(1, nth.max(initial=0) + 1):
        these = np.flatnonzero(nth == k)
        run[these] += run[these - 1]
    upto = np.minimum(np.rint(run).astype(np.int64), subject.size[owner])
    start = np.where(nth == 0, 0, np.roll(upto, 1))
    used = np.zeros(len(subject.size), dtype=np.int64)
    np.maximum.at(used, owner, upto)
    nothing = np.broadcast_to(rows.nothing(surveyed), used.shape)
    return (np.concatenate([owner, np.arange(len(used))]), np.concatenate([rows.code[exposure.arrays["rank"]], nothing]),
            np.concatenate([upto - start, subject.size - used]))


def count(areas: Areas, rows: Rows, subjects: Sequence[Classed], towns: Areas | None) -> Measures:
    """Return every measure by area and class; towns: where the inhabitants are known, if anywhere."""
    shape = (len(areas.rows()), len(rows.listed))
    found: Measures = {}
    for one in subjects:
        for name, values in _measures(one, areas.id, shape).items():
            found[name] = found[name] + values if name in found else values
    if towns is not None:
        found["people"] = _people(areas, towns, subjects, len(rows.listed))
    return found


def _measures(one: Classed, areas: str, shape: tuple[int, int]) -> Mapping[str, np.ndarray]:
    subject, place = one.subject, one.subject.place[areas]
    made = {subject.role: _sum(place, one.code, None, shape)}
    if one.parts is not None:
        feature, code, size = one.parts
        made["ground"] = _sum(place[feature], code, size, shape)
    if subject.role == "building":
        made["footprint"] = _sum(place, one.code, subject.size, shape)
        if subject.floors is not None:
            made["floor"] = _sum(place, one.code, subject.size * subject.floors, shape)
            made["floors_unknown"] = _sum(place, one.code, subject.floors == 0, shape)
    return made


def _sum(place: np.ndarray, code: np.ndarray, weight: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    """Add up by place and class; whole numbers below 2**53 are exact in the float sums of NumPy."""
    return np.bincount(place * shape[1] + code, weight, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)


def _people(areas: Areas, towns: Areas, subjects: Sequence[Classed], classes: int) -> np.ndarray:
    assert towns.people is not None
    doors = [one for one in subjects if one.subject.role == "address"]
    count, width = len(towns.rows()), len(areas.rows())
    weight = np.zeros((count, classes), dtype=np.int64)
    cells = np.zeros(count * classes * width, dtype=np.int64)
    for one in doors:
        town = one.subject.place[towns.id]
        weight += _sum(town, one.code, None, weight.shape)
        cells += np.bincount((town * classes + one.code) * width + one.subject.place[areas.id], minlength=len(cells))
    people = by_town(towns.people, weight)
    return people if areas.id == towns.id else by_area(people, cells.reshape(count, classes, width))
