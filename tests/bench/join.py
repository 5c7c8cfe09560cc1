"""Measure the hazard join beside its peers: every parcel × flood, with worst rank and exact share of each rank.

    python -m tests.bench.join [--parcels 150000] [--quick] [--no-postgis] [--no-overlay]
    python -m tests.bench.join --scale            ours only, 10,000 to 1,500,000 parcels: exponent and peak
    python -m tests.bench.join --city DIR         all joins of a city's store

Every engine reads the same files in a process of its own. Wall is from the process's start to its answer (PostGIS: without making and
starting the server); CPU and peak are the process's own, for PostGIS those of the server (memory: proportional share) and the loader.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.bench.join_data import Shares, read_shares, same

ENGINES = {"ours": "gispipe", "postgis": "PostGIS, ST_Subdivide", "split": "(splitting for DuckDB)", "duckdb": "DuckDB spatial, pre-split",
           "overlay": "geopandas overlay"}
SCALE = (10_000, 30_000, 100_000, 300_000, 1_500_000)


def _prepared(folder: Path, parcels: int) -> str:
    """Write the files in a process of its own: a large parent would be counted as memory of the engines it starts."""
    return subprocess.run([sys.executable, "-m", "tests.bench.join_data", str(folder), str(parcels)], check=True, capture_output=True, text=True).stdout.strip()


def timed(engine: str, folder: Path) -> dict[str, float]:
    """Run an engine in a process of its own; return wall and CPU seconds, peak MB and what it says of its own steps."""
    began = time.perf_counter()
    with (folder / f"{engine}.json").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "tests.bench.join_engines", engine, str(folder)], stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{ENGINES[engine]} failed")
    steps = json.loads((folder / f"{engine}.json").read_bytes())
    outside = steps.pop("outside", 0.0)
    return {"wall": wall - outside, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024 + steps.pop("server_peak", 0.0)} | steps


def say(name: str, took: dict[str, float]) -> None:
    """Print a line of the table."""
    steps = "  ".join(f"{step} {seconds:.2f}" for step, seconds in took.items() if step not in ("wall", "cpu", "peak"))
    print(f"{name:28} wall {took['wall']:7.2f} s  cpu {took['cpu']:7.2f} s  peak {took['peak']:6.0f} MB   {steps}", flush=True)


def race(parcels: int, engines: list[str]) -> bool:
    """Run the engines on the same city, print times, ratios and differences; return whether all answers are the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{parcels:,} parcels", _prepared(folder, parcels), flush=True)
        took = {}
        for engine in engines:
            took[engine] = timed(engine, folder)
            say(ENGINES[engine], took[engine])
        shares = {engine: read_shares(folder, engine) for engine in engines if engine != "split"}
        return _compare(took, shares)


def _compare(took: dict[str, dict[str, float]], shares: dict[str, Shares]) -> bool:
    good = True
    for engine in [engine for engine in shares if engine != "ours"]:
        alike, words = same(shares["ours"], shares[engine])
        good &= alike
        peers = {ENGINES[engine]: took[engine]}
        if engine == "duckdb":
            peers["the same with its splitting"] = {step: took["duckdb"][step] + took["split"][step] for step in ("wall", "cpu")}
        for name, peer in peers.items():
            print(f"ours / {name}: wall {took['ours']['wall'] / peer['wall']:.2f} ×  cpu {took['ours']['cpu'] / peer['cpu']:.2f} ×   {words}", flush=True)
    return good


def scale(sizes: tuple[int, ...]) -> None:
    """Print how ours grows with the number of parcels and the exponent of a straight line through the logarithms."""
    took = []
    for parcels in sizes:
        with tempfile.TemporaryDirectory() as name:
            vertices = _prepared(Path(name), parcels)
            took.append(timed("ours", Path(name)))
            say(f"{parcels:,} parcels", took[-1])
            print(f"{'':28} {vertices}", flush=True)
    for name in ("engine", "engine cpu"):
        seconds = np.array([one[name] for one in took])
        exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        each = seconds / (np.array(sizes) * np.log(sizes))
        print(f"{name}: exponent {exponent:.2f}; seconds per n log n, largest over smallest {each[-1] / each[0]:.2f}")
    print(f"peak {max(one['peak'] for one in took):.0f} MB")


def main() -> int:
    """Run the benchmark from the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--parcels", type=int, default=150_000)
    ask.add_argument("--quick", action="store_true", help="10,000 parcels")
    ask.add_argument("--no-postgis", action="store_true")
    ask.add_argument("--no-overlay", action="store_true")
    ask.add_argument("--scale", action="store_true")
    ask.add_argument("--city", type=Path)
    options = ask.parse_args()
    if options.city:
        from tests.bench.join_city import time_city

        time_city(options.city)
        return 0
    if options.scale:
        scale(SCALE[:3] if options.quick else SCALE)
        return 0
    left_out = _left_out(options)
    return 0 if race(10_000 if options.quick else options.parcels, [engine for engine in ENGINES if engine not in left_out]) else 1


def _left_out(options: argparse.Namespace) -> set[str]:
    from tests.proof.postgis import binaries

    left_out = {name for name, out in (("postgis", options.no_postgis), ("overlay", options.no_overlay)) if out}
    if binaries() is None and "postgis" not in left_out:
        print("PostGIS is not installed: left out")
        left_out.add("postgis")
    return left_out


if __name__ == "__main__":
    sys.exit(main())
