"""The engines of the tile benchmark: gispipe and freestiler run as `python -m tests.bench.tiles_engines ENGINE FOLDER`, tippecanoe by its own command."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.tiles_city import NAMES, ZOOM


def ours(folder: Path, workers: int) -> None:
    """Build the archive with gispipe."""
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


def freestiler(folder: Path) -> None:
    """Build the archive with freestiler, keeping every feature at every zoom."""
    import freestiler as engine
    import geopandas

    tables = {name: geopandas.read_parquet(folder / f"{name}.parquet") for name in NAMES}
    engine.freestile(tables, folder / "freestiler.pmtiles", min_zoom=ZOOM[0], max_zoom=ZOOM[1], base_zoom=ZOOM[0], quiet=True)


def tippecanoe(folder: Path, program: str, flood: str) -> list[str]:
    """Return the command that keeps every feature, as ours does at the deepest zooms; flood: the file of the flood."""
    files = {name: flood if name == "flood" else name for name in NAMES}
    layers = [a for name, file in files.items() for a in ("-L", json.dumps({"file": str(folder / f"{file}.fgb"), "layer": name}))]
    return [program, "-q", "-f", "-o", str(folder / f"tippecanoe-{flood}.pmtiles"), f"-Z{ZOOM[0]}", f"-z{ZOOM[1]}", "--no-feature-limit", "--no-tile-size-limit",
            "--no-tiny-polygon-reduction", "--use-attribute-for-id=fid", *layers]


if __name__ == "__main__":
    {"ours-1": lambda folder: ours(folder, 1), "ours-2": lambda folder: ours(folder, 2), "freestiler": freestiler}[sys.argv[1]](Path(sys.argv[2]))
