"""`gispipe lookup`: what is asked, how it is answered, and that no question changes anything or ends in a traceback."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from gispipe.answers.card import Answers
from gispipe.answers.lookup import Unanswerable, look_up
from gispipe.answers.query import parse_place, refusal
from gispipe.errors import NotFound
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycity import CANARY, command, gispipe

from askedcity import degrees_of

Said = pytest.CaptureFixture[str]


def every_file(city: Path) -> dict[str, tuple[int, str]]:
    return {p.relative_to(city).as_posix(): (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest()) for p in city.rglob("*") if p.is_file()}


def ask(city: Path, text: str, capsys: Said, *more: str) -> dict[str, Any]:
    assert command(["lookup", "--city", str(city), "--json", *more, "--", text]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("text", ["青葉一丁目2番1号", "青葉1丁目2-1", "青葉１丁目２−１", "青葉一丁目二番一号", "小さな市青葉1-2-1", "青葉１－２－１", "青葉一丁目 2番 1号", "青葉1丁目2の1", "青葉一丁目2番1号 青葉荘203"])
def test_an_address_is_found_in_every_spelling_and_is_the_same_house(asked: Path, text: str, capsys: Said) -> None:
    card = ask(asked, text, capsys)
    assert (card["result"], card["place"]["kind"], card["place"]["town"], card["place"]["number"]) == ("exact", "address", "青葉一丁目", "2-1")
    assert card["query"]["text"] == text and [one["worst"]["value"] for one in card["hazards"] if one["id"] == "flood"] == [3]


def test_a_room_after_the_number_is_kept_apart(asked: Path, capsys: Said) -> None:
    assert "203" in ask(asked, "青葉一丁目2番1号 青葉荘203", capsys)["place"]["rest"]


@pytest.mark.parametrize("text", ["地番:青葉一丁目1-2", "青葉一丁目1番地2", "地番 青葉１丁目１－２"])
def test_a_lot_is_found_and_a_house_of_the_same_number_is_never_taken_for_it(asked: Path, text: str, capsys: Said) -> None:
    card = ask(asked, text, capsys)
    if card["result"] == "exact":
        assert (card["place"]["kind"], card["place"]["number"]) == ("lot", "1-2") and card["hazards"]
    else:
        assert card["result"] == "candidates" and {one["kind"] for one in card["candidates"]} == {"address", "lot"} and card["hazards"] == []


def test_facilities_are_found_by_name_and_by_reading(asked: Path, capsys: Said) -> None:
    for text in ("図書館", "としょかん", "トショカン"):
        card = ask(asked, text, capsys)
        assert (card["result"], card["place"]["name"], card["place"]["layer"]) == ("exact", "図書館", "hall")


def test_a_coordinate_is_a_place_also_in_full_width(asked: Path, capsys: Said) -> None:
    plain = ask(asked, degrees_of(50, 70), capsys)
    wide = ask(asked, degrees_of(50, 70).translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，")), capsys)
    assert plain["result"] == "place" and plain["hazards"] == wide["hazards"] and plain["place"]["kind"] == "point"


def test_several_candidates_are_listed_and_none_is_chosen(asked: Path, capsys: Said) -> None:
    card = ask(asked, "公園", capsys)
    assert (card["result"], card["place"], card["hazards"], card["shelters"]) == ("candidates", None, [], [])
    assert {one["name"] for one in card["candidates"]} == {"北公園", "中央公園", "大川公園"}


def test_where_only_the_town_of_a_house_is_known_no_hazards_are_told(asked: Path, capsys: Said) -> None:
    card = ask(asked, "青葉二丁目77番8号", capsys)
    assert (card["result"], card["place"]["kind"], card["hazards"], card["shelters"]) == ("town", "town", [], []) and card["reason"]
    assert command(["lookup", "青葉二丁目77番8号", "--city", str(asked)]) == 0
    assert "no hazards are told" in capsys.readouterr().out


def test_lines_for_people_come_in_both_languages(asked: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(["lookup", "青葉一丁目2番1号", "--city", str(asked)]) == 0
    english = capsys.readouterr().out
    monkeypatch.setenv("GISPIPE_LANG", "ja")
    assert command(["lookup", "青葉一丁目2番1号", "--city", str(asked)]) == 0
    japanese = capsys.readouterr().out
    assert "Flood depth: 【rank 3】" in english and "no record" in english and "Damage can happen outside" in english
    assert "【3m以上5m未満】大川" in japanese and "記録なし" in japanese and "区域外でも災害が起こることがあります" in japanese


def test_staff_get_the_internal_layers_when_they_ask_for_them(asked: Path, capsys: Said) -> None:
    assert CANARY in json.dumps(ask(asked, "図書館", capsys, "--audience", "internal"), ensure_ascii=False)
    assert CANARY not in json.dumps(ask(asked, "図書館", capsys), ensure_ascii=False)


NO_QUESTION = {
    "very long": "あ" * 10_000, "empty": "", "blank": " 　", "control": "青葉\x07一丁目", "newline": "青葉\n一丁目", "escape": "\x1b[2J青葉", "not a number": "nan,nan", "infinite": "inf,135",
    "three numbers": "34.78,135.47,3", "beyond the globe": "500,500", "one number": "34.78", "surrogate": "青葉\udcff"}
NOTHING_THERE = {
    "emoji": "🏠🌊", "sql": "'; DROP TABLE entries; --", "sql or": "1' OR '1'='1", "like": "%_%", "match": '"無い" NEAR/3 *', "unknown": "存在しない町9番9号", "null": "NULL", "path": "../../etc/passwd"}
OUTSIDE = {"Tokyo": "35.68,139.76", "Gulf of Guinea": "0,0", "south": "-34.78,135.47"}


@pytest.mark.parametrize("name", NO_QUESTION)
def test_what_is_no_question_is_a_wrong_argument(asked: Path, name: str, capsys: Said) -> None:
    assert command(["lookup", "--city", str(asked), "--", NO_QUESTION[name]]) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err and "QUERY" in said.err and said.out == "" and len(said.err) < 500


@pytest.mark.parametrize("name", NOTHING_THERE | OUTSIDE)
def test_what_is_not_there_is_said_in_one_sentence(asked: Path, name: str, capsys: Said) -> None:
    assert command(["lookup", "--city", str(asked), "--", (NOTHING_THERE | OUTSIDE)[name]]) == 40
    said = capsys.readouterr()
    assert "Traceback" not in said.err and len(said.err.strip().splitlines()) == 1 and said.out == ""


def test_swapped_coordinates_are_recognised(asked: Path, capsys: Said) -> None:
    lat, lon = degrees_of(50, 70).split(",")
    assert command(["lookup", f"{lon},{lat}", "--city", str(asked)]) == 40
    assert "swap the two numbers" in capsys.readouterr().err


def test_no_question_changes_a_single_file(asked: Path, capsys: Said) -> None:
    before = every_file(asked)
    for text in (*NO_QUESTION.values(), *NOTHING_THERE.values(), *OUTSIDE.values(), "公園", "図書館", "青葉二丁目", degrees_of(50, 70)):
        command(["lookup", "--city", str(asked), "--json", "--", text])
    capsys.readouterr()
    assert every_file(asked) == before


def test_a_failure_in_its_own_process_is_one_sentence_and_json_says_it_too(asked: Path) -> None:
    ended = gispipe("lookup", "存在しない町9番9号", "--city", str(asked), "--json")
    assert ended.returncode == 40 and "Traceback" not in ended.stderr and len(ended.stderr.strip().splitlines()) == 1
    assert json.loads(ended.stdout)["error"]["exit"] == 40


@settings(max_examples=150)
@given(text=st.one_of(st.text(max_size=40), st.text("0123456789.,-+eE丁目番号地の青葉一二ﾊｲﾌﾝ　 ", max_size=20), st.from_regex(r"-?\d{1,3}(\.\d{0,9})?\s?[,、，]\s?-?\d{1,3}(\.\d{0,9})?", fullmatch=True)))
def test_any_text_is_answered_or_refused_by_name(public: Answers, text: str) -> None:
    try:
        card = look_up(public, text)
    except (Unanswerable, NotFound) as refused:
        assert str(refused)
    else:
        assert card["result"] in ("exact", "place", "candidates", "town") and (card["hazards"] == []) == (card["result"] == "candidates" or (card["result"] == "town" and card["reason"] is not None))


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_coordinate_of_the_globe_is_read_as_it_was_written(lat: float, lon: float) -> None:
    assert refusal(f"{lat},{lon}") is None and parse_place(f"{lat}, {lon}") == (lat, lon)
