"""Values into declared types: what does not fit is named, never bent."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gispipe.columns import cast
from gispipe.model import Column


def one(value: object, kind: str) -> object:
    """Cast one value; `"misfit"` when it does not fit."""
    series, misfit = cast(np.array([value, None], dtype=object)[:1], Column(type=kind))  # type: ignore[arg-type]
    return "misfit" if misfit[0] else None if pd.isna(series.iloc[0]) else series.iloc[0]


@pytest.mark.parametrize(("value", "whole"), [("12", 12), ("-3", -3), ("１２", 12), ("1,234,567", 1_234_567), ("−5", -5), ("3.0", 3), (7.0, 7), (" 8 ", 8), ("9007199254740993", 9_007_199_254_740_993)])
def test_whole_numbers_are_read_as_people_write_them(value: object, whole: int) -> None:
    assert one(value, "int") == whole


@pytest.mark.parametrize("value", ["1_2", "10²", "①", "1,23", "3.5", "三", "12人", "0x10", "nan", "inf", True, "99999999999999999999", "1 2", "Ⅲ", "½"])
def test_what_is_no_whole_number_is_named(value: object) -> None:
    assert one(value, "int") == "misfit"


@pytest.mark.parametrize("value", ["1_0", "nan", "inf", "-Infinity", "1.2.3", "約3", False, "1,23.5"])
def test_what_is_no_number_is_named(value: object) -> None:
    assert one(value, "float") == "misfit"


@pytest.mark.parametrize(("value", "flag"), [("1", True), ("有", True), ("○", True), ("〇", True), ("ＴＲＵＥ", True), (True, True), ("0", False), ("無", False), ("×", False), (False, False)])
def test_flags_are_read_as_people_write_them(value: object, flag: bool) -> None:
    assert one(value, "bool") == flag


@pytest.mark.parametrize("value", ["2", "はい？", "", "maybe"])
def test_what_is_no_flag_is_named(value: str) -> None:
    assert one(value, "bool") == "misfit"


@pytest.mark.parametrize(("value", "day"), [("2026-04-01", "2026-04-01"), ("2026/4/1", "2026-04-01"), ("2026年4月1日", "2026-04-01"), ("２０２６．４．１", "2026-04-01"),
                                            ("9999-12-31", "9999-12-31"), ("2024-02-29T10:00:00", "2024-02-29")])
def test_dates_are_read_as_people_write_them(value: str, day: str) -> None:
    assert one(value, "date") == day


@pytest.mark.parametrize("value", ["2026-02-29", "2026-13-01", "令和8年4月1日", "4/1/2026", "20260401", "2026-04-01以降"])
def test_what_is_no_date_is_named(value: str) -> None:
    assert one(value, "date") == "misfit"


def test_codes_keep_their_leading_zeros() -> None:
    assert one("01202", "str") == "01202"


def test_true_and_one_are_not_mixed_up_where_they_meet() -> None:
    series, misfit = cast(np.array([True, 1, 1.0, "1", None], dtype=object), Column(type="int"))
    assert misfit.tolist() == [True, False, False, False, False] and series.iloc[1:4].tolist() == [1, 1, 1]
    assert cast(np.array([True, 1, "x"], dtype=object), Column())[0].tolist() == ["True", "1", "x"]


def test_missing_values_stay_missing_and_are_no_misfit() -> None:
    for kind in ("str", "int", "float", "bool", "date"):
        series, misfit = cast(np.array([None, None], dtype=object), Column(type=kind))  # type: ignore[arg-type]
        assert series.isna().all() and not misfit.any()


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_64_bit_whole_number_survives_as_text(number: int) -> None:
    assert one(str(number), "int") == number


@given(st.dates())
def test_every_date_survives(day: dt.date) -> None:
    assert one(day.isoformat(), "date") == day.isoformat()


@given(st.lists(st.one_of(st.none(), st.text(max_size=4), st.integers(-3, 3), st.booleans(), st.floats(-2, 2)), max_size=12))
def test_a_column_is_cast_value_by_value(values: list[object]) -> None:
    for kind in ("str", "int", "bool"):
        series, misfit = cast(np.array([*values, None], dtype=object)[:-1], Column(type=kind))  # type: ignore[arg-type]
        for k, value in enumerate(values):
            alone = one(value, kind)
            got = "misfit" if misfit[k] else None if pd.isna(series.iloc[k]) else series.iloc[k]
            assert got == alone and type(got) is type(alone), (kind, value, got, alone)


def test_a_meaning_is_shown_where_one_is_declared() -> None:
    column = Column(values={"1": "指定避難所"})
    assert column.shown("1") == "指定避難所" and column.shown(1) == "指定避難所" and column.shown("2") == "2" and column.shown(None) is None
