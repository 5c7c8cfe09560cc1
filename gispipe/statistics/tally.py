"""One layer counted for one hazard layer: by area, and by what reaches each feature; what classes that makes is settled when all layers are counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

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
    def content(self) -> bytes:
        """Return the same as bytes: what there is in a line of JSON, then the numbers."""
        arrays = {f"measures/{areas}/{name}": values for areas, one in self.measures.items() for name, values in one.items()} | {f"doors/{areas}": values for areas, values in self.doors.items()}
        head = {"ranks": self.ranks.tolist(), "surveyed": self.surveyed, "arrays": {name: values.shape for name, values in arrays.items()}}
        return b"".join([json.dumps(head).encode(), b"\n", *(np.ascontiguousarray(values, _NUMBER).tobytes() for values in arrays.values())])

    @classmethod
    def of_content(cls, content: bytes) -> Tally:
        """Return what `content` was made of."""
        at = content.index(b"\n") + 1
        head = json.loads(content[:at])
        measures: dict[str, dict[str, np.ndarray]] = {}
        doors: dict[str, np.ndarray] = {}
        for name, shape in head["arrays"].items():
            kind, areas, *measure = name.split("/")
            target, key = (doors, areas) if kind == "doors" else (measures.setdefault(areas, {}), measure[0])
            target[key] = np.frombuffer(content, _NUMBER, prod(shape), at).reshape(shape)
            at += target[key].nbytes
        return cls(np.array(head["ranks"], np.int64), head["surveyed"], measures, doors)


_NUMBER = np.dtype("<i8")


def tally(subject: Subject, exposure: Exposure | None, surveyed: np.ndarray | None, areas: Sequence[Areas], towns: Areas | None) -> Tally:
    """Count a subject; exposure: None where the hazard layer has no data; surveyed: (n,) mask, None where it makes no difference; towns: where inhabitants are known."""
    ranks = np.zeros(0, np.int64) if exposure is None else np.unique(exposure.arrays["rank"]).astype(np.int64)
    outside = _Outside(subject, len(ranks), surveyed)
    worst = np.full(len(subject.size), -1) if exposure is None else exposure.worst()
    met = np.flatnonzero(worst >= 0)
    reached = _Pieces(met, np.searchsorted(ranks, worst[met]))
    ground = _ground(subject, ranks, exposure) if exposure is not None and subject.role == "parcel" else (reached, np.zeros(0, np.int64))
    slots = len(ranks) + 2
    measures = {one.id: _measures(subject, outside, reached, ground, one.id, (len(one.rows()), slots)) for one in areas}
    doors = {}
    if towns is not None and subject.role == "address":
        slot = outside.slots()
        slot[met] = reached.slot
        doors = {one.id: _doors(subject.place[towns.id], slot, subject.place[one.id], slots, len(one.rows())) for one in areas}
    return Tally(ranks, surveyed is not None, measures, doors)


@dataclass(frozen=True)
class _Pieces:
    """What zones reach, whole features or pieces of their ground: the ``feature`` of each and its ``slot``."""

    feature: np.ndarray
    slot: np.ndarray


@dataclass(frozen=True)
class _Outside:
    """Everything as if no zone reached it, by which each hazard layer starts to count: in the slot ``first``, what was not surveyed in the one behind it."""

    subject: Subject
    first: int
    surveyed: np.ndarray | None

    def slots(self) -> np.ndarray:
        """Return the slot of every feature."""
        return self.of(np.arange(len(self.subject.size)))

    def counted(self, areas: str, weight: str | None, shape: tuple[int, int]) -> np.ndarray:
        """Return the sums by place and slot."""
        if self.surveyed is not None:
            return _sum(self.subject.place[areas], self.slots(), None if weight is None else self.subject.weight(weight), shape)
        out = np.zeros(shape, np.int64)
        out[:, self.first] = self.subject.total(areas, weight, shape[0])
        return out

    def of(self, feature: np.ndarray) -> np.ndarray:
        """Return the slots of some features."""
        return np.full(len(feature), self.first) if self.surveyed is None else np.where(self.surveyed[feature], self.first, self.first + 1)


def _ground(subject: Subject, ranks: np.ndarray, exposure: Exposure) -> tuple[_Pieces, np.ndarray]:
    """Cut from each parcel's whole size its classes and return them with their sizes: rounded as running sums, so nothing is lost or doubled, whatever the
    order of the parcels."""
    owner, run = exposure.arrays["owner"].astype(np.int64), exposure.arrays["area"] * HUNDREDTHS
    nth = np.arange(len(owner)) - np.searchsorted(owner, owner)
    for k in range(1, nth.max(initial=0) + 1):
        these = np.flatnonzero(nth == k)
        run[these] += run[these - 1]
    upto = np.minimum(np.rint(run).astype(np.int64), subject.size[owner])
    start = np.where(nth == 0, 0, np.roll(upto, 1))
    return _Pieces(owner, np.searchsorted(ranks, exposure.arrays["rank"])), upto - start


def _measures(subject: Subject, outside: _Outside, reached: _Pieces, ground: tuple[_Pieces, np.ndarray], areas: str, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    def counted(weight: str | None) -> np.ndarray:
        return _moved(subject, outside, reached, None if weight is None else subject.weight(weight)[reached.feature], areas, weight, shape)

    made = {subject.role: counted(None)}
    if subject.role == "parcel":
        made["ground"] = _moved(subject, outside, *ground, areas, "size", shape)
    if subject.role == "building":
        made["footprint"] = counted("size")
        if subject.floors is not None:
            made["floor"], made["floors_unknown"] = counted("floor"), counted("floors_unknown")
    return made


def _moved(subject: Subject, outside: _Outside, reached: _Pieces, much: np.ndarray | None, areas: str, weight: str | None, shape: tuple[int, int]) -> np.ndarray:
    """Take from outside what zones reach, and put it where it belongs; ``much``: of each, one where that is None."""
    place = subject.place[areas][reached.feature]
    return outside.counted(areas, weight, shape) - _sum(place, outside.of(reached.feature), much, shape) + _sum(place, reached.slot, much, shape)


def _doors(town: np.ndarray, slot: np.ndarray, area: np.ndarray, slots: int, width: int) -> np.ndarray:
    cell, number = np.unique((town * slots + slot) * width + area, return_counts=True)
    return np.stack([cell // width // slots, cell // width % slots, cell % width, number], 1).astype(np.int64)


def _sum(place: np.ndarray, slot: np.ndarray, weight: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    """Add up by place and slot; whole numbers below 2**53 are exact in the float sums of NumPy."""
    return np.bincount(place * shape[1] + slot, weight, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)
