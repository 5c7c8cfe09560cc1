"""A wrong delivery does not go out: nothing in the store or of the maps is another, and one sentence says what it is."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from gispipe.ahead import Ahead
from gispipe.beside import BESIDE
from gispipe.errors import NoRoom
from tinycity import command

from tests.proof.deliveries import give, report, standing
from tests.refresh.yearcity import DELIVERIES, deliver, next_year


@pytest.mark.parametrize("name", list(DELIVERIES))
def test_a_wrong_delivery_is_stopped_and_nothing_changes(city: Path, name: str) -> None:
    """As a table: `python -m tests.proof.deliveries`."""
    assert give(city, *DELIVERIES[name]).amiss == []


def test_limits_are_those_of_the_layer_file_and_the_proof_finds_what_goes_out(city: Path) -> None:
    layer = city / "layers/parcel.toml"
    layer.write_text(layer.read_text("utf-8") + "\n[refresh]\nremoved = 1\n", "utf-8")

    assert {"ends with 0, due 26", "current is another", "no sentence"} <= set(give(city, *DELIVERIES["half of the lots"]).amiss)


def test_a_delivery_that_is_not_out_of_the_ordinary_goes_out_and_says_what_changed(second_year: Path) -> None:
    told = json.loads((report(second_year) / "diff/diff.json").read_text("utf-8"))
    counts = {one["id"]: one["counts"] for one in told["layers"]}

    assert told["doubts"] == [] and (told["from"]["label"], told["to"]["label"]) == ("令和7年度", "令和8年度")
    assert counts["parcel"] == {"old": 240, "new": 241, "added": 2, "removed": 1, "changed": 4, "same": 235, "guessed": 0}
    assert counts["shelter"] == {"old": 60, "new": 61, "added": 1, "removed": 0, "changed": 0, "same": 60, "guessed": 0}
    assert told["owners"]["資産税課"] == {"layers": 1, "added": 2, "removed": 1, "changed": 4}


def test_a_person_accepts_one_delivery_and_no_other(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong, _ = DELIVERIES["half of the lots"]
    wrong(city)
    assert command(["refresh", "--city", str(city), "--quiet"]) == 26
    sign = json.loads((report(city) / "run.json").read_text("utf-8"))["refresh"]["delivery"]
    DELIVERIES["hectares for square metres"][0](city)
    capsys.readouterr()

    assert command(["refresh", "--city", str(city), "--quiet", "--delivery", sign, "--by", "試験 花子", "--accept", "区画整理"]) == 26
    assert "another delivery" in capsys.readouterr().err
    wrong(city)
    before = standing(city)
    assert command(["refresh", "--city", str(city), "--quiet", "--delivery", sign, "--by", "試験 花子", "--accept", "区画整理"]) == 0
    assert standing(city)["current"] != before["current"]
    last = json.loads((city / "output/store/internal/states.json").read_text("utf-8"))["states"][-1]
    assert (last["accepted"]["by"], last["accepted"]["reason"], last["accepted"]["delivery"]) == ("試験 花子", "区画整理", sign)
    assert command(["refresh", "--city", str(city), "--quiet"]) == 0  # once more: nothing differs, nobody is asked


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_more_than_blanks(city: Path, reason: str) -> None:
    assert command(["refresh", "--city", str(city), "--accept", reason]) == 2


def test_what_was_stored_before_there_were_states_is_the_first_state(city: Path) -> None:
    (city / "output/store/internal/states.json").unlink()
    DELIVERIES["half of the lots"][0](city)

    assert command(["refresh", "--city", str(city), "--quiet"]) == 26


def test_the_same_files_again_change_nothing(city: Path) -> None:
    deliver(city)
    next_year(city)
    before = standing(city)

    assert command(["refresh", "--city", str(city), "--quiet"]) == 0
    assert standing(city) == before


@pytest.fixture
def compared_beside(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Another process compares, as for a large city; what is asked of it, one after the other."""
    asked: list[object] = []

    def ask(request: Mapping[str, object]) -> dict[str, Any]:
        asked.append(request["work"])
        return Ahead.ask(BESIDE, request)

    for name in ("MANY_ROWS", "MANY_ROADS"):
        monkeypatch.setattr(f"gispipe.keep.{name}", 0)
    monkeypatch.setattr(BESIDE, "ask", ask)
    return asked


def test_a_comparison_beside_the_answers_stops_a_delivery_as_one_before_them(city: Path, compared_beside: list[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    DELIVERIES["half of the lots"][0](city)
    before, said = standing(city), []
    for _ in range(2):
        assert command(["refresh", "--city", str(city), "--quiet"]) == 26
        said.append(capsys.readouterr().err.replace(str(report(city)), "REPORT"))
        told = json.loads((report(city) / "run.json").read_text("utf-8"))["refresh"]
        said.append((told["delivery"], told["doubts"], json.loads((report(city) / "diff/diff.json").read_text("utf-8"))["layers"]))
        assert standing(city) == before and compared_beside.count("compare") == 1
        monkeypatch.setattr("gispipe.keep.MANY_ROWS", 50_000)
    assert said[:2] == said[2:]


def test_what_the_comparison_says_comes_before_what_went_wrong_meanwhile(city: Path, compared_beside: list[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    DELIVERIES["half of the lots"][0](city)
    monkeypatch.setattr("gispipe.keep.write_answers", full)
    before = standing(city)
    assert command(["refresh", "--city", str(city), "--quiet"]) == 26
    assert command(["refresh", "--city", str(city), "--quiet", "--accept", "区画整理"]) == NoRoom.exit_status
    assert compared_beside == ["compare"] * 2 and standing(city) == before


def test_a_delivery_compared_beside_the_answers_goes_out_as_one_compared_before_them(city: Path, tmp_path: Path, compared_beside: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    other = Path(shutil.copytree(city, tmp_path / "other", symlinks=True))
    found = []
    for one, many in ((city, 0), (other, 50_000)):
        monkeypatch.setattr("gispipe.keep.MANY_ROWS", many)
        DELIVERIES["half of the lots"][0](one)
        assert command(["refresh", "--city", str(one), "--quiet", "--by", "試験 花子", "--accept", "区画整理"]) == 0
        last = json.loads((one / "output/store/internal/states.json").read_text("utf-8"))["states"][-1]
        found.append((standing(one)["current"], last["accepted"] | {"at": ""}, json.loads((report(one) / "run.json").read_text("utf-8"))["refresh"]))
    assert found[0] == found[1] and compared_beside.count("compare") == 1 and BESIDE._child is None
