"""The one door from internal to public.

Two kinds of table and one function between them: `publish` builds a new frame from open columns, sorted and numbered
anew, so that nothing of the internal table, not even its order, goes along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from gispipe.errors import LeakStopped
from gispipe.model import Layer
from gispipe.words import Words


@dataclass(frozen=True)
class InternalTable:
    """A table staff may see: every declared and joined column; geometry (n,) in the city's CRS or None."""

    layer: str
    frame: pd.DataFrame
    geometry: np.ndarray | None


@dataclass(frozen=True)
class PublicTable:
    """A table anyone may see. Only `publish` makes one."""

    layer: str
    frame: pd.DataFrame
    geometry: np.ndarray | None


def publish(table: InternalTable, layer: Layer) -> PublicTable:
    """Return a new table of the layer's open columns; raises LeakStopped for a layer that is not public."""
    if layer.audience != "public" or layer.id != table.layer:
        raise LeakStopped(f"layers: {layer.id}", Words("an internal layer was about to be published", "非公開レイヤーを公開しようとしました"))
    names = [name for name in layer.public_columns() if name in table.frame.columns]
    order = _order(table, [name for name in layer.key if name in names], names)
    frame = pd.DataFrame({name: table.frame[name].array.take(order) for name in names}, index=range(len(order)))
    return PublicTable(layer.id, frame, None if table.geometry is None else table.geometry[order].copy())


def _order(table: InternalTable, key: list[str], names: list[str]) -> np.ndarray:
    """Sort by open key, place and every other open value: rows that still tie are alike, so the order tells nothing of the internal table."""
    sorting = pd.DataFrame({name: table.frame[name].astype("str").array for name in key}, index=range(len(table.frame)))
    if table.geometry is not None:
        sorting["@place"] = shapely.to_wkb(table.geometry, hex=True)
    for name in names:
        sorting[name] = table.frame[name].astype("str").array
    if not len(sorting.columns):
        return np.arange(len(sorting))
    return sorting.sort_values(list(sorting.columns), kind="stable", na_position="last").index.to_numpy()
