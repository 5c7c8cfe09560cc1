"""A register in which numbers only moved: taken from the one before it is the very file that is made anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.address import CityName, begin_register, finish_register, move_numbers, put_register, write_columns

CITY = CityName("大阪府", "小さな市")
Row = tuple[str, str, float, float]
row = st.tuples(st.sampled_from(["青葉一丁目", "緑町"]), st.sampled_from(["1", "2-1", "10", "1-イ"]), *[st.integers(0, 9).map(lambda step: 30 + step / 7)] * 2)


def begun(layers: dict[str, list[Row]]) -> sqlite3.Connection:
    """A register of a town with a place, and of numbers there and in a town that only its numbers place."""
    connection = sqlite3.connect(":memory:")
    begin_register(connection, CITY)
    write_columns(connection, "town", "town", ["青葉一丁目"], ["青葉一丁目"], [""], [135.0], [34.0], [0])
    for layer, rows in layers.items():
        write_columns(connection, "lot", layer, *columns(rows))
    return connection


def columns(rows: list[Row]) -> tuple[list, ...]:
    return ([f"{town}{number}" for town, number, *_ in rows], [town for town, *_ in rows], [number for _, number, *_ in rows],
            [lon for *_, lon, _ in rows], [lat for *_, lat in rows], list(range(len(rows))))


def put(connection: sqlite3.Connection, path: Path) -> bytes:
    path.unlink(missing_ok=True)
    with closing(connection):
        finish_register(connection)
        put_register(connection, path)
    return path.read_bytes()


def taken(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as kept:
        kept.backup(connection)
    return connection


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("moved")


@settings(max_examples=100, deadline=None)
@given(st.lists(row, min_size=1, max_size=12), st.lists(row, max_size=4), st.lists(st.tuples(st.integers(30, 40), st.integers(30, 40)), min_size=12, max_size=12), st.sets(st.integers(0, 11)))
def test_moved_and_made_anew_are_the_same_file(folder: Path, lots: list[Row], others: list[Row], places: list[tuple[int, int]], which: set[int]) -> None:
    """Places are also whole degrees, which take less room in the file than others."""
    now = [(town, number, *places[at]) if at in which else (town, number, lon, lat) for at, (town, number, lon, lat) in enumerate(lots)]
    put(begun({"parcel": lots, "abr_parcel": others}), folder / "before")
    connection = taken(folder / "before")
    assert move_numbers(connection, "parcel", *columns(now))
    assert put(connection, folder / "moved") == put(begun({"parcel": now, "abr_parcel": others}), folder / "anew")


@pytest.mark.parametrize("now", [
    [("青葉一丁目", "2", 135.0, 34.0), ("緑町", "1", 135.1, 34.1)],  # another number
    [("緑町", "1", 135.0, 34.0), ("緑町", "1", 135.1, 34.1)],  # another town
    [("緑町", "1", 135.1, 34.1), ("青葉一丁目", "1", 135.0, 34.0)],  # another order
    [("青葉一丁目", "1", 135.0, 34.0)],  # one gone
    [("青葉一丁目", "1", 135.0, 34.0), ("緑町", "1", 135.1, 34.1), ("緑町", "3", 135.1, 34.1)],  # one more
    [],
], ids=["number", "town", "order", "gone", "more", "none"])
def test_a_register_of_other_entries_is_not_moved(folder: Path, now: list[Row]) -> None:
    whole = put(begun({"parcel": [("青葉一丁目", "1", 135.0, 34.0), ("緑町", "1", 135.1, 34.1)]}), folder / "before")
    connection = taken(folder / "before")
    assert not move_numbers(connection, "parcel", *columns(now))
    assert not move_numbers(connection, "moj_parcel", *columns(now))
    assert put(connection, folder / "still") == whole
