"""A town of the register, as its rows are read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from gispipe.address.entries import Entry, Hit

_COLUMNS = "SELECT t.id, t.stem, t.chome, t.name, t.plain, t.kana, t.lon, t.lat, l.layer, t.feature FROM register_town t LEFT JOIN register_layer l ON l.id = t.layer"


@dataclass(frozen=True)
class Town:
    """One town of the register."""

    id: int
    stem: str
    chome: int
    name: str
    plain: str
    kana: str
    lon: float
    lat: float
    layer: str
    feature: int

    def hit(self) -> Hit:
        return Hit(Entry("town", self.name, self.name, "", self.lon, self.lat, self.layer, self.feature, self.kana), "town")


def town_order(town: Town) -> tuple[str, int, str]:
    """Return what towns are listed by: name without chome, then chome."""
    return town.stem, town.chome, town.name


def read_towns(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[Town]:
    """Return the towns that a condition holds for, in their order."""
    made = [Town(number, stem, chome, name, plain, kana, nan if lon is None else lon, nan if lat is None else lat, layer or "", feature)
            for number, stem, chome, name, plain, kana, lon, lat, layer, feature in connection.execute(f"{_COLUMNS} {where}", values)]
    return sorted(made, key=town_order)
