"""Files that are there whole or not at all, whenever the power goes: written aside, synced, and put in place in one step."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path


DRAFT = ".draft-"
"""How the names of drafts begin."""


@contextmanager
def finished(target: Path, durable: bool = True) -> Iterator[Path]:
    """Give a draft beside `target` to write; when that ended well it is synced and takes the target's place, else it goes.

    What is checked whenever it is read, and can be made again, need not be `durable`: when the power goes it may be empty or torn.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{DRAFT}{os.getpid()}-{target.name}")
    draft.unlink(missing_ok=True)
    try:
        yield draft
        if durable:
            sync(draft)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


_ASKED = 1 << 20
"""Bytes that a disk is asked to take."""
_WORDS = 200
"""Characters of a library's words that are passed on; some repeat whole statements."""


@contextmanager
def by_library(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Turn the errors of a library that writes a file by itself into what the system says of it: libraries tell that they failed, seldom that the disk is full."""
    try:
        yield
    except errors as error:
        raise _said_of(path, error) from error


def _said_of(path: Path, error: Exception) -> OSError:
    """Return why a file could not be written: that the disk is full when the library's words are so, else what the disk says when it is asked again, with a MB; when it takes it, those words."""
    words = " ".join(str(error).split())
    if any(one in words.lower() for one in ("disk is full", "no space left")):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    try:
        with tempfile.TemporaryFile(dir=path.parent) as asked:
            asked.write(bytes(_ASKED))
            asked.flush()
            os.fsync(asked.fileno())
    except OSError as again:
        return OSError(again.errno, again.strerror, str(path))
    return OSError(errno.EIO, words[:_WORDS] or os.strerror(errno.EIO), str(path))


def sweep(folder: Path) -> int:
    """Remove drafts below a folder that runs left which were killed, and return how many; nobody else may be at work there."""
    left = [Path(top) / name for top, _, names in os.walk(folder) for name in names if name.startswith(DRAFT)]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def sync(path: Path) -> None:
    """Have the system bring a file to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def share(source: Path, target: Path) -> None:
    """Give a finished file, which nobody writes to any more, a second name that is free; where the file system has no such names, copy it."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # another disk, a file system without links, or a process that may not make them
        shutil.copyfile(source, target)


def keep_as(source: Path, target: Path, digest: str) -> None:
    """Keep a finished file of SHA-256 ``digest`` as `target` too, unless it stands there already; what stands there damaged is replaced."""
    if not target.exists() or not (source.samefile(target) or digest_of_file(target) == digest):
        with finished(target, durable=False) as draft:
            share(source, draft)


def files_below(folder: Path | str, prefix: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield every file below a folder with its name from there, its parts divided by slashes; a folder under a second name is not gone into."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file():
                yield prefix + entry.name, entry


_AT_ONCE = 1 << 18
"""Bytes of a file that are read at once: most files of a release are smaller."""


def digest_of_file(path: Path | str) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while content := file.read(_AT_ONCE):
            digest.update(content)
    return digest.hexdigest()


def digests_of(paths: Iterable[Path | str]) -> list[str]:
    """Return the SHA-256 of files, read on as many cores as there are: digesting lets go of the interpreter."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(digest_of_file, paths))
