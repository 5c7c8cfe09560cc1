"""PostGIS: one query a zoom by ST_AsMVT, on tables with a GiST index made beforehand, in a server of the benchmark's own."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.tiles_city import LEVELS, NAMES
from tests.bench.tiles_meter import Meter
from tests.bench.tiles_sql import BUFFER, COLUMNS, FILES, numbers, shown, write

if TYPE_CHECKING:
    from tests.proof.postgis import PostGIS

PARALLEL = "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;"
"""Nine tiles look too few for workers to the planner: it is told that workers cost nothing."""


def postgis(folder: Path) -> dict[str, float]:
    """Make the archive; loading, indexes and the table of tiles are not counted, CPU and memory are the server's and the client's."""
    from tests.proof.postgis import postgis as server_of

    with server_of() as server:
        began = time.perf_counter()
        for name in NAMES:
            _load(server, folder, name)
        server.run(_tiles())
        loaded = time.perf_counter()
        meter = Meter(os.getpid())
        tiles = dict(row for zoom in range(LEVELS[0], LEVELS[1] + 1) for row in _copied(server, zoom))
        queried = time.perf_counter()
        steps = write(tiles, folder / "postgis.pmtiles")
        return meter.end() | {"load and index (not counted)": loaded - began, "queries": queried - loaded} | steps


def _load(server: PostGIS, folder: Path, name: str) -> None:
    columns = ", ".join(f"{column} {kind}" for column, kind in COLUMNS[name].items())
    server.run(f"CREATE UNLOGGED TABLE {name} ({columns}, g geometry(Geometry, 3857));\n"
               f"\\copy {name} FROM '{folder / FILES[name]}.tsv'\n"
               f"CREATE INDEX ON {name} USING gist (g); ANALYZE {name}; ALTER TABLE {name} SET (parallel_workers = 2);"
               f"CREATE TYPE {name}_row AS (m geometry, {columns})")


def _tiles() -> str:
    """A table of the tiles that may be met; few rows a page, since a parallel scan is divided by pages."""
    west, east, north, south = numbers("ST_XMin(e)", "ST_YMin(e)", "ST_XMax(e)", "ST_YMax(e)")
    shapes = " UNION ALL ".join(f"SELECT g FROM {name}" for name in NAMES)
    return f"""CREATE UNLOGGED TABLE tile WITH (fillfactor = 10, parallel_workers = 2) AS
        SELECT z, x, y, ST_TileEnvelope(z, x, y) core, ST_TileEnvelope(z, x, y, margin => {BUFFER} / 4096.0) wide
        FROM generate_series({LEVELS[0]}, {LEVELS[1]}) z, (SELECT ST_Extent(g) e FROM ({shapes}) every_g) city,
             generate_series({west} - 1, {east} + 1) x, generate_series({north} - 1, {south} + 1) y; ANALYZE tile"""


def _query(zoom: int) -> str:
    """One query a zoom, grouped by tile. A query for each tile in its turn, or with the shapes checked for NULL first, took longer."""
    layers = []
    for k, name in enumerate(shown(zoom)):
        row = f"ROW(ST_AsMVTGeom(g, core, 4096, {BUFFER}), {', '.join(COLUMNS[name])})::{name}_row"
        layers.append(f"SELECT {k} k, x, y, ST_AsMVT({row}, '{name}', 4096, 'm', 'fid') t"
                      f" FROM tile JOIN {name} ON g && wide WHERE z = {zoom} GROUP BY x, y")
    return f"SELECT x, y, string_agg(t, ''::bytea ORDER BY k) FROM ({' UNION ALL '.join(layers)}) l GROUP BY x, y"


def _copied(server: PostGIS, zoom: int) -> Iterator[tuple[tuple[int, int, int], bytes]]:
    """Yield the tiles of a zoom from PostgreSQL's binary COPY: 19 bytes, then of each row how many fields it has, and each after its length."""
    data, at = server.copied(f"{PARALLEL} COPY ({_query(zoom)}) TO STDOUT (FORMAT binary)"), 19
    while (fields := struct.unpack_from(">h", data, at)[0]) == 3:
        x, y, size = struct.unpack_from(">4xi4xii", data, at + 2)
        if size > 0:
            yield (zoom, x, y), data[at + 22:at + 22 + size]
        at += 22 + max(size, 0)  # NULL has the length -1
    assert fields == -1, "binary COPY ends with -1"
