"""All house numbers and lots of a register at once, in the order of their towns and numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from gispipe.address.entries import Entry, Hit
from gispipe.address.houses import joined
from gispipe.address.register import KINDS
from gispipe.address.town import Town, read_towns


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


def read_numbers(connection: sqlite3.Connection) -> Numbered:
    """Read all numbers; the same house or lot of several sources is one, as for a question."""
    rows = connection.execute("SELECT n.town, n.kind, n.key, coalesce(n.number, n.key), n.lon, n.lat, l.layer, n.feature, n.name FROM register_number n "
                              "JOIN register_layer l ON l.id = n.layer ORDER BY n.town, n.kind, n.first, n.key").fetchall()
    alone = [True] * len(rows)
    for at in range(1, len(rows)):
        if rows[at][:3] == rows[at - 1][:3]:
            alone[at] = alone[at - 1] = False
    kept = [row for row, one in zip(rows, alone, strict=True) if one]
    also, several = {}, []
    towns: dict[int, Town] = {}
    for (town, kind, key), same in groupby((row for row, one in zip(rows, alone, strict=True) if not one), key=lambda row: row[:3]):
        towns = towns or {one.id: one for one in read_towns(connection, "", ())}
        group = list(same)
        hits = joined(towns[town], [(row[1], row[2], row[3], row[8], *row[4:8]) for row in group])
        if len(hits) == 1:
            also[len(kept)] = hits[0].also
            entry = hits[0].entry
            kept.append((town, kind, key, entry.number, entry.lon, entry.lat, entry.layer, entry.feature, ""))
        else:
            several.append((town, kind, group[0][3]))
    columns = list(zip(*kept, strict=True)) if kept else [()] * 9
    layers = sorted(set(columns[6]))
    place = {name: number for number, name in enumerate(layers)}
    return Numbered(np.array(columns[0], np.int64), np.array(columns[1], np.int64), np.array([place[name] for name in columns[6]], np.int64), np.array(columns[7], np.int64),
                    np.array(columns[4], float), np.array(columns[5], float), columns[2], columns[3], layers, also, several)
