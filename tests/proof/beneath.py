"""Every call to the system fails, whoever makes it: `python -m tests.proof.beneath [--every 1]`.

What `tests.proof.failing` does to Python's own calls is done here beneath everything: Arrow, GDAL, SQLite, the closed process of the public build and the
readers too. A small city whose delivery has just become another is refreshed, backed up and restored; the k-th call below the city or its
backup that opens for writing, writes, syncs, closes, renames, links, makes or removes fails, once or from there on. Each time the run must end with one sentence and
the right exit status (or have done without the call, with the very releases of an undisturbed run), both releases must be the old ones and
whole, so must stores and backup, and the next run must come to what an undisturbed one made. Prints a line for each way of failing; ends with
status 1 when anything is amiss, with 77 where the kernel lets nobody look at calls.
"""

from __future__ import annotations

import argparse
import errno
import multiprocessing
import multiprocessing.connection
import os
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from tests.proof.ending import NOT_HERE, end
from tests.proof.kills import BOTH, PRELOADED, wrong
from tests.proof.supervised import Call, missing, supervise
from tests.refresh.yearcity import deliver, next_year, year_city

PUBLISHED = "the new maps are public"
JOBS = ("refresh", "backup", "restore")
NAMES = {"open", "rename", "link", "symlink", "mkdir", "unlink", "rmdir", "utime", "chmod"}
CONTENT = {"write", "truncate", "fsync", "close"}
_IDLE = {"mkdir": True, "unlink": False, "rmdir": False}
"""Calls that no fault reaches where there is nothing to do: a folder that is there, a file that is not."""


@dataclass(frozen=True)
class Way:
    """A way of failing: the error, of which calls, whether all after it fail too, and the exit statuses that may come of it."""

    error: int
    calls: frozenset[str]
    lasting: bool
    status: frozenset[int]

    def count(self, seen: Counter[str]) -> int:
        """Return how many of the calls that were seen could fail so."""
        return sum(seen[what] for what in self.calls)


WAYS = {
    "full": Way(errno.ENOSPC, frozenset({"open", "write", "truncate", "fsync", "rename", "link", "symlink", "mkdir"}), False, frozenset({0, 32})),
    "full for good": Way(errno.ENOSPC, frozenset({"write", "truncate", "link", "symlink", "mkdir"}), True, frozenset({0, 32})),
    "broken": Way(errno.EIO, frozenset(NAMES | CONTENT), False, frozenset({0, 34})),
    "dead": Way(errno.EIO, frozenset(NAMES | CONTENT), True, frozenset({34})),
    "closed": Way(errno.EACCES, frozenset(NAMES), False, frozenset({0, 34})),
    "read-only": Way(errno.EROFS, frozenset(NAMES), True, frozenset({34})),
    "interrupted": Way(errno.EINTR, frozenset({"open", "write", "fsync"}), False, frozenset({0})),
}


@dataclass
class Fault:
    """Decides which calls fail: the `at`-th of those that the way is about below a folder, or none with 0; counts all of them by what they do."""

    root: str
    way: Way
    at: int
    seen: Counter[str] = field(default_factory=Counter)
    failed: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> int:
        if not call.path.startswith(self.root) or os.path.lexists(call.path) == _IDLE.get(call.what):
            return 0
        self.seen[call.what] += 1
        if call.what not in self.way.calls:
            return 0
        count = self.way.count(self.seen)
        if count == self.at or (self.way.lasting and 0 < self.at < count):
            self.failed.append(call)
            return self.way.error
        return 0


def work(arguments: list[str], told: str) -> int:
    """Do one job as the command line does, and write down what it says."""
    from tinycity import command

    said = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 2)
    os.environ["TMPDIR"] = tempfile.tempdir = str(Path(told).with_name("at") / "tmp")  # what is unpacked is written, too
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)
    try:
        return command(arguments)
    except BaseException:
        import traceback

        traceback.print_exc()
        return 99


def supervised(arguments: list[str], told: str, fault: Fault, answer: multiprocessing.connection.Connection) -> None:
    """Do one job in a process of which `fault` is asked about every call."""
    os.setsid()
    status = supervise(lambda: work(arguments, told), fault)
    answer.send((status, fault.seen, fault.failed[:1]))


class Beneath:
    """A city as it stands before a job, that a fault is put to again and again, and what was found."""

    def __init__(self, home: Path) -> None:
        self.home, self.city, self.place, self.told = home, home / "at/city", home / "at/backup", home / "told.txt"
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(PRELOADED)
        self.amiss: list[str] = []
        self.ended: Counter[str] = Counter()
        self.where: Counter[str] = Counter()
        self.digests: dict[str, str] = {}
        self.before: dict[str, str] = {}
        self.calls: Counter[str] = Counter()

    def prepare(self, job: str, second_year: Path | None = None) -> None:
        """Make the city as it stands before a job, and learn what an undisturbed one makes of it. second_year: one that was refreshed twice already, for a refresh only."""
        shutil.rmtree(self.home / "at", ignore_errors=True)
        (self.home / "at/tmp").mkdir(parents=True)
        if second_year:
            shutil.copytree(second_year, self.city, symlinks=True)
        else:
            year_city(self.city)
        for path in (self.city / "layers").glob("*.toml"):
            path.write_text(path.read_text("utf-8") + "\n[refresh]\nremoved = 1\nadded = 1\nchanged = 1\nmoved = 1\nemptied = 1\nagain = true\n", "utf-8")
        if second_year is None:
            self._must(["refresh"])
            self._must(["backup", str(self.place)])
        deliver(self.city)
        if second_year is None:
            next_year(self.city)
        _packed(self.city)
        _other_photo(self.city)
        if job != "refresh":
            self._must(["refresh"])
        if job == "restore":
            self._must(["backup", str(self.place)])
            shutil.rmtree(self.city)
        for left in (self.home / "at/tmp").iterdir():
            self.amiss.append(f"left after undisturbed runs: {left.name}")
        self._copied(self.home / "at", self.home / "before")
        self.before = self.current()
        self.calls = self._must(self.arguments(job))
        self.digests = self.current()

    def _must(self, arguments: list[str]) -> Counter[str]:
        """Do a job undisturbed and return the calls of it that could fail."""
        status, seen, said, _ = self.run(arguments, self._fault("full", 0))
        if status:
            self.amiss.append(f"undisturbed, {arguments[0]} ends with {status}: {said[-300:]}")
        return seen

    def _fault(self, name: str, at: int) -> Fault:
        return Fault(f"{self.home / 'at'}/", WAYS[name], at)

    def run(self, arguments: list[str], fault: Fault) -> tuple[int, Counter[str], str, list[Call]]:
        """Do a job; return how it ended, the calls there were, what it said and the first call that failed."""
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=supervised, args=([*arguments, "--city", str(self.city), "--quiet"], str(self.told), fault, theirs))
        process.start()
        theirs.close()
        status, seen, failed = ours.recv()
        process.join()
        ours.close()
        return status, seen, self.told.read_text("utf-8", "replace").strip(), failed

    def current(self) -> dict[str, str]:
        found = {audience: self.city / "output" / audience / "current" for audience in BOTH}
        return {audience: os.readlink(path).rpartition("/")[2] for audience, path in found.items() if path.is_symlink()}

    @staticmethod
    def _copied(source: Path, target: Path) -> None:
        """Copy a folder whole, with the second names that files have in it."""
        shutil.rmtree(target, ignore_errors=True)
        names: dict[int, str] = {}

        def copy(one: str, other: str) -> str:
            there = os.stat(one)
            if there.st_nlink > 1 and there.st_ino in names:
                os.link(names[there.st_ino], other)
            else:
                shutil.copy2(one, other)
                names[there.st_ino] = other
            return other

        shutil.copytree(source, target, symlinks=True, copy_function=copy)

    def arguments(self, job: str) -> list[str]:
        return [job] if job == "refresh" else [job, str(self.place)]

    def fail(self, job: str, name: str, at: int, recover: bool = True) -> None:
        """Put a fault to a job, look at everything and do the job once more."""
        self._copied(self.home / "before", self.home / "at")
        way = WAYS[name]
        status, _, said, failed = self.run(self.arguments(job), self._fault(name, at))
        if not failed:  # of what several threads write at once there are not always as many calls
            self.ended[f"{name}: not reached"] += 1
            return
        what = f"{job}, {name}, call {at} ({failed[0].what} {os.path.relpath(failed[0].path, self.home / 'at')})"
        self.where[failed[0].what] += 1
        self.ended[f"{name}: faults"] += 1
        self.ended[f"{name}: {'done without it' if status == 0 else 'said'}"] += 1
        unsaid = {34} if ".gpkg" in failed[0].path and name == "full" else set()  # GDAL does not say why; asked again, this disk takes what it is given
        late = status == 0 and PUBLISHED in said  # only the line in the log of refreshes is missing, which is said
        found = [] if late or status in way.status | unsaid else [f"ends with {status}: {said[-300:]}"]
        if "Traceback" in said or "Exception ignored" in said:
            found.append(f"a traceback: {said[-300:]}")
        elif status and len(said.splitlines()) != 1:
            found.append(f"says {len(said.splitlines())} lines: {said[:300]}")
        died = way.lasting and failed[0].path.endswith("/public/current")  # a disk that dies for good between two pointers lets nobody move the first one back
        found += self.judged(job, status, PUBLISHED in said, [self.before | {"internal": self.digests["internal"]}] if died else [])
        self.amiss += [f"{what}: {one}" for one in found]
        if status and recover:  # else it has come to what an undisturbed run makes, as was just seen
            self._recover(job, what)

    def judged(self, job: str, status: int, published: bool, between: Sequence[dict[str, str]] = ()) -> list[str]:
        """Return what is not as it must be after a job that ended so; published: it says that the maps were switched before it failed; between: what may be current then, too."""
        if job == "restore":
            return [] if status else [f"restored {self.current()}, kept {self.digests}"] * (self.current() != self.digests) + wrong(self.city, self.place)
        due = self.digests if status == 0 or published else self.before
        return ([f"{self.current()} is current, due {due}"] if self.current() not in (due, *between) else []) + wrong(self.city, self.place)

    def _recover(self, job: str, what: str) -> None:
        """Do the job again, undisturbed: it ends well, and what is there is what it always made."""
        if job == "restore" and self.current() == self.digests:
            return  # it was restored; restoring over it is refused
        status, _, said, _ = self.run(self.arguments(job), self._fault("full", 0))
        if status or self.current() != self.digests:
            self.amiss.append(f"{what}: the next run ends with {status}, {self.current()} is current, due {self.digests}: {said[-300:]}")
        self.amiss += [f"{what}: after the next run: {one}" for one in wrong(self.city, self.place)]
        drafts = [path.relative_to(self.home / "at") for path in (self.home / "at").rglob(".*") if path.name.startswith((".draft", ".current-", ".ingest-", ".scratch-"))]
        self.amiss += [f"{what}: left after the next run: {path}" for path in drafts]


def _packed(city: Path) -> None:
    """Deliver the lots as an archive, which somebody has to unpack."""
    lots, layer = city / "sources/parcel.geojson", city / "layers/parcel.toml"
    with zipfile.ZipFile(city / "sources/parcel.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(lots, lots.name)
    lots.unlink()
    layer.write_text(layer.read_text("utf-8").replace("parcel.geojson", "parcel.zip"), "utf-8")


def _other_photo(city: Path) -> None:
    """Deliver another photograph, of which overviews and tiles are made anew."""
    from PIL import Image, ImageOps

    path = city / "sources/photo/photo.tif"
    with Image.open(path) as picture:
        other = ImageOps.invert(picture)
    other.save(path)


def prove(home: Path, every: int, jobs: Sequence[str] = JOBS, ways: Sequence[str] = tuple(WAYS), first: int = 1, tell: Callable[[str], None] = lambda line: None) -> Beneath:
    """Let every so-many-th call of every job fail in every way, and return what was found."""
    proof = Beneath(home)
    for job in jobs:
        proof.prepare(job)
        for number, name in enumerate(ways):
            begin, ended, amiss = time.perf_counter(), Counter(proof.ended), len(proof.amiss)
            count = WAYS[name].count(proof.calls)
            for at in range(first + number * every // len(ways), count + 1, every):
                proof.fail(job, name, at)
            now = proof.ended - ended
            tell(f"{job:<8} {name:<14} {count:>5} calls  {now[f'{name}: faults']:>5} faults  {now[f'{name}: said']:>5} said  {now[f'{name}: done without it']:>5} done without it  "
                 f"{len(proof.amiss) - amiss:>3} amiss  {time.perf_counter() - begin:>5.0f} s")
            for one in proof.amiss[amiss:]:
                tell(f"  {one}")
    return proof


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="let every so-many-th call fail")
    parser.add_argument("--first", type=int, default=1, help="the first call that fails")
    parser.add_argument("--job", choices=JOBS, action="append", help="only this job")
    parser.add_argument("--way", choices=WAYS, action="append", help="only this way of failing")
    asked = parser.parse_args()
    if lack := missing():
        print(f"not proven here: {lack}")
        return NOT_HERE
    home = Path(tempfile.mkdtemp(prefix="gispipe-beneath-"))
    begin = time.perf_counter()
    proof = prove(home, asked.every, asked.job or JOBS, asked.way or tuple(WAYS), asked.first, tell=lambda line: print(line, flush=True))
    faults = sum(count for name, count in proof.ended.items() if name.endswith(": faults"))
    print("calls that failed: " + ", ".join(f"{count} {what}" for what, count in proof.where.most_common()))
    return end(f"{faults} faults beneath the program, {len(proof.amiss)} amiss", proof.amiss, home, begin)


if __name__ == "__main__":
    sys.exit(main())
