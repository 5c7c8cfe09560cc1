"""The areas that are counted by: towns, school districts, the whole city. A feature belongs to the area its anchor point is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import shapely

from gispipe.arrow import as_numbers
from gispipe.geometry import usable
from gispipe.model import City, Layer
from gispipe.withheld import flag

CITY = "city"


@dataclass(frozen=True)
class Areas:
    """Areas in the order of their key.

    shape: (r,) polygons as delivered; area: (r,) the area each polygon belongs to, for towns that come in several pieces;
    people: (n,) inhabitants, -1 where the table says nothing; None where it has no such column. withheld: (n,) where they are not shown, so that nothing is known
    of them here.
    """

    id: str
    title: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    shape: np.ndarray = field(default_factory=lambda: np.zeros(0, object))
    area: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    people: np.ndarray | None = None
    withheld: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    layer: Layer | None = None

    def rows(self) -> tuple[str, ...]:
        """Return the names of the rows: every area, then the ground outside of all of them."""
        return self.names if self.layer is None else (*self.names, f"（{self.title}の外）")

    def place(self, points: shapely.STRtree) -> np.ndarray:
        """Return (n,) the row of each point of a tree, missing ones among the outside: `join_within` with everything it can share."""
        count, outside = len(points.geometries), len(self.names)
        if self.layer is None:
            return np.zeros(count, dtype=np.int64)
        shapes, _ = usable(self.shape)
        shape, point = points.query(shapes, predicate="intersects")
        order = np.lexsort((shape, shapely.area(shapes)[shape], point))
        owner, first = np.unique(point[order], return_index=True)
        row = np.full(count, outside, dtype=np.int64)
        row[owner] = self.area[shape[order][first]]
        return row


def whole_city(city: City) -> Areas:
    """Return the city as its own only area."""
    return Areas(CITY, "市全域", (city.name,), (city.code,))


def areas_of(layer: Layer, table: pa.Table, geometry: np.ndarray) -> Areas:
    """Return the areas of a town or district layer; rows with the same key are one area."""
    assert layer.card is not None
    names = _texts(table, layer.card.name)
    keys = _texts(table, layer.key) if layer.key and set(layer.key) <= set(table.column_names) else names
    labels = [f"{key}\x1f{name}" for key, name in zip(keys, names, strict=True)]
    listed, area = np.unique(np.array(labels, object), return_inverse=True)
    known = [label.split("\x1f") for label in listed]
    codes = tuple("" if key == name else key for key, name in known)
    return Areas(layer.id, layer.title, tuple(name for _, name in known), codes, geometry, area.astype(np.int64), _people(layer, table, area, len(listed)), _withheld(layer, table, area, len(listed)), layer)


def _texts(table: pa.Table, columns: Sequence[str]) -> list[str]:
    """Return each row's values of the columns as one text; hidden or missing ones are left out."""
    parts = [["" if value is None else str(value) for value in table[name].to_pylist()] for name in columns if name in table.column_names]
    return [" ".join(part for part in row if part) for row in zip(*parts, strict=True)] if parts else [""] * table.num_rows


def _people(layer: Layer, table: pa.Table, area: np.ndarray, count: int) -> np.ndarray | None:
    """Return the inhabitants of each area; a town in several pieces carries the same number in each, which counts once."""
    column = layer.card.population if layer.card else None
    if column is None or column not in table.column_names:
        return None
    given = as_numbers(table[column])
    people = np.full(count, -1, dtype=np.int64)
    sound = np.isfinite(given) & (given >= 0)
    np.maximum.at(people, area[sound], np.rint(given[sound]).astype(np.int64))
    return people


def _withheld(layer: Layer, table: pa.Table, area: np.ndarray, count: int) -> np.ndarray:
    """Return the mask of areas whose inhabitants the store does not tell because they are few."""
    hidden = np.zeros(count, bool)
    name = flag(layer.card.population) if layer.card and layer.card.population else ""
    if name in table.column_names:
        hidden[area[table[name].to_numpy(zero_copy_only=False).astype(bool)]] = True
    return hidden
