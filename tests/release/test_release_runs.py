"""Whole runs: a failure in any stage leaves the old release current; the same inputs give the same release."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from tinycity import command, declare, deliver

from gispipe import releases
from gispipe.build import landlock
from gispipe.errors import RuleBroken
from gispipe.finished import share
from gispipe.words import Words
from tests.proof.same import ALL, START, TURKISH, Surroundings, differing, read, run, surroundings

BOTH = ("public", "internal")


def now(city: Path) -> dict[str, str]:
    found = {}
    for one in BOTH:
        release = releases.current(city / "output", one)  # type: ignore[arg-type]
        releases.verify(release)
        found[one] = release.name
    return found


def broken(*_: object, **__: object) -> None:
    raise RuleBroken("stage", Words("made to fail", "わざと失敗"))


@pytest.mark.parametrize("stage", [
    "gispipe.pipeline.failed_examples", "gispipe.pipeline.gather", "gispipe.keep.join_layer", "gispipe.keep.publish", "gispipe.store.Store.commit",
    "gispipe.build.both.build_release", "gispipe.build.release.run_closed", "gispipe.build.stage.vector_tilesets", "gispipe.build.release.compare_values",
    "gispipe.releases.seal", "gispipe.releases.settle", "gispipe.releases.verify",
])
def test_a_run_that_fails_in_any_stage_leaves_both_releases_as_they_were(run_city: Path, stage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    before = now(run_city)
    stores = {one: (run_city / f"output/store/{one}/manifest.json").read_bytes() for one in BOTH}
    if stage.startswith(("gispipe.build.", "gispipe.releases")):
        monkeypatch.setattr("gispipe.pipeline.ingest", lambda *_, **__: None)  # what is stored is what was stored
        if stage != "gispipe.build.release.run_closed":
            monkeypatch.setattr("gispipe.build.release.run_closed", lambda *_: {"facts": {}})
    with monkeypatch.context() as made:
        made.setattr(stage, broken)
        assert command(["run", "--city", str(run_city), "--quiet"]) == 22
    assert "made to fail" in capsys.readouterr().err
    assert now(run_city) == before
    assert {one: (run_city / f"output/store/{one}/manifest.json").read_bytes() for one in BOTH} == stores


def tiny(city: Path) -> Path:
    return deliver(declare(city))


@pytest.mark.skipif(os.name != "posix", reason="umask and the seed of a process's surroundings are set as POSIX does")
def test_the_same_inputs_give_the_same_releases_and_the_same_store_whatever_the_surroundings(finished_city: Path, tmp_path: Path) -> None:
    """The last of the surroundings of the proof, in which everything is another at once, Turkish too where there is a program for it; the long proof is `python -m tests.proof.same --n 20`."""
    around = surroundings(tmp_path, [TURKISH])[0][-1]

    assert around.name == ALL and differing(read(finished_city / "output"), run(tmp_path, around, tiny, job="run")) == []


@pytest.mark.skipif(os.name != "posix", reason="as above")
def test_the_proof_of_sameness_finds_an_order_that_hashes_decide(finished_city: Path, tmp_path: Path) -> None:
    hashed = "import json\n_dumps = json.dumps\njson.dumps = lambda what, **k: _dumps({one: what[one] for one in set(what)} if type(what) is dict and 'style' in what else what, **k)\n"
    found = differing(read(finished_city / "output"), run(tmp_path, Surroundings("as it is", {"PYTHONHASHSEED": "1"}), tiny, job="run", start=START + hashed))

    assert "release public: map.json differs" in found


def test_rollback_goes_to_the_release_before_and_publish_comes_back(run_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = now(run_city)["public"]
    draft = releases.open_draft(run_city / "output", "public")
    shutil.copytree(releases.current(run_city / "output", "public"), draft, dirs_exist_ok=True)
    (draft / "release.json").unlink()
    second = releases.seal(draft, {"edition": "次の版"})
    releases.settle(draft, second)
    place = ["--city", str(run_city), "--quiet"]
    assert command(["publish", "public", *place]) == 0 and now(run_city)["public"] == second
    assert command(["rollback", "public", *place]) == 0 and now(run_city)["public"] == first
    assert command(["rollback", "public", *place]) == 40 and now(run_city)["public"] == first, "there is none before the first"
    assert command(["publish", "public", second, *place]) == 0 and now(run_city)["public"] == second
    assert command(["publish", "public", "0" * 24, *place]) == 40 and now(run_city)["public"] == second
    capsys.readouterr()
    assert command(["publish", "public", "--list", "--json", "--city", str(run_city)]) == 0
    assert capsys.readouterr().out == f'{{"releases": ["{first}", "{second}"]}}\n'


def test_a_build_that_remembers_gives_the_release_of_one_that_does_not(run_city: Path) -> None:
    before = now(run_city)
    path = run_city / "sources/parcel.geojson"
    lots = json.loads(path.read_text("utf-8"))
    ring = lots["features"][0]["geometry"]["coordinates"][0]
    ring[1] = [ring[1][0] + 1e-6, ring[1][1]]
    lots["features"][1]["properties"]["地番"] = "999-1"
    path.write_text(json.dumps(lots, ensure_ascii=False), "utf-8")
    assert command(["ingest", "parcel", "--city", str(run_city), "--quiet"]) == 0
    assert command(["run", "--city", str(run_city), "--quiet"]) == 0
    remembered = now(run_city)
    for kept in (run_city / "output/store").glob("*/kept-*"):
        shutil.rmtree(kept)
    assert command(["run", "--city", str(run_city), "--quiet"]) == 0
    assert now(run_city) == remembered != before


def _shared(city: Path, audience: str) -> set[str]:
    """The files of the current release that are kept under a second name in the store of its audience, by their places."""
    kept = {file.stat().st_ino for file in (city / f"output/store/{audience}").glob("kept-*/**/*") if file.is_file()}
    current = releases.current(city / "output", audience)  # type: ignore[arg-type]
    return {file.relative_to(current).as_posix() for file in current.rglob("*") if file.is_file() and file.stat().st_ino in kept}


def _again(city: Path) -> dict[str, str]:
    for audience in BOTH:
        shutil.rmtree(city / "output" / audience)
    assert command(["run", "--city", str(city), "--quiet"]) == 0
    return now(city)


@pytest.mark.parametrize("audience", BOTH)
def test_what_is_kept_for_the_next_build_takes_no_room_twice_and_no_store_holds_a_file_of_the_other_audience(run_city: Path, audience: str) -> None:
    if audience == "public" and landlock.version() == 1:
        pytest.skip("the Landlock of this kernel lets no closed process give a file a second name in another folder")
    assert _again(run_city)
    assert {name.partition("/")[0] for name in _shared(run_city, audience)} >= {"tiles", "search"}
    other = BOTH[1 - BOTH.index(audience)]
    kept = {file.stat().st_ino for file in (run_city / f"output/store/{other}").rglob("*") if file.is_file()}
    assert not kept & {file.stat().st_ino for file in releases.current(run_city / "output", audience).rglob("*") if file.is_file()}  # type: ignore[arg-type]


@pytest.mark.parametrize("audience", BOTH)
def test_a_byte_changed_on_the_disk_is_not_taken_into_the_next_release(run_city: Path, audience: str) -> None:
    before = now(run_city)
    assert _again(run_city) == before
    damaged = sorted(_shared(run_city, audience))
    for name in damaged:
        file = releases.current(run_city / "output", audience) / name  # type: ignore[arg-type]
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        with file.open("r+b") as out:  # the very file, not another in its place
            out.write(content)
    assert len(damaged) > 3 and _again(run_city) == before
    assert set(damaged) <= _shared(run_city, audience), "what was kept damaged is mended, not made again at every build"


def test_a_file_system_without_second_names_gets_copies(run_city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = now(run_city)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("os.link", refuse)
    assert _again(run_city) == before
    assert _shared(run_city, "internal") == set()


def test_a_second_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new", "utf-8")
    (tmp_path / "b").write_text("old", "utf-8")
    with pytest.raises(FileExistsError):
        share(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text("utf-8") == "old"
