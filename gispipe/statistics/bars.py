"""What a chart shows: the worst towns and districts, each as shares of its addresses, buildings or parcels by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe.statistics.areas import Areas
from gispipe.statistics.classes import Rows
from gispipe.statistics.counted import Counted

MOST = 20
UNITS = {"address": ("住居表示", "件"), "building": ("建物", "棟"), "parcel": ("筆", "筆")}


@dataclass(frozen=True)
class Panel:
    """Bars of one kind of area, worst first. counts: (n, classes) things by class."""

    title: str
    names: tuple[str, ...]
    counts: np.ndarray


@dataclass(frozen=True)
class Bars:
    """All panels of one hazard layer. unit: what is counted and its counter; inside: (classes,) whether a class is a zone."""

    panels: tuple[Panel, ...]
    rows: Rows
    unit: tuple[str, str]
    inside: np.ndarray


def bars_of(counted: Counted) -> Bars | None:
    """Return the bars of a hazard layer; None where nothing is counted or there are neither towns nor districts."""
    inside = np.array([one.kind == "class" for one in counted.rows.listed])
    measured = counted.by_area[-1][1]
    unit = next((name for name in UNITS if name in measured and measured[name].any()), None)
    if unit is None:
        return None
    panels = [_panel(areas, values[unit], inside) for areas, values in counted.by_area if areas.layer is not None]
    return Bars(tuple(panels), counted.rows, UNITS[unit], inside) if panels else None


def _panel(of: Areas, counts: np.ndarray, inside: np.ndarray) -> Panel:
    """Keep the worst areas (towns only where something is reached), put the others together, and what lies in no area last."""
    names, areas, beyond = of.rows(), counts[:-1], counts[-1:]
    there = areas.any(axis=1).tolist()
    badness = areas[:, inside] @ np.arange(1, inside.sum() + 1)
    order = [k for k in np.argsort(-badness, kind="stable").tolist() if there[k]]
    every = of.layer is not None and of.layer.card is not None and of.layer.card.role == "district"
    shown = [k for k in order if every or badness[k]][:MOST]
    others = [k for k in order if k not in set(shown)]
    labels, kept = [names[k] for k in shown], [areas[k] for k in shown]
    if others:
        labels.append(f"その他（{len(others)}）")
        kept.append(areas[others].sum(axis=0))
    if beyond.any():
        labels.append(names[-1])
        kept.append(beyond[0])
    return Panel(of.title, tuple(labels), np.array(kept, dtype=np.int64).reshape(-1, counts.shape[1]))
