"""The kept answers: only what changed is made anew, bad deliveries leave the old ones, and the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from asked_layers import LAYERS, RANK
from askedcity import BOX, box, degrees_of, deliver, everything, flood_shapes, no_rows
from tinycity import CANARY, command, csv_file, edit, geojson, gispipe, shapefile

from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.catalogue import load_catalogue

FEW = ("flood", "landslide", "pond", "parcel", "town", "site", "road")
LEDGER = '''
[join.ledger]
on = ["town", "lot"]
one_to_one = true
[join.ledger.source]
reader = "csv"
path = "internal/ledger.csv"
encoding = "cp932"
[join.ledger.columns]
town = { from = "町名", type = "str" }
lot = { from = "地番", type = "str" }
tax = { from = "課税", type = "str" }
'''
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


def write_ledger(city: Path, *more: list[str]) -> None:
    rows = [[str(row["town"]), str(row["lot"]), "課税"] for row in everything()["parcel"][1]]
    csv_file(city / "sources/internal/ledger.csv", [["町名", "地番", "課税"], *rows, *more], "cp932")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of a few layers, ingested, for copies that a test may change."""
    city = deliver(tmp_path_factory.mktemp("few") / "city", {name: LAYERS[name] + (LEDGER if name == "parcel" else "") for name in FEW})
    write_ledger(city)
    ended = gispipe("ingest", "--city", str(city), env={"PYTHONHASHSEED": "1"})
    assert ended.returncode == 0, ended.stderr
    return city


@pytest.fixture
def city(few: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(few, tmp_path / "city", symlinks=True))


def answers_of(city: Path) -> dict[str, str]:
    """Return every answer file with its hash."""
    files = (path for audience in ("internal", "public") for path in (city / "output/store" / audience / "answers").iterdir())
    return {f"{path.parent.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def times_of(city: Path) -> dict[str, int]:
    files = (path for audience in ("internal", "public") for path in (city / "output/store" / audience / "answers").iterdir())
    return {f"{path.parent.parent.name}/{path.name}": path.stat().st_mtime_ns for path in files}


def cards(city: Path) -> list[dict[str, Any]]:
    answers = Answers(load_catalogue(city), "public")
    return [look_up(answers, text) for text in (degrees_of(50, 70), degrees_of(770, 370), "地番:青葉一丁目1-1", "地番:青葉二丁目12-13", degrees_of(650, 100))]


def state(city: Path, where: tuple[float, float], layer: str) -> str:
    return next(one["state"] for one in look_up(Answers(load_catalogue(city), "public"), degrees_of(*where))["hazards"] if one["id"] == layer)


def worst(city: Path, where: str | tuple[float, float], layer: str) -> object:
    text = where if isinstance(where, str) else degrees_of(*where)
    return next(one["worst"]["value"] for one in look_up(Answers(load_catalogue(city), "public"), text)["hazards"] if one["id"] == layer)


def run(city: Path, *layers: str) -> int:
    return command(["ingest", *layers, "--city", str(city), "--quiet"])


def flood_delivery(city: Path, ranks: list[str], shapes: list[Any] | None = None) -> None:
    shapes = flood_shapes() if shapes is None else shapes
    rivers = [river for _, _, river in BOX["flood"]] + ["小川"]
    shapefile(city / "sources/flood/flood.shp", shapes, {"A31a_205": ranks, "A31a_202": rivers[:len(ranks)], "庁内メモ": [CANARY] * len(ranks)})


@pytest.mark.usefixtures("warm_readers")
def test_after_one_hazard_changed_only_its_answers_are_made_anew_and_are_the_new_ones(city: Path) -> None:
    before, asked = times_of(city), cards(city)
    geojson(city / "sources/pond.geojson", [box(0, 0, 100, 100)], [{"name": "新池", "rank": 6, "memo": "x"}])
    assert run(city, "pond") == 0
    after = times_of(city)
    kept, new, gone = before.keys() & after.keys(), after.keys() - before.keys(), before.keys() - after.keys()
    assert all(before[name] == after[name] for name in kept) and len(kept) > 20
    assert new and {name.split("/")[1].split("-")[0] for name in new} <= {"shapes", "exposure", "zone", "walking"}
    assert all("pond" in name or "walking" in name for name in new | gone)
    assert {name.split("-")[0] for name in new} == {name.split("-")[0] for name in gone}, "what is old is swept"
    told = cards(city)
    assert [one["worst"]["value"] for one in told[0]["hazards"] if one["id"] == "pond"] == [6]
    assert [[one for one in card["hazards"] if one["id"] != "pond"] for card in told] == [[one for one in card["hazards"] if one["id"] != "pond"] for card in asked]


@pytest.mark.usefixtures("warm_readers")
def test_the_same_input_in_the_same_or_another_process_gives_the_same_bytes(few: Path, city: Path) -> None:
    before = answers_of(few)
    shutil.rmtree(city / "output")
    assert run(city) == 0
    assert answers_of(city) == before
    times = times_of(city)
    assert run(city) == 0
    assert (answers_of(city), times_of(city)) == (before, times)


@pytest.mark.usefixtures("warm_readers")
def test_rows_in_another_order_give_the_same_cards(few: Path, city: Path) -> None:
    shapes, rows = everything()["parcel"]
    geojson(city / "sources/parcel.geojson", shapes[::-1], [{**row, "memo": "x"} for row in rows[::-1]])
    slopes, named = everything()["landslide"]
    geojson(city / "sources/landslide.geojson", slopes[::-1], [{**row, "memo": "x"} for row in named[::-1]])
    assert run(city, "parcel", "landslide") == 0
    assert cards(city) == cards(few)


@pytest.mark.usefixtures("warm_readers")
def test_a_town_whose_ground_comes_in_several_rows_is_told_the_worst_of_all_of_it(city: Path, few: Path) -> None:
    pieces = [(box(0, 300, 400, 600), "青葉一丁目"), (box(400, 0, 1000, 600), "青葉二丁目"), (box(0, 0, 400, 300), "青葉一丁目")]
    geojson(city / "sources/town.geojson", [one for one, _ in pieces], [{"name": name, "kana": "あおば", "memo": "x"} for _, name in pieces])
    assert run(city, "town") == 0
    whole, joined = (look_up(Answers(load_catalogue(one), "public"), "青葉一丁目")["hazards"] for one in (few, city))
    assert joined == whole and [one["worst"]["value"] for one in joined if one["id"] == "flood"] == [3]


@pytest.mark.usefixtures("warm_readers")
@pytest.mark.parametrize("first", [0, 1])
def test_a_lot_whose_ground_comes_in_two_rows_is_told_the_worst_of_both(city: Path, first: int) -> None:
    edit(city / "layers/parcel.toml", 'key = ["town", "lot"]\n', "")
    edit(city / "layers/parcel.toml", LEDGER, "")
    pieces = [box(505, 230, 530, 255), box(470, 230, 495, 255)]
    geojson(city / "sources/parcel.geojson", [pieces[first], pieces[1 - first]], [{"town": "青葉二丁目", "lot": "77-7", "owner": "x", "memo": "x"}] * 2)
    assert run(city, "parcel") == 0
    (said,) = [one for one in look_up(Answers(load_catalogue(city), "public"), "地番:青葉二丁目77-7")["hazards"] if one["id"] == "flood"]
    assert said["worst"]["value"] == 2 and [part["share"] for part in said["classes"]] == [0.5]


@pytest.mark.usefixtures("warm_readers")
def test_a_layer_that_is_taken_back_has_no_data_and_its_files_are_swept(city: Path) -> None:
    assert state(city, (470, 350), "pond") == "inside"
    edit(city / "layers/pond.toml", 'hazard = "pond"', 'hazard = "pond"\npending = "農政課が作成中"')
    assert run(city, "town") == 0
    assert state(city, (470, 350), "pond") == "no_data"
    assert not [name for name in answers_of(city) if "pond" in name]


@pytest.mark.usefixtures("warm_readers")
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


@pytest.mark.usefixtures("warm_readers")
def test_after_a_declaration_changed_what_is_kept_no_old_answer_is_given_for_the_new_question(city: Path, capsys: Said) -> None:
    edit(city / "layers/flood.toml", 'of = ["river"]', 'of = ["rank"]')
    assert command(["lookup", degrees_of(50, 70), "--city", str(city)]) == 40
    assert "older than the data or the declarations" in capsys.readouterr().err
    assert run(city, "town") == 0
    (said,) = [one for one in look_up(Answers(load_catalogue(city), "public"), degrees_of(50, 70))["hazards"] if one["id"] == "flood"]
    assert [one["name"] for one in said["of"]] == ["3", "1"]


@pytest.mark.usefixtures("warm_readers")
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


def no_crs(city: Path) -> None:
    edit(city / "layers/flood.toml", 'crs = "EPSG:6674"\n', "")


def unknown_class(city: Path) -> None:
    flood_delivery(city, ["1", "3", "2", "2", "9", "4"])


def no_row(city: Path) -> None:
    no_rows(city / "sources/flood/flood.shp")
    edit(city / "layers/flood.toml", 'from = "A31a_205"', 'from = "rank"')
    edit(city / "layers/flood.toml", 'river = { from = "A31a_202"', 'river = { from = "memo"')
    edit(city / "layers/flood.toml", 'memo = { from = "庁内メモ"', 'memo = { from = "memo"')


def doubled_key(city: Path) -> None:
    write_ledger(city, ["青葉一丁目", "1-1", "非課税"])


def depth_in_two_classes(city: Path) -> None:
    edit(city / "layers/flood.toml", 'from = "A31a_205", type = "int"', 'from = "A31a_205", limits = [0, 0.5, 3, 5, 10, 20], type = "int"')
    flood_delivery(city, ["1", "3", "2m以上 ～ 5m未満", "2", "2", "4"])


@pytest.mark.usefixtures("warm_readers")
@pytest.mark.parametrize(("spoil", "layer", "status", "says"), [
    (no_crs, "flood", 23, "GP01"), (unknown_class, "flood", 22, "GP31"), (no_row, "flood", 22, "GP17"), (depth_in_two_classes, "flood", 22, "GP37"), (doubled_key, "parcel", 24, "1-1")],
    ids=lambda one: getattr(one, "__name__", None))
def test_a_bad_delivery_ends_with_a_sentence_and_the_old_answers_stay(city: Path, spoil: Any, layer: str, status: int, says: str, capsys: Said) -> None:
    before, asked = (answers_of(city), times_of(city)), cards(city)
    declared = (city / "layers/flood.toml").read_text("utf-8")
    spoil(city)
    assert run(city, layer) == status
    said = capsys.readouterr().err.strip()
    assert says in said and "Traceback" not in said and len(said.splitlines()) <= 3
    (city / "layers/flood.toml").write_text(declared, "utf-8")
    assert (answers_of(city), times_of(city)) == before and cards(city) == asked


@pytest.fixture(scope="module")
def hurt(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose answers are damaged and put back again and again."""
    return Path(shutil.copytree(few, tmp_path_factory.mktemp("hurt") / "city", symlinks=True))


def damage(files: dict[Path, bytes], harm: str) -> None:
    for path, body in files.items():
        path.unlink() if harm == "missing" else path.write_bytes(body[:len(body) // 2 if harm == "cut off" else 0])


@pytest.mark.parametrize("pattern", ["*", "shapes-parcel-*", "shapes-flood-*", "zone-flood-*", "exposure-parcel-*", "exposure-site-*", "register-*", "sites-*", "walking-*"])
@pytest.mark.parametrize("harm", ["missing", "cut off", "empty"])
def test_missing_or_damaged_answers_are_said_with_what_to_do(hurt: Path, pattern: str, harm: str, capsys: Said) -> None:
    folder = hurt / "output/store/public/answers"
    kept = {path: path.read_bytes() for path in folder.glob(pattern)}
    damage(kept, harm)
    assert command(["lookup", degrees_of(50, 70) if pattern.startswith("zone") else "地番:青葉一丁目1-1", "--city", str(hurt)]) == 40
    said = capsys.readouterr()
    for path, body in kept.items():
        path.write_bytes(body)
    assert "run 'gispipe " in said.err and len(said.err.strip().splitlines()) == 1 and said.out == ""


@pytest.mark.usefixtures("warm_readers")
@pytest.mark.parametrize("harm", ["missing", "cut off", "empty"])
def test_missing_or_damaged_answers_come_back_with_the_next_ingest_of_anything(few: Path, city: Path, harm: str) -> None:
    damage({path: path.read_bytes() for audience in ("internal", "public") for path in (city / "output/store" / audience / "answers").iterdir()}, harm)
    assert run(city, "town") == 0
    assert answers_of(city) == answers_of(few) and cards(city) == cards(few)


def test_a_city_without_a_store_is_told_to_run_first(tmp_path: Path, capsys: Said) -> None:
    city = deliver(tmp_path / "city", {name: LAYERS[name] for name in ("flood", "landslide", "parcel")})
    assert command(["lookup", "図書館", "--city", str(city)]) == 40
    assert "run 'gispipe run' first" in capsys.readouterr().err


SLOW = """
import sys, time
import numpy as np
from gispipe.answers import arrays, write
done = []
kept = write.save_exposure
def slow(*rest):
    kept(*rest)
    done.append(1)
    if len(done) == 2:
        print("now", flush=True)
        time.sleep(60)
write.save_exposure = slow
from gispipe.cli.main import main
main(["ingest", "--city", sys.argv[1], "--quiet"])
"""


@pytest.mark.usefixtures("warm_readers")
def test_a_killed_ingest_leaves_the_old_answers_whole_and_the_next_one_finishes(few: Path, city: Path) -> None:
    asked, before = cards(city), answers_of(city)
    geojson(city / "sources/landslide.geojson", [box(0, 0, 40, 40)], [{"kind": "12", "name": "新しい崖", "number": "K-9", "memo": "x"}])
    with subprocess.Popen([sys.executable, "-c", SLOW, str(city)], stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
        assert running.stdout is not None and running.stdout.readline() == "now\n"
        os.kill(running.pid, signal.SIGKILL)
    assert before.items() <= answers_of(city).items() and cards(city) == asked
    assert run(city) == 0
    assert not [name for name in answers_of(city) if "draft" in name]
    assert cards(city)[2]["hazards"] != asked[2]["hazards"] and state(city, (20, 20), "landslide") == "inside"
