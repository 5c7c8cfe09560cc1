"""Every row that found nothing has its likely reason, on both sides, and the counts add up."""

from __future__ import annotations

import random
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.address.entries import CityName
from gispipe.errors import JoinError
from gispipe.joins.forms import Comparison
from gispipe.joins.key import join_by_key
from gispipe.joins.reasons import LISTED, REASONS
from gispipe.joins.reasons.slips import one_apart
from gispipe.joins.reasons.writing import coarse, in_one_go
from gispipe.joins.result import Joined, Unmet

CITY = CityName("架空県", "みずほ野市")


def lots(*rows: str) -> pd.DataFrame:
    """Return a table of towns and lots written as town/lot."""
    parts = [[part or None for part in row.split("/")] for row in rows]
    return pd.DataFrame({"t": np.array([*(p[0] for p in parts), None], dtype=object)[:-1], "l": np.array([*(p[1] for p in parts), None], dtype=object)[:-1],
                         "v": np.array([*range(len(rows)), None], dtype=object)[:-1]}, dtype=object)


def one(*rows: str | None) -> pd.DataFrame:
    return pd.DataFrame({"k": np.array([*rows, None], dtype=object)[:-1], "v": np.array([*range(len(rows)), None], dtype=object)[:-1]}, dtype=object)


def said(records: tuple[Unmet, ...]) -> list[tuple[str, str, str]]:
    return [(record.key, record.reason, record.candidate) for record in records]


@pytest.mark.parametrize(("left", "right", "reason", "back"), [
    ("霧原台一丁目/12-3", "霧原台一丁目/１２－３", "width", "width"),
    ("霧原台 一丁目/12-3", "霧原台一丁目/12-3", "width", "width"),
    ("霧ヶ丘/7-1", "霧ケ丘/7-1", "variant", "variant"),
    ("広沢/7-1", "廣澤/7-1", "variant", "variant"),
    ("霧原台/101-1", "霧原台/0101-1", "zeros", "zeros"),
    ("霧ヶ丘/101-1", "霧ケ丘/0101-01", "zeros", "zeros"),
    ("霧原台一丁目/8番地2", "霧原台1丁目/8-2", "spelling", "spelling"),
    ("霧原台/33-44", "霧原台/33-45", "slip", "slip"),
    ("霧原台/33-44", "霧原台/33-4", "slip", "slip"),
    ("汐野町/5", "塩野町/5", "slip", "slip"),
    ("未知町/1", "霧原台/44", "town", "town"),
    ("霧原台/20-1", "霧原台/20", "parent", "branch"),
    ("霧原台/20-1-2", "霧原台/20", "parent", "branch"),
    ("霧原台/900", "霧原台/41-2", "only_here", "only_here"),
])
def test_a_row_and_its_counterpart_say_why_they_missed_each_other(left: str, right: str, reason: str, back: str) -> None:
    joined = join_by_key(lots(left), lots(right), ["t", "l"], ["v"], "w")
    a, b = left.replace("/", " "), right.replace("/", " ")
    candidates = ("", "") if reason in ("town", "only_here") else (b, a)
    assert said(joined.unmatched) == [(a, reason, candidates[0])] and said(joined.left_over) == [(b, back, candidates[1])]
    for record in (*joined.unmatched, *joined.left_over):
        assert "{" not in record.words.en + record.words.ja and record.words.en != record.words.ja


def test_branches_are_named_by_the_first_three_in_the_order_of_the_file() -> None:
    joined = join_by_key(lots("霧原台/12"), lots(*(f"霧原台/12-{k}" for k in (3, 1, 2, 4))), ["t", "l"], ["v"], "w", np.array([7, 8, 9, 10]))
    assert said(joined.unmatched) == [("霧原台 12", "branch", "霧原台 12-3、霧原台 12-1、霧原台 12-2")]
    assert "（7 行目ほか）" in joined.unmatched[0].words.ja


def test_a_slip_is_named_only_where_one_row_is_so_near() -> None:
    assert join_by_key(one("K-000148"), one("K-000149", "K-000147"), ["k"], ["v"], "w").reasons == {"only_here": 1}
    assert said(join_by_key(one("K-000148"), one("K-900148", "K-777777"), ["k"], ["v"], "w").unmatched) == [("K-000148", "slip", "K-900148")]
    assert join_by_key(one("K-000148", "K-000149"), one("K-000149"), ["k"], ["v"], "w").reasons == {"only_here": 1}, "a row that is met is no slip"


@pytest.mark.parametrize(("a", "b", "near"), [("abcd", "abxd", True), ("abcd", "abd", True), ("abcd", "abcde", True), ("abcd", "abdc", False), ("abcd", "abcd", False), ("ab", "abcd", False)])
def test_one_character_is_another_missing_or_too_many(a: str, b: str, near: bool) -> None:
    assert one_apart(a, b) is one_apart(b, a) is near


def test_a_hyphen_between_numbers_is_no_idle_one_but_another_is() -> None:
    assert join_by_key(one("12-3"), one("123"), ["k"], ["v"], "w").reasons == {"slip": 1}
    assert join_by_key(one("K-123"), one("K123"), ["k"], ["v"], "w").reasons == {"width": 1}


def test_the_forms_leave_only_what_they_do_not_look_through() -> None:
    left, right = lots("霧原台一丁目/12-3", "霧原台一丁目/7"), lots("霧原台１丁目/１２番地３", "霧原台1丁目/7-1")
    assert join_by_key(left, right, ["t", "l"], ["v"], "w", how=Comparison("lot")).reasons == {"branch": 1}
    rooms = join_by_key(one("汐野一丁目3番12号", "汐野九丁目1番1号"), one("汐野1-3-12 汐路荘", "汐野三丁目"), ["k"], ["v"], "w", how=Comparison("address", False, CITY))
    assert [r for _, r, _ in said(rooms.unmatched)] == ["room_there", "town"] and [r for _, r, _ in said(rooms.left_over)] == ["room", "unclear"]
    assert join_by_key(one("w-0012"), one("W12"), ["k"], ["v"], "w", how=Comparison("number")).reasons == {"width": 1}


def test_rows_are_counted_as_in_the_file_and_empty_keys_stand_last() -> None:
    joined = join_by_key(one(None, "b-1", "x9y8"), one("zz77", None, "q5r6"), ["k"], ["v"], "w", np.array([2, 3, 9]), named=np.array(["甲", "乙", "丙"]))
    assert [(r.row, r.key, r.reason, r.named) for r in joined.unmatched] == [(2, "b-1", "only_here", "乙"), (3, "x9y8", "only_here", "丙"), (1, "", "no_key", "甲")]
    assert [(r.row, r.reason) for r in joined.left_over] == [(2, "only_here"), (9, "only_here"), (3, "no_key")]


def test_at_most_five_hundred_rows_of_a_side_are_listed_and_all_are_counted() -> None:
    joined = join_by_key(one(*(f"L{k * 1001:07d}" for k in range(700)), None), one(), ["k"], ["v"], "w")
    assert len(joined.unmatched) == LISTED == 500 and joined.reasons == {"only_here": 700, "no_key": 1} and joined.unmatched[-1].reason == "only_here"


keys = st.one_of(st.none(), st.sampled_from(["12", "12-3", "12-4", "１２", "012", "12番地3", "13", "K-1", "K1", "k-1", "汐野1-12", "汐野一丁目12", "－"]))
forms = st.sampled_from(["text", "lot", "address", "number"])


def join(left: list[str | None], right: list[str | None], match: str) -> Joined | None:
    try:
        return join_by_key(one(*left), one(*right), ["k"], ["v"], "w", how=Comparison(match, False, CITY))  # type: ignore[arg-type]
    except JoinError:
        return None


@settings(max_examples=150)
@given(st.lists(keys, max_size=8), st.lists(keys, max_size=6), forms)
def test_the_counts_always_add_up(left: list[str | None], right: list[str | None], match: str) -> None:
    joined = join(left, right, match)
    if joined is None:
        return
    c = joined.counts
    assert c["left"] == len(left) == c["matched"] + c["unmatched"] + c["no_key"] == len(joined.columns)
    assert c["right"] == len(right) == c["right_used"] + c["right_unused"]
    assert sum(joined.reasons.values()) == c["unmatched"] + c["no_key"] == len(joined.unmatched)
    assert sum(joined.spare_reasons.values()) == c["right_unused"] == len(joined.left_over)
    assert joined.reasons.get("no_key", 0) == c["no_key"] and joined.spare_reasons.get("no_key", 0) == c["right_no_key"]
    assert c["matched_by_form"] <= c["matched"] and c["shared"] <= c["right_used"] <= c["matched"] and set(joined.reasons) | set(joined.spare_reasons) <= set(REASONS)
    assert match != "text" or c["matched_by_form"] == 0


@settings(max_examples=100)
@given(st.lists(keys, max_size=8), st.lists(keys, max_size=6), forms, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_but_the_order(left: list[str | None], right: list[str | None], match: str, chance: random.Random) -> None:
    mixed, other = list(range(len(left))), list(range(len(right)))
    chance.shuffle(mixed)
    chance.shuffle(other)
    plain, turned = join(left, right, match), join([left[k] for k in mixed], [right[k] for k in other], match)
    if plain is None or turned is None:
        assert plain is turned is None
        return
    assert (plain.counts, plain.reasons, plain.spare_reasons) == (turned.counts, turned.reasons, turned.spare_reasons)
    values = [None if pd.isna(v) else right[v] for v in plain.columns["v"]]
    assert [values[k] for k in mixed] == [None if pd.isna(v) else right[other[v]] for v in turned.columns["v"]]
    assert sorted((r.key, r.reason) for r in plain.unmatched) == sorted((r.key, r.reason) for r in turned.unmatched)


@settings(max_examples=80)
@given(st.lists(st.text("aA0-ー１霧ヶ \x1e\n高髙", max_size=6), max_size=6))
def test_many_texts_at_once_read_as_each_alone(texts: list[str]) -> None:
    assert in_one_go(coarse, texts) == [coarse(text) for text in texts]


def test_five_thousand_strays_among_thirty_thousand_rows_are_explained_at_once() -> None:
    left = [f"霧原台{k // 3000}/{k % 3000 // 60 + 1}-{k % 60 + 1}" for k in range(30_000)]
    right = [f"{row}5" if k % 6 == 0 else row for k, row in enumerate(left)]
    unique = list(dict.fromkeys(right))
    a, b = lots(*left), lots(*unique)
    began = time.process_time()
    joined = join_by_key(a, b, ["t", "l"], ["v"], "w")
    assert sum(joined.reasons.values()) == joined.counts["unmatched"] > 4000
    assert time.process_time() - began < 4.0
