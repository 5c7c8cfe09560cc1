"""Measure the tile engine on a synthetic city, beside its peers where they are installed: tippecanoe and freestiler.

    python -m tests.bench.tiles [--parcels 150000] [--no-peers] [--no-quality] [--quick]

Prints wall and CPU seconds, peak memory, bytes, parcels drawn at z16 and the ground of the parcels at z13-14 of each engine, and
the ratio of walls to gispipe with two workers. Each engine runs in a process of its own and reads the same prepared files; preparing
them is not counted. `--quick` leaves out tippecanoe with the flood as delivered, which takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import shapely

from tests.bench.tiles_city import prepare
from tests.bench.tiles_engines import tippecanoe


def timed(command: list[str]) -> dict[str, float]:
    """Run a command; return its wall and CPU seconds and peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}


def quality(path: Path) -> dict[str, float]:
    """Count tiles and features by an independent decoder: parcels at z16, and the parcels' share of ground left bare at z13 and z14."""
    import gzip

    import mapbox_vector_tile
    from pmtiles.reader import MmapSource, all_tiles

    deepest: set[int] = set()
    area: dict[int, float] = {13: 0.0, 14: 0.0}
    largest = 0
    with path.open("rb") as file:
        for (z, x, y), data in all_tiles(MmapSource(file)):
            largest = max(largest, len(data))
            if z not in (13, 14, 16):
                continue
            layer = mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True}).get("parcel", {"features": []})
            if z == 16:
                deepest.update(f["id"] for f in layer["features"])
                continue
            shapes = shapely.make_valid(shapely.from_geojson([json.dumps(f["geometry"]) for f in layer["features"]]))
            inside = shapely.intersection(shapely.union_all(shapes), shapely.box(0, 0, 4096, 4096))
            area[z] += inside.area * (2 * 20037508.342789244 / 2**z / 4096) ** 2
    return {"parcels z16": len(deepest), "z13 km2": area[13] / 1e6, "z14 km2": area[14] / 1e6, "largest": largest}


def engines(folder: Path, *, peers: bool, quick: bool) -> dict[str, tuple[str, list[str]]]:
    """Return by name the archive and the command of every engine that is there."""
    me = [sys.executable, "-m", "tests.bench.tiles_engines"]
    runs = {f"gispipe, {n} worker{'s' * (n > 1)}": ("ours", [*me, f"ours-{n}", str(folder)]) for n in (2, 1)}
    if peers and find_spec("freestiler"):
        runs["freestiler"] = ("freestiler", [*me, "freestiler", str(folder)])
    program = shutil.which("tippecanoe") if peers else None
    if program:
        runs["tippecanoe, flood in pieces"] = ("tippecanoe-flood_pieces", tippecanoe(folder, program, "flood_pieces"))
        if not quick:
            runs["tippecanoe, flood as delivered"] = ("tippecanoe-flood", tippecanoe(folder, program, "flood"))
    return runs


def main() -> None:
    """Run the benchmark from the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--parcels", type=int, default=150_000)
    ask.add_argument("--no-peers", action="store_true")
    ask.add_argument("--no-quality", action="store_true")
    ask.add_argument("--quick", action="store_true")
    options = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("vertices", prepare(folder, options.parcels, peers=not options.no_peers))
        best = 0.0
        for engine, (file, command) in engines(folder, peers=not options.no_peers, quick=options.quick).items():
            took = timed(command)
            best = best or took["wall"]
            path = folder / f"{file}.pmtiles"
            facts = {} if options.no_quality else quality(path)
            print(f"{engine:30} wall {took['wall']:6.1f} s  ours-2 / this {best / took['wall']:5.2f}  cpu {took['cpu']:6.1f} s  peak {took['peak']:5.0f} MB  {path.stat().st_size / 1e6:5.1f} MB ",
                  {key: round(value, 3) for key, value in facts.items()}, flush=True)


if __name__ == "__main__":
    main()
