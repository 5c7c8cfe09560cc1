"""A backup brings back the same digests on an empty machine, and any flipped bit in it is found."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from tinycity import command

from gispipe import releases
from gispipe.backup.bring_back import restore
from gispipe.backup.make import back_up, contents
from gispipe.backup.place import Place, damaged
from gispipe.catalogue import load_catalogue
from gispipe.errors import NoRoom, ReleaseDamaged
from tests.proof.flips import missed
from tests.refresh.yearcity import DELIVERIES

FLIPS = 200


@pytest.fixture(scope="module")
def backup(second_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("second-site") / "backup"
    back_up(load_catalogue(second_year), root)
    return root


def test_restored_on_an_empty_machine_it_has_the_same_releases_and_the_same_store(second_year: Path, backup: Path, tmp_path: Path) -> None:
    _, current = restore(backup, tmp_path / "new")
    there = load_catalogue(tmp_path / "new")

    assert current == {one: os.readlink(second_year / "output" / one / "current").rpartition("/")[2] for one in ("public", "internal")}
    assert {name: path.read_bytes() for name, path in contents(there)} == {name: path.read_bytes() for name, path in contents(load_catalogue(second_year))}
    assert [one.name for one in releases.releases(there.output, "public")] == [one.name for one in releases.releases(second_year / "output", "public")]
    assert command(["rollback", "public", "--city", str(tmp_path / "new"), "--quiet"]) == 0
    assert command(["build", "--city", str(tmp_path / "new"), "--quiet"]) == 0
    newest = {one: releases.releases(there.output, one)[-1].name for one in ("public", "internal")}
    assert newest == current  # built from nothing out of the restored store


def test_every_flipped_bit_is_found(backup: Path) -> None:
    """The long proof is `python -m tests.proof.flips --n 2000`."""
    assert missed(backup, FLIPS) == [] and damaged(Place(backup)) == []


def test_a_damaged_or_missing_object_is_named_and_nothing_is_restored(backup: Path, tmp_path: Path, second_year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = Path(shutil.copytree(backup, tmp_path / "backup"))
    place = Place(copy)
    _, files = place.read(place.snapshots()[-1])
    name = next(one for one in files if one.endswith(".pmtiles"))
    victim = place.object(files[name].sha256)
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")

    assert command(["backup", str(copy), "--verify", "--city", str(second_year)]) == 30 and victim.name[:24] in capsys.readouterr().err
    assert command(["restore", str(copy), "--city", str(tmp_path / "new")]) == 30 and name in capsys.readouterr().err
    victim.unlink()
    assert command(["restore", str(copy), "--city", str(tmp_path / "new")]) == 30
    assert not list((tmp_path / "new").iterdir())
    back_up(load_catalogue(second_year), copy)  # what is missing is copied again
    assert damaged(place) == []


def test_only_what_is_new_is_copied_and_old_snapshots_go(city: Path, tmp_path: Path) -> None:
    catalogue = load_catalogue(city)
    root = tmp_path / "backup"
    first = back_up(catalogue, root)
    (city / "styles/lots.toml").write_text((city / "styles/lots.toml").read_text("utf-8") + "\n# another line\n", "utf-8")
    second = back_up(catalogue, root)

    assert first.new_files > 20 and second.new_files == 1 and Place(root).snapshots() == [first.name, second.name]
    assert Place(root).sweep(1) == 1 and Place(root).snapshots() == [second.name] and damaged(Place(root)) == []


def test_a_release_that_was_changed_on_the_disk_does_not_get_into_a_backup(city: Path, tmp_path: Path) -> None:
    page = (city / "output/public/current/index.html").resolve()
    page.write_bytes(page.read_bytes() + b" ")

    with pytest.raises(ReleaseDamaged, match=r"index\.html"):
        back_up(load_catalogue(city), tmp_path / "backup")
    assert Place(tmp_path / "backup").snapshots() == []


@pytest.mark.parametrize("where", ["output/backup", "strange", "."])
def test_a_folder_that_is_no_backup_is_refused(city: Path, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    (city.parent / "strange").mkdir()
    (city.parent / "strange/letter.txt").write_text("dear")
    root = city / where if where != "strange" else city.parent / "strange"

    assert command(["backup", str(root), "--city", str(city)]) == 33 and capsys.readouterr().err


@pytest.mark.parametrize("at", range(1, 5))
def test_a_restore_that_fails_at_its_last_step_leaves_nothing_and_can_be_done_again(backup: Path, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, rename = [], os.rename

    def fails(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == at:
            raise OSError(28, "No space left on device")
        rename(source, target)

    with monkeypatch.context() as made:
        made.setattr(os, "rename", fails)
        assert command(["restore", str(backup), "--city", str(tmp_path / "new")]) == 32 and len(calls) >= at
    assert list((tmp_path / "new").iterdir()) == []
    assert command(["restore", str(backup), "--city", str(tmp_path / "new"), "--quiet"]) == 0


def test_a_directory_with_anything_in_it_is_not_restored_into(backup: Path, city: Path) -> None:
    assert command(["restore", str(backup), "--city", str(city)]) == 33


def test_a_full_disk_stops_a_backup_before_it_writes(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gispipe.room.shutil.disk_usage", lambda path: type("usage", (), {"free": 1000})())

    with pytest.raises(NoRoom):
        back_up(load_catalogue(city), tmp_path / "backup")
    assert not list((tmp_path / "backup").rglob("*"))


def test_every_refresh_adds_to_the_backup_that_the_city_declares(city: Path) -> None:
    toml = city / "city.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace("[gate]", 'backup = "../second"\n[gate]'), "utf-8")
    layer = city / "layers/parcel.toml"
    layer.write_text(layer.read_text("utf-8") + "\n[refresh]\nremoved = 1\nemptied = 1\nchanged = 1\n", "utf-8")
    DELIVERIES["half of the lots"][0](city)

    assert command(["refresh", "--city", str(city), "--quiet"]) == 0
    place = Place(city / "../second")
    facts, files = place.read(place.snapshots()[-1])
    assert f"releases/{releases.current(city / 'output', 'public').name}" == files["output/public/current"].link and facts["label"] == json.loads(
        (city / "output/store/internal/states.json").read_text("utf-8"))["states"][-1]["label"]
