"""How every feature of a layer stands to the zones of a hazard layer: computed once, kept, read by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gispipe.answers.arrays import open_arrays, save_arrays
from gispipe.answers.shapes import Shapes
from gispipe.joins.zones import Exposed, Zones, zones_from
from gispipe.model import Layer, Style
from gispipe.style_classes import rank_of

ENGINE = 1
"""Counted up when the same input would give another answer, so that kept ones are not taken for new."""


def zones_of(layer: Layer, style: Style | None, frame: pd.DataFrame, shapes: Shapes) -> tuple[Zones, list[str]]:
    """Return a hazard layer's zones, ranked by its style, and the names of its rivers or slopes by group number."""
    group, listed = pd.factorize(pd.Series(zone_names(layer, frame), dtype=object), sort=True)
    pieces, row = shapes.all()
    return zones_from(pieces, ranks_of(style, frame)[row], group.astype(np.int64)[row]), [str(name) for name in listed]


def ranks_of(style: Style | None, frame: pd.DataFrame) -> np.ndarray:
    """Return the rank of each row of a hazard layer, (m,); all 1 when its style has a single class."""
    return np.ones(len(frame), dtype=np.int64) if style is None or style.by is None else rank_of(frame[style.by], style)


def zone_names(layer: Layer, frame: pd.DataFrame) -> list[str]:
    """Return the river or slope of each row: the first of the `of` columns that has a value, else empty."""
    names = [""] * len(frame)
    for column in reversed([name for name in layer.zone.of if name in frame.columns]):
        given = frame[column].astype(object).where(frame[column].notna(), None).tolist()
        names = [str(value) if value not in (None, "") else other for value, other in zip(given, names, strict=True)]
    return names


def save_exposure(path: Path, exposed: Exposed, names: list[str]) -> None:
    """Write what `expose` found; names: river or slope by group number."""
    save_arrays(path, {"owner": exposed.owner.astype(np.int32), "rank": exposed.rank.astype(np.int16), "area": exposed.area.astype(np.float64),
                       "group_owner": exposed.group_owner.astype(np.int32), "group": exposed.group.astype(np.int32), "group_rank": exposed.group_rank.astype(np.int16)},
                {"groups": names, "slivers": exposed.slivers, "features": len(exposed.worst)})


@dataclass(frozen=True)
class Reached:
    """What reaches one feature: ranks with their ground in m² (worst first), and names of rivers or slopes with their worst rank."""

    ranks: tuple[tuple[int, float], ...]
    named: tuple[tuple[str, int], ...]


class Exposure:
    """The kept answers of one layer for one hazard layer."""

    def __init__(self, path: Path) -> None:
        self.arrays, self.facts = open_arrays(path)

    def of(self, row: int) -> Reached:
        """Return what reaches one feature."""
        a = self.arrays
        first, last = np.searchsorted(a["owner"], [row, row + 1])
        ranks = tuple(zip(a["rank"][first:last].tolist(), a["area"][first:last].tolist(), strict=True))
        if not ranks:
            return Reached((), ())
        first, last = np.searchsorted(a["group_owner"], [row, row + 1])
        names = self.facts["groups"]
        return Reached(ranks, tuple((names[g], r) for g, r in zip(a["group"][first:last].tolist(), a["group_rank"][first:last].tolist(), strict=True) if names[g]))

    def worst(self) -> np.ndarray:
        """Return (n,) the worst rank of every feature, -1 where no zone reaches."""
        worst = np.full(self.facts["features"], -1, dtype=np.int64)
        worst[self.arrays["owner"][::-1]] = self.arrays["rank"][::-1]
        return worst
