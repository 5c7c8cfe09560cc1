"""Every call to the system on the write path fails once: `python -m tests.proof.failing [--every 1]`.

A small city whose delivery has just become another is refreshed and backed up in a process of its own in which the k-th call that opens for writing,
writes, syncs, renames, links or makes a folder below the city or the backup fails: the disk is full (what is written goes to a device that is full), an
input/output error, no right. For every k, or every few, the run must end with one sentence and the right exit status (or have done without the call),
and everything that has a name must be whole. Prints one line of numbers; ends with status 1 when anything is amiss.
"""

from __future__ import annotations

import argparse
import builtins
import errno
import io
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.proof.ending import end
from tests.proof.kills import Kills, wrong

ERRORS = {"full": errno.ENOSPC, "broken": errno.EIO, "closed": errno.EACCES}
EXPECTED = {"full": {0, 32}, "broken": {0, 34}, "closed": {0, 34}}
_IDLE = ("mkdir", "unlink", "rmdir")
"""Calls that are no fault to do without where there is nothing to do: a folder that is there, a file that is not."""
CALLS = ("open", "fsync", "replace", "rename", "link", "symlink", "mkdir", "unlink", "rmdir", "utime")


class Failing:
    """Lets the k-th call of a process below some folders fail; with `at` 0 they are only counted."""

    def __init__(self, roots: tuple[str, ...], at: int, error: int) -> None:
        self.roots, self.at, self.error, self.count = roots, at, error, 0

    def due(self, path: object) -> bool:
        try:
            name = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]
        except TypeError:  # a descriptor
            try:
                name = os.readlink(f"/proc/self/fd/{path}")
            except OSError:
                return False
        if not name.startswith(self.roots):
            return False
        self.count += 1
        return self.count == self.at

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self._wrapped(getattr(os, name), name))
        whole = io.open

        def opened(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            if set(mode) & set("wax+") and not isinstance(file, int) and self.due(file):
                if self.error == errno.ENOSPC and "+" not in mode:
                    return whole("/dev/full", mode.replace("x", "w").replace("a", "w"), *arguments, **named)
                raise OSError(self.error, os.strerror(self.error), os.fspath(file))
            return whole(file, mode, *arguments, **named)

        builtins.open = io.open = opened

    def _wrapped(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def wrapped(path: Any, *arguments: Any, **named: Any) -> Any:
            writing = bool(arguments and arguments[0] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if name == "open" else os.path.lexists(path) != (name == "mkdir") if name in _IDLE else True
            if writing and self.due(path):
                raise OSError(self.error, os.strerror(self.error), path if isinstance(path, (str, bytes)) else str(path))
            return call(path, *arguments, **named)

        return wrapped


def work(job: str, city: str, told: str, at: int, error: int) -> None:
    """Do a job with one failing call; write down how many calls there were, and what was said."""
    sys.stderr = io.open(told, "w", encoding="utf-8", buffering=1)
    os.dup2(sys.stderr.fileno(), 2)
    from tinycity import command

    failing = Failing((city + "/output", str(Path(city).parent / "backup")), at, error)
    failing.install()
    arguments = ["refresh"] if job == "refresh" else ["backup", str(Path(city).parent / "backup")]
    try:
        status = command([*arguments, "--city", city, "--quiet"])
    except BaseException as unexpected:
        import traceback

        traceback.print_exception(unexpected)
        status = 99
    sys.stderr.write(f"\n@calls {failing.count}\n")
    sys.stderr.flush()
    os._exit(status)


class Failures(Kills):
    """A city in which calls fail, and what was found."""

    def fail(self, job: str, at: int, kind: str) -> int:
        """Do a job in which a call fails, look at everything, and return how many calls there were."""
        self.change(job)
        told = self.home / "told.txt"
        process = self.context.Process(target=work, args=(job, str(self.city), str(told), at, ERRORS[kind]))
        process.start()
        process.join(120)
        said = told.read_text("utf-8")
        text, _, calls = said.rpartition("\n@calls ")
        place = f"{job}, call {at}, {kind}"
        if at and process.exitcode not in EXPECTED[kind]:
            self.torn.append(f"{place}: ends with {process.exitcode}: {text.strip()[-300:]}")
        if "Traceback" in text:
            self.torn.append(f"{place}: a traceback: {text.strip()[-300:]}")
        if process.exitcode not in (0, None) and not text.strip():
            self.torn.append(f"{place}: says nothing")
        self.torn += [f"{place}: {what}" for what in wrong(self.city, self.home / "backup")]
        self.ended["done without it" if process.exitcode == 0 else "said"] += 1
        return int(calls or 0)


def prove(home: Path, every: int, jobs: tuple[str, ...] = ("refresh", "backup"), first: int = 1) -> Failures:
    """Let every so-many-th call fail, in each way in turn, and return what was found."""
    proof = Failures(home)
    for job in jobs:
        count = proof.fail(job, 0, "full")
        proof.ended[f"calls of {job}"] = count
        for number, at in enumerate(range(first, count + 1, every)):
            for kind in (tuple(ERRORS) if every == 1 else (tuple(ERRORS)[number % 3],)):
                proof.fail(job, at, kind)
                proof.ended["faults"] += 1
        proof.recover()
    return proof


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="let every so-many-th call fail")
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="gispipe-failing-"))
    begin = time.perf_counter()
    proof = prove(home, asked.every)
    told = Counter(proof.ended)
    return end(f"{told['faults']} faults at {told['calls of refresh']} calls of a refresh and {told['calls of backup']} of a backup: {told['said']} said, {told['done without it']} done without it, "
               f"{len(proof.torn)} amiss", proof.torn, home, begin)


if __name__ == "__main__":
    sys.exit(main())
