"""Measure walks to shelters on made cities: `python -m tests.bench.walk [--quick]`, on one core.

A city is a bent grid of streets, delivered as long lines that cross without a shared corner, 30,000 overlapping pieces of
flooded ground, sites anywhere, and eight hazards that each designate other sites. Every figure is taken once.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely

from gispipe.roads.network import build_network
from gispipe.roads.reach import Hazard, Reach, reach
from gispipe.roads.store import load, save
from gispipe.roads.walk import walks

_SPACING = 60.0


def streets(side: int, rng: np.random.Generator) -> np.ndarray:
    """Return 2 × side streets of a grid whose crossings are moved by up to 15 m."""
    east, north = np.meshgrid(np.arange(side) * _SPACING, np.arange(side) * _SPACING)
    node = np.stack([east, north], -1) + rng.uniform(-15, 15, (side, side, 2))
    return np.array([shapely.LineString(row) for row in [*node, *np.swapaxes(node, 0, 1)]])


def flooded(side: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return octagons of 5 to 40 m around places in three broad bands of the city."""
    wide = side * _SPACING
    xy = np.stack([rng.uniform(0, wide, count), wide * (rng.integers(1, 4, count) / 4 + rng.normal(0, 0.02, count))], -1)
    return shapely.buffer(shapely.points(xy), rng.uniform(5, 40, count), quad_segs=2)


def measure(side: int, sites: int, pieces: int) -> None:
    """Print seconds for every stage of one city."""
    rng = np.random.default_rng(4)
    lines, zone = streets(side, rng), flooded(side, pieces, rng)
    began = time.perf_counter()
    network = build_network(lines, {"flood": zone, "landslide": zone[: pieces // 10]})
    built = time.perf_counter()
    masks = rng.random((8, sites)) < 0.6
    answer = reach(network, shapely.points(rng.uniform(0, side * _SPACING, (sites, 2))),
                   {f"hazard_{k}": Hazard(mask, (("flood", "landslide"), ("flood",), ("landslide",), ())[k % 4]) for k, mask in enumerate(masks)})
    print(f"{side * side:,} crossings, {len(network.node_xy):,} nodes with the cuts, {sites} sites, 8 hazards: network {built - began:.2f} s, "
          f"reach {time.perf_counter() - built:.2f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        stored(Path(folder) / "walk.arrays", answer, shapely.points(rng.uniform(0, side * _SPACING, (1000, 2))))


def stored(path: Path, answer: Reach, places: np.ndarray) -> None:
    """Print seconds to save, open, and walk from a thousand places."""
    marks = [time.perf_counter()]
    save(path, answer)
    marks.append(time.perf_counter())
    opened = load(path)
    marks.append(time.perf_counter())
    walks(opened, places[0], "hazard_0")
    marks.append(time.perf_counter())
    count = sum(len(walks(opened, place, "hazard_0")) for place in places)
    marks.append(time.perf_counter())
    saved, opening, first, all_ = np.diff(marks)
    print(f"  save {saved:.2f} s, {path.stat().st_size / 1e6:.0f} MB; open {opening * 1000:.0f} ms, first walk (index, tables) {first * 1000:.0f} ms, "
          f"then {all_ / len(places) * 1000:.2f} ms for each place ({count:,} walks drawn)")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="only the demo-size city")
    quick = parser.parse_args().quick
    measure(141, 60, 10_000)
    if not quick:
        measure(245, 270, 30_000)
