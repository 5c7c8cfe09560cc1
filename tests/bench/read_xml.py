"""Measure the XML readers of national data on synthetic files, side by side with GDAL's GML driver.

Run: python tests/bench/read_xml.py [megabytes]. Says wall seconds and MB/s, the best of three; GDAL reads GML
through its own schema guess, without encodings, notes or hazards, so the comparison flatters it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely

from gispipe.demo.citygml import building_file, flood_file, triangles
from gispipe.demo.fgd import feature_file
from gispipe.demo.fgd_dem import tile_file
from gispipe.intake.citygml import read_citygml
from gispipe.intake.fgd import read_fgd
from gispipe.intake.fgd_dem import read_grid
from gispipe.model import Source


def main(megabytes: float = 60.0) -> None:
    """Write the files and read each in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, path, read in files(folder, megabytes):
            size = path.stat().st_size / 1e6
            ours = best(read)
            print(f"{title:34} {size:6.1f} MB  ours {ours:6.2f} s {size / ours:6.1f} MB/s{gdal(path, size, folder)}", flush=True)


def files(folder: Path, megabytes: float) -> list[tuple[str, Path, Callable[[], object]]]:
    """Return (title, file, what reads it)."""
    rng = np.random.Generator(np.random.PCG64(1))
    made = {"BldA.xml": houses(rng, int(megabytes * 1000)), "RdEdg.xml": roads(rng, int(megabytes * 550)),
            "bldg.gml": blocks(rng, int(megabytes * 280)), "fld.gml": water(int(megabytes)),
            "dem.xml": tile_file("50365349", rng.random((int(megabytes * 40), 1125)) * 100)}
    for name, content in made.items():
        (folder / name).write_bytes(content)
    at = {name: folder / name for name in made}
    fgd, city = Source(reader="fgd", path="-"), Source(reader="citygml", path="-")
    return [("FGD BldA (areas)", at["BldA.xml"], lambda: read_fgd(at["BldA.xml"], fgd, "-")), ("FGD RdEdg (lines)", at["RdEdg.xml"], lambda: read_fgd(at["RdEdg.xml"], fgd, "-")),
            ("CityGML bldg (LOD1, hazards)", at["bldg.gml"], lambda: read_citygml(at["bldg.gml"], city, "-")),
            ("CityGML fld (triangles)", at["fld.gml"], lambda: read_citygml(at["fld.gml"], city, "-")),
            ("FGD DEM (one tile)", at["dem.xml"], lambda: read_grid(at["dem.xml"], "-"))]


def houses(rng: np.random.Generator, count: int) -> bytes:
    """Return areas of thirteen vertices."""
    middle = np.column_stack([136.5 + rng.random(count) * 0.1, 33.8 + rng.random(count) * 0.1])
    return feature_file("BldA", shapely.buffer(shapely.points(middle), 1e-4, quad_segs=3), {"type": np.full(count, "普通建物", object)})


def roads(rng: np.random.Generator, count: int) -> bytes:
    """Return lines of forty vertices."""
    steps = np.cumsum(rng.random((count, 40, 2)) * 1e-5, axis=1) + [136.5, 33.8]
    return feature_file("RdEdg", shapely.linestrings(steps), {"type": np.full(count, "真幅道路", object)})


def blocks(rng: np.random.Generator, count: int) -> bytes:
    """Return buildings of four walls with two floods each."""
    west, south = 136.5 + rng.random(count) * 0.1, 33.8 + rng.random(count) * 0.1
    risks = [[{"kind": "RiverFlooding", "description": "1", "rank": 2, "depth": 1.696, "adminType": 1, "scale": scale} for scale in (1, 2)]] * count
    return building_file(shapely.box(west, south, west + 1e-4, south + 1e-4), np.full(count, 3.0), np.full(count, 6.4), ["411"] * count, [2] * count,
                         risks, [f"bldg_{k:08d}" for k in range(count)])


def water(megabytes: int) -> bytes:
    """Return flooded areas of 3,300 triangles, a megabyte each."""
    area = triangles(shapely.buffer(shapely.Point(136.5, 33.8), 0.02, quad_segs=825))
    return flood_file([area] * megabytes, ["区域図"] * megabytes, [{"kind": "RiverFlooding", "rank": 1}] * megabytes, [f"fld_{k}" for k in range(megabytes)])


def best(read: Callable[[], object], times: int = 3) -> float:
    """Return the least wall seconds of a few runs."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        read()
        found.append(time.perf_counter() - began)
    return min(found)


def gdal(path: Path, size: float, folder: Path) -> str:
    """Return GDAL's time on a copy (it leaves a schema beside the file), empty where its driver gives up."""
    import pyogrio

    copy = folder / f"copy-{path.stem}.gml"
    shutil.copyfile(path, copy)
    try:
        seconds = best(lambda: pyogrio.raw.read(str(copy)), 1)
    except Exception as error:  # noqa: BLE001 — solids are beyond it
        return f"   GDAL: {type(error).__name__}"
    return f"   GDAL {seconds:6.2f} s {size / seconds:6.1f} MB/s"


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
