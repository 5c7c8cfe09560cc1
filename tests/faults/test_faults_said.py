"""What the system says of a disk reaches the person as one sentence that is true: which disk, and whether the maps were switched."""

from __future__ import annotations

import errno
import os
import sqlite3
import zipfile
from pathlib import Path

import pytest

from gispipe import releases
from gispipe.errors import ArchiveDamaged, DiskFailed, LeakStopped, NoRoom, RuleBroken
from gispipe.finished import by_library
from gispipe.gate.artefacts import archive_contents, strings_of
from gispipe.intake import sandbox
from gispipe.intake.unpack import extract, open_archive
from gispipe.model import AUDIENCES, Audience
from gispipe.runs import Run, one_run
from gispipe.words import Words

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def finish(output: Path, audience: Audience, text: str) -> str:
    draft = releases.open_draft(output, audience)
    (draft / "map.json").write_text(text, "utf-8")
    return releases.settle(draft, releases.seal(draft, {"audience": audience})).name


def current(output: Path) -> dict[Audience, str]:
    return {audience: os.readlink(output / audience / "current").rpartition("/")[2] for audience in AUDIENCES if (output / audience / "current").is_symlink()}


def fails_at(made: pytest.MonkeyPatch, module: object, name: str, at: int, lasting: bool = False) -> None:
    """Let the at-th call of a function fail, and those after it."""
    calls, whole = [], getattr(module, name)

    def fails(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == at or (lasting and len(calls) > at):
            raise FULL
        whole(*arguments)

    made.setattr(module, name, fails)


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("first", [True, False], ids=["first time", "again"])
def test_when_one_audience_cannot_be_switched_none_is(tmp_path: Path, at: int, first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = ({audience: finish(tmp_path, audience, text) for audience in AUDIENCES} for text in ("one", "other"))
    told: list[int] = []
    if not first:
        releases.switch_all(tmp_path, one)
    with monkeypatch.context() as made, pytest.raises(OSError, match="No space"):
        fails_at(made, os, "replace", at)
        releases.switch_all(tmp_path, other, when_public=lambda: told.append(1))
    assert told == [] and current(tmp_path) == ({} if first else one)
    assert [[entry.digest for entry in releases.published(tmp_path, audience)] for audience in AUDIENCES] == [[] if first else [one[audience]] for audience in AUDIENCES]
    assert releases.switch_all(tmp_path, other) and current(tmp_path) == other


@pytest.mark.parametrize(("module", "name", "at", "lasting"), [(releases, "_sync", 1, False), (releases, "_sync", 2, True), (releases, "_note", 1, False), (os, "replace", 2, True)],
                         ids=["not durable", "the second not durable", "not written down", "a disk that dies between the two"])
def test_what_fails_after_the_maps_were_switched_is_told_apart(tmp_path: Path, module: object, name: str, at: int, lasting: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = ({audience: finish(tmp_path, audience, text) for audience in AUDIENCES} for text in ("one", "other"))
    told: list[int] = []
    releases.switch_all(tmp_path, one)
    with monkeypatch.context() as made, pytest.raises(OSError, match="No space"):
        fails_at(made, module, name, at, lasting)
        releases.switch_all(tmp_path, other, when_public=lambda: told.append(1))
    assert told == [1] and AUDIENCES[0] in current(tmp_path) and current(tmp_path)[AUDIENCES[0]] == other[AUDIENCES[0]]
    assert name == "replace" or current(tmp_path) == other
    releases.switch_all(tmp_path, other)
    assert [releases.published(tmp_path, audience)[-1].digest for audience in AUDIENCES] == [other[audience] for audience in AUDIENCES]


@pytest.mark.parametrize(("published", "said"), [(False, "the disk is full; nothing was published"), (True, "the disk is full; the new maps are public, what follows was not done")])
def test_a_run_says_whether_the_maps_were_switched_before_the_disk_was_full(tmp_path: Path, published: bool, said: str) -> None:
    with pytest.raises(NoRoom) as caught, one_run(tmp_path, lambda _: None) as run:
        if published:
            run.is_public()
        raise FULL
    assert said in str(caught.value)


def test_a_report_that_cannot_be_written_hides_no_failure_and_is_one_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(run: Run) -> None:
        raise FULL

    monkeypatch.setattr(Run, "write", full)
    with pytest.raises(RuleBroken), one_run(tmp_path, lambda _: None):
        raise RuleBroken("stage", Words("made to fail", "わざと失敗"))
    with pytest.raises(NoRoom, match="the new maps are public"), one_run(tmp_path, lambda _: None) as run:
        run.is_public()


def test_a_library_that_only_says_that_it_failed_is_asked_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="no such table") as caught, by_library(tmp_path / "a.gpkg", sqlite3.Error):
        raise sqlite3.OperationalError("no such table:\n gpkg_contents")
    assert (caught.value.errno, caught.value.filename) == (errno.EIO, str(tmp_path / "a.gpkg"))
    with pytest.raises(OSError, match="No space") as caught, by_library(tmp_path / "a.gpkg", sqlite3.Error):
        raise sqlite3.OperationalError("sqlite3_exec(CREATE TABLE a) failed: database or disk is full")
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.setattr("gispipe.finished.tempfile.TemporaryFile", lambda **_: (_ for _ in ()).throw(FULL))
    with pytest.raises(OSError, match="No space") as caught, by_library(tmp_path / "a.gpkg", sqlite3.Error):
        raise sqlite3.OperationalError("disk I/O error")
    assert caught.value.errno == errno.ENOSPC


def test_a_disk_that_fails_under_the_gate_is_no_leak_and_a_broken_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, look in (("a.json", strings_of), ("a.pmtiles", archive_contents)):
        (tmp_path / name).write_bytes(b"{")
        with pytest.raises(LeakStopped):
            look(tmp_path / name, name)
    monkeypatch.setattr("gispipe.tiles.judged.contents", lambda *_: (_ for _ in ()).throw(FULL))
    with pytest.raises(OSError, match="No space"):
        archive_contents(tmp_path / "a.pmtiles", "a.pmtiles", tmp_path)
    monkeypatch.setattr("gispipe.gate.artefacts._OPENERS", {".json": lambda path: (_ for _ in ()).throw(FULL)})
    with pytest.raises(OSError, match="No space"):
        strings_of(tmp_path / "a.json", "a.json")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full (Linux)")
def test_an_archive_for_which_there_is_no_room_is_not_damaged(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("a.txt", b"text" * 9)
    archive, members = open_archive(tmp_path / "a.zip", "a.zip", 9)
    with archive, pytest.raises(OSError, match="No space"):
        extract(archive, members[0], Path("/dev/full"), "a.zip")
    damaged = bytearray((tmp_path / "a.zip").read_bytes())
    damaged[40] ^= 1
    (tmp_path / "a.zip").write_bytes(damaged)
    archive, members = open_archive(tmp_path / "a.zip", "a.zip", 9)
    with archive, pytest.raises(ArchiveDamaged):
        extract(archive, members[0], tmp_path / "a.txt", "a.zip")


def test_a_reader_that_finds_the_disk_full_does_not_blame_the_file() -> None:
    with pytest.raises(OSError, match="No space") as caught:
        sandbox._checked({"system": [errno.ENOSPC, "No space left on device", "answer.arrow"]}, "a.shp")
    assert caught.value.filename == "answer.arrow"


def test_what_failed_is_said_with_the_right_status() -> None:
    from gispipe.errors import of_disk, of_system

    assert isinstance(of_system(FULL), NoRoom) and isinstance(of_system(OSError(errno.EROFS, "Read-only file system", "x")), DiskFailed)
    assert of_disk(FULL) and not of_disk(OSError("cannot identify image file")) and not of_disk(ValueError())
