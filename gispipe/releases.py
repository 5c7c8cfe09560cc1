"""A release: built aside, made durable, switched in one step, checked by its digest, brought back when needed.

`releases/<digest>/` never changes once it has its name; `current` points at one. The digest is that of every file's
path and SHA-256, so the same content is the same release.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gispipe.errors import NotFound, ReleaseDamaged
from gispipe.finished import digest_of_file
from gispipe.model import Audience
from gispipe.words import Words

RECORD = "release.json"
DRAFT = ".draft-"
_SYNCING = 8
"""Files brought to the disk at a time."""


def home(output: Path, audience: Audience) -> Path:
    """Return the folder of an audience's releases."""
    return output / audience


def open_draft(output: Path, audience: Audience) -> Path:
    """Sweep half-made folders of runs that died and return a new empty one (the caller holds the city's lock)."""
    releases = home(output, audience) / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    for old in releases.glob(f"{DRAFT}*"):
        shutil.rmtree(old)
    draft = releases / f"{DRAFT}{os.getpid()}"
    draft.mkdir()
    return draft


def files_of(folder: Path) -> dict[str, dict[str, object]]:
    """Return path → {sha256, size} for every file of a release but its own record."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name != RECORD:
            found[name] = {"sha256": digest_of_file(path), "size": path.stat().st_size}
    return found


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
    sizes = {path.relative_to(draft).as_posix(): path.stat().st_size for path in draft.rglob("*") if path.is_file()}
    for name in sorted(sizes.keys() ^ cleared.keys()):
        raise ReleaseDamaged(f"{draft.name}/{name}", Words("the file came or went after the gate", "検査の後に増えた、または消えたファイルです"), _RESTORE)
    return {name: {"sha256": cleared[name], "size": size} for name, size in sorted(sizes.items())}


def settle(draft: Path, digest: str) -> Path:
    """Make a sealed draft durable and give it its name; an equal release that is whole is kept and the draft dropped."""
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
    every = list(draft.rglob("*"))
    with ThreadPoolExecutor(_SYNCING) as pool:  # a disk takes several at once in little more than the time of one
        list(pool.map(_sync, (path for path in every if not path.is_dir())))
    for folder in sorted((path for path in every if path.is_dir()), key=lambda path: -len(path.parts)):
        _sync(folder)
    _sync(draft)
    os.rename(draft, final)
    _sync(final.parent)
    return final


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


def switch(output: Path, audience: Audience, digest: str) -> Path:
    """Point `current` at a release in one atomic step; raises NotFound or ReleaseDamaged and then changes nothing."""
    folder = home(output, audience)
    release = named(output, audience, digest)
    verify(release)
    pointer = folder / f".current-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    try:
        pointer.symlink_to(Path("releases") / digest, target_is_directory=True)
        os.replace(pointer, folder / "current")
    except OSError:
        if os.name != "nt":
            raise
        _switch_on_windows(folder, release)
    _sync(folder)
    return release


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
