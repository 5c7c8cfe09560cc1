"""Measure shapefile and GeoPackage beside pyogrio with Arrow, in turn, in the same run: wall seconds until the shapes are there.

    python -m tests.bench.read_packed [--rows 250000] [--rounds 5]

Ours works in a reader process (warm, as in a run after its first file), checks the index and every byte of text, takes the
SHA-256 and hands the columns over; pyogrio reads in this process and does none of it. Both end with shapely objects.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from gispipe.intake import Readers, readers
from gispipe.model import Source

SUFFIX = {"shapefile": (".shp", "ESRI Shapefile", "cp932"), "gpkg": (".gpkg", "GPKG", None), "flatgeobuf": (".fgb", "FlatGeobuf", None)}


def write(folder: Path, rows: int) -> None:
    """Write lots of about ten corners with four columns."""
    k = np.arange(rows)
    corner = np.column_stack([(k % 500) * 20.0 - 48_000, (k // 500) * 20.0 - 135_000])
    side = np.concatenate([[(0, 0), (6, 0), (12, 0), (18, 0), (18, 9), (18, 18), (12, 18), (6, 18), (0, 18), (0, 9), (0, 0)]]).astype(float)
    shapes = shapely.polygons(corner[:, None] + side)
    values = [np.array([f"霧原台{i % 9}丁目" for i in k], object), np.array([f"{i // 9}-{i % 9}" for i in k], object), np.array(["宅地", "田", "畑"], object)[k % 3], np.round(k % 997 * 0.37, 2)]
    for suffix, driver, encoding in SUFFIX.values():
        pyogrio.raw.write(str(folder / f"lots{suffix}"), geometry=shapely.to_wkb(shapes), field_data=values, fields=np.array(["町名", "地番", "地目", "地積"], object), geometry_type="Polygon",
                          crs="EPSG:6674", driver=driver, encoding=encoding)


def theirs(path: Path, encoding: str | None) -> float:
    began = time.perf_counter()
    pyogrio.read_dataframe(path, use_arrow=True, encoding=encoding)
    return time.perf_counter() - began


def ours(group: Readers, reader: str, path: Path, encoding: str | None) -> float:
    began = time.perf_counter()
    delivered = group.read(path, Source(reader=reader, path=path.name, encoding=encoding), path.name)
    assert delivered.geometry is not None
    return time.perf_counter() - began


def main() -> None:
    """Print one line a format."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=250_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, readers(1) as group:
        folder = Path(name)
        write(folder, options.rows)
        for reader, (suffix, _, encoding) in SUFFIX.items():
            path = folder / f"lots{suffix}"
            ours(group, reader, path, encoding), theirs(path, encoding)
            pairs = [(ours(group, reader, path, encoding), theirs(path, encoding)) for _ in range(options.rounds)]
            mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
            size = sum(part.stat().st_size for part in folder.glob("lots.*") if (part.suffix == suffix) or (suffix == ".shp" and part.suffix in (".shx", ".dbf"))) / 1e6
            print(f"{reader:<12}{size:7.1f} MB  ours {mine:5.2f} s  pyogrio with Arrow {other:5.2f} s  ratio {statistics.median(a / b for a, b in pairs):.2f}", flush=True)


if __name__ == "__main__":
    main()
