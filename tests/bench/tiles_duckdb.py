"""DuckDB: one query a zoom by ST_AsMVT, on tables of its own file made beforehand."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.tiles_city import LEVELS, NAMES
from tests.bench.tiles_sql import BUFFER, COLUMNS, FILES, HALF, WHOLE, Tiles, numbers, shown, write

if TYPE_CHECKING:
    import duckdb as engine


def load(folder: Path) -> None:
    """Make DuckDB's file with tables and indexes, which is not counted."""
    (folder / "duck.db").unlink(missing_ok=True)
    with connected(folder) as session:
        for name in NAMES:
            columns, file = ", ".join(COLUMNS[name]), folder / f"{FILES[name]}.parquet"
            session.execute(f"CREATE TABLE {name} AS SELECT {columns}, geometry AS g FROM read_parquet('{file}')")
            session.execute(f"CREATE INDEX {name}_place ON {name} USING RTREE (g)")
        session.execute(_tiles())


def connected(folder: Path) -> engine.DuckDBPyConnection:
    """Open DuckDB's file with as many threads as there are cores."""
    import duckdb as engine
    from duckdb_extensions import import_extension

    import_extension("spatial")
    session = engine.connect(folder / "duck.db")
    session.execute(f"LOAD spatial; SET threads = {os.cpu_count()}")
    return session


def _tiles() -> str:
    west, east, north, south = numbers("w", "s", "e", "n")
    left, up = (f"({at} - {BUFFER} / 4096) * {WHOLE} / 2 ^ z" for at in "xy")
    right, down = (f"({at} + 1 + {BUFFER} / 4096) * {WHOLE} / 2 ^ z" for at in "xy")
    shapes = " UNION ALL ".join(f"SELECT g FROM {name}" for name in NAMES)
    return f"""CREATE TABLE tile AS WITH city AS (SELECT min(ST_XMin(g)) w, min(ST_YMin(g)) s, max(ST_XMax(g)) e, max(ST_YMax(g)) n FROM ({shapes})),
        across AS (SELECT *, unnest(range({west} - 1, {east} + 2))::int x FROM city, range({LEVELS[0]}, {LEVELS[1] + 1}) zooms(z)),
        both_ways AS (SELECT *, unnest(range({north} - 1, {south} + 2))::int y FROM across)
        SELECT z::int z, x, y, ST_MakeEnvelope({left} - {HALF}, {HALF} - {down}, {right} - {HALF}, {HALF} - {up}) wide FROM both_ways"""


def duckdb(folder: Path) -> dict[str, float]:
    """Make the archive from the file that `load` left."""
    began = time.perf_counter()
    tiles: Tiles = {}
    with connected(folder) as session:
        for zoom in range(LEVELS[0], LEVELS[1] + 1):
            for x, y, layers in session.execute(_query(zoom)).fetchall():
                tiles[zoom, x, y] = b"".join(layers)
    return {"queries": time.perf_counter() - began} | write(tiles, folder / "duckdb.pmtiles")


def _query(zoom: int) -> str:
    """One query a zoom. ST_AsMVTGeom of 1.5.5 loses shapes where the box is a column of a joined table, so it is made from the tile's number."""
    layers = []
    for k, name in enumerate(shown(zoom)):
        values = ", ".join(f"'{column}': {column}" for column in COLUMNS[name])
        row = f"{{'m': ST_AsMVTGeom(g, ST_Extent(ST_TileEnvelope({zoom}, x, y)), 4096, {BUFFER}, true), {values}}}"
        layers.append(f"SELECT {k} k, x, y, ST_AsMVT({row}, '{name}', 4096, 'm', 'fid') t"
                      f" FROM {name} JOIN tile ON ST_Intersects_Extent(g, wide) WHERE z = {zoom} GROUP BY x, y")
    return f"SELECT x, y, list(t ORDER BY k) FROM ({' UNION ALL '.join(layers)}) GROUP BY x, y"
