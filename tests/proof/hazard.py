"""Prove the hazard join of a city against an independent engine.

    python -m tests.proof.hazard --n 1000000 [--city DIR] [--engine postgis|duckdb] [--seed 1] [--layer flood_l2 …] [--stored] [--audience public]

Asks at n random places (half of them near the borders of zones, some exactly on their corners) and for every feature of every vector
layer that is no hazard, against every hazard layer as it stands in the store. Prints a line a hazard layer and kind of subject; ends
with 1 when anything is under-reported, over-reported or different.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from gispipe.model import Audience
from tests.proof.answer import Answer, Truth, answer_of
from tests.proof.city import City, read_city
from tests.proof.points import random_points
from tests.proof.verdict import AREA_M2, Verdict, judge, sum_of

POINTS = "random points"
Asked = Callable[[str, str], Answer]
"""(subject layer, hazard layer) → the answer to judge."""


class Peer(Protocol):
    """An engine that finds the truth."""

    def add_subjects(self, name: str, geometry: np.ndarray) -> None: ...
    def set_zones(self, geometry: np.ndarray, rank: np.ndarray) -> None: ...
    def truth(self, name: str) -> Truth: ...
    def again(self, name: str, truth: Truth, owners: np.ndarray) -> Truth: ...
    def check_unsplit(self, name: str, truth: Truth, count: int) -> Sampled: ...


class Sampled(Protocol):
    """What was measured again on unsplit polygons."""

    @property
    def asked(self) -> int: ...
    @property
    def largest(self) -> float: ...


@contextmanager
def peer(engine: str) -> Iterator[Peer]:
    """Start the independent engine."""
    if engine == "postgis":
        from tests.proof.postgis import postgis
        from tests.proof.postgis_truth import PostGISTruth

        with postgis() as server:
            yield PostGISTruth(server)
    else:
        from tests.proof.duckdb_truth import DuckDBTruth

        yield DuckDBTruth()


def computed(city: City, module: str) -> Asked:
    """Return the answers of the engine itself, computed here and now."""
    engine = importlib.import_module(module)
    ready: dict[str, object] = {}

    def ask(subject: str, hazard: str) -> Answer:
        if hazard not in ready:
            ready.clear()
            ready[hazard] = engine.prepare(*city.zones[hazard], None)
        return answer_of(engine.expose(city.subjects[subject], ready[hazard]))

    return ask


def prove(city: City, found: Peer, ask: Asked, sample: int, say: Callable[[str], None] = print, *, each: bool = False) -> bool:
    """Compare every answer with the truth, say a line for each hazard layer (and for each subject layer), and return whether nothing differs."""
    for number, geometry in enumerate(city.subjects.values()):
        found.add_subjects(f"s{number}", geometry)
    good = True
    for hazard, (zones, rank) in city.zones.items():
        found.set_zones(zones, rank)
        verdicts = []
        for number, name in enumerate(city.subjects):
            verdict, note = _one(found, f"s{number}", ask(name, hazard), sample)
            verdicts.append(verdict)
            if each or not verdict.passed():
                say(_line(verdict, hazard, name) + note)
        total = sum_of(verdicts)
        good &= total.passed()
        say(_line(total, hazard, "all"))
    return good


def _one(found: Peer, name: str, answer: Answer, sample: int) -> tuple[Verdict, str]:
    """Judge one answer; where it differs, the peer measures those subjects again in its slower, finer way before anything is said."""
    truth = found.truth(name)
    verdict = judge(truth, answer)
    note = ""
    if not verdict.passed():
        note = f"  measured again: {len(verdict.owners):,}"
        truth = found.again(name, truth, verdict.owners)
        verdict = judge(truth, answer)
    unsplit = found.check_unsplit(name, truth, sample)
    if unsplit.largest > AREA_M2:
        raise SystemExit(f"{name}: the peer's own short cut is off by {unsplit.largest:.1e} m²: no verdict")
    first = f"  first: {verdict.owners[:5].tolist()}" if len(verdict.owners) else ""
    return verdict, f"{note}{first}" + (f"  {unsplit.asked} unsplit: {unsplit.largest:.0e} m²" if unsplit.asked else "")


def _line(verdict: Verdict, hazard: str, name: str) -> str:
    return f"{'ok   ' if verdict.passed() else 'WRONG'} {hazard:24} {name:20} {verdict}"


def main() -> int:
    """Run the proof from the command line."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.perf_counter()
    city = read_city(options.city, _subjects(options), options.audience)
    for layer in [layer for layer in city.zones if options.layer and layer not in options.layer]:
        del city.zones[layer]
    for layer, why in city.left_out.items():
        print(f"left out: {layer}: {why}")
    if options.n and not options.stored:
        city.subjects[POINTS] = random_points(options.n, [zones for zones, _ in city.zones.values()], options.seed)
    ask = _stored(options.city, options.audience) if options.stored else computed(city, options.engine_module)
    with peer(options.engine) as found:
        good = prove(city, found, ask, options.sample, lambda line: print(line, flush=True), each=options.each)
    features = sum(len(geometry) for geometry in city.subjects.values())
    print(f"{features:,} subjects × {len(city.zones)} hazard layers in {time.perf_counter() - began:.0f} s: {'nothing differs' if good else 'THERE ARE DIFFERENCES'}")
    return 0 if good else 1


def _stored(directory: Path, audience: Audience) -> Asked:
    """Return the answers the city keeps, which pages, search and look-up read."""
    from tests.proof.stored import stored_answers

    return stored_answers(directory, audience)


def _subjects(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the layers to ask for: those named, else with --stored those the city keeps answers of, else all."""
    if options.subject or not options.stored:
        return tuple(options.subject)
    from tests.proof.stored import stored_subjects

    return stored_subjects(options.city, options.audience)


def _options() -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--n", type=int, default=1_000_000, help="random places")
    ask.add_argument("--city", type=Path, default=Path("."))
    ask.add_argument("--engine", choices=("postgis", "duckdb"), default="postgis")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--layer", nargs="*", default=[], help="hazard layers; all when absent")
    ask.add_argument("--subject", nargs="*", default=[], help="layers to ask for; all when absent")
    ask.add_argument("--sample", type=int, default=50, help="shares measured again on unsplit polygons, for each pair of layers")
    ask.add_argument("--each", action="store_true", help="a line for every pair of layers")
    ask.add_argument("--stored", action="store_true", help="judge the answers the city keeps instead of a fresh computation")
    ask.add_argument("--audience", choices=("internal", "public"), default="internal")
    ask.add_argument("--engine-module", default="gispipe.joins.zones", help=argparse.SUPPRESS)
    return ask.parse_args()


if __name__ == "__main__":
    sys.exit(main())
