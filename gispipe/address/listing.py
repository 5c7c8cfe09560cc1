"""All house numbers and lots of a register at once, in the order of their towns and numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.address.columns import STEPS, NumberColumns, number_columns
from gispipe.address.entries import Entry, Hit
from gispipe.address.facilities import DEGREE, NEAR
from gispipe.address.houses import joined
from gispipe.address.register import KINDS
from gispipe.address.town import read_towns


@dataclass(frozen=True)
class Numbered:
    """House numbers and lots that mean one place each, arrays (n,): town, kind (place in KINDS), layer (place in `layers`), feature, degrees.

    key: as `number_key` gives it; text: as the source spells it; also: further rows that are the same place, by place in the
    arrays; several: town, kind and spelling of the numbers that are more than one place.
    """

    town: np.ndarray
    kind: np.ndarray
    layer: np.ndarray
    feature: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    key: Sequence[str]
    text: Sequence[str]
    layers: Sequence[str]
    also: dict[int, tuple[int, ...]]
    several: Sequence[tuple[int, int, str]]

    def hit(self, at: int, town: str) -> Hit:
        """Return one as a search finds it."""
        kind = KINDS[int(self.kind[at])]
        entry = Entry(kind, "", town, self.text[at], float(self.lon[at]), float(self.lat[at]), self.layers[int(self.layer[at])], int(self.feature[at]))
        return Hit(entry, kind, also=self.also.get(at, ()))


def read_numbers(connection: sqlite3.Connection, columns: NumberColumns | None = None) -> Numbered:
    """Read all numbers by town, kind and number; the same house or lot of several sources is one, as for a question. columns: of this register, where they are read already."""
    read = columns if columns is not None else number_columns(connection)
    order = _order(connection)
    town, kind, feature, source = (values[order] for values in (read.town, read.kind, read.feature, read.layer))
    lon, lat = (degrees[order] for degrees in _degrees(connection, read))
    key, spelled = (texts.take(pa.array(order)) for texts in (read.key, read.number))
    layers, layer = _layers(connection, source)
    begin = _groups(town, kind, key)
    chosen, also = _chosen(begin, layer, feature, lon, lat, layers)
    still = np.flatnonzero(chosen < 0).tolist()
    known = {one.id: one for one in read_towns(connection, "", ())} if still else {}
    several = []
    for group in still:  # three sources and more, or two that are not simply one place
        first, last = int(begin[group]), int(begin[group + 1])
        keys, texts = key[first:last].to_pylist(), _texts(key[first:last], spelled[first:last]).to_pylist()
        rows = [(int(kind[k]), keys[k - first], texts[k - first], "", float(lon[k]), float(lat[k]), layers[int(layer[k])], int(feature[k])) for k in range(first, last)]
        hits = joined(known[int(town[first])], [*rows])  # which orders what it is given
        if len(hits) == 1:
            chosen[group] = next(first + k for k, row in enumerate(rows) if row[6:] == (hits[0].entry.layer, hits[0].entry.feature))
            also[group] = hits[0].also
        else:
            several.append((int(town[first]), int(kind[first]), texts[0]))
    one = np.flatnonzero(chosen >= 0)
    at, number = chosen[one], {group: k for k, group in enumerate(one.tolist())}
    used, layer = np.unique(layer[at], return_inverse=True)
    taken = pa.array(at)
    return Numbered(town[at], kind[at], layer.reshape(-1), feature[at], lon[at], lat[at], key.take(taken).to_pylist(), _texts(key.take(taken), spelled.take(taken)).to_pylist(), [layers[k] for k in used.tolist()],
                    {number[group]: more for group, more in also.items() if more}, several)


def _order(connection: sqlite3.Connection) -> np.ndarray:
    """Return the places of the rows in the order of towns, kinds and numbers; the register's index has them in it."""
    rows = np.array([row for row, in connection.execute("SELECT rowid FROM register_number ORDER BY town, kind, first, key, rowid")], np.int64)
    return np.searchsorted(np.sort(rows), rows)


def _degrees(connection: sqlite3.Connection, columns: NumberColumns) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude as the register has them: whole steps say all of it, or they are read again."""
    odd = " OR ".join(f"{name} <> CAST(round({name} * {STEPS}) AS INTEGER) / {STEPS}.0" for name in ("lon", "lat"))
    if connection.execute(f"SELECT EXISTS(SELECT 1 FROM register_number WHERE {odd})").fetchone()[0]:
        lon, lat = np.array(connection.execute("SELECT lon, lat FROM register_number ORDER BY rowid").fetchall(), float).T
        return lon, lat
    return columns.lon / STEPS, columns.lat / STEPS


def _texts(key: pa.LargeStringArray, spelled: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return numbers as the source spells them."""
    return pc.if_else(pc.equal(spelled, ""), key, spelled)


def _layers(connection: sqlite3.Connection, sources: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the layers by name and (n,) the place among them of each row's; sources: places among the layers by number."""
    named = [layer for layer, in connection.execute("SELECT layer FROM register_layer ORDER BY id")]
    ordered = sorted(range(len(named)), key=named.__getitem__)
    place = np.zeros(len(named), np.int64)
    place[ordered] = np.arange(len(ordered))
    return [named[number] for number in ordered], place[sources]


def _groups(town: np.ndarray, kind: np.ndarray, key: pa.LargeStringArray) -> np.ndarray:
    """Return where the rows of each number begin, and the end."""
    fresh = np.ones(len(key), bool)
    fresh[1:] = (town[1:] != town[:-1]) | (kind[1:] != kind[:-1]) | np.asarray(pc.not_equal(key[1:], key[:-1]))
    return np.append(np.flatnonzero(fresh), len(key))


def _chosen(begin: np.ndarray, layer: np.ndarray, feature: np.ndarray, lon: np.ndarray, lat: np.ndarray, layers: Sequence[str]) -> tuple[np.ndarray, dict[int, tuple[int, ...]]]:
    """Return (groups,) the row that stands for each number, -1 where that takes a closer look, and further rows of the same place.

    Of two sources that have a number at one place the city's own stands for both: in a city with the national register that is nearly every lot.
    """
    chosen = np.where(np.diff(begin) == 1, begin[:-1], -1)
    pair = np.flatnonzero(np.diff(begin) == 2)
    one, other = begin[pair], begin[pair] + 1
    national = np.array([name.startswith(("abr", "isj")) for name in layers], bool)
    rank = national[layer].astype(np.int64) * len(layers) + layer
    turned = (rank[other] < rank[one]) | ((rank[other] == rank[one]) & (feature[other] < feature[one]))
    one, other = np.where(turned, other, one), np.where(turned, one, other)
    away = np.hypot((lon[one] - lon[other]) * np.cos(np.radians(lat[one])), lat[one] - lat[other]) * DEGREE
    sure = away <= NEAR - 0.001  # where rounding may count, `near` itself is asked
    chosen[pair[sure]] = one[sure]
    same = sure & (layer[one] == layer[other])
    return chosen, dict(zip(pair[same].tolist(), ((row,) for row in feature[other[same]].tolist()), strict=True))
