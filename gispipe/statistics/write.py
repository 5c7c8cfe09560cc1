"""Store → `data/statistics`: tables by town, district and city, charts, and the list that explains them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gispipe.answers.files import AnswerFiles
from gispipe.answers.opened import answer_files
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.catalogue import Catalogue
from gispipe.model import Audience, Layer
from gispipe.shelf import Made, Shelf, key_of
from gispipe.statistics.bars import bars_of
from gispipe.statistics.columns import measures_for
from gispipe.statistics.count import WHOLE
from gispipe.statistics.counted import Counted, Counting
from gispipe.statistics.listing import about, listed, listing
from gispipe.statistics.subjects import ROLES
from gispipe.statistics.table import file_name, table_bytes
from gispipe.statistics.withheld import hidden_cells
from gispipe.store import Store
from gispipe.withheld import flag

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "data/statistics"
DRAWN = ("depth", "zone", "collapse", "intensity")
"""What a layer must say for a chart: durations and past floods have tables only."""


@dataclass
class StatisticsReport:
    """What was written: names of files, features in no town or district by layer, towns without a number of inhabitants."""

    files: list[str] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)
    towns_without_people: int = 0


def write_statistics(catalogue: Catalogue, audience: Audience, folder: Path, charts: bool = True, shelf: Shelf | None = None, shapes: Mapping[str, pa.Array] | None = None) -> StatisticsReport:
    """Write the statistics of an audience from its store; a city without hazard layers or without things to count gets none.

    What has not changed since it was put on the `shelf` is taken from there. `shapes`: digests of the shapes of layers (see `store.shape_digests`), as
    far as they are known. Raises NotFound where the kept answers are missing or older than the data.
    """
    zones = [layer for layer in catalogue.layers_for(audience) if layer.hazard is not None and layer.kind == "vector"]
    measures = measures_for(catalogue, audience)
    if not zones or not measures:
        return StatisticsReport()
    folder.mkdir(parents=True, exist_ok=True)
    writing = _Writing(catalogue, audience, folder, zones, measures, charts, shelf or Shelf(None), shapes or {})
    told = [writing.zone(layer) for layer in zones]
    about = writing.about()
    report = StatisticsReport(outside=about["outside"], towns_without_people=about["silent"])
    for kind in ("tables", "charts"):
        report.files += [name for one in told for name in one[kind]]
    text = json.dumps(listing(catalogue, audience, about, [one["listed"] for one in told], measures), ensure_ascii=False, indent=1)
    (folder / "index.json").write_text(text + "\n", "utf-8")
    report.files.append("index.json")
    return report


@dataclass
class _Writing:
    """The statistics of one audience being written; nothing is opened before something must be counted."""

    catalogue: Catalogue
    audience: Audience
    folder: Path
    zones: list[Layer]
    measures: tuple[str, ...]
    charts: bool
    shelf: Shelf
    shapes: Mapping[str, pa.Array]

    @cached_property
    def _files(self) -> AnswerFiles:
        return answer_files(self.catalogue, self.audience)

    @cached_property
    def _counting(self) -> Counting:
        return Counting.of(self._files, self.shelf, self, self.shapes)

    @cached_property
    def by_areas(self) -> str:
        """Return a digest of the areas that is counted by; see `Keys`, as of the two that follow."""
        return key_of([self._read(layer, ordered=True) for layer in self._areas], "statistics", "geometry.py", "store.py", "arrow.py", libraries=("numpy", "pyarrow", "shapely"))

    def subject(self, layer: Layer) -> str:
        """Return a digest of all that a layer depends on that is ready to be counted."""
        return key_of([self.by_areas, self._read(layer, ordered=True)])

    def tally(self, layer: Layer, zone: Layer) -> str:
        """Return a digest of all that a layer's counts for a hazard layer depend on."""
        return key_of([self._subjects[layer.id], self._read_zones[zone.id]], "answers", "joins")

    @cached_property
    def _subjects(self) -> dict[str, str]:
        """Return for each layer that is counted a digest of it, in whatever order, and of the areas."""
        return {layer.id: key_of([self.by_areas, self._read(layer, ordered=False)]) for layer in self._files.role(*ROLES)}

    @cached_property
    def _read_zones(self) -> dict[str, str]:
        """Return for each hazard layer a digest of what is read of it, and of the areas that were surveyed for it."""
        surveyed = {layer.id: [self.catalogue.layers[name] for name in (layer.zone.surveyed,) if name in self.catalogue.layers] for layer in self.zones}
        return {layer.id: key_of([self._layer(one) for one in (layer, *surveyed[layer.id])]) for layer in self.zones}

    @cached_property
    def _areas(self) -> list[Layer]:
        return [*self._files.role("town"), *self._files.role("district")]

    @cached_property
    def _counted(self) -> list[object]:
        """Return what every count depends on: the layers counted and those they are counted by, the city, the programs."""
        for layer in self._files.role(*ROLES):
            self.shelf.still(f"subject-{layer.id}")
            self.shelf.still(f"read-{layer.id}")
        for zone in self.zones:
            self.shelf.still(f"tallies-{zone.id}")
        return [self.audience, self.catalogue.city.model_dump(mode="json"), self.measures, self.charts, self.by_areas, self._subjects]

    def _read(self, layer: Layer, ordered: bool) -> list[object]:
        """Return what is read of a layer that is counted or counted by: its shapes and some columns, whatever its others say.

        Counts do not depend on the order of what is counted (a table sorted by lot number is in another after some lots were renumbered), so it may be left out.
        """
        entry, card = self._files.entries.get(layer.id), layer.card
        if entry is None or card is None:
            return self._layer(layer)
        asked = (card.floors,) if card.role in ROLES else (*card.name, *layer.key, card.population, *([flag(card.population)] if card.population else ()))
        columns, version = sorted({name for name in asked if name is not None}), str(entry["version"])
        store = Store(self.catalogue.output, self.audience)
        digest = self.shelf.made(f"{'read' if ordered else 'sorted'}-{layer.id}", key_of([version, columns], "store.py"), self.folder,
                                 lambda: (store.digest(layer.id, version, columns, ordered, self.shapes.get(layer.id)), []))
        return [*self.catalogue.stated(layer), digest]

    def _layer(self, layer: Layer) -> list[object]:
        entry = self._files.entries.get(layer.id)
        return [*self.catalogue.stated(layer), entry["version"] if entry else None]

    def zone(self, layer: Layer) -> dict[str, Any]:
        """Write the tables and the chart of one hazard layer and return their names, and what the list says of it."""
        key = key_of([self._counted, self._read_zones[layer.id]], "statistics", "answers", "joins", "geometry.py", "withheld.py", libraries=("numpy", "pyarrow", "shapely", "matplotlib", "pillow"))

        def make() -> Made:
            one = self._counting.zone(ZoneLayer(layer, self.catalogue.styles.get(layer.style or "")))
            hidden = self._hidden(one)
            tables = _tables(self.folder, one, self.measures, hidden)
            pictures = self._chart(one) if self.charts and _has_chart(layer, self._counting) else []
            return {"tables": tables, "charts": pictures, "listed": listed(one, bool(pictures), hidden)}, [*tables, *pictures]

        self.shelf.still(f"chart-{layer.id}")
        return self.shelf.made(f"statistics-{layer.id}", key, self.folder, make)  # type: ignore[no-any-return]

    def _hidden(self, one: Counted) -> list[np.ndarray] | None:
        """Return which numbers of inhabitants each table does not show; None inside, where all are shown."""
        if self.audience == "internal" or "people" not in one.by_area[0][1]:
            return None
        hidden = hidden_cells([values["people"] for _, values in one.by_area], [values[WHOLE][:, 0] for _, values in one.by_area], [areas.people is not None or areas.layer is None for areas, _ in one.by_area],
                              self.catalogue.city.statistics.fewest_people)
        for (areas, _), mask in zip(one.by_area, hidden, strict=True):
            mask[:len(areas.withheld)][areas.withheld] = True
        return hidden

    def _chart(self, one: Counted) -> list[str]:
        """Draw a chart, or take the one that was drawn of the same bars."""
        bars = bars_of(one)
        shown = bars and [bars.unit, [row.label for row in bars.rows.listed], bars.inside.tolist(), [[panel.title, panel.names, panel.counts.tolist()] for panel in bars.panels]]
        key = key_of([self.catalogue.city.model_dump(mode="json"), self.catalogue.stated(one.zone.layer), shown], "statistics", libraries=("matplotlib", "pillow"))

        def make() -> Made:
            from gispipe.statistics.chart import draw

            path = draw(one, self.catalogue.city, self.folder / f"{one.zone.layer.id}.png")
            names = [path.name] if path else []
            return names, names

        return self.shelf.made(f"chart-{one.zone.layer.id}", key, self.folder, make)  # type: ignore[no-any-return]

    def about(self) -> dict[str, Any]:
        """Return what is said of areas and subjects, and what lies outside the areas."""
        def make() -> Made:
            return {**about(self._counting), "outside": self._counting.outside(), "silent": self._counting.silent()}, []

        return self.shelf.made("statistics", key_of(self._counted, "statistics", "answers"), self.folder, make)  # type: ignore[no-any-return]


def _tables(folder: Path, counted: Counted, measures: tuple[str, ...], hidden: Sequence[np.ndarray] | None) -> list[str]:
    names = []
    for (areas, values), mask in zip(counted.by_area, hidden or [None] * len(counted.by_area), strict=True):
        names.append(file_name(counted.zone.layer.id, areas.id))
        (folder / names[-1]).write_bytes(table_bytes(areas, counted.rows, values, measures, mask))
    return names


def _has_chart(layer: Layer, counting: Counting) -> bool:
    return layer.zone.says in DRAWN and layer.id in counting.files.entries and any(areas.layer is not None for areas in counting.areas)
