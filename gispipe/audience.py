"""The one door from internal to public.

Two kinds of table and one function between them: `publish` builds a new frame from open columns, sorted and numbered
anew, so that nothing of the internal table, not even its order, goes along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gispipe.errors import LeakStopped
from gispipe.model import Layer, Statistics
from gispipe.withheld import flag, withhold
from gispipe.words import Words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class InternalTable:
    """A table staff may see: every declared and joined column; geometry (n,) in the city's CRS or None."""

    layer: str
    frame: pd.DataFrame
    geometry: np.ndarray | None


_SHOWN = Statistics()
"""What is shown where a city declares nothing of it."""


@dataclass(frozen=True)
class PublicTable:
    """A table anyone may see. Only `publish` makes one."""

    layer: str
    frame: pd.DataFrame
    geometry: np.ndarray | None


def publish(table: InternalTable, layer: Layer, statistics: Statistics = _SHOWN) -> PublicTable:
    """Return a new table of the layer's open columns, without small counts of people and households (see `withheld`); raises LeakStopped for a layer that is not public."""
    import pandas as pd

    if layer.audience != "public" or layer.id != table.layer:
        raise LeakStopped(f"layers: {layer.id}", Words("an internal layer was about to be published", "非公開レイヤーを公開しようとしました"))
    opened = [name for name in layer.public_columns() if name in table.frame.columns]
    fewest = {name: statistics.fewest(what) for name, what in layer.counts().items() if name in opened}
    table = replace(table, frame=withhold(table.frame, fewest, layer.key))  # before it is sorted: an order by hidden counts would tell them
    names = [*opened, *(flag(name) for name in fewest if flag(name) in table.frame.columns)]
    order = open_order(table, layer)
    frame = pd.DataFrame({name: table.frame[name].array.take(order) for name in names}, index=range(len(order)))
    return PublicTable(layer.id, frame, None if table.geometry is None else table.geometry[order].copy())


def open_order(table: InternalTable, layer: Layer) -> np.ndarray:
    """Return the order of rows by what anyone may know: open key, place and every other open value.

    Rows that still tie are alike, so the order tells nothing of the internal table.
    """
    import pandas as pd

    names = [name for name in layer.public_columns() if name in table.frame.columns]
    sorting = pd.DataFrame({name: table.frame[name].astype("str").array for name in layer.key if name in names}, index=range(len(table.frame)))
    if not len(sorting.columns) or sorting.duplicated().any():
        if table.geometry is not None:
            sorting["@place"] = shapely.to_wkb(table.geometry, hex=True)
        for name in names:
            sorting[name] = table.frame[name].astype("str").array
    if not len(sorting.columns):
        return np.arange(len(sorting))
    return sorting.sort_values(list(sorting.columns), kind="stable", na_position="last").index.to_numpy()


def in_open_order(table: InternalTable, layer: Layer) -> InternalTable:
    """Return the table with its rows where the public table will have them, so that both audiences number them alike."""
    if layer.audience != "public":
        return table
    order = open_order(replace(table, frame=table.frame.drop(columns=[name for name in layer.counts() if name in table.frame.columns and name not in layer.key])), layer)
    return InternalTable(table.layer, table.frame.take(order).reset_index(drop=True), None if table.geometry is None else table.geometry[order])


Tables = Callable[[str], InternalTable | PublicTable]
"""Gives an audience's own table of a layer."""
