"""The kept answers: only what changed is made anew, answers follow their data, and the same input gives the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from gispipe.ahead import Ahead
from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.beside import BESIDE
from gispipe.catalogue import load_catalogue
from tinycity import command, csv_file, edit, geojson

from asked_layers import LAYERS, RANK
from askedcity import box, degrees_of, deliver, everything
from askedstore import LEDGER, answers_of, cards, run, state, times_of, worst

JOINED_RANK = f'''
[join.ranks]
on = ["name"]
[join.ranks.source]
reader = "csv"
path = "ranks.csv"
encoding = "utf-8-sig"
[join.ranks.columns]
name = {{ type = "str" }}
{RANK}
'''
Said = pytest.CaptureFixture[str]


def test_after_one_hazard_changed_only_its_answers_are_made_anew_and_are_the_new_ones(city: Path) -> None:
    before, asked = times_of(city), cards(city)
    geojson(city / "sources/pond.geojson", [box(0, 0, 100, 100)], [{"name": "新池", "rank": 6, "memo": "x"}])
    assert run(city, "pond") == 0
    after = times_of(city)
    kept, new, gone = before.keys() & after.keys(), after.keys() - before.keys(), before.keys() - after.keys()
    assert all(before[name] == after[name] for name in kept) and len(kept) > 20
    assert new and {name.split("/")[1].split("-")[0] for name in new} <= {"shapes", "around", "exposure", "exposures", "zone", "walking", "streets", "ground"}
    assert all("pond" in name or name.split("/")[1].split("-")[0] in {"around", "exposures", "walking", "streets", "ground"} for name in new | gone)
    assert {name.split("-")[0] for name in new} == {name.split("-")[0] for name in gone}, "what is old is swept"
    told = cards(city)
    assert [one["worst"]["value"] for one in told[0]["hazards"] if one["id"] == "pond"] == [6]
    assert [[one for one in card["hazards"] if one["id"] != "pond"] for card in told] == [[one for one in card["hazards"] if one["id"] != "pond"] for card in asked]


def test_the_same_input_in_the_same_or_another_process_gives_the_same_bytes(few: Path, city: Path) -> None:
    before = answers_of(few)
    shutil.rmtree(city / "output")
    assert run(city) == 0
    assert answers_of(city) == before
    times = times_of(city)
    assert run(city) == 0
    assert (answers_of(city), times_of(city)) == (before, times)


def test_ways_worked_out_by_a_process_of_its_own_are_the_same_bytes(few: Path, city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(request: Mapping[str, object]) -> dict[str, Any]:
        asked.append(str(request["audience"]))
        return Ahead.ask(BESIDE, request)

    monkeypatch.setattr("gispipe.keep.MANY_ROADS", 0)
    monkeypatch.setattr(BESIDE, "ask", ask)
    shutil.rmtree(city / "output")
    assert run(city) == 0
    assert answers_of(city) == answers_of(few) and asked[0] == "internal"
    other = Path(shutil.copytree(few, city.with_name("other"), symlinks=True))
    for one, many in ((city, 0), (other, 8000)):  # roads are cut as they were but where zones changed, there as here
        monkeypatch.setattr("gispipe.keep.MANY_ROADS", many)
        geojson(one / "sources/pond.geojson", [box(0, 0, 400, 300)], [{"name": "新池", "rank": 6, "memo": "x"}])
        assert run(one) == 0
    assert answers_of(city) == answers_of(other) != answers_of(few)


def test_rows_in_another_order_give_the_same_cards(few: Path, city: Path) -> None:
    shapes, rows = everything()["parcel"]
    geojson(city / "sources/parcel.geojson", shapes[::-1], [{**row, "memo": "x"} for row in rows[::-1]])
    slopes, named = everything()["landslide"]
    geojson(city / "sources/landslide.geojson", slopes[::-1], [{**row, "memo": "x"} for row in named[::-1]])
    assert run(city, "parcel", "landslide") == 0
    assert cards(city) == cards(few)


def test_a_town_whose_ground_comes_in_several_rows_is_told_the_worst_of_all_of_it(city: Path, few: Path) -> None:
    pieces = [(box(0, 300, 400, 600), "青葉一丁目"), (box(400, 0, 1000, 600), "青葉二丁目"), (box(0, 0, 400, 300), "青葉一丁目")]
    geojson(city / "sources/town.geojson", [one for one, _ in pieces], [{"name": name, "kana": "あおば", "memo": "x"} for _, name in pieces])
    assert run(city, "town") == 0
    whole, joined = (look_up(Answers(load_catalogue(one), "public"), "青葉一丁目")["hazards"] for one in (few, city))
    assert joined == whole and [one["worst"]["value"] for one in joined if one["id"] == "flood"] == [3]


@pytest.mark.parametrize("first", [0, 1])
def test_a_lot_whose_ground_comes_in_two_rows_is_told_the_worst_of_both(city: Path, first: int) -> None:
    edit(city / "layers/parcel.toml", 'key = ["town", "lot"]\n', "")
    edit(city / "layers/parcel.toml", LEDGER, "")
    pieces = [box(505, 230, 530, 255), box(470, 230, 495, 255)]
    geojson(city / "sources/parcel.geojson", [pieces[first], pieces[1 - first]], [{"town": "青葉二丁目", "lot": "77-7", "owner": "x", "memo": "x"}] * 2)
    assert run(city, "parcel") == 0
    (said,) = [one for one in look_up(Answers(load_catalogue(city), "public"), "地番:青葉二丁目77-7")["hazards"] if one["id"] == "flood"]
    assert said["worst"]["value"] == 2 and [part["share"] for part in said["classes"]] == [0.5]


def test_a_layer_that_is_taken_back_has_no_data_and_its_files_are_swept(city: Path) -> None:
    assert state(city, (470, 350), "pond") == "inside"
    edit(city / "layers/pond.toml", 'hazard = "pond"', 'hazard = "pond"\npending = "農政課が作成中"')
    assert run(city, "town") == 0
    assert state(city, (470, 350), "pond") == "no_data"
    assert not [name for name in answers_of(city) if "pond" in name]


def test_a_class_that_a_join_brings_is_told_as_the_ledger_has_it_now(city: Path) -> None:
    edit(city / "layers/pond.toml", RANK, "")
    with (city / "layers/pond.toml").open("a", encoding="utf-8") as declared:
        declared.write(JOINED_RANK)
    csv_file(city / "sources/ranks.csv", [["name", "rank"], ["鏡池", "2"]])
    assert run(city, "pond") == 0
    assert worst(city, (470, 350), "pond") == 2 == worst(city, "地番:青葉二丁目9-12", "pond")
    csv_file(city / "sources/ranks.csv", [["name", "rank"], ["鏡池", "6"]])
    assert run(city, "pond") == 0
    assert worst(city, (470, 350), "pond") == 6 == worst(city, "地番:青葉二丁目9-12", "pond")


def test_after_a_declaration_changed_what_is_kept_no_old_answer_is_given_for_the_new_question(city: Path, capsys: Said) -> None:
    edit(city / "layers/flood.toml", 'of = ["river"]', 'of = ["rank"]')
    assert command(["lookup", degrees_of(50, 70), "--city", str(city)]) == 40
    assert "older than the data or the declarations" in capsys.readouterr().err
    assert run(city, "town") == 0
    (said,) = [one for one in look_up(Answers(load_catalogue(city), "public"), degrees_of(50, 70))["hazards"] if one["id"] == "flood"]
    assert [one["name"] for one in said["of"]] == ["3", "1"]


def test_of_a_town_that_is_known_as_a_point_no_hazards_are_told(city: Path, capsys: Said) -> None:
    edit(city / "layers/town.toml", 'geometry = "polygon"', 'geometry = "point"')
    edit(city / "layers/town.toml", 'style = "lots"', 'style = "spots"')
    geojson(city / "sources/town.geojson", [box(300, 200, 301, 201).centroid], [{"name": "青葉一丁目", "kana": "あおば", "memo": "x"}])
    assert run(city, "town") == 0
    assert command(["lookup", "青葉一丁目", "--city", str(city)]) == 0
    said = capsys.readouterr().out
    assert "no hazards are told" in said and "the ground of this town is not in the data" in said and "Hazards" not in said


def test_a_survey_that_the_public_may_not_see_is_a_mistake_in_the_declaration(tmp_path: Path, capsys: Said) -> None:
    layers = {name: LAYERS[name] for name in ("flood", "landslide", "parcel", "surge")} | {"survey": LAYERS["survey"].replace('audience = "public"', 'audience = "internal"')}
    city = deliver(tmp_path / "city", layers)
    assert command(["check", "--city", str(city)]) == 20
    assert "zone.surveyed" in capsys.readouterr().err


def test_a_city_without_a_store_is_told_to_run_first(tmp_path: Path, capsys: Said) -> None:
    city = deliver(tmp_path / "city", {name: LAYERS[name] for name in ("flood", "landslide", "parcel")})
    assert command(["lookup", "図書館", "--city", str(city)]) == 40
    assert "run 'gispipe run' first" in capsys.readouterr().err
