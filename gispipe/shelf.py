"""Finished pieces of a release, kept from run to run: a piece is made again only when what it depends on has changed.

A shelf is a folder in the store of one audience. Each piece has a name, a key (a digest of everything it depends on), a note, and files,
which are kept by the digest of their bytes. A kept file and the release's are one file under two names where that can be: a byte changed on the
disk is found whenever a kept file is asked for, and the piece is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gispipe.finished import digest_of_file, finished, keep_as, share

Made = tuple[Any, Iterable[str]]
"""A piece: its note (JSON), and the names of its files under the folder it was made in."""


class Shelf:
    """The pieces of one audience; `Shelf(None)` keeps nothing. open_: the shelf of those for whom everything is open, see `shared`; nothing is put there."""

    def __init__(self, root: Path | None, open_: Shelf | None = None) -> None:
        self._root, self._open = root, open_
        self._asked: set[str] = set()

    def made(self, name: str, key: str, folder: Path, make: Callable[[], Made]) -> Any:
        """Return a piece's note, its files in `folder`: copied when the key is the one it was kept with, else made and kept."""
        self._asked.add(name)
        kept = self._kept(name, key)
        if kept is not None and self._copied(kept["files"], folder):
            return kept["note"]
        note, files = make()
        if self._root is not None:
            self._keep(name, key, folder, note, files)
        return note

    def shared(self, name: str, key: str, folder: Path, make: Callable[[], Made]) -> Any:
        """Do as `made`, of a piece whose key says all that it depends on, for whoever it is: one that stands on the open shelf is taken over from there, byte by byte:
        no file of one audience is the other's under a second name."""
        kept = self._open._kept(name, key) if self._open is not None and self._root is not None and self._kept(name, key) is None else None
        if kept is not None and self._open is not None and all(self._has(digest, self._open) for digest in kept["files"].values()):
            self._note(name, key, kept["files"], kept["note"])
        return self.made(name, key, folder, make)

    def _has(self, digest: str, other: Shelf) -> bool:
        """Return whether a kept file is here, taken over now from another shelf where it was not."""
        assert self._root is not None
        if (self._root / "files" / digest).exists():
            return True
        content = other._held(digest)
        return content is not None and self._put(content) == digest

    def content(self, name: str, key: str, make: Callable[[], bytes]) -> bytes:
        """Return a piece that is one run of bytes: the one that was kept when its key is the same, else made and kept."""
        self._asked.add(name)
        kept = self._kept(name, key)
        content = self._held(kept["files"].get("", "")) if kept is not None else None
        if content is None:
            content = make()
            if self._root is not None:
                self._note(name, key, {"": self._put(content)}, None)
        return content

    def parts(self, name: str, keys: Mapping[str, str], make: Callable[[str], bytes]) -> dict[str, bytes]:
        """Return the parts of a piece by name: each as it was kept when its own key is the same, else made; parts that have no key now go."""
        self._asked.add(name)
        kept = self._kept(name, "")
        content = self._held(kept["files"].get("", "")) if kept is not None else None
        held, at = {}, 0
        for part, key, size in (kept["note"] or ()) if kept is not None and content is not None else ():
            held[part] = key, content[at:at + size]
            at += size
        found = {part: held[part] if part in held and held[part][0] == key else (key, make(part)) for part, key in keys.items()}
        if self._root is not None and found != held:
            self._note(name, "", {"": self._put(b"".join(value for _, value in found.values()))}, [[part, key, len(value)] for part, (key, value) in found.items()])
        return {part: value for part, (_, value) in found.items()}

    def each(self, name: str, keys: Mapping[str, str], folder: Path, make: Callable[[str], Mapping[str, bytes]]) -> None:
        """Have the files of every part of a piece in `folder`, which is empty of them: as they were kept when the part's own key is the same, else made (by name); parts that have no
        key now go."""
        self._asked.add(name)
        kept = self._kept(name, "")
        held, digests = (kept["note"], kept["files"]) if kept is not None else ({}, {})
        found: dict[str, tuple[str, dict[str, str]]] = {}
        for part, key in keys.items():
            files = {file: digests[file] for file in held[part][1]} if part in held and held[part][0] == key else None
            found[part] = key, files if files is not None and self._copied(files, folder) else self._written(make(part), folder)
        now = {part: [key, [*files]] for part, (key, files) in found.items()}
        if self._root is not None and now != held:
            self._note(name, "", {file: digest for _, files in found.values() for file, digest in files.items()}, now)

    def _written(self, files: Mapping[str, bytes], folder: Path) -> dict[str, str]:
        """Write files and keep them; return their digests."""
        digests = {}
        for name, content in files.items():
            target, digest = folder / name, hashlib.sha256(content).hexdigest()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            if self._root is not None:
                keep_as(target, self._root / "files" / digest, digest)
            digests[name] = digest
        return digests

    def before(self, name: str, file: str) -> bytes | None:
        """Return a file of a piece as it was kept, whatever its key; None when there is none or it is not what it was."""
        kept = self._read(self._root / f"{name}.json") if self._root is not None else None
        return self._held(kept["files"].get(file, "")) if kept is not None else None

    def still(self, name: str) -> None:
        """Say that a piece is wanted though it was not asked for: it is part of one that was taken whole."""
        self._asked.add(name)

    def sweep(self) -> None:
        """Remove what was not asked for since the shelf was opened, and files of no piece."""
        if self._root is None:
            return
        wanted = set()
        for path in self._root.glob("*.json"):
            kept = self._read(path) if path.stem in self._asked else None
            if kept is None:
                path.unlink()
            else:
                wanted.update(kept["files"].values())
        for path in (self._root / "files").glob("*"):
            if path.name not in wanted:
                path.unlink()

    def _kept(self, name: str, key: str) -> dict[str, Any] | None:
        kept = self._read(self._root / f"{name}.json") if self._root is not None else None
        return kept if kept is not None and kept["key"] == key else None

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            kept = json.loads(path.read_text("utf-8"))
            return kept if isinstance(kept["key"], str) and "note" in kept and isinstance(kept["files"], dict) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _copied(self, files: dict[str, str], folder: Path) -> bool:
        """Copy kept files; False when one is gone or its bytes are not what they were."""
        assert self._root is not None
        for name, digest in files.items():
            if self._held(digest) is None:
                return False
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            share(self._root / "files" / digest, target)
        return True

    def _held(self, digest: str) -> bytes | None:
        """Return the bytes of a digest; None when they are gone or not what they were."""
        assert self._root is not None
        try:
            content = (self._root / "files" / digest).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    def _put(self, content: bytes) -> str:
        """Keep some bytes and return their digest."""
        assert self._root is not None
        digest = hashlib.sha256(content).hexdigest()
        with finished(self._root / "files" / digest, durable=False) as draft:
            draft.write_bytes(content)
        return digest

    def _keep(self, name: str, key: str, folder: Path, note: Any, files: Iterable[str]) -> None:
        assert self._root is not None
        digests = {}
        for file in files:
            digest = digests[file] = digest_of_file(folder / file)
            keep_as(folder / file, self._root / "files" / digest, digest)
        self._note(name, key, digests, note)

    def _note(self, name: str, key: str, files: dict[str, str], note: Any) -> None:
        assert self._root is not None
        with finished(self._root / f"{name}.json", durable=False) as draft:
            draft.write_text(json.dumps({"key": key, "files": files, "note": note}, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def key_of(inputs: object, *made_by: str, libraries: Collection[str] = ()) -> str:
    """Return a digest of what a piece depends on: its inputs (as JSON), the programs that make it (paths in the package, folders whole), and libraries."""
    return hashlib.sha256(json.dumps([inputs, programs(*made_by), *(_version(name) for name in libraries)], ensure_ascii=False, sort_keys=True).encode()).hexdigest()


_version = cache(version)  # asking reads the library's own files: a build asks hundreds of times


@cache
def programs(*names: str) -> str:
    """Return a digest of programs of this package, named by path; a folder stands for all that is in it."""
    package = Path(__file__).parent
    paths = [path for name in names for path in (sorted((package / name).rglob("*.py")) if (package / name).is_dir() else [package / name])]
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)).hexdigest()
