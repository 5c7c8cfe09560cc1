"""The same inputs give the same releases and the same store, whatever the surroundings: `python -m tests.proof.same --n 20`.

A small city is refreshed in its first and in its second year, from nothing and in processes of their own, each time in other surroundings: seed of
hashes, locale, time zone, date, number of cores and of threads, umask, current directory, place of the city, order in which folders list
their files, order and age of the files. Every file of both releases and of both stores must be the same to the byte; what says when something
was done (`TIMES`) is left out. Prints a line for each run and a verdict; ends with status 1 when anything differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from tests.proof.ending import end
from tests.refresh.yearcity import next_year, year_city

AUDIENCES = ("public", "internal")
TIMES = ("store/internal/states.json",)
"""Files of a store that say when something was done. (Reports and the journals of what was published do too; they are in neither releases nor stores.)"""
DAY = 24 * 3600
ALL = "all at once"
TURKISH = "tr_TR.UTF-8"
"""Where the small letter of I is another one."""
LOCALES = ("ja_JP.UTF-8", TURKISH, "de_DE.UTF-8")

START = '''
import os, random
_cores, _seed = os.environ.get("PROOF_CORES"), os.environ.get("PROOF_LISTING")
if _cores:
    os.cpu_count = lambda: int(_cores)
if _seed:
    _chance, _list, _scan = random.Random(_seed), os.listdir, os.scandir
    class _Shuffled:
        def __init__(self, found):
            with found:
                self.found = list(found)
            _chance.shuffle(self.found)
            self.rest = iter(self.found)
        def __iter__(self): return self
        def __next__(self): return next(self.rest)
        def __enter__(self): return self
        def __exit__(self, *_): pass
        def close(self): pass
    def _shuffled(path="."):
        found = _list(path)
        _chance.shuffle(found)
        return found
    os.listdir, os.scandir = _shuffled, lambda path=".": _Shuffled(_scan(path))
'''
"""What every Python of a run does first: so many cores, and folders that list their files in an order of their own."""


@dataclass(frozen=True)
class Surroundings:
    """Where, when and on what a run takes place. `name` says what is unlike an ordinary run."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "city"
    umask: int = 0o022
    elsewhere: bool = False
    pinned: bool = False
    order: int = 0
    days: int = 0


@dataclass(frozen=True)
class Made:
    """The files of both releases and both stores by audience and name, with their SHA-256."""

    files: dict[str, str]
    releases: dict[str, str]

    def digest(self, part: str) -> str:
        told = [f"{name} {digest}\n" for name, digest in sorted(self.files.items()) if name.startswith(part)]
        return hashlib.sha256("".join(told).encode()).hexdigest()[:12]


def surroundings(home: Path, locales: Sequence[str] = LOCALES) -> tuple[list[Surroundings], list[str]]:
    """Return what this machine can be made to look like, and what it cannot. The locales that it lacks are made, where there is a program for it."""
    here, missing = _locales(home, locales)
    clock, pin = moved_clock(home), shutil.which("taskset")
    missing += [] if clock else ["another date (no C compiler)"]
    missing += [] if pin else ["one core only (no taskset)"]
    found = [Surroundings("as it is", {"PYTHONHASHSEED": "0"}), Surroundings("as it is, once more", {"PYTHONHASHSEED": "0"})]
    found += [Surroundings(f"locale {name}", {"LC_ALL": name, "LANG": name, "PYTHONHASHSEED": str(17 + k), **place}) for k, (name, place) in enumerate(here)]
    zones = ("Asia/Tokyo", "UTC", "America/St_Johns", "Pacific/Kiritimati", "Asia/Kathmandu", "Etc/GMT+12")
    found += [Surroundings(f"time zone {zone}", {"TZ": zone, "PYTHONHASHSEED": str(k)}) for k, zone in enumerate(zones, 100)]
    found += [Surroundings(f"{count} cores, {count} threads", {"PROOF_CORES": str(count), **dict.fromkeys(("OMP_NUM_THREADS", "ARROW_IO_THREADS", "GDAL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(count))})
              for count in (1, 3, 16)]
    found += [Surroundings("one core only", pinned=True, environment={"PROOF_CORES": "1"})] if pin else []
    found += [Surroundings("umask 077", umask=0o077), Surroundings("umask 002, another current directory", umask=0o002, elsewhere=True)]
    found += [Surroundings("a long path in Japanese with blanks", folder="とある 市/" + "長い道 " * 12 + "/city's")]
    found += [Surroundings("folders list backwards and files of other ages", {"PROOF_LISTING": "1"}, order=1), Surroundings("folders list anyhow", {"PROOF_LISTING": "2"}, order=2)]
    found += [Surroundings(f"{abs(days)} days {'ahead' if days > 0 else 'ago'}", {"LD_PRELOAD": str(clock), "PROOF_SECONDS": str(days * DAY)}, days=days) for days in (190, -4000)] if clock else []
    odd, place = next((one for one in here if one[0] == TURKISH), here[-1])
    mixed = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "GISPIPE_LANG": "ja", "LC_ALL": odd, "PROOF_CORES": "5", "PROOF_LISTING": "3", **place}
    return [*found, Surroundings(ALL, mixed, "とある市/elsewhere", 0o027, True, False, 3)], missing


def _locales(home: Path, wanted: Sequence[str]) -> tuple[list[tuple[str, dict[str, str]]], list[str]]:
    """Return the locales to run under, each with the environment that finds it, and those that are missing."""
    known = {name.lower().replace("-", "") for name in subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()} if shutil.which("locale") else set()
    here: list[tuple[str, dict[str, str]]] = [("C", {}), ("C.UTF-8", {})]
    missing = []
    for name in wanted:
        if name.lower().replace("-", "") in known:
            here.append((name, {}))
        elif shutil.which("localedef") and not subprocess.run(["localedef", "-i", name[:5], "-f", "UTF-8", str(home / name)], capture_output=True, check=False).returncode:
            here.append((name, {"LOCPATH": str(home)}))
        else:
            missing.append(f"locale {name}")
    return here, missing


def moved_clock(home: Path) -> Path | None:
    """Return a library that moves the clock of a program that is started with it; None where nobody compiles it."""
    compiler, made = shutil.which("cc") or shutil.which("gcc"), home / "moved.so"
    if not sys.platform.startswith("linux") or compiler is None:
        return None
    ended = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(Path(__file__).with_name("moved.c"))], capture_output=True, check=False)
    return made if ended.returncode == 0 else None


def run(home: Path, around: Surroundings, first: Callable[[Path], object], then: Sequence[Callable[[Path], object]] = (), job: str = "refresh", start: str = START) -> Made:
    """Make a city in some surroundings, refresh it once for every delivery, and return what came out; raises RuntimeError when it did not end well."""
    city = home / around.folder
    place = home / "start"
    place.mkdir(parents=True, exist_ok=True)
    (place / "sitecustomize.py").write_text(start, "utf-8")
    for deliver in (first, *then):
        deliver(city)
        if around.order:
            _reordered(city, around.order)
        _refreshed(city, around, place, job)
    return read(city / "output")


def _refreshed(city: Path, around: Surroundings, place: Path, job: str) -> None:
    here = {name: value for name, value in os.environ.items() if name not in ("GISPIPE_LANG", "GISPIPE_DATA", "LC_ALL", "LC_MESSAGES", "TZ", "PYTHONHASHSEED")}
    environment = {**here, "LANG": "C", "PYTHONPATH": os.pathsep.join([str(place), *(path for path in sys.path if path)]), **around.environment}
    pinned = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] if around.pinned else []
    told = str(city) if around.elsewhere else "."
    ended = subprocess.run([*pinned, sys.executable, "-c", "from gispipe.cli.main import main; main()", job, "--city", told, "--quiet"], capture_output=True, text=True, encoding="utf-8", errors="replace",
                           env=environment, cwd="/" if around.elsewhere else city, umask=around.umask, check=False, timeout=300)
    if ended.returncode:
        raise RuntimeError(f"{around.name}: ends with {ended.returncode}: {ended.stderr.strip()[-300:]}")


def _reordered(city: Path, seed: int) -> None:
    """Write declarations and sources anew in another order, with other times."""
    chance = random.Random(seed)
    files = [path for path in city.rglob("*") if path.is_file() and "output" not in path.relative_to(city).parts]
    chance.shuffle(files)
    for path in files:
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
        then = chance.randrange(10**9, 17 * 10**8)
        os.utime(path, (then, then))


def read(output: Path) -> Made:
    """Return what stands in the current releases and in the stores."""
    files, releases = {}, {}
    for audience in AUDIENCES:
        current = (output / audience / "current").resolve()
        releases[audience] = current.name
        files |= {f"release {audience}: {path.relative_to(current)}": path for path in current.rglob("*") if path.is_file()}
        store = output / "store" / audience
        files |= {f"store {audience}: {path.relative_to(store)}": path for path in store.rglob("*") if path.is_file() and path.relative_to(output).as_posix() not in TIMES}
    return Made({name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}, releases)


def differing(one: Made, other: Made) -> list[str]:
    """Return the names of files that are not the same in both."""
    return [f"{name} {'differs' if name in one.files and name in other.files else 'is in one only'}" for name in sorted(one.files.keys() | other.files.keys()) if one.files.get(name) != other.files.get(name)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=20)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="gispipe-same-"))
    begin = time.perf_counter()
    every, missing = surroundings(home)
    amiss: list[str] = []
    whole: Made | None = None
    print(f"{'surroundings':<52} {'public':<26} {'internal':<26} {'store, public':<14} {'store, internal':<16} seconds")
    for number in range(asked.n):
        around, started = every[number % len(every)], time.perf_counter()
        place = home / str(number)
        try:
            made = run(place, around, year_city, [next_year])
        except RuntimeError as failure:
            amiss.append(str(failure))
            continue
        whole = whole or made
        found = differing(whole, made)
        amiss += [f"{around.name}: {one}" for one in found]
        print(f"{around.name[:51]:<52} {made.releases['public']:<26} {made.releases['internal']:<26} {made.digest('store public'):<14} {made.digest('store internal'):<16} "
              f"{time.perf_counter() - started:.0f}{'' if not found else f'  {len(found)} files differ'}", flush=True)
        shutil.rmtree(place)
    print("not tried here: " + ("; ".join([*missing, *(one.name for one in every[asked.n:])]) or "nothing"))
    return end(f"{asked.n} runs of 2 years in {min(asked.n, len(every))} surroundings: {len(whole.files) if whole else 0} files each, {len(amiss)} amiss", amiss, home, begin)


if __name__ == "__main__":
    sys.exit(main())
