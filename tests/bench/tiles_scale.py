"""How gispipe's tiles grow with the city: cost of a feature and peak memory from 10,000 to 1,500,000 parcels."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from tests.bench.tiles_engines import own
from tests.bench.tiles_meter import Stopped
from tests.bench.tiles_table import verdict

SIZES = (10_000, 50_000, 150_000, 500_000)
FULL = 1_500_000
STEADY = 1.2
"""The dearest feature may cost so many times the cheapest."""

PEAK_MB = 2000.0


@dataclass(frozen=True)
class Run:
    """What a city of so many parcels took: features of all layers, wall and CPU seconds of the engine, and what the whole process used."""

    parcels: int
    features: int
    engine: float
    engine_cpu: float
    used: dict[str, float]

    @property
    def cost(self) -> float:
        """Microseconds a feature."""
        return self.engine / self.features * 1e6


def scale(options: argparse.Namespace) -> bool:
    """Run gispipe on one city after another and print what each cost; return whether all ran."""
    from tests.bench.tiles import place, ready, run

    runs, failed = [], []
    for parcels in SIZES + ((FULL,) if options.full else ()):
        with place(options.folder) as top:
            folder = top / str(parcels)
            features = sum(count["rows"] for name, count in ready(folder, parcels, peers=False).items() if name != "flood_pieces")
            engine = own(folder, (options.workers,))[0]
            try:
                used, words = run(engine, folder, options.limit)
            except Stopped as reason:
                failed.append(f"{parcels:,} parcels: {reason}")
                print(failed[-1], flush=True)
                continue
            runs.append(Run(parcels, features, words["engine"], words["engine CPU"], used))
            print(f"{parcels:,} parcels: engine {words['engine']:.2f} s", flush=True)
            engine.archive.unlink()
    print("", report(runs, options.workers), *failed, sep="\n")
    return not failed


def report(runs: list[Run], workers: int) -> str:
    """Return the table of the runs, and whether a feature's cost is steady and the largest city keeps within its memory."""
    if not runs:
        return "nothing was measured"
    lines = [f"gispipe, {workers} worker{'s' * (workers > 1)}",
             f"{'parcels':>10}{'features':>12}{'engine s':>10}{'µs/feature':>12}{'/ smallest':>12}{'/ largest':>12}{'CPU µs/feature':>16}{'wall s':>10}"
             f"{'CPU s':>10}{'peak MB':>10}"]
    for one in runs:
        lines.append(f"{one.parcels:>10,}{one.features:>12,}{one.engine:>10.2f}{one.cost:>12.1f}{one.cost / runs[0].cost:>11.2f}×{one.cost / runs[-1].cost:>11.2f}×"
                     f"{one.engine_cpu / one.features * 1e6:>16.1f}{one.used['wall']:>10.2f}{one.used['cpu']:>10.2f}{one.used['peak']:>10,.0f}")
    costs = [one.cost for one in runs]
    words = f"the dearest feature costs ≤ {STEADY} × the cheapest, {runs[0].parcels:,} to {runs[-1].parcels:,} parcels"
    lines += ["", verdict(words, max(costs) / min(costs), STEADY, "×")]
    largest = [verdict(f"peak ≤ {PEAK_MB:,.0f} MB at {FULL:,} parcels", one.used["peak"], PEAK_MB, "MB") for one in runs if one.parcels == FULL]
    return "\n".join(lines + (largest or [f"not measured  peak ≤ {PEAK_MB:,.0f} MB at {FULL:,} parcels: run with --full"]))
