"""Open what one audience may count, once, and count it for one hazard layer after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from gispipe.answers.card import Answers
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.geometry import usable
from gispipe.model import Layer
from gispipe.shelf import Made, Shelf
from gispipe.statistics.areas import Areas, areas_of, whole_city
from gispipe.statistics.classes import Rows, rows_of, rows_without_data
from gispipe.statistics.count import Measures, classed, count
from gispipe.statistics.subjects import ROLES, Subject, load_subject, save_subject, subject_of
from gispipe.store import Store


@dataclass(frozen=True)
class Counted:
    """Everything counted for one hazard layer."""

    zone: ZoneLayer
    rows: Rows
    by_area: tuple[tuple[Areas, Measures], ...]


@dataclass(frozen=True)
class Counting:
    """What is counted, by which areas; towns: the areas whose inhabitants are known, if any."""

    answers: Answers
    areas: Sequence[Areas]
    subjects: Sequence[Subject]

    @classmethod
    def of(cls, answers: Answers, shelf: Shelf | None = None, key: Callable[[Layer], str] = lambda layer: "") -> Counting:
        """Read areas and subjects from the audience's store; from the `shelf` a subject whose `key`, a digest of all it depends on, is what it was."""
        store = Store(answers.catalogue.output, answers.audience)
        areas = []
        for layer in (*answers.files.role("town"), *answers.files.role("district")):
            if layer.geometry == "polygon":
                areas.append(areas_of(layer, *_table(store, layer)))
        areas.append(whole_city(answers.catalogue.city))
        with tempfile.TemporaryDirectory() as folder:
            return cls(answers, areas, [_subject(layer, store, areas, shelf or Shelf(None), key(layer), Path(folder)) for layer in answers.files.role(*ROLES)])

    @cached_property
    def towns(self) -> Areas | None:
        return next((areas for areas in self.areas if areas.people is not None), None)

    @cached_property
    def unspread(self) -> bool:
        """Whether some town with inhabitants has no address to spread them by."""
        if self.towns is None or self.towns.people is None:
            return False
        doors = sum((np.bincount(one.place[self.towns.id], minlength=len(self.towns.rows())) for one in self.subjects if one.role == "address"),
                    np.zeros(len(self.towns.rows()), dtype=np.int64))
        return bool(((self.towns.people > 0) & (doors[:-1] == 0)).any())

    def zone(self, zone: ZoneLayer) -> Counted:
        """Count everything for one hazard layer."""
        known = zone.layer.id in self.answers.files.entries
        asked = {one.layer.id: self.answers.exposure(one.layer.id, zone.layer) for one in self.subjects} if known else {}
        surveyed = {one.layer.id: self._surveyed(one, zone.layer) for one in self.subjects} if known else {}
        differs = any(mask is not None for mask in surveyed.values())
        rows = rows_of(zone, asked.values(), differs, self.unspread) if known else rows_without_data(self.unspread)
        every = [classed(one, rows, asked.get(one.layer.id), surveyed.get(one.layer.id)) for one in self.subjects]
        return Counted(zone, rows, tuple((areas, count(areas, rows, every, self.towns)) for areas in self.areas))

    def outside(self) -> dict[str, int]:
        """Return how many features of each layer are in none of the areas, by 'layer / areas'."""
        pairs = [(one, areas) for one in self.subjects for areas in self.areas if areas.layer is not None]
        found = {f"{one.layer.id} / {areas.id}": int((one.place[areas.id] == len(areas.names)).sum()) for one, areas in pairs}
        return {name: number for name, number in found.items() if number}

    def silent(self) -> int:
        """Return how many towns have no number of inhabitants, where others have."""
        return int((self.towns.people < 0).sum()) if self.towns is not None and self.towns.people is not None else 0

    def _surveyed(self, subject: Subject, zone: Layer) -> np.ndarray | None:
        """Return the mask of features whose anchor is in the surveyed areas, none where those have no data; None where the layer names none."""
        of = zone.zone.surveyed
        if of is None:
            return None
        if of not in self.answers.files.entries:
            return np.zeros(len(subject.size), bool)
        if (subject.layer.id, of) not in self._asked:
            shapes, _ = usable(_table(Store(self.answers.catalogue.output, self.answers.audience), self.answers.catalogue.layers[of])[1])
            self._asked[subject.layer.id, of] = np.isin(np.arange(len(subject.size)), subject.points.query(shapes, predicate="intersects")[1])
        return self._asked[subject.layer.id, of]

    @cached_property
    def _asked(self) -> dict[tuple[str, str], np.ndarray]:
        return {}


def _subject(layer: Layer, store: Store, areas: Sequence[Areas], shelf: Shelf, key: str, folder: Path) -> Subject:
    """Return a layer ready to be counted, from the shelf where it is there."""
    path = folder / f"{layer.id}.npz"

    def make() -> Made:
        save_subject(path, subject_of(layer, *_table(store, layer), areas))
        return None, [path.name]

    shelf.made(f"subject-{layer.id}", key, folder, make)
    return load_subject(path, layer, lambda: _table(store, layer)[1])


def _table(store: Store, layer: Layer) -> tuple[pd.DataFrame, np.ndarray]:
    table = store.read(layer.id)
    shapes = np.full(len(table.frame), None, object) if table.geometry is None else table.geometry
    return table.frame, shapes
