"""A refresh in which 2 % of the lots and one hazard layer changed, beside a run from nothing with the same files: time, processor time, and whether the maps are the same bytes.

``python -m tests.bench.refresh [--size full] [--rounds 3] [--keep FOLDER]`` makes the demo city (in a folder of its own), runs it from nothing, and then in turn edits
its files and refreshes; at the end the last state is run from nothing in an empty output and the releases are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

GISPIPE = (sys.executable, "-c", "from gispipe.cli.main import main; main()")
LOTS, SHARE, METRES = "parcel/parcel.shp", 0.02, 0.02
HAZARD, DEGREES = "hazard/flood_l2.geojson", 5e-6
POLYGONS = (5, 15)
"""Shape types of the shapefile format whose records have boxes, parts and corners: polygons without and with heights."""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of all processors, and what `current` of both audiences is afterwards."""

    wall: float
    cpu: float
    digests: tuple[str, ...]

    def over(self, whole: Spent) -> str:
        return f"{self.wall:7.1f} s  {self.cpu:7.1f} CPU s  = {100 * self.wall / whole.wall:5.1f} % by the clock, {100 * self.cpu / whole.cpu:5.1f} % of the processor time"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("small", "full"), default="full")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder in which the city is made and left")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        return race(home / "city", asked.size, asked.rounds)


def race(city: Path, size: str, rounds: int) -> int:
    """Print the figures and return 0 when every refresh gave what a run from nothing gives."""
    if not city.is_dir():
        subprocess.run([*GISPIPE, "demo", "--size", size, "--city", str(city), "--quiet"], check=True)
    whole = from_nothing(city)
    print(f"from nothing          {whole.over(whole)}", flush=True)
    print(f"nothing changed       {refreshed(city).over(whole)}", flush=True)
    parts = []
    for turn in range(rounds):
        lots = move_lots(city / "output/demo/sources" / LOTS, turn)
        move_hazard(city / "output/demo/sources" / HAZARD, turn)
        parts.append(refreshed(city))
        print(f"{lots:,} lots, 1 hazard   {parts[-1].over(whole)}", flush=True)
    again = from_nothing(city)
    print(f"from nothing, again   {again.over(whole)}", flush=True)
    same = again.digests == parts[-1].digests
    mean = np.mean([part.wall for part in parts]) / np.mean([whole.wall, again.wall])
    print(f"mean {100 * mean:.1f} % by the clock; the same bytes as from nothing: {'yes' if same else 'NO'}")
    return 0 if same else 1


def from_nothing(city: Path) -> Spent:
    """Run with an empty output; the delivered files of the demo city, which are made there too, stay."""
    for path in (city / "output").iterdir():
        if path.name not in ("demo", ".assets"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return refreshed(city)


def refreshed(city: Path) -> Spent:
    """Refresh in a process of its own and return what it took; its children count."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*GISPIPE, "refresh", "--city", str(city), "--by", "bench", "--accept", "lots and zones moved", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, tuple(os.readlink(city / "output" / one / "current") for one in ("public", "internal")))


def move_lots(path: Path, seed: int) -> int:
    """Move some lots of a shapefile of polygons in place and return how many: corners and box of their records, nothing else."""
    data, at, moved, drawn = bytearray(path.read_bytes()), 100, 0, np.random.default_rng(seed)
    while at < len(data):
        words = struct.unpack(">i", data[at + 4:at + 8])[0]
        begin = at + 8
        if struct.unpack("<i", data[begin:begin + 4])[0] in POLYGONS and drawn.random() < SHARE:
            parts, corners = struct.unpack("<ii", data[begin + 36:begin + 44])
            for first, count in ((begin + 4, 4), (begin + 44 + 4 * parts, 2 * corners)):
                data[first:first + 8 * count] = (np.frombuffer(data, "<f8", count, first) + METRES).tobytes()
            moved += 1
        at = begin + 2 * words
    path.write_bytes(data)
    return moved


def move_hazard(path: Path, turn: int) -> None:
    """Move one area of a hazard layer."""
    document = json.loads(path.read_text("utf-8"))
    shape = document["features"][turn % len(document["features"])]["geometry"]
    shape["coordinates"] = _moved(shape["coordinates"])
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")


def _moved(corners: Any) -> Any:
    if isinstance(corners[0], list):
        return [_moved(one) for one in corners]
    return [corners[0] + DEGREES, corners[1] + DEGREES, *corners[2:]]


if __name__ == "__main__":
    raise SystemExit(main())
