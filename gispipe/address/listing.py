"""All house numbers and lots of a register at once, in the order of their towns and numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

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


def read_numbers(connection: sqlite3.Connection) -> Numbered:
    """Read all numbers by town, kind and number; the same house or lot of several sources is one, as for a question."""
    rows = connection.execute("SELECT town, kind, key, coalesce(number, key), lon, lat, layer, feature FROM register_number ORDER BY town, kind, first, key, rowid").fetchall()
    towns, kinds, keys, texts, lons, lats, sources, features = (list(column) for column in zip(*rows, strict=True)) if rows else ([] for _ in range(8))
    town, kind, feature = (np.array(column, np.int64) for column in (towns, kinds, features))
    lon, lat = np.array(lons, float), np.array(lats, float)
    layers, layer = _layers(connection, np.array(sources, np.int64))
    begin = _groups(town, kind, keys)
    chosen, also = _chosen(begin, layer, feature, lon, lat, layers)
    still = np.flatnonzero(chosen < 0).tolist()
    known = {one.id: one for one in read_towns(connection, "", ())} if still else {}
    for group in still:  # three sources and more, or two that are not simply one place
        rows_of = range(int(begin[group]), int(begin[group + 1]))
        hits = joined(known[towns[rows_of[0]]], [(kinds[k], keys[k], texts[k], "", lons[k], lats[k], layers[int(layer[k])], features[k]) for k in rows_of])
        if len(hits) == 1:
            chosen[group] = next(k for k in rows_of if (layers[int(layer[k])], features[k]) == (hits[0].entry.layer, hits[0].entry.feature))
            also[group] = hits[0].also
    one = np.flatnonzero(chosen >= 0)
    at, number = chosen[one], {group: k for k, group in enumerate(one.tolist())}
    used, layer = np.unique(layer[at], return_inverse=True)
    return Numbered(town[at], kind[at], layer.reshape(-1), feature[at], lon[at], lat[at], [keys[k] for k in at.tolist()], [texts[k] for k in at.tolist()], [layers[k] for k in used.tolist()],
                    {number[group]: more for group, more in also.items() if more}, [(towns[k], kinds[k], texts[k]) for k in begin[:-1][chosen < 0].tolist()])


def _layers(connection: sqlite3.Connection, sources: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the layers by name and (n,) the place among them of each row's."""
    named = dict(connection.execute("SELECT id, layer FROM register_layer").fetchall())
    ordered = sorted(named, key=named.__getitem__)
    place = np.zeros(max(ordered, default=0) + 1, np.int64)
    place[ordered] = np.arange(len(ordered))
    return [named[number] for number in ordered], place[sources]


def _groups(town: np.ndarray, kind: np.ndarray, keys: Sequence[str]) -> np.ndarray:
    """Return where the rows of each number begin, and the end."""
    fresh = np.ones(len(keys), bool)
    fresh[1:] = (town[1:] != town[:-1]) | (kind[1:] != kind[:-1]) | np.array([a != b for a, b in pairwise(keys)], bool)
    return np.append(np.flatnonzero(fresh), len(keys))


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
