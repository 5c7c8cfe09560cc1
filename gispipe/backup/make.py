"""Copy a city into a backup: declarations, stores, releases, journals, reports; what can be made again from these stays out."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gispipe import releases
from gispipe.backup.place import Kept, Place
from gispipe.catalogue import Catalogue
from gispipe.errors import PlaceTaken, ReleaseDamaged
from gispipe.finished import digest_of_file
from gispipe.history import read_states
from gispipe.model import AUDIENCES
from gispipe.runs import Tell, silent
from gispipe.words import Words

DECLARED = ("city.toml", "layers", "styles")


@dataclass(frozen=True)
class Made:
    """A snapshot: its name, files and bytes, and how many of them were new to the backup."""

    name: str
    files: int
    size: int
    new_files: int
    new_size: int


def contents(catalogue: Catalogue) -> Iterator[tuple[str, Path]]:
    """Return what a backup holds: name from the city directory, and the file; the caller holds the city's lock."""
    for top in (*DECLARED, "output/inputs.lock", "output/store", "output/public/published.json", "output/internal/published.json", "output/reports"):
        yield from _files(catalogue.directory, top)
    for audience in AUDIENCES:
        for release in releases.releases(catalogue.output, audience):
            yield from _files(catalogue.directory, release.relative_to(catalogue.directory).as_posix())


def _files(directory: Path, top: str) -> Iterator[tuple[str, Path]]:
    """Return the files below a name, without drafts and what is kept only for speed (`kept-…`, hidden folders)."""
    start = directory / top
    if start.is_file():
        yield top, start
    for folder, below, names in os.walk(start):
        below[:] = sorted(name for name in below if not name.startswith((".", "kept-")))
        yield from ((path.relative_to(directory).as_posix(), path) for path in (Path(folder) / name for name in sorted(names)) if not path.name.startswith(".") and path.is_file())


def back_up(catalogue: Catalogue, root: Path, tell: Tell = silent) -> Made:
    """Add a snapshot of the city to a backup; raises PlaceTaken for a folder that is none, NoRoom, ReleaseDamaged for a release that is not what its record says.

    The snapshot is written last: whatever ends the copying, the backup is as it was, with some objects more.
    """
    place = _place(catalogue, root)
    every = dict(contents(catalogue))
    stated = {name: digest for audience in AUDIENCES for release in releases.releases(catalogue.output, audience) for name, digest in _stated(catalogue, release)}
    told = tell(Words("backup", "バックアップ"))
    files = {}
    for number, (name, path) in enumerate(every.items(), 1):
        kept = files[name] = Kept(digest_of_file(path), path.stat().st_size)
        if stated.get(name, kept.sha256) != kept.sha256:
            raise ReleaseDamaged(name, Words("the file is not what the record of its release says", "公開物の記録と違うファイルです"), Words("build it again or roll back, then back up", "作り直すか前の公開物に戻してから、バックアップしてください"))
        told(number, 2 * len(every))
    new = {one.sha256: one.size for one in files.values() if not place.has(one.sha256, one.size)}
    place.room(new.values())
    for number, (name, path) in enumerate(every.items(), 1):
        place.add(path, files[name])
        told(len(every) + number, 2 * len(every))
    for audience in AUDIENCES:
        pointer = catalogue.output / audience / "current"
        if pointer.is_dir():
            files[f"output/{audience}/current"] = Kept(link=f"releases/{pointer.resolve().name}")
    states = read_states(catalogue.output)
    facts = {"city": catalogue.city.id, "name": catalogue.city.name, "label": states[-1].label if states else "",
             "releases": {audience: [one.name for one in releases.releases(catalogue.output, audience)] for audience in AUDIENCES}}
    name = place.close(dt.datetime.now().isoformat(timespec="microseconds"), facts, files)
    place.sweep(catalogue.city.keep.backups)
    return Made(name, len(files), sum(one.size for one in files.values()), len(new), sum(new.values()))


def _place(catalogue: Catalogue, root: Path) -> Place:
    inside = root.resolve().is_relative_to((catalogue.directory / "output").resolve()) or catalogue.directory.resolve().is_relative_to(root.resolve())
    strange = root.exists() and (not root.is_dir() or any(path.name not in ("objects", "snapshots") for path in root.iterdir()))
    if inside or strange:
        raise PlaceTaken(str(root), Words("a backup needs a folder of its own, outside of the city's", "バックアップには、市のフォルダーの外の専用フォルダーが必要です") if inside else Words(
            "there is something else than a backup", "バックアップ以外のものが入っています"), Words("name another folder", "別のフォルダーを指定してください"))
    return Place(root)


def _stated(catalogue: Catalogue, release: Path) -> Iterator[tuple[str, str]]:
    """Return what a release's record says of its files."""
    try:
        files = json.loads((release / releases.RECORD).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return
    base = release.relative_to(catalogue.directory).as_posix()
    yield from ((f"{base}/{name}", str(one["sha256"])) for name, one in files.items())
