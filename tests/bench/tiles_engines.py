"""The engines of the tile benchmark; those of Python run as `python -m tests.bench.tiles_engines ENGINE FOLDER` and print what they say."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.tiles.layer import Batch
from tests.bench.tiles_city import LEVELS, NAMES, ZOOM

TOGETHER = 8_000_000
"""About how many bytes of features gispipe reads at a time."""
SLOW = ("GDAL PMTiles", "tippecanoe, flood as delivered")
"""Engines that take minutes where others take seconds."""


@dataclass(frozen=True)
class Engine:
    """An engine that is there: its name, archive and command, a command before it that is not counted, and the flood it is given."""

    name: str
    archive: Path
    command: list[str]
    before: list[str] | None = None
    flood: str = "flood_pieces"


def ours(folder: Path, workers: int) -> dict[str, Any]:
    """Build the archive with gispipe, its layers read a few features at a time."""
    import pyarrow.parquet  # noqa: F401 - libraries are loaded before the clock runs, as the engine is: wall time holds it all

    from gispipe.garbage import collect_seldom
    from gispipe.tiles.encode import TileStream, build_archive

    collect_seldom()  # as every run of the command line does

    layers = [TileStream(name, kind, _batches(folder / f"{name}.parquet"), ZOOM[name], keep=name == "flood") for name, kind in NAMES.items()]
    began, cpu = time.perf_counter(), sum(os.times()[:4])
    report = build_archive(folder / f"ours-{workers}.pmtiles", layers, name="bench", attribution="", workers=workers)
    return {"engine": time.perf_counter() - began, "engine CPU": sum(os.times()[:4]) - cpu,
            "left out": {f"{d.layer} z{d.zoom} {d.reason}": d.count for d in report.dropped}}


def _batches(path: Path) -> Iterator[Batch]:
    """Yield the features of a GeoParquet file, one group of rows after the other."""
    import pyarrow.parquet as pq

    from gispipe.tiles.outlines import Wkb

    file = pq.ParquetFile(path)
    size = sum(file.metadata.row_group(k).total_byte_size for k in range(file.num_row_groups))
    for batch in file.iter_batches(max(TOGETHER * file.metadata.num_rows // max(size, 1), 1)):
        columns = {name: _values(batch.column(name)) for name in batch.schema.names if name != "geometry"}
        yield Batch(Wkb(*_pieces(batch.column("geometry"))), columns.pop("fid"), columns)


def _pieces(column: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes of an Arrow column of texts without gaps, and where each begins and the last one ends."""
    import pyarrow as pa

    _, first, data = column.buffers()
    wide = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    return np.frombuffer(data, np.uint8), np.frombuffer(first, np.int64 if wide else np.int32)[column.offset:column.offset + len(column) + 1].astype(np.int64)


def _values(column: Any) -> np.ndarray:
    """Return the numbers or texts of an Arrow column without gaps; Arrow's own way there loads pandas, which tiles do not need."""
    if len(column.buffers()) == 2:
        return np.frombuffer(column.buffers()[1], column.type.to_pandas_dtype())[column.offset:column.offset + len(column)]
    data, at = _pieces(column)
    whole = data.tobytes()
    return np.array([whole[a:b].decode() for a, b in pairwise(at.tolist())] + [None], object)[:-1]


def freestiler(folder: Path) -> dict[str, Any]:
    """Build the archive with freestiler, keeping every feature at every zoom."""
    import freestiler as engine
    import geopandas

    layers = {name: engine.FreestileLayer(geopandas.read_parquet(folder / f"{name}.parquet"), *ZOOM[name]) for name in NAMES}
    began = time.perf_counter()
    engine.freestile(layers, folder / "freestiler.pmtiles", min_zoom=LEVELS[0], max_zoom=LEVELS[1], base_zoom=LEVELS[0], quiet=True)
    return {"engine": time.perf_counter() - began}


def tippecanoe(folder: Path, program: str, flood: str) -> list[str]:
    """Return the command that keeps every feature; flood: the file of the flood.

    A filter ends the other layers at their last zoom: the wheel's tile-join, which would put two runs together, crashes, and two runs
    took only a twentieth less.
    """
    files = {name: flood if name == "flood" else name for name in NAMES}
    layers = [a for name, file in files.items() for a in ("-L", json.dumps({"file": str(folder / f"{file}.fgb"), "layer": name}))]
    ends = {name: ["<=", "$zoom", last] for name, (_, last) in ZOOM.items() if last < LEVELS[1]}
    made = str(folder / f"tippecanoe-{flood}.pmtiles")
    return [program, "-q", "-f", "-o", made, f"-Z{LEVELS[0]}", f"-z{LEVELS[1]}", "-j", json.dumps(ends), "--buffer=4", "--no-feature-limit",
            "--no-tile-size-limit", "--no-tiny-polygon-reduction", "--use-attribute-for-id=fid",
            "--convert-stringified-ids-to-numbers", *layers]


def program_of(name: str) -> str | None:
    """Return the path of a program beside this Python or on the path."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return shutil.which(name, path=beside)


def own(folder: Path, workers: tuple[int, ...] = (2, 1)) -> list[Engine]:
    """Return gispipe with two workers, by which everything is measured, and with one."""
    return [Engine(f"gispipe, {n} worker{'s' * (n > 1)}", folder / f"ours-{n}.pmtiles", _me(folder, f"ours-{n}"), flood="flood") for n in workers]


def peers(folder: Path, *, quick: bool) -> tuple[list[Engine], list[str]]:
    """Return the peers that are there, without the slow ones if `quick`, and a sentence for each that is left out."""
    found, missing = [], []
    for engine, there in _known(folder):
        if not there:
            missing.append(f"{engine.name} is not installed: left out")
        elif quick and engine.name in SLOW:
            missing.append(f"{engine.name} takes long: left out by --quick")
        else:
            found.append(engine)
    return found, missing


def _known(folder: Path) -> list[tuple[Engine, bool]]:
    """Return every peer and whether it is there."""
    from tests.bench import tiles_gdal
    from tests.proof.postgis import binaries

    program = program_of("tippecanoe")
    name = program or "tippecanoe"
    cut, whole = (Engine(f"tippecanoe, flood {how}", folder / f"tippecanoe-{flood}.pmtiles", tippecanoe(folder, name, flood), flood=flood)
                  for how, flood in (("in pieces", "flood_pieces"), ("as delivered", "flood")))
    tables = _me(folder, "duckdb-load")
    return [
        (Engine("freestiler", folder / "freestiler.pmtiles", _me(folder, "freestiler"), flood="flood"), _installed("freestiler")),
        (Engine("PostGIS ST_AsMVT", folder / "postgis.pmtiles", _me(folder, "postgis")), binaries() is not None),
        (cut, program is not None),
        (Engine("DuckDB ST_AsMVT", folder / "duckdb.pmtiles", _me(folder, "duckdb"), tables), _installed("duckdb", "duckdb_extension_spatial")),
        (Engine("GDAL PMTiles", folder / "gdal.pmtiles", _me(folder, "gdal")), tiles_gdal.available()),
        (whole, program is not None),
    ]


def _installed(*modules: str) -> bool:
    return all(find_spec(module) for module in modules)


def _me(folder: Path, engine: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "tests.bench.tiles_engines", engine, str(folder)]


def _run(engine: str, folder: Path) -> dict[str, Any] | None:
    """Run an engine of Python; those of SQL and GDAL are imported here, since not every machine has them."""
    if engine.startswith("ours-"):
        return ours(folder, int(engine.removeprefix("ours-")))
    if engine == "freestiler":
        return freestiler(folder)
    module, _, step = engine.partition("-")
    return getattr(import_module(f"tests.bench.tiles_{module}"), step or module)(folder)


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], Path(sys.argv[2])) or {}))
