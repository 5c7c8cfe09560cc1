"""Classes and depths: one value and a whole column are told the same class, and a depth in words is never read as less than it says."""

from __future__ import annotations

from itertools import pairwise
from math import inf, isnan

import numpy as np
import pandas as pd
import pytest
from gispipe.columns import cast
from gispipe.depths import depth_in_words, interval_of
from gispipe.model import Column, Style
from gispipe.style_classes import class_index, class_of, classified, rank_of, ranks
from hypothesis import example, given, settings
from hypothesis import strategies as st

FILL = {"fill": "#AABBCC"}
numbers = st.one_of(st.integers(-5, 30), st.floats(-5, 30, allow_nan=False), st.sampled_from([0.5, 3.0, 1e300, -0.0]))
written = st.one_of(numbers.map(str), st.sampled_from(["", " 3", "3 ", "１", "1_0", "nan", "inf", "-inf", "infinity", "True", "false", "0x10", "1e1", "1,5", "3.0m", "+2", "٣", "None", "2.", ".5"]))
taken = st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["1", "2", "a", "", "1.0"]), st.booleans(), st.sampled_from([0.5, 2.0])), min_size=1, max_size=3)
by_value = st.builds(lambda values: {"values": values} | FILL, taken)
by_range = st.builds(lambda low, size, half: ({"min": low, "max": low + size} if half == 0 else {"min": low} if half == 1 else {"max": low}) | FILL,
                     st.integers(-3, 20), st.integers(1, 8), st.integers(0, 2))
styles = st.builds(lambda classes, other: Style.model_validate({"id": "s", "by": "v", "class": classes} | ({"other": FILL} if other else {})),
                   st.lists(st.one_of(by_value, by_range), min_size=1, max_size=4), st.booleans())
columns = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(-5, 30)), max_size=6).map(lambda v: pd.Series(v, dtype="Int64")),
    st.lists(st.one_of(st.none(), st.floats(-5, 30, allow_nan=False)), max_size=6).map(lambda v: pd.Series(v, dtype="Float64")),
    st.lists(st.one_of(st.none(), st.booleans()), max_size=6).map(lambda v: pd.Series(v, dtype="boolean")),
    st.lists(st.one_of(st.none(), written), max_size=6).map(lambda v: pd.Series(v, dtype="str")),
    st.lists(st.one_of(st.none(), written, numbers, st.booleans()), max_size=6).map(lambda v: pd.Series(v, dtype=object)))


def plain(value: object) -> object:
    return None if value is None or value is pd.NA or (isinstance(value, float) and isnan(value)) else value


@settings(max_examples=250)
@given(columns, styles)
@example(pd.Series(["1_0", "１", "3 ", "True"], dtype="str"), Style.model_validate({"id": "s", "by": "v", "class": [{"min": 0} | FILL]}))
def test_a_value_by_itself_and_in_a_column_has_the_same_class(values: pd.Series, style: Style) -> None:
    index = class_index(values, style)
    alone = [class_of(plain(value), style) for value in values.tolist()]  # type: ignore[arg-type]
    assert [style.class_[k] if k >= 0 else style.other for k in index.tolist()] == alone
    assert classified(values, style).tolist() == [k >= 0 for k in index.tolist()]


def style_of(*classes: dict[str, object]) -> Style:
    return Style.model_validate({"id": "s", "by": "v", "class": [one | FILL for one in classes]})


def test_ranks_go_by_severity_and_of_equal_ones_the_first_written_is_the_worse() -> None:
    assert ranks(style_of({"value": "12", "severity": 2}, {"value": "22", "severity": 2}, {"value": "11", "severity": 1}, {"value": "21", "severity": 1})).tolist() == [4, 3, 2, 1]
    assert ranks(style_of({"value": 1}, {"value": 2}, {"value": 3})).tolist() == [1, 2, 3], "else as written, mildest first"


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_every_class_has_a_rank_of_its_own_and_a_worse_severity_a_larger_one(severity: list[int]) -> None:
    found = ranks(style_of(*({"value": k, "severity": bad} for k, bad in enumerate(severity)))).tolist()
    assert sorted(found) == list(range(1, len(severity) + 1))
    assert all(found[a] > found[b] for a, bad in enumerate(severity) for b, other in enumerate(severity) if bad > other)


def test_a_value_without_a_class_has_rank_0_and_so_has_a_missing_one() -> None:
    style = style_of({"value": 1}, {"value": 2})
    assert rank_of(pd.Series([2, 9, None, 1], dtype="Int64"), style).tolist() == [2, 0, 0, 1]
    assert rank_of(pd.Series([2.0, np.nan]), style).tolist() == [2, 0]


@pytest.mark.parametrize(("text", "low", "high"), [
    ("0.3m未満", 0, 0.3), ("0.01m以上 ～ 0.3m未満", 0.01, 0.3), ("2m以上 ～ 5m未満", 2, 5), ("20m以上", 20, inf), ("１０ｍ以上２０ｍ未満", 10, 20), ("0.5m以上3.0m未満", 0.5, 3),
    ("5.0m〜10.0m", 5, 10), ("3-5m", 3, 5), ("0.5メートル以上１メートル未満", 0.5, 1), (" 20m以上 ", 20, inf)])
def test_depths_as_prefectures_write_them_are_read(text: str, low: float, high: float) -> None:
    assert depth_in_words(text) == (low, high)


@pytest.mark.parametrize("text", ["", "不明", "m以上", "床上浸水", "5m以上3m未満", "3m～3m", "浸水なし", "-1m以上3m未満", "1,000m以上", "1.2.3m未満", "0.5m以上1m未満、3m以上5m未満", "3m以上5m以上"])
def test_a_text_that_names_no_depth_is_not_one(text: str) -> None:
    assert depth_in_words(text) is None


edges = st.lists(st.integers(0, 300), min_size=2, max_size=7, unique=True).map(lambda values: [value / 10 for value in sorted(values)])
WIDE = str.maketrans("0123456789.m", "０１２３４５６７８９．ｍ")


@given(edges, st.data(), st.sampled_from(["", " ～ ", "〜", "、"]), st.booleans())
def test_every_interval_written_in_words_comes_back_as_its_own_number(limits: list[float], data: st.DataObject, between: str, wide: bool) -> None:
    k = data.draw(st.integers(1, len(limits)))
    low, high = limits[k - 1], limits[k] if k < len(limits) else inf
    text = f"{low:g}m以上" + ("" if high == inf else f"{between}{high:g}m未満")
    assert depth_in_words(text.translate(WIDE) if wide else text) == (low, high)
    assert interval_of(low, high, limits) == k


@given(edges, st.floats(0, 40), st.floats(0, 40))
def test_an_interval_is_only_given_to_a_depth_that_lies_in_it_whole(limits: list[float], a: float, b: float) -> None:
    low, high = sorted((a, b))
    k, ends = interval_of(low, high, limits), [*limits, inf]
    if k is not None:
        assert high <= ends[k] and (low >= ends[k - 1] or (k == 1 and low == 0))
    else:
        assert low == high or not any(start <= low and high <= end for start, end in pairwise(ends))


def test_a_depth_over_two_classes_is_refused_and_ranks_are_taken_as_they_are() -> None:
    column = Column(type="int", limits=(0, 0.5, 3, 5, 10, 20))
    values, misfits = cast(np.array(["2m以上 ～ 5m未満", "0.3m未満", "２０ｍ以上", "3", None, "10m以上", "7"], dtype=object), column)
    assert misfits.tolist() == [True, False, False, False, False, True, True]
    assert values[~misfits].tolist()[:3] == [1, 6, 3]
