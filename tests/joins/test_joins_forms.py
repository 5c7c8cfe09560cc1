"""How keys are compared: every spelling of one thing is one key, and nothing else is."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.address.entries import CityName
from gispipe.address.numbers import number_key
from gispipe.errors import JoinError
from gispipe.joins.forms import Comparison, keys_of_both
from gispipe.joins.forms.identifiers import identifier, lot_number
from gispipe.joins.forms.parsed import _slow, parse
from gispipe.joins.key import join_by_key

CITY = CityName("架空県", "みずほ野市")
KANJI = "〇一二三四五六七八九"
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def frame(*rows: str | None, value: bool = False) -> pd.DataFrame:
    """Return a table of one key column, and a value that counts the rows."""
    made = {"k": np.array([*rows, None], dtype=object)[:-1]}
    return pd.DataFrame(made | ({"v": [f"row {k + 1}" for k in range(len(rows))]} if value else {}), dtype=object)


def keys(match: str, *texts: str, rooms: bool = False, towns: tuple[str, ...] = ()) -> list[object]:
    return keys_of_both(frame(*texts), frame(), ["k"], Comparison(match, rooms, CITY, towns))[0].key.tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize(("a", "b"), [("W-0012", "W12"), ("Ｗ－００１２", "W 12"), ("K-000123", "K000123"), ("12-034", "12-034"), ("0", "000")])
def test_one_identifier_in_two_spellings(a: str, b: str) -> None:
    assert identifier(a) == identifier(b)


@pytest.mark.parametrize(("a", "b"), [("W-0012", "W-0120"), ("W12", "V12"), ("w12", "W12"), ("100", "1"), ("A10", "A1")])
def test_other_identifiers_stay_apart(a: str, b: str) -> None:
    assert identifier(a) != identifier(b)


@pytest.mark.parametrize("text", ["12-3", "１２－３", "12番地3", "12番3", "12番地の3", "12の3", "012-03", "十二番地三", "12 - 3", "12ー3"])
def test_a_lot_number_in_any_spelling(text: str) -> None:
    assert lot_number(text) == "12-3"


numbers = st.integers(1, 4000)
joints = st.sampled_from(["-", "－", "番地", "番地の", "番", "の"])


@settings(max_examples=150)
@given(st.lists(numbers, min_size=1, max_size=3), st.lists(joints, min_size=3, max_size=3), st.booleans(), st.sampled_from(["", "番地"]))
def test_the_short_way_to_a_lot_number_ends_where_the_long_one_does(parts: list[int], between: list[str], wide: bool, end: str) -> None:
    text = "".join(f"{part}{joint}" for part, joint in zip(parts, between, strict=False))[: -len(between[len(parts) - 1])] + (end if len(parts) == 1 else "")
    text = text.translate(WIDE) if wide else text
    assert lot_number(text) == number_key(text) == "-".join(map(str, parts))


towns = st.sampled_from([("汐野", 1), ("汐野", 2), ("霧ヶ丘", 1), ("三島町", 0), ("本町", 0), ("広沢", 3)])
spelled = st.tuples(towns, st.integers(1, 120), st.integers(1, 40), st.integers(0, 9))
_VARIANTS = str.maketrans("ヶ広沢", "ケ廣澤")


def kanji(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{KANJI[tens] if tens < 10 else kanji(tens)}十") + (KANJI[ones] if ones else "") if number < 100 else "".join(KANJI[int(d)] for d in str(number))


def written(address: tuple[tuple[str, int], int, int, int]) -> str:
    """Write an address in one of ten ways."""
    (stem, chome), block, number, way = address
    full = f"{stem}{KANJI[chome]}丁目" if chome else stem
    digits = f"{stem}{chome}丁目" if chome else stem
    short = f"{stem}{chome}-" if chome else stem
    ways = [f"{full}{block}番{number}号", f"{short}{block}-{number}", f"{digits}{block}-{number}".translate(WIDE), f"架空県みずほ野市{full}{block}番{number}号",
            f"みずほ野市{digits}{block}番地{number}", f"{full}{block}の{number}", f"{full} {block}番 {number}号", f"{full}{kanji(block)}番{kanji(number)}号",
            f"{full}{block}番{number}号".translate(_VARIANTS), f"〒436-0001 {CITY.city}{short}{block}−{number}"]
    return ways[way]


@settings(max_examples=150)
@given(st.lists(spelled, min_size=1, max_size=8), st.lists(spelled, min_size=1, max_size=8))
def test_addresses_are_equal_exactly_when_they_mean_the_same_house(left: list[tuple], right: list[tuple]) -> None:
    names = ("汐野一丁目", "汐野二丁目", "霧ヶ丘一丁目", "三島町", "本町", "広沢三丁目")
    sides = keys_of_both(frame(*map(written, left)), frame(*map(written, right)), ["k"], Comparison("address", False, CITY, names))
    every = [*zip(left, sides[0].key, strict=True), *zip(right, sides[1].key, strict=True)]
    assert all(key is not None for _, key in every)
    assert all((a[:3] == b[:3]) == (one == two) for a, one in every for b, two in every)


@settings(max_examples=100)
@given(spelled, st.sampled_from(["", " コーポ201", "(管理人室)"]))
def test_the_short_way_to_an_address_ends_where_the_long_one_does(address: tuple, rest: str) -> None:
    text = written(address) + rest
    assert parse(text, CITY) == _slow(text, CITY)


codes = st.text("KW0019-－ 　０", min_size=1, max_size=8)


@settings(max_examples=150)
@given(codes)
def test_identifiers_say_the_same_however_they_are_spaced_hyphened_and_widened(code: str) -> None:
    plain = unicodedata.normalize("NFKC", code)
    for other in (plain, f" {code} ", code.replace("-", ""), plain.translate(WIDE), "-".join(code), re.sub(r"(?<![0-9])(?=[0-9])", "00", identifier(code))):
        assert identifier(other) == identifier(code)
    assert identifier(identifier(code)) == identifier(code)


def test_town_and_lot_in_columns_of_their_own_or_in_one_text() -> None:
    left = pd.DataFrame({"t": ["霧ヶ丘一丁目", "大字汐野"], "l": ["12-3", "甲5"]}, dtype=object)
    right = pd.DataFrame({"t": ["霧ケ丘１丁目", "汐野"], "l": ["12番地3", "甲５番地"], "v": ["a", "b"]}, dtype=object)
    joined = join_by_key(left, right, ["t", "l"], ["v"], "w", how=Comparison("lot"))
    assert joined.columns["v"].tolist() == ["a", "b"] and joined.counts["matched_by_form"] == 2
    one, two, other = keys("lot", "霧ヶ丘一丁目12-3", "みずほ野市霧ケ丘１丁目１２番地３", "霧ヶ丘二丁目12-3")
    assert one == two != other
    assert keys("lot", "12番地3", "12-3") == ["\x1f12-3"] * 2


def test_a_room_is_left_out_only_when_the_join_says_so() -> None:
    texts = ("汐野一丁目3番12号 汐路荘201号室", "汐野一丁目3番12号(管理人室)", "汐野一丁目3番12号")
    assert [key is not None for key in keys("address", *texts)] == [False, False, True]
    assert len(set(keys("address", *texts, rooms=True))) == 1
    left, right = frame("汐野一丁目3番12号"), frame("汐野1-3-12-201", value=True)
    for rooms, value in ((False, None), (True, "row 1")):
        joined = join_by_key(left, right, ["k"], ["v"], "w", how=Comparison("address", rooms, CITY))
        assert [None if pd.isna(v) else v for v in joined.columns["v"]] == [value]
    assert join_by_key(left, right, ["k"], ["v"], "w", how=Comparison("address", False, CITY)).spare_reasons == {"room": 1}


def test_an_address_that_may_mean_two_houses_meets_none() -> None:
    right = frame("本町1-3", "本町一丁目3番1号", "本町1番3号", value=True)
    joined = join_by_key(frame("本町一丁目3番1号", "本町1番3号"), right, ["k"], ["v"], "w", how=Comparison("address", False, CITY))
    assert joined.columns["v"].tolist() == ["row 2", "row 3"] and joined.spare_reasons == {"unclear": 1}


@pytest.mark.parametrize("text", ["汐野一丁目", "汐野一丁目3番●号", "汐野一丁目3~5番12号"])
def test_an_address_that_cannot_be_read_to_the_end_meets_none(text: str) -> None:
    assert keys("address", text, "汐野一丁目3番12号")[0] is None


def test_another_city_is_not_ours() -> None:
    ours, other, prefecture = keys("address", "汐野一丁目3番12号", "隣野市汐野一丁目3番12号", "東京都汐野一丁目3番12号")
    assert len({ours, other, prefecture}) == 3


@pytest.mark.parametrize(("match", "rows", "sentence"), [
    ("number", ("W-0012", "V1", "W12"), "the keys k = 'W-0012' (row 2), 'W12' (row 4) are the same under match = \"number\" (1 such keys)"),
    ("lot", ("12番地3", "12-3"), "the keys k = '12番地3' (row 2), '12-3' (row 3) are the same under match = \"lot\""),
    ("address", ("汐野一丁目3番12号", "汐野1-3-12"), "the keys k = '汐野一丁目3番12号' (row 2), '汐野1-3-12' (row 3) are the same under match = \"address\""),
    ("text", ("a", "a"), "the key k = 'a' stands more than once (rows 2, 3; 1 such keys)"),
])
def test_keys_that_become_one_name_both_rows_and_both_spellings(match: str, rows: tuple[str, ...], sentence: str) -> None:
    right = frame(*rows, value=True)
    with pytest.raises(JoinError, match=re.escape(sentence)) as caught:
        join_by_key(frame("x"), right, ["k"], ["v"], "w.csv", np.arange(2, 2 + len(right)), Comparison(match, False, CITY))  # type: ignore[arg-type]
    assert caught.value.exit_status == 24


@pytest.mark.parametrize("match", ["lot", "address", "number"])
@pytest.mark.parametrize("nothing", [None, "－", "　", "-", "ー"])
def test_a_dash_or_a_blank_is_no_key_and_meets_no_other_blank(match: str, nothing: str | None) -> None:
    joined = join_by_key(frame(nothing, "1-1"), frame(nothing, nothing, value=True), ["k"], ["v"], "w", how=Comparison(match, False, CITY))  # type: ignore[arg-type]
    assert joined.columns["v"].isna().all()
    assert (joined.counts["no_key"], joined.counts["unmatched"], joined.counts["right_no_key"]) == (1, 1, 2)


def test_one_to_one_refuses_a_row_that_two_rows_meet_and_sharing_is_counted_otherwise() -> None:
    left, right = frame("K-1", "K-1", "K-2"), frame("K-1", "K-2", value=True)
    assert join_by_key(left, right, ["k"], ["v"], "w").counts["shared"] == 1
    sentence = "w.csv: row 2 (k = 'K-1') meets 2 rows of the layer (rows 1, 2); 1 such rows, but one_to_one = true"
    with pytest.raises(JoinError, match=re.escape(sentence)):
        join_by_key(left, right, ["k"], ["v"], "w.csv", np.array([2, 3]), one_to_one=True)
    assert join_by_key(left.iloc[1:], right, ["k"], ["v"], "w.csv", one_to_one=True).counts["shared"] == 0
