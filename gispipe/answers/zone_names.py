"""Rank and river or slope of the rows of hazard layers, for answers at a point."""

from __future__ import annotations

import pandas as pd

from gispipe.answers.exposure import zone_names
from gispipe.answers.tables import Rows
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.style_classes import rank_of


class ZoneNames:
    """Ranks and names by row; a layer's columns are read when first asked for and kept."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._kept: dict[str, tuple[list[int], list[str]]] = {}

    def of(self, zone: ZoneLayer, row: int) -> tuple[int, str]:
        """Return the rank and the river or slope of one row."""
        if zone.layer.id not in self._kept:
            self._kept[zone.layer.id] = self._read(zone)
        ranks, names = self._kept[zone.layer.id]
        return ranks[row], names[row]

    def _read(self, zone: ZoneLayer) -> tuple[list[int], list[str]]:
        by = zone.style.by if zone.style else None
        count = self._rows.count(zone.layer)
        frame = pd.DataFrame({name: self._rows.column(zone.layer, name) for name in {*zone.layer.zone.of, *([by] if by else [])}}, index=range(count), dtype=object)
        ranks = [1] * count if by is None or zone.style is None else rank_of(frame[by], zone.style).tolist()
        return ranks, zone_names(zone.layer, frame)
