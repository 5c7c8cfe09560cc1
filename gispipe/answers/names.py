"""The register of what people ask by name: addresses, lots, facilities and towns of one audience's tables."""

from __future__ import annotations

import operator
import sqlite3
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from gispipe.address import KINDS, CityName, begin_register, finish_register, move_numbers, put_register, write_columns
from gispipe.answers.files import AnswerFiles
from gispipe.answers.whole import is_whole
from gispipe.audience import InternalTable, PublicTable, Tables
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, transform_points
from gispipe.finished import by_library, finished
from gispipe.geometry import anchor, present
from gispipe.model import Layer

_KIND = {"parcel": "lot", "address": "address", "facility": "facility", "site": "facility", "shelter": "facility", "town": "town"}

DECIMALS = 8
"""Decimals of degrees in the register, about a millimetre: what pages and papers say of a place is exactly what is kept of it."""


def save_register(catalogue: Catalogue, files: AnswerFiles, tables: Tables, before: AnswerFiles, read: Read | None = None) -> dict[str, int]:
    """Write the register in one step; return how many entries each layer gave that was looked at.

    before: the answers for the manifest that there was. Where addresses and lots only moved since, its register is taken with their places changed. read: the entries
    that were read for another audience.
    """
    read = read or Read(catalogue.city.crs)
    with finished(files.register()) as draft, by_library(files.register(), sqlite3.Error):
        register, counts = _moved(catalogue, files, tables, before, read) or _anew(catalogue, files, tables, read)
        with closing(register):
            finish_register(register)
            put_register(register, draft)
    return counts


def _anew(catalogue: Catalogue, files: AnswerFiles, tables: Tables, read: Read) -> tuple[sqlite3.Connection, dict[str, int]]:
    """Return a register in memory made of the tables, and how many entries each layer gave."""
    register = sqlite3.connect(":memory:")
    begin_register(register, CityName(catalogue.city.prefecture, catalogue.city.name))
    return register, {layer.id: _write(register, layer, read.entries(layer, tables(layer.id))) for layer in _named(files)}


def _named(files: AnswerFiles) -> list[Layer]:
    return files.role(*_KIND, "gazetteer")


def _moved(catalogue: Catalogue, files: AnswerFiles, tables: Tables, before: AnswerFiles, read: Read) -> tuple[sqlite3.Connection, dict[str, int]] | None:
    """Return the register that there was, in memory, with addresses and lots where they are now; None where anything else changed, or it is damaged."""
    named = _named(files)
    changed = [layer for layer in named if layer.id in before.entries and files.entries[layer.id]["version"] != before.entries[layer.id]["version"]]
    if [layer.id for layer in named] != [layer.id for layer in _named(before)] or any(_kind(layer) not in KINDS for layer in changed) or not is_whole(before.register()):
        return None
    entries = {layer.id: read.entries(layer, tables(layer.id)) for layer in changed}
    register = sqlite3.connect(":memory:")
    try:
        with closing(sqlite3.connect(before.register())) as kept:
            kept.backup(register)
        moved = all(move_numbers(register, layer, one.names, one.towns, one.numbers, one.lon, one.lat, one.rows) for layer, one in entries.items())
    except sqlite3.DatabaseError:
        return None
    return (register, {layer: len(one.rows) for layer, one in entries.items()}) if moved else None


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


@dataclass(frozen=True)
class _Entries:
    """The entries of a layer, column by column: their rows, where each is in degrees, and what is told of it; kana is None where there is none."""

    rows: list[int]
    names: list[str]
    towns: list[str]
    numbers: list[str]
    lon: list[float]
    lat: list[float]
    kana: list[str] | None


def _kind(layer: Layer) -> str:
    assert layer.card is not None
    return _KIND.get(layer.card.role) or ("lot" if layer.card.number else "town")


class Read:
    """The entries that were read of layers: those of a layer that says the same to both audiences are read once."""

    def __init__(self, crs: str) -> None:
        self._crs = crs
        self._last: dict[str, tuple[InternalTable | PublicTable, _Entries]] = {}

    def entries(self, layer: Layer, table: InternalTable | PublicTable) -> _Entries:
        """Return the entries of a layer as a table has them."""
        last = self._last.get(layer.id)
        if last is None or last[0] is not table and not same_names(layer, last[0], table):
            last = self._last[layer.id] = table, _entries(layer, table, self._crs)
        return last[1]


def _write(connection: sqlite3.Connection, layer: Layer, found: _Entries) -> int:
    """Add one layer and return how many entries it gave."""
    assert layer.card is not None
    write_columns(connection, _kind(layer), layer.id, found.names, found.towns, found.numbers, found.lon, found.lat, found.rows, found.kana,
                  area=layer.card.role == "town" and layer.geometry == "polygon")
    return len(found.rows)


def _entries(layer: Layer, table: InternalTable | PublicTable, crs: str) -> _Entries:
    """Return the entries of a layer; rows without a name or a place give none."""
    card, frame, kind = layer.card, table.frame, _kind(layer)
    assert card is not None
    names = _joined(frame, card.name, "") if card.name else np.full(len(frame), "", object)
    towns = _joined(frame, card.town, "") if card.town else np.full(len(frame), "", object)
    numbers = _joined(frame, card.number, "-") if card.number else np.full(len(frame), "", object)
    if kind == "town" and card.role == "gazetteer":
        names = towns
    asked = numbers if kind in KINDS else names
    there = present(table.geometry) if table.geometry is not None else np.zeros(len(frame), bool)
    rows = np.flatnonzero(there & np.array([bool(text) for text in asked], dtype=bool))
    if not len(rows):
        return _Entries([], [], [], [], [], [], None)
    assert table.geometry is not None
    points = anchor(table.geometry[rows])
    xy = shapely.get_coordinates(points)
    lon, lat = (np.round(degrees, DECIMALS) for degrees in transform_points(xy[:, 0], xy[:, 1], crs, LONLAT, layer.id))
    kana = _joined(frame, (card.kana,), "")[rows].tolist() if card.kana and card.kana in frame.columns else None
    shown = names[rows] if card.name else np.array([f"{t}{n}" for t, n in zip(towns[rows], numbers[rows], strict=True)], object)
    return _Entries(rows.tolist(), shown.tolist(), towns[rows].tolist(), numbers[rows].tolist(), lon.tolist(), lat.tolist(), kana)


def _joined(frame: pd.DataFrame, columns: tuple[str, ...], between: str) -> np.ndarray:
    """Return the texts of several columns joined, leaving out missing parts."""
    given = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in columns if name in frame.columns]
    return np.array([*(between.join(str(part) for part in parts if part not in (None, "")) for parts in zip(*given, strict=True)), None], dtype=object)[:-1]
