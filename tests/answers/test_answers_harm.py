"""Bad deliveries, damaged files and a run that is killed: one sentence, and the old answers whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tinycity import command, edit, geojson

from askedcity import box, degrees_of, no_rows
from askedstore import answers_of, cards, flood_delivery, run, state, times_of, write_ledger

Said = pytest.CaptureFixture[str]


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


@pytest.mark.parametrize("pattern", ["*", "shapes-parcel-*", "shapes-flood-*", "zone-flood-*", "exposures-parcel-*", "exposure-site-*", "around-*", "register-*", "sites-*", "walking-*"])
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


@pytest.mark.parametrize("harm", ["missing", "cut off", "empty"])
def test_missing_or_damaged_answers_come_back_with_the_next_ingest_of_anything(few: Path, city: Path, harm: str) -> None:
    damage({path: path.read_bytes() for audience in ("internal", "public") for path in (city / "output/store" / audience / "answers").iterdir()}, harm)
    assert run(city, "town") == 0
    assert answers_of(city) == answers_of(few) and cards(city) == cards(few)


SLOW = """
import sys, time
import numpy as np
from gispipe import arrays
from gispipe.answers import write
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
