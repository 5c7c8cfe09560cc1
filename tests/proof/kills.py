"""A run that is killed at any instant leaves the old or the new, whole: `python -m tests.proof.kills --n 1000`.

Each kill: a small city whose delivery has just become another is refreshed, built, published or backed up by a process of its own, which gets
SIGKILL after a random part of the time that it takes undisturbed. Then everything that has a name is read: releases and their records, both
stores and the digests of their versions, states, journal, lock, backup. Every few kills the next run must end well with the digests of a run
that nobody disturbed. Prints one line of numbers; ends with status 1 when anything is torn.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from tests.proof.ending import end
from tests.refresh.yearcity import deliver, next_year, year_city

BOTH = ("public", "internal")
JOBS = ("refresh", "ingest", "build", "publish", "backup")
PRELOADED = ["gispipe.pipeline", "gispipe.compare.report", "gispipe.backup.make", "gispipe.web.pages", "gispipe.web.texts", "gispipe.statistics.write", "gispipe.cards.write",
             "gispipe.cli.refresh", "tests.refresh.yearcity", "geopandas", "rasterio", "folium"]
"""What the process has loaded from which every run is forked."""
RECOVER = 10
"""Kills after which the next run has to put everything right."""


def work(job: str, city: str) -> None:
    """Do one job as the command line does."""
    os.setsid()
    from tinycity import command

    quiet = ["--city", city, "--quiet"]
    folder = str(Path(city).parent / "backup")
    status = 0
    if job == "publish":
        from gispipe import releases

        for audience in BOTH:
            names = [one.name for one in releases.releases(Path(city) / "output", audience)]  # type: ignore[arg-type]
            status = status or command(["publish", audience, names[0], *quiet]) or command(["publish", audience, names[-1], *quiet])
    else:
        status = command({"refresh": ["refresh", *quiet], "ingest": ["ingest", *quiet], "build": ["build", *quiet], "backup": ["backup", folder, *quiet]}[job])
    os._exit(status)


@dataclass
class Kills:
    """A city that is killed at work, what it may look like, and what was found."""

    home: Path
    seed: int = 1
    begun: Path | None = None
    """A city of `year_city` that was refreshed already, to begin with a copy of it."""
    torn: list[str] = field(default_factory=list)
    ended: Counter = field(default_factory=Counter)
    took: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(PRELOADED)
        self.chance = random.Random(self.seed)
        self.city = Path(shutil.copytree(self.begun, self.home / "city", symlinks=True)) if self.begun else year_city(self.home / "city")
        self.digests: dict[str, dict[str, str]] = {}
        for name in ("first", "second"):
            self.give(name)
            self.run("refresh")
            self.digests[name] = self.current()
        self.took |= dict.fromkeys(("ingest", "build"), self.took["refresh"] / 2)  # the halves of it
        for job in ("publish", "backup"):
            self.run(job)

    def give(self, name: str) -> None:
        {"first": lambda city: deliver(city), "second": lambda city: (deliver(city), next_year(city))}[name](self.city)
        layer = self.city / "layers/parcel.toml"
        if "[refresh]" not in layer.read_text("utf-8"):  # back and forth is no ordinary year
            for path in (self.city / "layers").glob("*.toml"):
                path.write_text(path.read_text("utf-8") + "\n[refresh]\nremoved = 1\nadded = 1\nchanged = 1\nmoved = 1\nemptied = 1\nagain = true\n", "utf-8")
        self.now = name

    def start(self, job: str) -> multiprocessing.Process:
        process = self.context.Process(target=work, args=(job, str(self.city)))
        process.start()
        return process

    def run(self, job: str) -> None:
        """Do a job undisturbed; how long it took the first time after a change is remembered."""
        begin = time.perf_counter()
        process = self.start(job)
        process.join(120)
        if process.exitcode != 0:
            self.torn.append(f"{job} ends with {process.exitcode}")
        if len(self.digests) < 2 or job not in self.took:  # what a recovery finds done takes half as long, and the end of a job is where it publishes
            self.took[job] = time.perf_counter() - begin

    def current(self) -> dict[str, str]:
        return {audience: os.readlink(self.city / "output" / audience / "current").rpartition("/")[2] for audience in BOTH}

    def change(self, job: str) -> None:
        """Give a job something to do."""
        if job in ("refresh", "ingest"):
            self.give("first" if self.now == "second" else "second")
        if job == "build":  # something to do: another style
            style = self.city / "styles/lots.toml"
            style.write_text(style.read_text("utf-8").replace("width = 1\n", "width = 2\n") if "width = 1\n" in style.read_text("utf-8") else style.read_text("utf-8").replace("width = 2\n", "width = 1\n"), "utf-8")
        if job == "backup":
            (self.city / "styles/spots.toml").write_text((self.city / "styles/spots.toml").read_text("utf-8") + f"# {self.chance.random()}\n", "utf-8")

    def kill(self, job: str) -> None:
        """Do a job, kill it somewhere, and look at everything."""
        self.change(job)
        before = self.current()
        known = {audience: {path.name for path in (self.city / "output" / audience / "releases").iterdir()} for audience in BOTH}
        process = self.start(job)
        process.join(self.chance.random() * self.took[job] * 1.05)
        alive = process.is_alive()
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        self.ended["killed" if alive and process.exitcode == -signal.SIGKILL else "ended before"] += 1
        after = self.current()
        self.ended["new" if after != before else "old"] += 1
        self.torn += [f"{job}: {what}" for what in wrong(self.city, self.home / "backup")]
        self.ended["half-made folders"] += sum(path.name.startswith(".draft") and path.name not in known[audience] for audience in BOTH for path in (self.city / "output" / audience / "releases").iterdir())

    def recover(self) -> None:
        """Run once more: it ends well, is what an undisturbed run made, and nothing half-made is left."""
        style = self.city / "styles/lots.toml"
        style.write_text(style.read_text("utf-8").replace("width = 2\n", "width = 1\n"), "utf-8")
        self.run("refresh")
        if self.current() != self.digests[self.now]:
            self.torn.append(f"after recovering {self.current()}, undisturbed {self.digests[self.now]}")
        left = [str(path.relative_to(self.city)) for top in ("store", "public", "internal") for path in (self.city / "output" / top).rglob(".draft*")]
        self.torn += [f"left: {name}" for name in left]
        self.ended["recovered"] += 1


def wrong(city: Path, backup: Path) -> list[str]:
    """Return what is torn in a city's output and its backup."""
    from gispipe import releases
    from gispipe.backup.place import Place, damaged
    from gispipe.errors import Failure
    from gispipe.history import read_states
    from gispipe.inputs import read_lock

    output, found = city / "output", []

    def looked(what: str, look: Callable[[], object]) -> None:
        try:
            look()
        except (Failure, OSError, ValueError, KeyError) as error:
            found.append(f"{what}: {type(error).__name__} {error}")

    for audience in BOTH:
        for release in releases.releases(output, audience):  # type: ignore[arg-type]
            looked(f"{audience} {release.name}", lambda release=release: releases.verify(release))
        looked(f"{audience} current", lambda audience=audience: releases.verify(releases.current(output, audience)))
        looked(f"{audience} journal", lambda audience=audience: json.loads((output / audience / "published.json").read_text("utf-8")))
        manifest = json.loads((output / "store" / audience / "manifest.json").read_text("utf-8"))
        for layer, entry in manifest.items():
            for which in ("version", "base"):
                if which in entry and entry["suffix"] == ".parquet":
                    looked(f"{audience} {layer}", lambda layer=layer, entry=entry, which=which, audience=audience: _same(output / "store" / audience / layer / f"{entry[which]}.parquet", entry[which]))
    looked("states", lambda: [_same(output / "store/internal" / layer / f"{entry['version']}.parquet", entry["version"]) for state in read_states(output) for layer, entry in state.layers.items() if entry["suffix"] == ".parquet"])
    looked("lock", lambda: read_lock(output))
    if backup.is_dir():
        place = Place(backup)
        found += [f"backup: {one}" for one in damaged(place, place.snapshots())]
    return found


def _same(path: Path, version: str) -> None:
    if hashlib.sha256(path.read_bytes()).hexdigest()[:16] != version:
        raise ValueError(f"{path.name} is not what its name says")


def prove(home: Path, count: int, seed: int = 1, jobs: tuple[str, ...] = JOBS, recover: int = RECOVER, begun: Path | None = None) -> Kills:
    """Kill so many times, recover every so often, and return what was found."""
    proof = Kills(home, seed, begun)
    for number in range(count):
        job = jobs[number % len(jobs)]
        proof.kill(job)
        if number % recover == recover - 1 or number == count - 1:
            proof.recover()
    return proof


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="gispipe-kills-"))
    begin = time.perf_counter()
    proof = prove(home, asked.n, asked.seed)
    return end(f"{asked.n} kills, {proof.ended['killed']} while at work ({proof.ended['old']} left the old, {proof.ended['new']} the new release), {proof.ended['half-made folders']} half-made folders, "
               f"{proof.ended['recovered']} recoveries, {len(proof.torn)} torn", proof.torn, home, begin)


if __name__ == "__main__":
    sys.exit(main())
