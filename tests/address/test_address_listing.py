"""All numbers of a register at once, against asking for each of them."""

from __future__ import annotations

import sqlite3

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.address import CityName, Entry, write_register
from gispipe.address.houses import with_number
from gispipe.address.listing import Numbered, read_numbers
from gispipe.address.register import KINDS
from gispipe.address.town import read_towns

STEP = 0.0002
"""Degrees of latitude: some 22 m, so that three steps are beyond what counts as one place."""
LAYERS = {"address": ("address", "isj_address"), "lot": ("parcel", "abr_parcel", "moj_parcel")}

entry = st.sampled_from(["address", "lot"]).flatmap(lambda kind: st.tuples(
    st.just(kind), st.sampled_from(LAYERS[kind]), st.sampled_from(["青葉一丁目", "緑町"]), st.sampled_from(["1", "2-1", "10", "1-イ"]), st.integers(0, 5)))


def register(entries: list[tuple[str, str, str, str, int]]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    write_register(connection, [Entry(kind, "", town, number, 135.0, 34.0 + steps * STEP, layer, row) for row, (kind, layer, town, number, steps) in enumerate(entries)], CityName("大阪府", "小さな市"))
    return connection


def told(numbers: Numbered) -> list[tuple]:
    return [(town, kind, key, text, lat, numbers.layers[layer], feature, numbers.also.get(k, ())) for k, (town, kind, key, text, lat, layer, feature) in enumerate(
        zip(numbers.town.tolist(), numbers.kind.tolist(), numbers.key, numbers.text, numbers.lat.tolist(), numbers.layer.tolist(), numbers.feature.tolist(), strict=True))]


def asked(connection: sqlite3.Connection) -> tuple[list[tuple], list[tuple]]:
    """Ask for one number after the other, as a search does: what is one place, and what is several."""
    towns = {one.id: one for one in read_towns(connection, "", ())}
    one, several = [], []
    for town, kind, key in connection.execute("SELECT DISTINCT town, kind, key FROM register_number ORDER BY town, kind, first, key"):
        hits = [hit for hit in with_number(connection, towns[town], key) if KINDS.index(hit.kind) == kind]
        if len(hits) == 1:
            entry = hits[0].entry
            one.append((town, kind, key, entry.number, entry.lat, entry.layer, entry.feature, hits[0].also))
        else:
            several.append((town, kind, key))
    return one, several


@settings(max_examples=150, deadline=None)
@given(st.lists(entry, max_size=25))
def test_all_at_once_are_what_each_is_alone_town_by_town(entries: list[tuple[str, str, str, str, int]]) -> None:
    connection = register(entries)
    numbers = read_numbers(connection)
    one, several = asked(connection)
    assert told(numbers) == one, "also the order: the numbers of a town stand together"
    assert [(town, kind) for town, kind, _ in numbers.several] == [(town, kind) for town, kind, _ in several]


def test_a_lot_of_the_national_register_too_leaves_its_town_where_it_is() -> None:
    entries = [("lot", layer, town, number, 0) for layer in ("parcel", "abr_parcel") for town in ("青葉一丁目", "緑町") for number in ("1", "2-1")] + [("lot", "parcel", "青葉一丁目", "10", 1)]
    numbers = read_numbers(register(entries))
    assert (np.diff(numbers.town) >= 0).all() and len(numbers.key) == 5 and numbers.layers == ["parcel"] and numbers.also == {}
