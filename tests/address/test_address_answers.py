"""What is answered: the house, candidates, the town only, or nothing; and the sentence that says why."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from spellings import CITY, register

from gispipe.address import CityName, Entry, Found, Register, begin_register, finish_register, search, write_columns, write_register
from gispipe.errors import NotFound

TOWNS = ["霧原谷一丁目", "霧原谷二丁目", "霧原谷三丁目", "月夜新田", "月夜野", "千草谷"]
HOUSES = [("霧原谷一丁目", "1-14"), ("霧原谷一丁目", "1-15"), ("霧原谷一丁目", "2-1"), ("霧原谷二丁目", "11-1"), ("霧原谷三丁目", "11-1"), ("月夜新田", "5-36"), ("月夜新田", "18")]
LOTS = [("霧原谷一丁目", "1-14"), ("霧原谷一丁目", "123-1"), ("霧原谷一丁目", "123-2"), ("霧原谷一丁目", "7"), ("月夜新田", "甲12"), ("月夜新田", "イ-3"), ("月夜新田", "12-乙"),
        ("月夜新田", "無番地"), ("月夜新田", "3-1"), ("月夜新田", "12")]
PLACES = [("みずほ野市役所", "みずほのしやくしょ"), ("霧原谷公園", "きりはらだにこうえん"), ("第一保育所", "だいいちほいくしょ"), ("第一 保育所", ""), ("月夜ヶ丘・児童館", "ツキヨガオカジドウカン")]


@pytest.fixture(scope="module")
def ask() -> Callable[[str], Found]:
    connection = register(CITY, TOWNS, HOUSES, LOTS, PLACES)
    return lambda text: search(connection, text)


def names(found: Found) -> list[tuple[str, str]]:
    return [(hit.kind, hit.entry.town + hit.entry.number if hit.entry.number else hit.entry.name) for hit in found.hits]


HOUSE, LOT = ("address", "霧原谷一丁目1-14"), ("lot", "霧原谷一丁目1-14")


@pytest.mark.parametrize(("text", "result", "hits"), [
    ("霧原谷一丁目1番14号", "exact", [HOUSE, LOT]), ("霧原谷一丁目1-14", "exact", [HOUSE, LOT]), ("霧原谷一丁目1番地14", "candidates", [HOUSE, LOT]),
    ("霧原谷一丁目1番14", "candidates", [HOUSE, LOT]), ("地番 霧原谷一丁目1-14", "exact", [LOT]), ("霧原谷一丁目1-14（地番）", "exact", [LOT]),
    ("霧原谷一丁目地番1-14", "exact", [LOT]), ("住居表示 霧原谷一丁目1-14", "exact", [HOUSE, LOT]), ("霧原谷一丁目7番地", "exact", [("lot", "霧原谷一丁目7")]),
    ("霧原谷一丁目123番地", "candidates", [("lot", "霧原谷一丁目123-1"), ("lot", "霧原谷一丁目123-2")]), ("月夜新田甲12", "exact", [("lot", "月夜新田甲12")]),
    ("月夜新田甲十二番地", "exact", [("lot", "月夜新田甲12")]), ("月夜新田イ３", "exact", [("lot", "月夜新田イ-3")]), ("月夜新田12番の乙", "exact", [("lot", "月夜新田12-乙")]),
    ("月夜新田無番地", "exact", [("lot", "月夜新田無番地")]), ("月夜新田12番地", "exact", [("lot", "月夜新田12")]), ("月夜新田18", "exact", [("address", "月夜新田18")]),
])
def test_the_words_of_the_number_say_whether_a_house_or_a_lot_is_meant(ask: Callable[[str], Found], text: str, result: str, hits: list[tuple[str, str]]) -> None:
    found = ask(text)
    assert (found.result, names(found)) == (result, hits)


def test_a_lot_of_the_same_digits_is_said_beside_the_house(ask: Callable[[str], Found]) -> None:
    found = ask("霧原谷一丁目1-14")
    assert found.hits[1].note is not None and found.hits[1].note.ja == "同じ数字の地番もあります"
    assert found.read_as == "みずほ野市 霧原谷一丁目 1-14"


def test_a_house_that_is_not_there_is_answered_by_its_block_and_the_nearest_numbers(ask: Callable[[str], Found]) -> None:
    found = ask("霧原谷一丁目1番99号")
    assert found.result == "town" and names(found)[0] == ("block", "霧原谷一丁目1") and names(found)[1:3] == [("address", "霧原谷一丁目1-15"), ("address", "霧原谷一丁目1-14")]
    assert len(found.hits) <= 6 and "'1-99' is not in the register of 霧原谷一丁目" in str(found.reason)
    assert ask("月夜新田99番99号").hits[0].kind == "town"


def test_a_lot_asked_for_as_a_house_is_only_suggested(ask: Callable[[str], Found]) -> None:
    found = ask("月夜新田3番1号")
    assert found.result == "town" and ("lot", "月夜新田3-1") in names(found)[1:] and "another kind" in str(found.hits[1].note)


def test_a_branch_that_is_not_there_is_never_its_parent_lot(ask: Callable[[str], Found]) -> None:
    assert ask("霧原谷一丁目7-2").result == "town"
    assert ask("霧原谷一丁目7-2-1").result == "town"


@pytest.mark.parametrize(("text", "result", "hits"), [
    ("霧原谷", "candidates", [("town", f"霧原谷{k}丁目") for k in "一二三"]), ("原谷", "candidates", [*(("town", f"霧原谷{k}丁目") for k in "一二三"), ("facility", "霧原谷公園")]),
    ("霧原谷一丁目", "town", [("town", "霧原谷一丁目")]), ("霧原谷3", "town", [("town", "霧原谷三丁目")]),
    ("霧原谷九丁目1-1", "candidates", [("town", f"霧原谷{k}丁目") for k in "一二三"]), ("霧原谷11-1", "candidates", [("address", f"霧原谷{k}丁目11-1") for k in "二三"]),
    ("霧原谷2-11-1", "exact", [("address", "霧原谷二丁目11-1")]), ("霧原谷1-14", "candidates", [HOUSE, LOT]),
    ("月夜", "candidates", [("town", "月夜新田"), ("town", "月夜野"), ("facility", "月夜ヶ丘・児童館")]), ("霧●谷二丁目11-1", "exact", [("address", "霧原谷二丁目11-1")]),
    ("月夜●", "town", [("town", "月夜野")]), ("●草谷", "town", [("town", "千草谷")]), ("原谷2-11-1", "candidates", [("address", "霧原谷二丁目11-1")]),
])
def test_a_town_written_in_part_gives_candidates_and_never_a_house(ask: Callable[[str], Found], text: str, result: str, hits: list[tuple[str, str]]) -> None:
    found = ask(text)
    assert (found.result, [(kind, name) for kind, name in names(found) if kind != "block"]) == (result, hits)


@pytest.mark.parametrize("text", ["月夜新田12番●号", "月夜新田18-●", "月夜新田12条1-1", "月夜新田12丁1-1", "月夜新田18～20", "月夜新田12,5", "月夜新田1,234番地", "月夜新田12.5", "月夜新田12/5", "月夜新田12区3",
                                  "月夜新田十二五番地", "月夜新田12乙1", "月夜新田12町内会", "月夜新田12B", "月夜新田12 5", "月夜新田町12", "月夜野町18", "月夜新田字裏12", "月夜新田18-36-5", "月夜新田5-36丁目"])
def test_a_number_that_goes_on_is_never_answered_by_its_beginning(ask: Callable[[str], Found], text: str) -> None:
    assert ask(text).result in {"candidates", "town", "nothing"}


def test_a_shorter_number_is_no_exact_answer_where_the_chome_can_be_meant() -> None:
    connection = register(CITY, ["汐見", "汐見一丁目"], [("汐見一丁目", "2-5")], [("汐見", "1-2")])
    assert search(connection, "汐見1-2-5").hits[0].entry.town == "汐見一丁目" and search(connection, "汐見1-2").result == "exact"
    found = search(connection, "汐見1-2-9")
    assert found.result == "candidates" and {hit.entry.town for hit in found.hits} == {"汐見", "汐見一丁目"}


def test_a_third_number_is_a_branch_where_the_number_is_divided_and_a_room_where_not() -> None:
    connection = register(CITY, ["汐見"], [("汐見", "3-1"), ("汐見", "4-1")], [("汐見", "3-1-2")])
    assert search(connection, "汐見4-1-3").rest == "3" and search(connection, "汐見3-1-2").result == "exact"
    found = search(connection, "汐見3-1-3")
    assert (found.result, names(found)) == ("candidates", [("address", "汐見3-1"), ("lot", "汐見3-1-2")])


def test_an_unreadable_character_is_said(ask: Callable[[str], Found]) -> None:
    assert "an unreadable character was taken" in str(ask("霧\ufffd谷二丁目11-1").hits[0].note)
    assert ask("月●●一丁目").result in {"nothing", "candidates"}


@pytest.mark.parametrize(("text", "result", "count"), [
    ("みずほ野市役所", "exact", 1), ("ミズホノシヤクショ", "exact", 1), ("みずほの　しやくしょ", "exact", 1), ("月夜が丘児童館", "exact", 1), ("つきよがおかじどうかん", "exact", 1),
    ("第一保育所", "candidates", 2), ("保育所", "candidates", 2), ("霧原谷公園", "exact", 1), ("みずほ野市 霧原谷公園", "exact", 1), ("架空県みずほ野市役所", "candidates", 1), ("原谷公園", "candidates", 1), ("きりはらだに", "candidates", 1),
])
def test_a_facility_is_found_by_name_or_reading(ask: Callable[[str], Found], text: str, result: str, count: int) -> None:
    found = ask(text)
    assert (found.result, len(found.hits), {hit.kind for hit in found.hits}) == (result, count, {"facility"})


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "nothing was asked"), (" \u3000\n", "nothing was asked"), ("あ" * 201, "more than 200 characters"), ("霧原谷" * 5000, "more than 200 characters"),
    ("霧原谷\x00一丁目", "control characters"), ("霧原谷\x1b[2J", "control characters"), ("霧原\ud800谷", "control characters"), ("😀🎉", "no letters or digits"), ("%", "no letters or digits"),
    ("_%_", "no letters or digits"), ("%a%", "is in the register"), ("'; DROP TABLE register_town; --", "is in the register"), ("見本町1-1", "is in the register"),
    ("みずほ野市見本町1-1", "is in the register"), ("1" * 200, "is in the register"), ("の" * 200, "is in the register"), ("123-4", "is in the register"), ("みずほ野市1-1", "is in the register"),
])
def test_what_is_no_address_is_nothing_with_a_sentence_and_quickly(ask: Callable[[str], Found], text: str, sentence: str) -> None:
    began = time.perf_counter()
    found = ask(text)
    took = time.perf_counter() - began
    assert (found.result, found.hits) == ("nothing", ()) and sentence in str(found.reason)
    assert found.reason is not None and found.reason.ja and took < 0.05, "five milliseconds on an idle machine"


def test_one_house_of_two_sources_is_one_hit_within_fifty_metres_and_candidates_beyond() -> None:
    def entries(metres: float) -> list[Entry]:
        return [Entry("address", "月夜野1番1号", "月夜野", "1-1", 136.5, 33.8, "address", 0), Entry("address", "月夜野1-1", "大字月夜野", "1番1号", 136.5, 33.8 + metres / 111_195, "abr_rsdt", 9)]
    for metres, result, count in ((40.0, "exact", 1), (60.0, "candidates", 2)):
        for order in (1, -1):
            connection = sqlite3.connect(":memory:")
            write_register(connection, entries(metres)[::order], CITY)
            found = search(connection, "月夜野1-1")
            assert (found.result, len(found.hits), found.hits[0].entry.layer) == (result, count, "address")


def test_one_town_of_several_sources_is_one_town_at_its_polygon_and_keeps_the_city_s_spelling() -> None:
    entries = [Entry("town", "螢ヶ原１丁目", "螢ヶ原１丁目", "", 1, 1, "abr_town", 3), Entry("town", "螢ケ原一丁目", "螢ケ原一丁目", "", 2, 2, "town", 5, "ほたるがはら", True),
               Entry("town", "蛍が原一丁目", "蛍が原一丁目", "", 3, 3, "isj_town", 7)]
    for order in (entries, entries[::-1]):
        connection = sqlite3.connect(":memory:")
        write_register(connection, order, CITY)
        found = search(connection, "蛍ガ原1丁目")
        assert (found.result, len(found.hits)) == ("town", 1)
        assert (found.hits[0].entry.name, found.hits[0].entry.lon, found.hits[0].entry.layer) == ("螢ケ原一丁目", 2, "town")


def test_two_towns_that_one_source_tells_apart_are_never_taken_for_each_other() -> None:
    connection = register(CityName("架空県", "見本市"), ["赤坂", "赤阪"], [("赤坂", "1-1"), ("赤阪", "1-2")])
    assert search(connection, "赤坂1-1").hits[0].entry.town == "赤坂" and search(connection, "赤坂1-2").result != "exact" and search(connection, "赤阪1-2").result == "exact"


def test_answers_do_not_depend_on_the_order_of_the_rows() -> None:
    questions = ["霧原谷", "霧原谷11-1", "霧原谷一丁目1番99号", "月夜", "保育所", "霧原谷一丁目1-14", "谷", "霧原谷一丁目123"]
    entries = [Entry("town", t, t, "", k, 1, "town", k) for k, t in enumerate(TOWNS)] + [Entry("address", t + n, t, n, k, 2, "address", k) for k, (t, n) in enumerate(HOUSES)] \
        + [Entry("lot", t + n, t, n, k, 3, "parcel", k) for k, (t, n) in enumerate(LOTS)] + [Entry("facility", n, "", "", k, 4, "public_facility", k, kana) for k, (n, kana) in enumerate(PLACES)]
    answers = []
    for order in (entries, entries[::-1], entries[7:] + entries[:7]):
        connection = sqlite3.connect(":memory:")
        write_register(connection, order, CITY)
        answers.append([search(connection, question) for question in questions])
    assert answers[0] == answers[1] == answers[2]


def test_an_open_register_answers_as_its_connection_does_and_reads_what_never_changes_once() -> None:
    connection = register(CITY, TOWNS, HOUSES, LOTS, PLACES)
    opened, asked = Register(connection), []
    questions = ["霧原谷一丁目1番14号", "霧原谷2-11-1", "みずほ野市月夜新田甲12", "保育所", "月夜●", "見本町1-1", "みずほのしやくしょ", "例市霧原谷1-1"]
    assert [search(opened, text) for text in questions] == [search(connection, text) for text in questions]
    connection.set_trace_callback(asked.append)
    assert search(opened, "架空県みずほ野市霧原谷三丁目11番1号").result == "exact" and len(asked) == 1, asked
    assert "register_number" in asked[0]


def test_a_register_opened_after_another_was_closed_knows_nothing_of_it() -> None:
    for town in ("汐見", "千草谷", "月夜野"):
        connection = register(CITY, [town], [(town, "1-2")])
        opened = Register(connection)
        assert [search(opened, f"{one}1-2").result for one in ("汐見", "千草谷", "月夜野")] == ["exact" if one == town else "nothing" for one in ("汐見", "千草谷", "月夜野")]
        connection.close()


def test_columns_of_different_lengths_and_unknown_kinds_are_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "register.sqlite")
    begin_register(connection, CITY)
    with pytest.raises(ValueError, match="kind 'house'"):
        write_columns(connection, "house", "x", ["a"], ["a"], ["1"], [1.0], [1.0], [0])
    with pytest.raises(ValueError, match=r"columns of \[1, 1, 2"):
        write_columns(connection, "lot", "x", ["a"], ["a"], ["1", "2"], [1.0], [1.0], [0])
    write_columns(connection, "lot", "x", ["月夜野1"], ["月夜野"], ["1"], [1.0], [1.0], [0])
    finish_register(connection)
    connection.close()
    assert search(sqlite3.connect(f"file:{tmp_path / 'register.sqlite'}?mode=ro", uri=True), "月夜野1番地").result == "exact", "kept in the file, asked read-only"


def test_a_database_without_a_register_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"no database at all" * 100)
    for name in (":memory:", str(tmp_path / "broken.sqlite")):
        with pytest.raises(NotFound, match="the address register is missing or damaged — run 'gispipe run' again"):
            search(sqlite3.connect(name), "月夜野1-1")


def test_room_and_building_are_given_back_as_they_were_written(ask: Callable[[str], Found]) -> None:
    assert ask("霧原谷一丁目1-14 Abc ハイツ　ｂ-２０１").rest == "Abc ハイツ b-201"
    assert ask("霧原谷一丁目1-14 見本センター").rest == ask("霧原谷一丁目1-14見本センター").rest == "見本センター"
    assert ask("霧原谷一丁目1-14-201").rest == "201" and ask("霧原谷一丁目1番14号２０１号室").rest == "201号室" and ask("月夜新田3-1-2").rest == "-2"


def test_a_register_is_written_in_one_transaction(tmp_path: Path) -> None:
    """What Python takes for an INSERT depends on the locale; a register is the same file in Turkish."""
    connection = sqlite3.connect(tmp_path / "register.sqlite")
    write_register(connection, [Entry("town", "月夜野", "月夜野", "", 1, 1, "town", 0), Entry("lot", "月夜野1", "月夜野", "1", 1, 1, "lot", 0)], CITY)
    connection.close()

    assert int.from_bytes((tmp_path / "register.sqlite").read_bytes()[24:28]) == 1  # the format's own count of changes
