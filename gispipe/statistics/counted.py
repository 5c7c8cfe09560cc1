"""Open what one audience may count, as far as it is asked for, and count it for one hazard layer after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from gispipe.answers.exposure import Exposure
from gispipe.answers.files import AnswerFiles
from gispipe.answers.opened import kept
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.geometry import of_wkb, usable
from gispipe.model import Layer
from gispipe.shelf import Made, Shelf
from gispipe.statistics.areas import Areas, areas_of, whole_city
from gispipe.statistics.classes import Rows, rows_of, rows_without_data
from gispipe.statistics.count import Inhabitants, Measures, count
from gispipe.statistics.subjects import ROLES, Measured, Subject, load_subject, save_subject, subject_of
from gispipe.statistics.tally import Tally, tally
from gispipe.store import Store, shape_digests


@dataclass(frozen=True)
class Counted:
    """Everything counted for one hazard layer."""

    zone: ZoneLayer
    rows: Rows
    by_area: tuple[tuple[Areas, Measures], ...]


class Keys(Protocol):
    """Digests of all that something counted depends on: the areas, a layer that is counted, and what it gives for a hazard layer."""

    @property
    def by_areas(self) -> str: ...

    def subject(self, layer: Layer) -> str: ...

    def tally(self, layer: Layer, zone: Layer) -> str: ...


class _Always:
    """The keys of what is not kept."""

    by_areas = ""

    def subject(self, layer: Layer) -> str:
        return ""

    def tally(self, layer: Layer, zone: Layer) -> str:
        return ""


@dataclass(frozen=True)
class Counting:
    """What is counted, by which areas; ``shapes``: digests of the shapes of layers, as far as they are known."""

    files: AnswerFiles
    areas: Sequence[Areas]
    shelf: Shelf
    keys: Keys
    shapes: Mapping[str, pa.Array]
    _subjects: dict[str, Subject] = field(default_factory=dict)
    _asked: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, files: AnswerFiles, shelf: Shelf | None = None, keys: Keys | None = None, shapes: Mapping[str, pa.Array] | None = None) -> Counting:
        """Read the areas from the audience's store; what stands on the `shelf` with the same of the `keys` is not counted again."""
        store = Store(files.catalogue.output, files.audience)
        areas = []
        for layer in (*files.role("town"), *files.role("district")):
            if layer.geometry == "polygon":
                areas.append(areas_of(layer, *_table(store, layer)))
        areas.append(whole_city(files.catalogue.city))
        return cls(files, areas, shelf or Shelf(None), keys or _Always(), shapes or {})

    @cached_property
    def layers(self) -> Sequence[Layer]:
        """Return the layers that are counted."""
        return self.files.role(*ROLES)

    @property
    def subjects(self) -> list[Subject]:
        """Return all that is counted."""
        return [self.subject(layer) for layer in self.layers]

    def subject(self, layer: Layer) -> Subject:
        """Return a layer ready to be counted, from the shelf where it is there."""
        if layer.id not in self._subjects:
            self._subjects[layer.id] = self._subject(layer)
        return self._subjects[layer.id]

    @cached_property
    def towns(self) -> Areas | None:
        """Return the areas whose inhabitants are known, if any."""
        return next((areas for areas in self.areas if areas.people is not None), None)

    @cached_property
    def unspread(self) -> bool:
        """Whether some town with inhabitants has no address to spread them by."""
        if self.towns is None or self.towns.people is None:
            return False
        addresses = [self.subject(layer) for layer in self.layers if layer.card is not None and layer.card.role == "address"]
        doors = sum((np.bincount(one.place[self.towns.id], minlength=len(self.towns.rows())) for one in addresses), np.zeros(len(self.towns.rows()), dtype=np.int64))
        return bool(((self.towns.people > 0) & (doors[:-1] == 0)).any())

    def zone(self, zone: ZoneLayer) -> Counted:
        """Count everything for one hazard layer."""
        tallies = self._tallies(zone.layer)
        if zone.layer.id in self.files.entries:
            rows = rows_of(zone, {rank for one in tallies for rank in one.ranks.tolist()}, any(one.surveyed for one in tallies), self.unspread)
        else:
            rows = rows_without_data(self.unspread)
        people = Inhabitants.of(rows, tallies, self.towns) if self.towns is not None else None
        return Counted(zone, rows, tuple((areas, count(areas, rows, tallies, people)) for areas in self.areas))

    def _tallies(self, zone: Layer) -> list[Tally]:
        """Count each layer, or take what it gave when it and the hazard layer were the same."""
        layers = {layer.id: layer for layer in self.layers}
        found = self.shelf.parts(f"tallies-{zone.id}", {name: self.keys.tally(layer, zone) for name, layer in layers.items()}, lambda name: self._tally(layers[name], zone).content)
        return [Tally.of_content(one) for one in found.values()]

    def _tally(self, layer: Layer, zone: Layer) -> Tally:
        subject = self.subject(layer)
        if zone.id not in self.files.entries:
            return tally(subject, None, None, self.areas, self.towns)
        return tally(subject, kept(self.files, lambda: Exposure(self.files.exposure(layer.id, zone))), self._surveyed(subject, zone), self.areas, self.towns)

    def outside(self) -> dict[str, int]:
        """Return how many features of each layer are in none of the areas, by 'layer / areas'."""
        pairs = [(one, areas) for one in self.subjects for areas in self.areas if areas.layer is not None]
        found = {f"{one.layer.id} / {areas.id}": int((one.place[areas.id] == len(areas.names)).sum()) for one, areas in pairs}
        return {name: number for name, number in found.items() if number}

    def silent(self) -> int:
        """Return how many towns have no number of inhabitants, where others have; those whose number is not shown have one."""
        return int(((self.towns.people < 0) & ~self.towns.withheld).sum()) if self.towns is not None and self.towns.people is not None else 0

    def _surveyed(self, subject: Subject, zone: Layer) -> np.ndarray | None:
        """Return the mask of features whose anchor is in the surveyed areas, none where those have no data; None where the layer names none."""
        of = zone.zone.surveyed
        if of is None:
            return None
        if of not in self.files.entries:
            return np.zeros(len(subject.size), bool)
        if (subject.layer.id, of) not in self._asked:
            shapes, _ = usable(_table(Store(self.files.catalogue.output, self.files.audience), self.files.catalogue.layers[of])[1])
            self._asked[subject.layer.id, of] = np.isin(np.arange(len(subject.size)), subject.points.query(shapes, predicate="intersects")[1])
        return self._asked[subject.layer.id, of]

    def _subject(self, layer: Layer) -> Subject:
        store, name, file = Store(self.files.catalogue.output, self.files.audience), f"subject-{layer.id}", f"{layer.id}.npz"
        made: list[Subject] = []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file

            def make() -> Made:
                table, packed = store.read_packed(layer.id, [layer.card.floors] if layer.card is not None and layer.card.floors is not None else layer.key)
                wkb = pa.nulls(table.num_rows, pa.large_binary()) if packed is None else packed.combine_chunks().cast(pa.large_binary())
                own = self.shapes[layer.id] if layer.id in self.shapes else shape_digests(wkb)
                key = self.keys.by_areas
                made.append(subject_of(layer, table, wkb, own, self.areas, Measured.of_bytes(self.shelf.before(name, file), key)))
                save_subject(path, made[0], own, key)
                return None, [file]

            self.shelf.made(name, self.keys.subject(layer), path.parent, make)
            return made[0] if made else load_subject(path, layer)


def _table(store: Store, layer: Layer) -> tuple[pa.Table, np.ndarray]:
    table, packed = store.read_packed(layer.id)
    return table, np.full(table.num_rows, None, object) if packed is None else of_wkb(packed)
