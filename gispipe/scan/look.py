"""Look at files with the real readers: format by content, CRS, encoding, columns, geometry; nothing is assumed from a name."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from gispipe.errors import Failure
from gispipe.inspect.recognise import PICTURES, Thing, recognise
from gispipe.intake import Delivered, Readers, readers
from gispipe.model import Source
from gispipe.scan.files import walk
from gispipe.scan.toml import remark
from gispipe.words import Words


@dataclass(frozen=True)
class Seen:
    """A file that was looked at. `delivered` is None for pictures; doubts are sentences for the layer file's comments; waits is why a picture cannot be read yet."""

    path: Path
    name: str
    source: Source
    delivered: Delivered | None
    doubts: tuple[str, ...] = ()
    sheets: tuple[dict, ...] = ()
    waits: str | None = None


@dataclass
class Look:
    """What a folder holds: readable files, and those that are not, with the reason."""

    seen: list[Seen] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def look_through(folder: Path, leave_out: Path | None = None, workers: int | None = None) -> Look:
    """Look at every file under a folder but `leave_out`; what cannot be read is listed with the reason, never skipped in silence."""
    found, result = walk(folder, leave_out), Look()
    result.unreadable = [(name, str(why)) for name, why in found.left]
    with readers(workers) as group, ThreadPoolExecutor(group.count) as pool:
        jobs = [(path, pool.submit(_look_at, group, folder, path)) for path in found.data]
        for path, job in jobs:
            try:
                things = job.result()
                whole = [thing for thing in things if thing.failure is None or thing.source.reader in PICTURES]
                result.seen += [_seen(path, thing) for thing in whole]
                result.unreadable += [(f"{thing.name} {thing.source.member or thing.source.layer or ''}".strip(), _reason(thing.failure)) for thing in things if thing not in whole]
            except (Failure, OSError) as failure:
                result.unreadable.append((path.relative_to(folder).as_posix(), _reason(failure)))
    read = {seen.path.parent for seen in result.seen}
    result.unreadable += [(f"{place.relative_to(folder).as_posix()}/", str(_ONLY_HELPERS)) for place in found.described if place not in read]
    result.unreadable.sort()
    return result


_ONLY_HELPERS = Words("the folder describes data (config.yml, attributes.csv) but holds none that can be read",
                      "説明（config.yml・attributes.csv）だけで、読めるデータがありません")


def _reason(failure: Failure | OSError) -> str:
    if isinstance(failure, OSError):
        return failure.strerror or str(failure)
    return f"{failure.what} — {failure.todo}" if failure.todo else str(failure.what)


def _seen(path: Path, thing: Thing) -> Seen:
    waits = remark(thing.failure.what.ja) if thing.failure else None
    return Seen(path, thing.name, thing.source, thing.delivered, tuple(remark(doubt.ja) for doubt in thing.doubts), thing.sheets, waits)


def _look_at(group: Readers, folder: Path, path: Path) -> list[Thing]:
    name = path.relative_to(folder).as_posix()
    return list(recognise(group, path, name, pattern_of(name)))


def pattern_of(name: str) -> str:
    """Return a path that a glob cannot misread: its special characters stand for themselves."""
    return re.sub(r"([*?\[])", r"[\1]", name)
