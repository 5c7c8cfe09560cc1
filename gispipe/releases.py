"""A release: built aside, made durable, switched in one step, checked by its digest, brought back when needed.

`releases/<digest>/` never changes once it has its name; `current` points at one. The digest is that of every file's
path and SHA-256, so the same content is the same release.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from gispipe.errors import NotFound, ReleaseDamaged
from gispipe.finished import DRAFT, digest_of_file, files_below, finished
from gispipe.model import Audience
from gispipe.room import judge_room
from gispipe.words import Words

RECORD = "release.json"
JOURNAL = "published.json"
JOURNALED = 1000
"""Entries of the journal that stay."""
SERVED = dt.timedelta(days=1)
"""How long a release stays after it ceased to be current."""
_SYNCING = 8
"""Files brought to the disk at a time."""


def home(output: Path, audience: Audience) -> Path:
    """Return the folder of an audience's releases."""
    return output / audience


def room(output: Path, audiences: Collection[Audience]) -> None:
    """Raise NoRoom before a run when the disk has no room for another release of each audience as large as the current one."""
    sizes = [file.stat().st_size for audience in audiences if (home(output, audience) / "current").is_dir() for _, file in files_below((home(output, audience) / "current").resolve())]
    judge_room(output, iter(sizes), len(sizes))


def open_draft(output: Path, audience: Audience) -> Path:
    """Sweep half-made folders of runs that died and return a new empty one (the caller holds the city's lock)."""
    releases = home(output, audience) / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    for old in releases.glob(f"{DRAFT}*"):
        _removed(old)
    draft = releases / f"{DRAFT}{os.getpid()}"
    draft.mkdir()
    return draft


def _removed(folder: Path) -> None:
    """Remove a draft; the process that wrote it may take a moment to end after the run that was killed."""
    for pause in (0.05, 0.2, 1.0):
        try:
            shutil.rmtree(folder)
            return
        except OSError:
            time.sleep(pause)
    shutil.rmtree(folder)


def files_of(folder: Path) -> dict[str, dict[str, object]]:
    """Return path → {sha256, size} for every file of a release but its own record."""
    return {name: {"sha256": digest_of_file(file.path), "size": file.stat().st_size} for name, file in sorted(files_below(folder), key=lambda one: one[0]) if name != RECORD}


def digest_of(files: Mapping[str, Mapping[str, object]], facts: Mapping[str, object]) -> str:
    """Return the digest of a release: of its files and the facts of its record."""
    document = json.dumps({"files": {name: one["sha256"] for name, one in sorted(files.items())}, "facts": facts}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(document.encode()).hexdigest()[:24]


def seal(draft: Path, facts: Mapping[str, object], cleared: Mapping[str, str] | None = None) -> str:
    """Write the record of a finished draft and return the digest.

    ``cleared``: by name the SHA-256 of every file as the gate read it. Then this is what the record states, so that whatever became another
    file after the gate is found by `verify`; raises ReleaseDamaged for a file the gate has not seen, or that is gone since.
    """
    files = files_of(draft) if cleared is None else _cleared_files(draft, cleared)
    digest = digest_of(files, facts)
    record = {"digest": digest, **facts, "files": files}
    (draft / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return digest


def _cleared_files(draft: Path, cleared: Mapping[str, str]) -> dict[str, dict[str, object]]:
    sizes = {name: file.stat().st_size for name, file in files_below(draft)}
    for name in sorted(sizes.keys() ^ cleared.keys()):
        raise ReleaseDamaged(f"{draft.name}/{name}", Words("the file came or went after the gate", "検査の後に増えた、または消えたファイルです"), _RESTORE)
    return {name: {"sha256": cleared[name], "size": size} for name, size in sorted(sizes.items())}


def settle(draft: Path, digest: str, forced: bool = False) -> Path:
    """Make a sealed draft durable and give it its name; an equal release that is whole is kept and the draft dropped.

    forced: all but the record was brought to the disk already.
    """
    final = draft.parent / digest
    if final.is_dir():
        try:
            verify(final)
        except ReleaseDamaged:
            shutil.rmtree(final)
        else:
            shutil.rmtree(draft)
            os.utime(final)  # finished again now: the newest, and the one before it is what rollback means
            return final
    if forced:
        _sync(draft / RECORD)
        _sync(draft)
    else:
        force(draft)
    os.rename(draft, final)
    _sync(final.parent)
    return final


def force(draft: Path) -> None:
    """Bring every file and folder of a draft to the disk; what is there already takes hardly any time."""
    folders = [(Path(folder), names) for folder, _, names in os.walk(draft, topdown=False)]  # the deepest first, the draft itself last
    with ThreadPoolExecutor(_SYNCING) as pool:  # a disk takes several at once in little more than the time of one
        list(pool.map(_sync, (folder / name for folder, names in folders for name in names)))
    for folder, _ in folders:
        _sync(folder)


def _sync(path: Path) -> None:
    """Force a file or folder to disk; Windows cannot open folders and does not need to."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def named(output: Path, audience: Audience, digest: str) -> Path:
    """Return the folder of a finished release; raises NotFound when there is none of that name."""
    for release in releases(output, audience):
        if release.name == digest:
            return release
    raise NotFound(f"{audience} {digest}", Words("no such release", "その公開物はありません"), Words("see 'gispipe publish --list'", "「gispipe publish --list」で一覧を見てください"))


def switch(output: Path, audience: Audience, digest: str, label: str = "") -> Path:
    """Make a release of one audience the current one, as `switch_all` does."""
    return switch_all(output, {audience: digest}, label)[audience]


def switch_all(output: Path, digests: Mapping[Audience, str], label: str = "", when_public: Callable[[], None] = lambda: None) -> dict[Audience, Path]:
    """Point the `current` of every audience at a release, each in one atomic step, and write down that it is; return the releases.

    Raises NotFound, ReleaseDamaged or OSError. Before `when_public` was called nothing has changed: a pointer that was moved is moved back. After it, the
    maps are new and only what follows failed. Only a disk that dies for good between two pointers leaves audiences with different states; then it is called, too.
    label: of the state of the store (年度) that the releases show.
    """
    chosen = {audience: named(output, audience, digest) for audience, digest in digests.items()}
    with ThreadPoolExecutor(max(len(chosen), 1)) as pool:
        list(pool.map(verify, chosen.values()))
    before = {audience: published(output, audience) for audience in chosen}
    moved: list[Audience] = []
    for audience, release in chosen.items():
        _prepare(home(output, audience), release)
    try:
        for audience, release in chosen.items():
            _put(home(output, audience), release)
            moved.append(audience)
    except OSError:
        try:
            for audience in moved:
                _point_back(home(output, audience), before[audience])
        except OSError:
            when_public()
        raise
    when_public()
    for audience, release in chosen.items():
        _sync(home(output, audience))
        _note(output, audience, before[audience], release.name, label)
    return chosen


def _pointer(folder: Path) -> Path:
    return folder / f".current-{os.getpid()}"


def _prepare(folder: Path, release: Path) -> None:
    """Make what will be `current`, aside: the step itself then needs no room."""
    _pointer(folder).unlink(missing_ok=True)
    try:
        _pointer(folder).symlink_to(Path("releases") / release.name, target_is_directory=True)
    except OSError:
        if os.name != "nt":
            raise


def _put(folder: Path, release: Path) -> None:
    """Let `current` lead to the release that was prepared, in one step."""
    try:
        os.replace(_pointer(folder), folder / "current")
    except OSError:
        if os.name != "nt":
            raise
        _switch_on_windows(folder, release)


def _point_back(folder: Path, before: Sequence[Published]) -> None:
    """Let `current` lead to what it led to before; to nothing where nothing was current."""
    if before:
        release = folder / "releases" / before[-1].digest
        _prepare(folder, release)
        _put(folder, release)
    else:
        (folder / "current").unlink()


@dataclass(frozen=True)
class Published:
    """A release that was current from `at` on."""

    digest: str
    at: str
    label: str


def published(output: Path, audience: Audience) -> list[Published]:
    """Return what was current, oldest first; a release that became so while nobody could write it down stands at the end, without a time."""
    path, pointer = home(output, audience) / JOURNAL, home(output, audience) / "current"
    try:
        found = [Published(**one) for one in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):  # it only says what may be swept: without it nothing is
        found = []
    now = pointer.resolve().name if pointer.is_dir() else ""
    return found if not now or (found and found[-1].digest == now) else [*found, Published(now, "", "")]


def _note(output: Path, audience: Audience, before: Sequence[Published], digest: str, label: str) -> None:
    """Write down that a release is current, unless the journal says so already."""
    label = label or next((one.label for one in reversed(before) if one.digest == digest and one.label), "")
    if before and before[-1].digest == digest:
        if before[-1].at and before[-1].label == label:
            return
        before = before[:-1]
    now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    with finished(home(output, audience) / JOURNAL) as draft:
        draft.write_text(json.dumps([asdict(one) for one in [*before, Published(digest, now, label)]][-JOURNALED:], ensure_ascii=False, indent=1) + "\n", "utf-8")


def sweep(output: Path, audience: Audience, keep: int, pinned: Collection[str]) -> list[str]:
    """Remove releases beyond the newest `keep` and return their digests; never the current one, one that was current within a day, or the last of a pinned label.

    Whoever has a page of an older release open still finds its files for a day. Without a journal nothing is removed.
    """
    journal, found = published(output, audience), releases(output, audience)
    if not journal or not (home(output, audience) / JOURNAL).is_file():
        return []
    since = dt.datetime.now().astimezone() - SERVED
    ended = zip(journal, [*(one.at for one in journal[1:]), ""], strict=True)  # until when each was current; a time that nobody wrote down is now
    stay = {one.digest for one, end in ended if not end or dt.datetime.fromisoformat(end) > since} | {one.name for one in found[-keep:]}
    stay |= {next(one.digest for one in reversed(journal) if one.label == label) for label in {one.label for one in journal} & set(pinned)}
    gone = [one for one in found if one.name not in stay]
    for one in gone:
        hidden = one.with_name(f"{DRAFT}swept-{one.name}")  # half removed it would be a damaged release; so it is a draft, which the next run removes
        shutil.rmtree(hidden, ignore_errors=True)
        os.rename(one, hidden)
        shutil.rmtree(hidden)
    return [one.name for one in gone]


def _switch_on_windows(folder: Path, release: Path) -> None:
    """Make a junction: ordinary Windows accounts may not make symbolic links. Not atomic, and said to be so."""
    import _winapi

    current = folder / "current"
    if current.exists():
        os.rmdir(current)
    _winapi.CreateJunction(str(release), str(current))  # type: ignore[attr-defined]


def current(output: Path, audience: Audience) -> Path:
    """Return the folder of the current release; raises NotFound when nothing was published yet."""
    pointer = home(output, audience) / "current"
    if not pointer.is_dir():
        raise NotFound(f"{audience}", Words("nothing was published yet", "まだ公開物がありません"), Words("run 'gispipe run' first", "先に「gispipe run」を実行してください"))
    return pointer.resolve()


def verify(release: Path) -> dict:
    """Check every file of a release against its record and return the record; raises ReleaseDamaged naming what is wrong."""
    try:
        record = json.loads((release / RECORD).read_text("utf-8"))
        stated = record["files"]
        facts = {key: value for key, value in record.items() if key not in ("digest", "files")}
    except (OSError, ValueError, KeyError, AttributeError):
        raise ReleaseDamaged(str(release / RECORD), Words("the record is missing or broken", "記録ファイルがないか壊れています"), _RESTORE) from None
    found = files_of(release)
    for name in sorted(set(stated) | set(found)):
        if stated.get(name) != found.get(name):
            raise ReleaseDamaged(f"{release.name}/{name}", Words("the file is missing, added or changed", "ファイルが欠けているか、書き換わっています"), _RESTORE)
    if digest_of(found, facts) != record["digest"]:
        raise ReleaseDamaged(f"{release.name}/{RECORD}", Words("the record was changed", "記録ファイルが書き換わっています"), _RESTORE)
    return record


_RESTORE = Words("build it again or roll back", "作り直すか、前の公開物に戻してください")


def releases(output: Path, audience: Audience) -> list[Path]:
    """Return the finished releases, oldest first."""
    folder = home(output, audience) / "releases"
    return sorted((p for p in folder.glob("*") if p.is_dir() and not p.name.startswith(".")), key=lambda p: (p.stat().st_mtime, p.name)) if folder.is_dir() else []
