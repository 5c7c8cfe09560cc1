"""Measure the tile engine on a synthetic city, beside tippecanoe when it is installed.

    python -m tests.bench.tiles --parcels 150000 [--workers 2] [--no-peers]

Prints wall and CPU seconds, peak memory, bytes, tiles, features drawn at z16 and the bare ground at z13–14 of each engine.
Each engine runs in a process of its own and reads the same prepared files; preparing them is not counted.
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
from pathlib import Path

import numpy as np
import shapely

ORIGIN = np.array([15_080_000.0, 4_120_000.0])  # EPSG:3857
NAMES = {"parcel": "polygon", "building": "polygon", "flood": "polygon", "road": "line"}
ZOOM = (10, 16)


def city(parcels: int) -> dict[str, tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Return geometry (EPSG:3857) and attributes of parcels sharing borders, buildings, stair-step flood ranks and roads."""
    rng = np.random.default_rng(7)
    side = round(parcels**0.5)
    east, north = np.meshgrid(np.arange(side + 1) * 20.0, np.arange(side + 1) * 18.0)
    node = np.stack([east, north], -1) + rng.uniform(-4, 4, (side + 1, side + 1, 2)) + ORIGIN
    across = (node[:, 1:] + node[:, :-1]) / 2 + rng.uniform(-0.5, 0.5, (side + 1, side, 2))
    up = (node[1:] + node[:-1]) / 2 + rng.uniform(-0.5, 0.5, (side, side + 1, 2))
    ring = np.stack([node[:-1, :-1], across[:-1], node[:-1, 1:], up[:, 1:], node[1:, 1:], across[1:], node[1:, :-1], up[:, :-1]], 2)
    lots = shapely.polygons(ring.reshape(-1, 8, 2))
    number = np.arange(len(lots))
    built = np.flatnonzero(rng.random(len(lots)) < 0.8)
    centre = shapely.get_coordinates(shapely.centroid(lots[built]))
    houses = _turned_boxes(centre, rng.uniform(3, 5, (len(built), 2)), rng.uniform(0, np.pi / 2, len(built)))
    roads = shapely.linestrings(np.concatenate([node[::8], node[:, ::8].transpose(1, 0, 2)]))
    return {
        "parcel": (lots, {"lot": np.array([f"{n // 100 + 1}-{n % 100 + 1}" for n in number], object), "use": rng.integers(1, 9, len(lots)),
                          "town": np.array([f"みずほ{n // 2000 + 1}丁目" for n in number], object)}),
        "building": (houses, {"kind": rng.integers(1, 5, len(houses)), "floors": rng.integers(1, 9, len(houses))}),
        "flood": (_flood(side, rng), {"rank": np.arange(1, 6)}),
        "road": (roads, {"width": rng.integers(3, 12, len(roads))}),
    }


def _turned_boxes(centre: np.ndarray, half: np.ndarray, angle: np.ndarray) -> np.ndarray:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half[:, None]
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return shapely.polygons(np.stack([corners[..., 0] * cos - corners[..., 1] * sin, corners[..., 0] * sin + corners[..., 1] * cos], -1) + centre[:, None])


def _flood(side: int, rng: np.random.Generator) -> np.ndarray:
    """Return five multipolygons of 5 m cells: hundreds of thousands of vertices, as depth grids are delivered."""
    from rasterio.features import shapes
    from rasterio.transform import from_origin

    width, height = side * 4, int(side * 3.6)
    y, x = np.mgrid[:height, :width]
    depth = sum(np.sin(x / a + b) * np.cos(y / c + b) for a, b, c in ((90, 1, 70), (33, 2, 41), (150, 0.3, 210), (12, 5, 9)))
    rank = np.digitize(depth + rng.normal(0, 0.08, depth.shape), [0.3, 0.9, 1.4, 2, 2.6]).astype(np.uint8)
    place = from_origin(ORIGIN[0], ORIGIN[1] + height * 5, 5, 5)
    found: dict[int, list[object]] = {}
    for geometry, value in shapes(rank, mask=rank > 0, transform=place):
        found.setdefault(int(value), []).append(shapely.geometry.shape(geometry))
    return np.array([shapely.multipolygons(found[value]) for value in sorted(found)])


def prepare(folder: Path, parcels: int, *, peers: bool) -> dict[str, int]:
    """Write every layer as GeoParquet for ours and FlatGeobuf in degrees for the peers; return vertices by layer."""
    import geopandas

    count = {}
    for name, (geometry, values) in city(parcels).items():
        table = geopandas.GeoDataFrame({k: v.astype(np.int32) if v.dtype == np.int64 else v for k, v in values.items()}, geometry=geometry, crs=3857)
        table.insert(0, "fid", np.arange(1, len(table) + 1, dtype=np.int32))
        table.to_parquet(folder / f"{name}.parquet")
        if peers:
            table.to_crs(4326).to_file(folder / f"{name}.fgb", driver="FlatGeobuf")
        count[name] = int(shapely.get_num_coordinates(geometry).sum())
    return count


def ours(folder: Path, workers: int) -> None:
    """Build the archive with gispipe (runs in a process of its own)."""
    import geopandas

    from gispipe.tiles.encode import TileLayer, build_archive

    layers = []
    for name, kind in NAMES.items():
        table = geopandas.read_parquet(folder / f"{name}.parquet")
        values = {c: table[c].to_numpy() for c in table.columns if c not in ("geometry", "fid")}
        layers.append(TileLayer(name, kind, table.geometry.to_numpy(), table["fid"].to_numpy(), values, ZOOM, coverage=name == "parcel", keep=name == "flood"))
    began = time.perf_counter()
    report = build_archive(folder / "ours.pmtiles", layers, name="bench", attribution="", workers=workers)
    lost = {f"{d.layer} z{d.zoom} {d.reason}": d.count for d in report.dropped}
    print(json.dumps({"engine seconds": round(time.perf_counter() - began, 2), "largest": report.largest, "dropped": lost}))


def tippecanoe(folder: Path, program: str) -> list[str]:
    """Return the command that keeps every feature, as ours does at the deepest zooms."""
    layers = [a for name in NAMES for a in ("-L", json.dumps({"file": str(folder / f"{name}.fgb"), "layer": name}))]
    return [program, "-q", "-f", "-o", str(folder / "tippecanoe.pmtiles"), f"-Z{ZOOM[0]}", f"-z{ZOOM[1]}", "--no-feature-limit", "--no-tile-size-limit",
            "--no-tiny-polygon-reduction", "--use-attribute-for-id=fid", *layers]


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


def main() -> None:
    """Run the benchmark from the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--parcels", type=int, default=150_000)
    ask.add_argument("--workers", type=int, default=1)
    ask.add_argument("--no-peers", action="store_true")
    ask.add_argument("--no-quality", action="store_true")
    ask.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    options = ask.parse_args()
    if options.ours:
        ours(options.ours, options.workers)
        return
    program = None if options.no_peers else shutil.which("tippecanoe")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vertices = prepare(folder, options.parcels, peers=program is not None)
        print("vertices", vertices)
        me = [sys.executable, "-m", "tests.bench.tiles", "--ours", name]
        runs = {"gispipe, 1 worker": ("ours", [*me, "--workers", "1"]), "gispipe, 2 workers": ("ours", [*me, "--workers", "2"])}
        if options.workers == 1:
            runs.pop("gispipe, 2 workers")
        if program:
            runs["tippecanoe"] = ("tippecanoe", tippecanoe(folder, program))
        for engine, (file, command) in runs.items():
            took = timed(command)
            path = folder / f"{file}.pmtiles"
            facts = {} if options.no_quality else quality(path)
            print(f"{engine:20} wall {took['wall']:7.1f} s  cpu {took['cpu']:7.1f} s  peak {took['peak']:6.0f} MB  {path.stat().st_size / 1e6:6.1f} MB ",
                  {key: round(value, 3) for key, value in facts.items()}, flush=True)


if __name__ == "__main__":
    main()
