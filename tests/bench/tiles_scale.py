"""How gispipe's tiles grow with the city: cost of a feature and peak memory from 10,000 to 1,500,000 parcels."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from tests.bench.tiles_engines import own
from tests.bench.tiles_meter import Stopped
from tests.bench.tiles_table import verdict

SIZES = (10_000, 50_000, 150_000, 500_000)
FULL = 1_500_000
SEVERAL = 300_000
"""Cities of fewer parcels take seconds and are run several times …"""
AT_ONCE = 100_000
"""… and those of less than this as often in a row as brings so many together, five times at most: what takes half a second varies by a quarter."""
STEADY = 1.2
"""The dearest feature may cost so many times the cheapest."""

PEAK_MB = 2000.0
WIDTHS = (10, 12, 10, 12, 12, 11, 16, 10, 10, 10)


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
    """Run gispipe on one city after another, the smaller ones again between them, and print what each cost; return whether all ran.

    Of a city's runs the middle one counts: on a machine whose speed changes by the minute a city that is run once is dear or cheap by chance.
    """
    from tests.bench.tiles import place, ready, run

    sizes = SIZES + ((FULL,) if options.full else ())
    found: dict[int, list[Run]] = {size: [] for size in sizes}
    failed = []
    with place(options.folder) as top:
        for parcels in order(sizes):
            folder = top / str(parcels)
            features = sum(count["rows"] for name, count in ready(folder, parcels, peers=False).items() if name != "flood_pieces")
            engine = own(folder, (options.workers,))[0]
            try:
                used, words = run(engine, folder, options.limit)
            except Stopped as reason:
                failed.append(f"{parcels:,} parcels: {reason}")
                print(failed[-1], flush=True)
                continue
            found[parcels].append(Run(parcels, features, words["engine"], words["engine CPU"], used))
            print(f"{parcels:,} parcels: engine {words['engine']:.2f} s", flush=True)
            engine.archive.unlink()
    print("", report([middle(runs) for runs in found.values() if runs], options.workers), *failed, sep="\n")
    return not failed


def order(sizes: tuple[int, ...]) -> list[int]:
    """Return the cities in the order they are run: up to each of the larger ones, those of less than SEVERAL parcels all over again."""
    large = [size for size in sizes if size >= SEVERAL]
    small = [size for size in sizes if size < SEVERAL for _ in range(min(max(AT_ONCE // size, 1), 5))]
    return [*small, *(size for one in large for size in (one, *small))]


def middle(runs: list[Run]) -> Run:
    """Return the run of the middle cost, of two in the middle the cheaper."""
    return sorted(runs, key=lambda one: one.engine_cpu)[(len(runs) - 1) // 2]


def report(runs: list[Run], workers: int) -> str:
    """Return the table of the runs, and whether a feature's cost is steady and the largest city keeps within its memory."""
    if not runs:
        return "nothing was measured"
    heads = ("parcels", "features", "engine s", "µs/feature", "/ smallest", "/ largest", "CPU µs/feature", "wall s", "CPU s", "peak MB")
    lines = [f"gispipe, {workers} worker{'s' * (workers > 1)}", _line(heads)]
    for one in runs:
        ratios = (f"{one.cost / other.cost:.2f}×" for other in (runs[0], runs[-1]))
        used = f"{one.used['wall']:.2f}", f"{one.used['cpu']:.2f}", f"{one.used['peak']:,.0f}"
        each = f"{one.engine_cpu / one.features * 1e6:.1f}"
        lines.append(_line((f"{one.parcels:,}", f"{one.features:,}", f"{one.engine:.2f}", f"{one.cost:.1f}", *ratios, each, *used)))
    costs, cpu = [one.cost for one in runs], [one.engine_cpu / one.features for one in runs]
    words = f"the dearest feature costs ≤ {STEADY} × the cheapest, {runs[0].parcels:,} to {runs[-1].parcels:,} parcels"
    steady = verdict(words, max(costs) / min(costs), STEADY, "×") if len(runs) > 1 else f"not measured  {words}: one city only"
    lines += ["", steady, f"{'':13} (of CPU seconds, which a busy machine changes less: {max(cpu) / min(cpu):.3f} ×)"]
    largest = [verdict(f"peak ≤ {PEAK_MB:,.0f} MB at {FULL:,} parcels", one.used["peak"], PEAK_MB, "MB") for one in runs if one.parcels == FULL]
    return "\n".join(lines + (largest or [f"not measured  peak ≤ {PEAK_MB:,.0f} MB at {FULL:,} parcels, which --full runs"]))


def _line(cells: tuple[str, ...]) -> str:
    return "".join(cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True))
