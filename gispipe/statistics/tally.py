"""One layer counted for one hazard layer: by area, and by what reaches each feature; what classes that makes is settled when all layers are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gispipe.answers.exposure import Exposure
from gispipe.statistics.areas import Areas
from gispipe.statistics.subjects import HUNDREDTHS, Subject


@dataclass(frozen=True)
class Tally:
    """What was counted, by slot: one for each of the ``ranks`` that are met (ascending), then one for ground outside of the zones, then one for ground that
    was not surveyed.

    ``measures``: by areas and measure whole numbers of shape (rows of the areas, slots), areas in hundredths of m². ``doors``: for addresses, by areas rows of
    (town, slot, area, count), shape (k, 4); nothing where no inhabitants are known. ``surveyed``: whether the last slot may have anything.
    """

    ranks: np.ndarray
    surveyed: bool
    measures: dict[str, dict[str, np.ndarray]]
    doors: dict[str, np.ndarray]

    @property
    def json(self) -> dict[str, Any]:
        """Return the same in lists and numbers."""
        return {"ranks": self.ranks.tolist(), "surveyed": self.surveyed, "measures": {areas: _lists(one) for areas, one in self.measures.items()}, "doors": _lists(self.doors)}

    @classmethod
    def of_json(cls, held: Mapping[str, Any]) -> Tally:
        """Return what `json` was made of."""
        return cls(np.array(held["ranks"], np.int64), held["surveyed"], {areas: _arrays(one) for areas, one in held["measures"].items()}, _arrays(held["doors"]))


def _lists(arrays: Mapping[str, np.ndarray]) -> dict[str, list[Any]]:
    return {name: [list(values.shape), values.ravel().tolist()] for name, values in arrays.items()}


def _arrays(lists: Mapping[str, Any]) -> dict[str, np.ndarray]:
    return {name: np.array(values, np.int64).reshape(shape) for name, (shape, values) in lists.items()}


def tally(subject: Subject, exposure: Exposure | None, surveyed: np.ndarray | None, areas: Sequence[Areas], towns: Areas | None) -> Tally:
    """Count a subject; exposure: None where the hazard layer has no data; surveyed: (n,) mask, None where it makes no difference; towns: where inhabitants are known."""
    ranks = np.zeros(0, np.int64) if exposure is None else np.unique(exposure.arrays["rank"]).astype(np.int64)
    nothing = np.full(len(subject.size), len(ranks)) if surveyed is None else np.where(surveyed, len(ranks), len(ranks) + 1)
    slot, ground = nothing, (np.arange(len(nothing)), nothing, subject.size)
    if exposure is not None:
        worst = exposure.worst()
        slot = np.where(worst >= 0, np.searchsorted(ranks, worst), nothing)
        if subject.role == "parcel":
            ground = _ground(subject, ranks, exposure, nothing)
    slots = len(ranks) + 2
    measures = {one.id: _measures(subject, subject.place[one.id], slot, ground, (len(one.rows()), slots)) for one in areas}
    doors = {one.id: _doors(subject.place[towns.id], slot, subject.place[one.id], slots, len(one.rows())) for one in areas} if towns is not None and subject.role == "address" else {}
    return Tally(ranks, surveyed is not None, measures, doors)


Ground = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Pieces of ground: the feature of each, its slot, its hundredths of m²."""


def _ground(subject: Subject, ranks: np.ndarray, exposure: Exposure, nothing: np.ndarray) -> Ground:
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
    return (np.concatenate([owner, np.arange(len(used))]), np.concatenate([np.searchsorted(ranks, exposure.arrays["rank"]), nothing]),
            np.concatenate([upto - start, subject.size - used]))


def _measures(subject: Subject, place: np.ndarray, slot: np.ndarray, ground: Ground, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    made = {subject.role: _sum(place, slot, None, shape)}
    if subject.role == "parcel":
        feature, piece, size = ground
        made["ground"] = _sum(place[feature], piece, size, shape)
    if subject.role == "building":
        made["footprint"] = _sum(place, slot, subject.size, shape)
        if subject.floors is not None:
            made["floor"] = _sum(place, slot, subject.size * subject.floors, shape)
            made["floors_unknown"] = _sum(place, slot, subject.floors == 0, shape)
    return made


def _doors(town: np.ndarray, slot: np.ndarray, area: np.ndarray, slots: int, width: int) -> np.ndarray:
    cell, number = np.unique((town * slots + slot) * width + area, return_counts=True)
    return np.stack([cell // width // slots, cell // width % slots, cell % width, number], 1).astype(np.int64)


def _sum(place: np.ndarray, slot: np.ndarray, weight: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    """Add up by place and slot; whole numbers below 2**53 are exact in the float sums of NumPy."""
    return np.bincount(place * shape[1] + slot, weight, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)
