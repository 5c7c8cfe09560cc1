"""What a city's store asks about: every vector layer that is no hazard is asked, every hazard layer of areas answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.geometry import present
from gispipe.store import Store
from gispipe.style_classes import class_index


@dataclass(frozen=True)
class City:
    """Subjects by layer id: (n,) geometries; zones by hazard layer id: (m,) polygons as delivered and (m,) rank; what was left out and why."""

    subjects: dict[str, np.ndarray]
    zones: dict[str, tuple[np.ndarray, np.ndarray]]
    left_out: dict[str, str]


def read_city(directory: Path, only: tuple[str, ...] = ()) -> City:
    """Read the internal store of a city; `only` names the subject layers wanted, all when empty."""
    catalogue = load_catalogue(directory)
    store = Store(catalogue.output, "internal")
    city = City({}, {}, {})
    for layer in sorted(store.manifest()):
        declared = catalogue.layers[layer]
        if declared.kind != "vector" or (declared.hazard is None and only and layer not in only):
            continue
        _take(catalogue, store, city, layer)
    return city


def _take(catalogue: Catalogue, store: Store, city: City, layer: str) -> None:
    table = store.read(layer, "base")
    if table.geometry is None:
        city.left_out[layer] = "no shapes"
    elif catalogue.layers[layer].hazard is None:
        city.subjects[layer] = np.where(present(table.geometry), table.geometry, None)
    else:
        areal = shapely.get_dimensions(table.geometry) == 2
        rank = _rank(catalogue, layer, table.frame)
        kept = areal & (rank >= 0)
        if len(kept) and not kept.all():
            city.left_out[layer] = f"{np.count_nonzero(~areal):,} rows that are no area, {np.count_nonzero(areal & (rank < 0)):,} without a class"
        if kept.any() or not len(kept):
            city.zones[layer] = table.geometry[kept], rank[kept]


def _rank(catalogue: Catalogue, layer: str, frame: object) -> np.ndarray:
    """Return the number of each row's class in the layer's style, mildest first; 0 for all where the style has one class."""
    style = catalogue.styles.get(catalogue.layers[layer].style or "")
    if style is None or style.by is None or style.by not in frame.columns:  # type: ignore[attr-defined]
        return np.zeros(len(frame), int)  # type: ignore[arg-type]
    return class_index(frame[style.by], style)  # type: ignore[index]
