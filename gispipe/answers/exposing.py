"""Work out how features stand to the zones of a hazard layer, and keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gispipe.answers.shapes import Shapes, packed, unpacked
from gispipe.arrays import open_arrays, save_arrays
from gispipe.joins.zones import Before, Exposed, Ground, Stays, Zones, zones_from
from gispipe.model import Layer, Style
from gispipe.style_classes import rank_of


@dataclass(frozen=True)
class Ranked:
    """Rows of a hazard layer: rank (m,) larger is worse, group (m,) of its river or slope, and the names by group."""

    rank: np.ndarray
    group: np.ndarray
    names: list[str]


def zones_of(rows: Ranked, shapes: Shapes, before: Before | None = None) -> Zones:
    """Return a hazard layer's zones with the rank and the group of each row; before: what is kept of an earlier version, see `kept_before`."""
    pieces = shapes.all()[0]
    return zones_from(pieces[shapes.areal], *_told(rows, shapes), before)


def _told(rows: Ranked, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    """Return ranks and groups of the pieces that are areas."""
    row = shapes.packed[2][shapes.areal]
    return rows.rank[row], rows.group[row]


def _stays(was: np.ndarray, now: Shapes, then: Shapes) -> Stays:
    """Count areas only: `was` counts all pieces."""
    number = np.append(np.cumsum(then.areal) - 1, -1)
    return Stays(number[was[now.areal]], int(then.areal.sum()))


def save_ground(path: Path, zones: Zones) -> None:
    """Write what is left of each zone where zones lie over each other: making it again takes longer than all else for the few features that changed."""
    arrays = {"pairs": zones.pairs.astype(np.int32)}
    for name, ground in (("all", zones.ground), ("own", zones.own)):
        if ground is not None:
            wkb, begin = packed(ground.shapes)
            arrays |= {f"{name}.wkb": wkb, f"{name}.begin": begin, f"{name}.value": ground.value.astype(np.int64), f"{name}.of": ground.of.astype(np.int32)}
            arrays |= {f"{name}.alike": ground.alike} if ground.alike is not None else {}
    save_arrays(path, arrays)


def kept_zones(path: Path, rows: Ranked, shapes: Shapes) -> Zones:
    """Return the zones as `zones_of` gives them, with the ground that `save_ground` kept of them."""
    return Zones(shapes.all()[0][shapes.areal], *_told(rows, shapes), *_kept_ground(path))


def kept_before(path: Path, rows: Ranked, shapes: Shapes, now: Shapes, was: np.ndarray) -> Before:
    """Return what `save_ground` kept of an earlier version of zones with the rows and shapes there were; was: (m,) the number that each piece now had there with the same rank
    and name, ascending, -1 for others."""
    return Before(*_told(rows, shapes), *_kept_ground(path), _stays(was, now, shapes))


def _kept_ground(path: Path) -> tuple[Ground, Ground | None, np.ndarray]:
    arrays, _ = open_arrays(path)
    return _ground(arrays, "all"), _ground(arrays, "own") if "own.wkb" in arrays else None, arrays["pairs"].astype(np.int64)


def _ground(arrays: Mapping[str, np.ndarray], name: str) -> Ground:
    return Ground(unpacked(arrays[f"{name}.wkb"], arrays[f"{name}.begin"]), arrays[f"{name}.value"], arrays[f"{name}.of"].astype(np.int64), arrays.get(f"{name}.alike"))


def ranked(layer: Layer, style: Style | None, frame: pd.DataFrame) -> Ranked:
    """Return the rank of each row by the classes of the style, and the rivers or slopes."""
    group, listed = pd.factorize(pd.Series(_names(layer, frame), dtype=object), sort=True)
    return Ranked(ranks_of(style, frame), group.astype(np.int64), [str(name) for name in listed])


def ranks_of(style: Style | None, frame: pd.DataFrame) -> np.ndarray:
    """Return the rank of each row of a hazard layer, (m,); all 1 when its style has a single class."""
    return np.ones(len(frame), dtype=np.int64) if style is None or style.by is None else rank_of(frame[style.by], style)


def _names(layer: Layer, frame: pd.DataFrame) -> list[str]:
    """Return the river or slope of each row: the first of the `of` columns that has a value, else empty."""
    names = [""] * len(frame)
    for column in reversed([name for name in layer.zone.of if name in frame.columns]):
        given = frame[column].astype(object).where(frame[column].notna(), None).tolist()
        names = [str(value) if value not in (None, "") else other for value, other in zip(given, names, strict=True)]
    return names


def save_exposure(path: Path, exposed: Exposed, names: list[str]) -> None:
    """Write what `expose` found; names: river or slope by group number."""
    save_arrays(path, {"owner": exposed.owner.astype(np.int32), "rank": exposed.rank.astype(np.int16), "area": exposed.area.astype(np.float64),
                       "group_owner": exposed.group_owner.astype(np.int32), "group": exposed.group.astype(np.int32), "group_rank": exposed.group_rank.astype(np.int16),
                       "sliver": exposed.sliver.astype(np.int32)}, {"groups": names, "features": len(exposed.worst)})


def kept_rows(path: Path) -> Ranked:
    """Return what `save_zone_rows` wrote."""
    arrays, facts = open_arrays(path)
    return Ranked(arrays["rank"].astype(np.int64), arrays["group"].astype(np.int64), facts["names"])


def save_zone_rows(path: Path, rows: Ranked) -> None:
    """Write rank and river or slope of every row of a hazard layer, for answers at a point."""
    save_arrays(path, {"rank": rows.rank.astype(np.int16), "group": rows.group.astype(np.int32)}, {"names": rows.names})
