"""The layers of a city that gispipe has ingested, for the tile benchmark: its lots, buildings, all zones with a depth or time rank, and roads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from gispipe.catalogue import load_catalogue
from gispipe.crs import WEB, transform
from gispipe.geometry import of_kind, present, usable
from gispipe.store import Store
from tests.bench.tiles_city import NAMES, Rows

COLUMNS = {"parcel": {"lot": "lot", "use": "use", "town": "town"}, "building": {"kind": "structure", "floors": "floors"}, "flood": {"rank": "rank"},
           "road": {"width": "width"}}
"""Columns of the benchmark by those of the demo city; what is no text is made a number."""
ROAD = "road_line"


def layers(city: Path) -> dict[str, Rows]:
    """Return all layers of a city in EPSG:3857; what its stores hold is what the maps are made from."""
    catalogue = load_catalogue(city)
    store = Store(catalogue.output, "internal")
    zones = [layer.id for layer in catalogue.layers.values() if layer.hazard and layer.style and catalogue.styles[layer.style].by == "rank"]
    return {name: _rows(store, name, zones if name == "flood" else [ROAD if name == "road" else name], catalogue.city.crs) for name in NAMES}


def _rows(store: Store, name: str, ids: list[str], crs: str) -> Rows:
    shapes, frames = [], []
    for one in ids:
        table = store.read(one)
        assert table.geometry is not None
        there = present(table.geometry) & of_kind(table.geometry, NAMES[name])
        shapes.append(usable(transform(usable(table.geometry[there])[0], crs, WEB, one)[0])[0])
        frames.append(table.frame.loc[there, [*COLUMNS[name].values()]])
    frame = pd.concat(frames, ignore_index=True)
    return np.concatenate(shapes), {column: _values(frame[given], column in ("lot", "town")) for column, given in COLUMNS[name].items()}


def _values(column: pd.Series, text: bool) -> np.ndarray:
    if text:
        return column.astype("str").to_numpy(object)
    return pd.factorize(column, sort=True)[0].astype(np.int64)


def ground(rows: Rows) -> shapely.Geometry:
    """Return the ground that the lots cover."""
    return shapely.union_all(rows[0])
