"""Releases: sealed by the digest of every file, switched in one step, checked, brought back."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe import releases
from gispipe.errors import AlreadyRunning, NotFound, ReleaseDamaged
from gispipe.runs import one_run

FACTS = {"audience": "public", "city": "tiny", "layers": {"flood": {"rows": 3}}, "box": [1.5, 2]}


def finish(output: Path, text: str) -> str:
    """Make a small release and return its digest."""
    draft = releases.open_draft(output, "public")
    (draft / "map.json").write_text(text, "utf-8")
    (draft / "tiles").mkdir()
    (draft / "tiles/a.pmtiles").write_bytes(text.encode() * 3)
    digest = releases.seal(draft, FACTS)
    releases.settle(draft, digest)
    return digest


def test_a_release_is_named_by_its_content(tmp_path: Path) -> None:
    one, other = finish(tmp_path / "a", "text"), finish(tmp_path / "b", "text")
    assert one == other != finish(tmp_path / "a", "other")
    record = releases.verify(tmp_path / "a/public/releases" / one)
    assert record["digest"] == one and set(record["files"]) == {"map.json", "tiles/a.pmtiles"} and record["layers"] == FACTS["layers"]


def test_the_record_of_a_release_states_what_the_gate_read(tmp_path: Path) -> None:
    draft = releases.open_draft(tmp_path, "public")
    (draft / "map.json").write_text("text", "utf-8")
    cleared = {name: str(one["sha256"]) for name, one in releases.files_of(draft).items()}
    (draft / "map.json").write_text("texT", "utf-8")
    release = releases.settle(draft, releases.seal(draft, FACTS, cleared))
    with pytest.raises(ReleaseDamaged, match=r"map\.json"):
        releases.switch(tmp_path, "public", release.name)


@pytest.mark.parametrize(("there", "cleared"), [(["map.json", "more.json"], ["map.json"]), (["map.json"], ["map.json", "more.json"])], ids=["more", "fewer"])
def test_a_file_the_gate_did_not_see_is_not_sealed(tmp_path: Path, there: list[str], cleared: list[str]) -> None:
    draft = releases.open_draft(tmp_path, "public")
    for name in there:
        (draft / name).write_text("text", "utf-8")
    with pytest.raises(ReleaseDamaged, match=r"more\.json"):
        releases.seal(draft, FACTS, dict.fromkeys(cleared, "0" * 64))
    assert not (draft / releases.RECORD).exists()


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(["a", "b/c", "d"]), st.binary(max_size=3), max_size=3), st.dictionaries(st.sampled_from(["a", "b/c", "d"]), st.binary(max_size=3), max_size=3))
def test_two_contents_share_a_digest_only_when_they_are_equal(tmp_path_factory: pytest.TempPathFactory, one: dict[str, bytes], other: dict[str, bytes]) -> None:
    digests = []
    for content in (one, other):
        folder = tmp_path_factory.mktemp("content")
        for name, data in content.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        digests.append(releases.digest_of(releases.files_of(folder), FACTS))
        shutil.rmtree(folder)
    assert (digests[0] == digests[1]) == (one == other)


def damage_changed(folder: Path) -> None:
    (folder / "map.json").write_text("texT")


def damage_missing(folder: Path) -> None:
    (folder / "tiles/a.pmtiles").unlink()


def damage_added(folder: Path) -> None:
    (folder / "tiles/b.pmtiles").write_bytes(b"")


def damage_record(folder: Path) -> None:
    record = json.loads((folder / "release.json").read_text())
    record["city"] = "another"
    (folder / "release.json").write_text(json.dumps(record))


def damage_record_and_file(folder: Path) -> None:
    (folder / "map.json").write_text("texT")
    record = json.loads((folder / "release.json").read_text())
    record["files"] = releases.files_of(folder)
    (folder / "release.json").write_text(json.dumps(record))


def damage_no_record(folder: Path) -> None:
    (folder / "release.json").unlink()


def damage_broken_record(folder: Path) -> None:
    (folder / "release.json").write_text('{"digest": ')


def damage_empty_record(folder: Path) -> None:
    (folder / "release.json").write_text("{}")


NAMED = {damage_changed: "map.json", damage_missing: "tiles/a.pmtiles", damage_added: "tiles/b.pmtiles"}
DAMAGES = [damage_changed, damage_missing, damage_added, damage_record, damage_record_and_file, damage_no_record, damage_broken_record, damage_empty_record]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda f: f.__name__)
def test_any_damage_is_found_and_a_damaged_release_is_not_published(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    good, bad = finish(tmp_path, "good"), finish(tmp_path, "bad")
    releases.switch(tmp_path, "public", good)
    damage(tmp_path / "public/releases" / bad)
    with pytest.raises(ReleaseDamaged) as caught:
        releases.switch(tmp_path, "public", bad)
    assert caught.value.exit_status == 30 and f"{bad}/{NAMED.get(damage, 'release.json')}" in str(caught.value)
    assert releases.current(tmp_path, "public").name == good


def test_every_single_flipped_bit_is_found(tmp_path: Path) -> None:
    digest = finish(tmp_path, "content of a page")
    folder = tmp_path / "public/releases" / digest
    for path in (folder / "map.json", folder / "tiles/a.pmtiles"):
        whole = path.read_bytes()
        for place in range(len(whole)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1:])
            with pytest.raises(ReleaseDamaged):
                releases.verify(folder)
        path.write_bytes(whole)
    releases.verify(folder)


def test_current_moves_in_one_step_and_stays_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = finish(tmp_path, "one"), finish(tmp_path, "other")
    releases.switch(tmp_path, "public", one)
    seen = []
    replace = os.replace

    def watched(source: object, target: object) -> None:
        seen.append(releases.current(tmp_path, "public").name)
        replace(source, target)  # type: ignore[arg-type]
        seen.append(releases.current(tmp_path, "public").name)

    monkeypatch.setattr(os, "replace", watched)
    releases.switch(tmp_path, "public", other)
    assert seen[:2] == [one, other] and set(seen[2:]) == {other} and os.readlink(tmp_path / "public/current") == f"releases/{other}", "relative, so that the folder can be moved"
    assert not list((tmp_path / "public").glob(".current*"))


def test_when_the_step_itself_fails_the_old_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = finish(tmp_path, "one"), finish(tmp_path, "other")
    releases.switch(tmp_path, "public", one)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space"):
            releases.switch(tmp_path, "public", other)
    assert releases.current(tmp_path, "public").name == one
    assert releases.switch(tmp_path, "public", other).name == other, "what the failure left behind is not in the way"


def test_nothing_published_and_unknown_digests_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        releases.current(tmp_path, "public")
    finish(tmp_path, "one")
    with pytest.raises(NotFound):
        releases.switch(tmp_path, "public", "0" * 24)


def test_half_made_drafts_are_swept_and_finished_releases_are_kept(tmp_path: Path) -> None:
    digest = finish(tmp_path, "one")
    left = tmp_path / "public/releases/.draft-99999"
    (left / "tiles").mkdir(parents=True)
    (left / "tiles/half.pmtiles").write_bytes(b"half")
    draft = releases.open_draft(tmp_path, "public")
    assert not left.exists() and draft.is_dir() and [r.name for r in releases.releases(tmp_path, "public")] == [digest]


def test_an_equal_release_that_was_damaged_is_replaced_by_the_whole_one(tmp_path: Path) -> None:
    digest = finish(tmp_path, "one")
    damage_changed(tmp_path / "public/releases" / digest)
    assert finish(tmp_path, "one") == digest
    releases.verify(tmp_path / "public/releases" / digest)


def test_a_release_that_is_finished_again_is_the_newest(tmp_path: Path) -> None:
    one, other = finish(tmp_path, "one"), finish(tmp_path, "other")
    folder = tmp_path / "public/releases"
    for age, name in enumerate((other, one)):
        os.utime(folder / name, (1_000_000 - age, 1_000_000 - age))
    assert [r.name for r in releases.releases(tmp_path, "public")] == [one, other]
    assert finish(tmp_path, "one") == one
    assert [r.name for r in releases.releases(tmp_path, "public")] == [other, one], "rollback from it goes to the other one"


def test_a_second_run_is_turned_away_at_once_and_the_first_leaves_no_lock(tmp_path: Path) -> None:
    with one_run(tmp_path, lambda _: None), pytest.raises(AlreadyRunning) as caught, one_run(tmp_path, lambda _: None):
        pass
    assert caught.value.exit_status == 31
    with pytest.raises(ZeroDivisionError), one_run(tmp_path, lambda _: None):
        raise ZeroDivisionError
    with one_run(tmp_path, lambda _: None) as run:
        run.facts["x"] = 1
    assert json.loads((run.folder / "run.json").read_text())["x"] == 1
    assert len(list((tmp_path / "reports").iterdir())) == 3, "every run that began has its folder, a refused one does not"
