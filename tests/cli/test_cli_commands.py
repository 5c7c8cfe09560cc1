"""Commands: light to ask for help, JSON where they report, and an answer to where a place is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import shapely
from tinycity import CANARY, X, Y, command, lonlat

from gispipe.cli.main import COMMANDS
from gispipe.errors import Failure, exit_codes

HEAVY = ("numpy", "pandas", "geopandas", "shapely", "pyproj", "pyogrio", "fiona", "rasterio", "pyarrow", "PIL", "folium", "pydantic", "starlette", "uvicorn", "jinja2", "lxml")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_asking_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["gispipe", *{arguments!r}]
from gispipe.cli.main import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
heavy = [name for name in {HEAVY!r} if name in sys.modules]
assert not heavy, heavy
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "gispipe" in ended.stdout.lower()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_is_listed_can_be_asked_for_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command([name, "--help"]) == 0
    assert f"gispipe {name}" in capsys.readouterr().out


def test_help_is_in_the_readers_language(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GISPIPE_LANG", "ja")
    assert command(["--help"]) == 0
    assert "検査" in capsys.readouterr().out


def test_a_mistyped_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["publsh"]) == 2
    assert "Did you mean 'publish'?" in capsys.readouterr().err


def test_exit_statuses_are_those_of_the_contract_and_no_two_failures_share_one() -> None:
    assert set(exit_codes()) == {0, 2, 20, 21, 22, 23, 24, 25, 26, 30, 31, 32, 33, 34, 40}
    direct = [cls.exit_status for cls in Failure.__subclasses__() if cls.__name__ != "Several"]
    assert len(direct) == len(set(direct))


def test_check_reports_json_and_changes_nothing_but_its_report(run_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def everything() -> dict[str, int]:
        return {p.relative_to(run_city).as_posix(): p.stat().st_mtime_ns for p in run_city.rglob("*") if p.is_file() and "reports" not in p.parts and p.name != ".lock"}

    before = everything()
    assert command(["check", "--city", str(run_city), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["layers"], document["maps"], document["findings"]) == (4, 2, [])
    assert everything() == before


def test_a_lock_that_is_held_ends_the_command_with_31(run_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from gispipe.runs import one_run

    with one_run(run_city / "output", lambda _: None):
        assert command(["run", "--city", str(run_city), "--json"]) == 31
    said = capsys.readouterr()
    assert "another run is at work" in said.err and json.loads(said.out)["error"]["exit"] == 31


def test_a_layer_nobody_declared_is_not_found(run_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["ingest", "flod", "--city", str(run_city)]) == 40
    assert "no layer named 'flod'; did you mean 'flood'?" in capsys.readouterr().err


def at(east: float, north: float) -> str:
    point = lonlat([shapely.Point(X + east, Y + north)])[0]
    return f"{point.y:.9f},{point.x:.9f}"


def look(city: Path, query: str, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, dict[str, object]]:
    assert command(["lookup", query, "--city", str(city), "--json", *more]) == 0
    document = json.loads(capsys.readouterr().out)
    return {layer["id"]: layer for layer in document["layers"]}


def test_a_place_inside_a_zone_gets_its_class_and_values(finished_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = look(finished_city, at(450, 150), capsys)
    (zone,) = found["flood"]["features"]  # type: ignore[misc]
    assert zone["class"] == "3.0m以上" and zone["values"] == {"rank": 3, "river": "①級河川"} and zone["distance_m"] == 0  # type: ignore[index]
    assert list(found)[0] == "flood", "hazards come first"


def test_a_place_on_the_border_of_two_zones_gets_both(finished_city: Path) -> None:
    from gispipe.answers.card import Answers, Asked
    from gispipe.catalogue import load_catalogue

    answers = Answers(load_catalogue(finished_city), "public")
    card = answers.card(Asked(34.782, 135.475, X + 300, Y + 100))
    (flood,) = [layer for layer in card["layers"] if layer["id"] == "flood"]
    assert {feature["values"]["rank"] for feature in flood["features"]} == {1, 3}
    (zone,) = [one for one in card["hazards"] if one["id"] == "flood"]
    assert [part["class"]["value"] for part in zone["classes"]] == [3, 1] and zone["worst"]["value"] == 3, "the worse side counts"


def test_no_zone_is_said_to_be_outside_and_never_to_be_safe(finished_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = look(finished_city, at(900, 900), capsys)
    assert found["flood"]["features"] == [] and found["flood"]["answer"] == {"en": "outside the zones", "ja": "区域外"}
    assert command(["lookup", at(900, 900), "--city", str(finished_city)]) == 0
    said = capsys.readouterr().out
    assert "Damage can happen outside the zones too." in said and "fictitious" in said and "safe" not in said


def test_a_layer_without_data_is_said_to_have_none(run_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for audience in ("internal", "public"):
        manifest = run_city / "output/store" / audience / "manifest.json"
        entries = json.loads(manifest.read_text("utf-8"))
        del entries["flood"]
        manifest.write_text(json.dumps(entries), "utf-8")
    assert command(["lookup", at(450, 150), "--city", str(run_city)]) == 40  # the kept answers speak of a layer that is gone
    assert command(["ingest", "shelter", "--city", str(run_city), "--quiet"]) == 0
    capsys.readouterr()
    assert look(run_city, at(450, 150), capsys)["flood"]["answer"] == {"en": "no data", "ja": "データなし"}


def test_the_public_answer_has_no_closed_value_and_the_internal_one_has(finished_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = at(110, 110)
    public, internal = (look(finished_city, query, capsys, "--audience", one) for one in ("public", "internal"))
    text = json.dumps(public, ensure_ascii=False)
    assert CANARY not in text and "持主" not in text and "owner" not in text
    assert "持主" in json.dumps(internal, ensure_ascii=False) and internal["parcel"]["features"][0]["values"]["lot"] == public["parcel"]["features"][0]["values"]["lot"]  # type: ignore[index]


@pytest.mark.parametrize("query", ["３４．７８２，１３５．４７５", " 34.782 , 135.475 ", "34.782、135.475"])
def test_a_place_is_understood_as_people_type_it(finished_city: Path, query: str) -> None:
    assert command(["lookup", query, "--city", str(finished_city), "--quiet"]) == 0


@pytest.mark.parametrize(("query", "status", "sentence"), [
    ("135.475,34.782", 40, "swap the two numbers"), ("35.5,139.7", 40, "outside 小さな市"), ("-34.7,135.4", 40, "outside"), ("東京", 40, "東京"), ("34.7", 2, "lat,lon"), ("34.7,135.4,3", 2, "lat,lon"),
    ("nan,135.4", 2, "lat,lon"), ("34.7,inf", 2, "lat,lon"), ("", 2, "lat,lon"), ("34.7;135.4", 2, "lat,lon"),
])
def test_what_is_no_place_of_the_city_is_answered_with_a_sentence(finished_city: Path, query: str, status: int, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["lookup", query, "--city", str(finished_city)]) == status
    assert sentence in capsys.readouterr().err


def test_before_the_first_run_lookup_says_what_to_do(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["lookup", "34.782,135.475", "--city", str(city)]) == 40
    assert "gispipe run" in capsys.readouterr().err
