"""What a city's store asks about: every vector layer that is no hazard is asked, every hazard layer of areas answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from gispipe.audience import InternalTable, PublicTable
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.geometry import present
from gispipe.model import Audience, Style
from gispipe.store import Store
from gispipe.style_classes import class_index


@dataclass(frozen=True)
class City:
    """Subjects by layer id: (n,) geometries; zones by hazard layer id: (m,) polygons as delivered and (m,) rank; what was left out and why."""

    subjects: dict[str, np.ndarray]
    zones: dict[str, tuple[np.ndarray, np.ndarray]]
    left_out: dict[str, str]


def read_city(directory: Path, only: tuple[str, ...] = (), audience: Audience = "internal") -> City:
    """Read the store of a city; `only` names the subject layers wanted, all when empty."""
    catalogue = load_catalogue(directory)
    store = Store(catalogue.output, audience)
    city = City({}, {}, {})
    for layer, entry in sorted(store.manifest().items()):
        declared = catalogue.layers[layer]
        if declared.kind != "vector" or (declared.hazard is None and only and layer not in only):
            continue
        _take(catalogue, store.read(layer, "base" if "base" in entry else "version"), city, layer)
    return city


def _take(catalogue: Catalogue, table: InternalTable | PublicTable, city: City, layer: str) -> None:
    if table.geometry is None:
        city.left_out[layer] = "no shapes"
    elif catalogue.layers[layer].hazard is None:
        city.subjects[layer] = np.where(present(table.geometry), table.geometry, None)  # type: ignore[call-overload]
    else:
        areal = shapely.get_dimensions(table.geometry) == 2
        if not areal.all():
            city.left_out[layer] = f"{np.count_nonzero(~areal):,} rows that are no area"
        city.zones[layer] = table.geometry[areal], _rank(catalogue.styles.get(catalogue.layers[layer].style or ""), table.frame)[areal]


def _rank(style: Style | None, frame: pd.DataFrame) -> np.ndarray:
    """Return how bad each row is by the published rule: by the severity of its class, else by the order of the classes, from 1; 0 without a class."""
    if style is None or style.by is None:
        return np.ones(len(frame), dtype=np.int64)
    worst_last = sorted(range(len(style.class_)), key=lambda k: (style.class_[k].severity or 0, -k) if style.class_[k].severity is not None else (0, k))
    place = {k: nth for nth, k in enumerate(worst_last, start=1)} | {-1: 0}
    return np.array([place[k] for k in class_index(frame[style.by], style).tolist()], dtype=np.int64)
