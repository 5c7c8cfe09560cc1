"""Bring a city back from a backup into an empty directory: every byte compared with its digest before anything has its name."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from gispipe import releases
from gispipe.backup.place import Place
from gispipe.errors import NotFound, PlaceTaken, ReleaseDamaged
from gispipe.finished import digest_of_file, sync
from gispipe.model import AUDIENCES, Audience
from gispipe.runs import Tell, silent
from gispipe.words import Words

_DRAFT = ".restore-"


def restore(root: Path, city: Path, name: str = "", tell: Tell = silent) -> tuple[str, dict[Audience, str]]:
    """Bring back a snapshot (the newest unless named) and return its name and the releases that are current.

    Raises PlaceTaken when the directory holds anything, NotFound without a snapshot, ReleaseDamaged naming the file when a bit of what is needed has flipped;
    then nothing is there that was not there before.
    """
    place = Place(root)
    names = place.snapshots()
    if not names:
        raise NotFound(str(root), Words("there is no backup", "バックアップがありません"), Words("make one with 'gispipe backup'", "「gispipe backup」で作ってください"))
    chosen = _chosen(names, name, root)
    if city.exists() and any(not path.name.startswith(_DRAFT) for path in city.iterdir()):
        raise PlaceTaken(str(city), Words("the directory is not empty", "フォルダーが空ではありません"), Words("name an empty or a new one", "空のフォルダーか新しいフォルダーを指定してください"))
    facts, files = place.read(chosen)
    place_ = city / f"{_DRAFT}{os.getpid()}"
    for left in city.glob(f"{_DRAFT}*"):
        shutil.rmtree(left)
    place_.mkdir(parents=True)
    told = tell(Words("restore", "復元"))
    try:
        for number, (file, one) in enumerate(files.items(), 1):
            target = place_ / file
            if not target.resolve().is_relative_to(place_.resolve()):
                raise ReleaseDamaged(chosen, Words(f"'{file}' leads out of the directory", f"「{file}」はフォルダーの外を指しています"))
            target.parent.mkdir(parents=True, exist_ok=True)
            if one.link:
                target.symlink_to(Path(one.link), target_is_directory=True)
                continue
            _copy(place, one.sha256, target, file)
            told(number, len(files))
        current = {audience: releases.verify(releases.current(place_ / "output", audience))["digest"] for audience in AUDIENCES if f"output/{audience}/current" in files}
        _in_order(place_, facts)
        _take_names(place_, city)
    finally:
        shutil.rmtree(place_, ignore_errors=True)
    return chosen, current


def _take_names(draft: Path, city: Path) -> None:
    """Give what was brought back its names, all of it or none."""
    moved: list[Path] = []
    try:
        for top in sorted(draft.iterdir()):
            os.rename(top, city / top.name)
            moved.append(top)
    except OSError:
        for top in moved:
            os.rename(city / top.name, top)
        raise


def _in_order(directory: Path, facts: dict[str, object]) -> None:
    """Give the releases times in the order in which they were finished: what rollback means depends on it."""
    begin = time.time()
    for audience, names in dict(facts.get("releases", {})).items():  # type: ignore[call-overload]
        for number, name in enumerate(names):
            at = begin - len(names) + number
            os.utime(directory / "output" / audience / "releases" / name, (at, at))


def _chosen(names: list[str], name: str, root: Path) -> str:
    found = [one for one in names if one.startswith(name)] if name else names[-1:]
    if not found:
        raise NotFound(str(root), Words(f"no snapshot '{name}'", f"「{name}」という時点はありません"), Words("see 'gispipe backup --list'", "「gispipe backup --list」で一覧を見てください"))
    return found[-1]


def _copy(place: Place, digest: str, target: Path, file: str) -> None:
    source = place.object(digest)
    if not source.is_file():
        raise ReleaseDamaged(str(source), Words(f"the copy of {file} is missing", f"{file} の写しがありません"), Words("restore another snapshot", "別の時点を選んでください"))
    shutil.copyfile(source, target)
    if digest_of_file(target) != digest:
        raise ReleaseDamaged(str(source), Words(f"the copy of {file} is not what it was", f"{file} の写しが壊れています"), Words("restore another snapshot", "別の時点を選んでください"))
    sync(target)
