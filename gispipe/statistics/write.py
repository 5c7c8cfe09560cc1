"""Store → `data/statistics`: tables by town, district and city, charts, and the list that explains them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from gispipe.answers.card import Answers
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.catalogue import Catalogue
from gispipe.model import Audience, Layer
from gispipe.statistics.columns import measures_for
from gispipe.statistics.counted import Counted, Counting
from gispipe.statistics.listing import listing
from gispipe.statistics.table import file_name, table_bytes

FOLDER = "data/statistics"
DRAWN = ("depth", "zone", "collapse", "intensity")
"""What a layer must say for a chart: durations and past floods have tables only."""


@dataclass
class StatisticsReport:
    """What was written: names of files, features in no town or district by layer, towns without a number of inhabitants."""

    files: list[str] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)
    towns_without_people: int = 0


def write_statistics(catalogue: Catalogue, audience: Audience, folder: Path, charts: bool = True) -> StatisticsReport:
    """Write the statistics of an audience from its store; a city without hazard layers or without things to count gets none.

    Raises NotFound where the kept answers are missing or older than the data.
    """
    zones = [layer for layer in catalogue.layers_for(audience) if layer.hazard is not None and layer.kind == "vector"]
    measures = measures_for(catalogue, audience)
    if not zones or not measures:
        return StatisticsReport()
    counting = Counting.of(Answers(catalogue, audience))
    folder.mkdir(parents=True, exist_ok=True)
    found = [counting.zone(ZoneLayer(layer, catalogue.styles.get(layer.style or ""))) for layer in zones]
    report = StatisticsReport(outside=counting.outside(), towns_without_people=counting.silent())
    for one in found:
        report.files += _tables(folder, one, measures)
    drawn = [one for one in found if _has_chart(one.zone.layer, counting)] if charts else []
    pictures = _charts(folder, drawn, catalogue)
    report.files += pictures
    text = json.dumps(listing(catalogue, audience, counting, found, measures, pictures), ensure_ascii=False, indent=1)
    (folder / "index.json").write_text(text + "\n", "utf-8")
    report.files.append("index.json")
    return report


def _tables(folder: Path, counted: Counted, measures: tuple[str, ...]) -> list[str]:
    names = []
    for areas, values in counted.by_area:
        names.append(file_name(counted.zone.layer.id, areas.id))
        (folder / names[-1]).write_bytes(table_bytes(areas, counted.rows, values, measures))
    return names


def _has_chart(layer: Layer, counting: Counting) -> bool:
    return layer.zone.says in DRAWN and layer.id in counting.answers.files.entries and any(areas.layer is not None for areas in counting.areas)


def _charts(folder: Path, drawn: list[Counted], catalogue: Catalogue) -> list[str]:
    if not drawn:
        return []
    from gispipe.statistics.chart import draw

    made = [draw(one, catalogue.city, folder / f"{one.zone.layer.id}.png") for one in drawn]
    return [path.name for path in made if path is not None]
