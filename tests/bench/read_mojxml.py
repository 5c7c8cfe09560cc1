"""Measure the reader of register-office maps beside mojxml-py, in the same run, on one core.

    python -m tests.bench.read_mojxml [--side 130] [--file some.xml] [--rounds 3]

Makes a map of side² parcels (no file at hand is large enough), reads it in turn with each, every time in a fresh process,
and prints the best wall seconds, MB/s of XML, peak memory above the process before reading, and the ratio. Ours ends with a
table and polygons; theirs (`parse_raw`) with one GeoJSON-like dictionary for each parcel, its coordinates turned to degrees.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely


def make_map(side: int) -> bytes:
    """Return a map of side² four- and five-sided parcels, about 6 kB of XML each."""
    from gispipe.demo.mojxml import Map, Parcel, Place, Sheet, map_bytes

    rng = np.random.default_rng(3)
    east, north = np.meshgrid(np.arange(side + 1) * 12.0, np.arange(side + 1) * 14.0)
    node = np.round(np.stack([east, north], -1) + rng.uniform(-2, 2, (side + 1, side + 1, 2)) - 30_000, 3)
    middle = np.round((node[:, 1:] + node[:, :-1]) / 2 + (0, 0.3), 3)
    parcels = []
    for i, j in np.ndindex(side, side):
        ring = [node[i, j], *([middle[i, j]] if i % 3 else []), node[i, j + 1], node[i + 1, j + 1], *([middle[i + 1, j]] if (i + 1) % 3 else []), node[i + 1, j]]
        parcels.append(Parcel(shapely.Polygon(ring), Place(("010", "000", "0000", "00"), ("霧原", None, None, None), f"{i + 1}-{j + 1}"), "甲二", "測量成果"))
    sheets = [Sheet(f"S {k}", 500, "法第14条1項地図", "地籍図", (0, 0, 350, 250), tuple(range(k, min(k + 1000, len(parcels))))) for k in range(0, len(parcels), 1000)]
    return map_bytes(Map("計測用", "99201", "みずほ野市", "公共座標6系", parcels, sheets))


def ours(path: Path) -> int:
    """Read as a layer does."""
    from gispipe.intake.mojxml import read_mojxml
    from gispipe.model import Source

    return len(read_mojxml(path, Source(reader="mojxml", path="x"), path.name))


def theirs(path: Path) -> int:
    """Read with mojxml-py, nothing left out."""
    from mojxml.parse import ParseOptions, parse_raw

    return len(parse_raw(path.read_bytes(), ParseOptions(include_arbitrary_crs=True, include_chikugai=True)))


READERS: dict[str, Callable[[Path], int]] = {"gispipe": ours, "mojxml-py": theirs}


def _once(reader: str, path: Path, small: Path) -> None:
    """Read in this process, after a small map has brought in the modules; print what it took as JSON."""
    READERS[reader](small)
    before = _peak()
    began, used = time.perf_counter(), time.process_time()
    rows = READERS[reader](path)
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began, "cpu": time.process_time() - used, "mb": _peak() - before}))


def _peak() -> float:
    """Return the peak memory of this program in MB; the counter of getrusage would still hold that of the one that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure(path: Path, small: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return the best of some rounds for each reader, taken in turn."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for reader in READERS:
            command = [sys.executable, "-m", "tests.bench.read_mojxml", "--once", reader, "--file", str(path), "--small", str(small)]
            one = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}).stdout)
            best[reader] = min(best.get(reader, one), one, key=lambda result: result["seconds"])
    return best


def main() -> None:
    """Make the map, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=130)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--once")
    parser.add_argument("--small", type=Path)
    chosen = parser.parse_args()
    if chosen.once:
        return _once(chosen.once, chosen.file, chosen.small)
    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder, "small.xml"), chosen.file or Path(folder, "map.xml")
        small.write_bytes(make_map(2))
        if not chosen.file:
            path.write_bytes(make_map(chosen.side))
        best, size = measure(path, small, chosen.rounds), path.stat().st_size / 1e6
    for reader, result in best.items():
        print(f"{reader:10} {result['rows']:>7,.0f} parcels  {size:.1f} MB  {result['seconds']:.2f} s ({result['cpu']:.2f} CPU)  {size / result['seconds']:.0f} MB/s  "
              f"{result['mb']:.0f} MB above base ({result['mb'] / size:.1f} x)")
    print(f"ratio {best['gispipe']['seconds'] / best['mojxml-py']['seconds']:.2f} wall, {best['gispipe']['cpu'] / best['mojxml-py']['cpu']:.2f} CPU")
    return None


if __name__ == "__main__":
    main()
