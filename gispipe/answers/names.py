"""The register of what people ask by name: addresses, lots, facilities and towns of one audience's tables."""

from __future__ import annotations

import operator
import sqlite3
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pandas as pd
import shapely

from gispipe.address import CityName, begin_register, finish_register, write_columns
from gispipe.answers.files import AnswerFiles
from gispipe.audience import InternalTable, PublicTable
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, transform_points
from gispipe.finished import by_library, finished
from gispipe.geometry import anchor, present
from gispipe.model import Layer

_KIND = {"parcel": "lot", "address": "address", "facility": "facility", "site": "facility", "shelter": "facility", "town": "town"}

DECIMALS = 8
"""Decimals of degrees in the register, about a millimetre: what pages and papers say of a place is exactly what is kept of it."""


def save_register(catalogue: Catalogue, files: AnswerFiles, tables: Callable[[str], InternalTable | PublicTable]) -> dict[str, int]:
    """Write the register in one step; return how many entries each layer gave."""
    counts: dict[str, int] = {}
    with finished(files.register()) as draft, by_library(files.register(), sqlite3.Error), closing(sqlite3.connect(draft)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        begin_register(connection, CityName(catalogue.city.prefecture, catalogue.city.name))
        for layer in files.role(*_KIND, "gazetteer"):
            counts[layer.id] = _write(connection, layer, tables(layer.id), catalogue.city.crs)
        finish_register(connection)
        connection.commit()
    return counts


def same_names(layer: Layer, one: InternalTable | PublicTable, other: InternalTable | PublicTable) -> bool:
    """Return whether two tables of a layer give the same entries: the very same shapes in the same order, and the same texts in every column that is asked."""
    if one.geometry is None or other.geometry is None or len(one.geometry) != len(other.geometry) or not _equal_shapes(one.geometry, other.geometry):
        return False
    card = layer.card
    assert card is not None
    asked = {name for name in (*card.name, *card.town, *card.number, card.kana) if name}
    left, right = (frame[[name for name in frame.columns if name in asked]] for frame in (one.frame, other.frame))
    return sorted(left.columns) == sorted(right.columns) and all(left[name].reset_index(drop=True).equals(right[name].reset_index(drop=True)) for name in left.columns)


def _equal_shapes(one: np.ndarray, other: np.ndarray) -> bool:
    return all(map(operator.is_, one, other)) or bool((shapely.to_wkb(one) == shapely.to_wkb(other)).all())


def _write(connection: sqlite3.Connection, layer: Layer, table: InternalTable | PublicTable, crs: str) -> int:
    """Add one layer; rows without a name or a place give no entry."""
    card, frame = layer.card, table.frame
    assert card is not None
    kind = _KIND.get(card.role) or ("lot" if card.number else "town")
    names = _joined(frame, card.name, "") if card.name else np.full(len(frame), "", object)
    towns = _joined(frame, card.town, "") if card.town else np.full(len(frame), "", object)
    numbers = _joined(frame, card.number, "-") if card.number else np.full(len(frame), "", object)
    if kind == "town" and card.role == "gazetteer":
        names = towns
    asked = numbers if kind in ("lot", "address") else names
    there = present(table.geometry) if table.geometry is not None else np.zeros(len(frame), bool)
    rows = np.flatnonzero(there & np.array([bool(text) for text in asked], dtype=bool))
    if not len(rows):
        return 0
    assert table.geometry is not None
    points = anchor(table.geometry[rows])
    xy = shapely.get_coordinates(points)
    lon, lat = (np.round(degrees, DECIMALS) for degrees in transform_points(xy[:, 0], xy[:, 1], crs, LONLAT, layer.id))
    kana = _joined(frame, (card.kana,), "")[rows].tolist() if card.kana and card.kana in frame.columns else None
    shown = names[rows] if card.name else np.array([f"{t}{n}" for t, n in zip(towns[rows], numbers[rows], strict=True)], object)
    write_columns(connection, kind, layer.id, shown.tolist(), towns[rows].tolist(), numbers[rows].tolist(), lon.tolist(), lat.tolist(), rows.tolist(), kana,
                  area=card.role == "town" and layer.geometry == "polygon")
    return len(rows)


def _joined(frame: pd.DataFrame, columns: tuple[str, ...], between: str) -> np.ndarray:
    """Return the texts of several columns joined, leaving out missing parts."""
    given = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in columns if name in frame.columns]
    return np.array([*(between.join(str(part) for part in parts if part not in (None, "")) for parts in zip(*given, strict=True)), None], dtype=object)[:-1]
