"""The engines of the join benchmark, each run as `python -m tests.bench.join_engines ENGINE FOLDER`; prints the seconds of its steps."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from tests.bench.join_data import read, write_shares
from tests.bench.pieces import PIECE, halved

MODULE = os.environ.get("JOIN_ENGINE", "gispipe.joins.zones")
JOIN = "SELECT s.id, p.rank, sum(ST_Area(ST_Intersection(s.g, p.g))) a FROM s JOIN p ON ST_Intersects(s.g, p.g) GROUP BY 1, 2"
"""The quickest of the forms tried: asking ST_CoveredBy first, LATERAL and other sizes of piece all took longer."""
SUBDIVIDE = f"""CREATE UNLOGGED TABLE p AS SELECT rank, ST_Subdivide(g, {PIECE}) g FROM (SELECT rank, (ST_Dump(g)).geom g FROM zone) part;
CREATE INDEX ON p USING gist(g); CREATE INDEX ON s USING gist(g); ANALYZE p; ANALYZE s;
ALTER TABLE p SET (parallel_workers = 2); ALTER TABLE s SET (parallel_workers = 2)"""


def ours(folder: Path) -> dict[str, float]:
    """gispipe, as the pipeline calls it."""
    import importlib

    engine = importlib.import_module(MODULE)
    parcels, _ = read(folder, "parcel")
    zones, rank = read(folder, "flood")
    began, cpu = time.perf_counter(), time.process_time()
    ready = engine.prepare(zones, rank, None)
    middle = time.perf_counter()
    found = engine.expose(parcels, ready)
    ended, cpu = time.perf_counter(), time.process_time() - cpu
    write_shares(folder, "ours", found.owner, found.rank, found.area)
    return {"prepare": middle - began, "expose": ended - middle, "engine": ended - began, "engine cpu": cpu}


def postgis(folder: Path) -> dict[str, float]:
    """Load, ST_Subdivide, index and join, with parallel workers as the server sees fit."""
    from tests.proof.postgis import postgis as server_of

    parcels, _ = read(folder, "parcel")
    zones, rank = read(folder, "flood")
    began = time.perf_counter()
    with server_of() as server:
        watch = Watch(server.process.pid)
        steps = {"outside": time.perf_counter() - began}
        start = time.perf_counter()
        server.load("s", parcels)
        server.load("zone", zones, rank)
        steps["load"] = time.perf_counter() - start
        server.run(SUBDIVIDE)
        steps["subdivide + index"] = time.perf_counter() - start - steps["load"]
        found = server.rows(JOIN, int, int, float)
        steps["join"] = time.perf_counter() - start - steps["load"] - steps["subdivide + index"]
        steps["server_peak"] = watch.end()
        stop = time.perf_counter()
    steps["outside"] += time.perf_counter() - stop
    write_shares(folder, "postgis", *found)
    return steps


class Watch:
    """Watch the memory of a server and its children: the largest sum of their proportional shares in MB."""

    def __init__(self, pid: int) -> None:
        self._pid, self._largest, self._over = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> float:
        self._over.set()
        self._thread.join()
        return self._largest

    def _look(self) -> None:
        while not self._over.wait(0.2):
            children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()
            self._largest = max(self._largest, sum(_share_mb(pid) for pid in [str(self._pid), *children]))


def _share_mb(pid: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # the child has ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def split(folder: Path) -> dict[str, float]:
    """Cut the zones into small pieces for DuckDB, which has no ST_Subdivide."""
    import geopandas

    began = time.perf_counter()
    pieces, rank = halved(*read(folder, "flood"))
    seconds = time.perf_counter() - began
    geopandas.GeoDataFrame({"rank": rank}, geometry=pieces, crs=6674).to_parquet(folder / "pieces.parquet")
    return {"engine": seconds, "pieces": len(pieces)}


def duckdb(folder: Path) -> dict[str, float]:
    """DuckDB spatial on the pieces that `split` left."""
    import duckdb as engine
    from duckdb_extensions import import_extension

    began = time.perf_counter()
    import_extension("spatial")
    session = engine.connect()
    session.execute("LOAD spatial; SET threads = 2")
    for table, name in (("s", "parcel"), ("p", "pieces")):
        session.execute(f"CREATE TABLE {table} AS SELECT file_row_number AS id, rank, geometry AS g FROM read_parquet('{folder / name}.parquet', file_row_number = true)")
    loaded = time.perf_counter() - began
    found = session.execute(JOIN).fetchnumpy()
    seconds = time.perf_counter() - began
    write_shares(folder, "duckdb", found["id"], found["rank"], found["a"])
    return {"load": loaded, "engine": seconds}


def overlay(folder: Path) -> dict[str, float]:
    """geopandas.overlay with the polygons of each rank taken apart."""
    import geopandas

    parcels = geopandas.read_parquet(folder / "parcel.parquet")[["geometry"]].reset_index(names="owner")
    zones = geopandas.read_parquet(folder / "flood.parquet").explode(ignore_index=True)
    began = time.perf_counter()
    met = geopandas.overlay(parcels, zones, how="intersection", keep_geom_type=True)
    shares = met.assign(area=met.area).groupby(["owner", "rank"])["area"].sum().reset_index()
    seconds = time.perf_counter() - began
    write_shares(folder, "overlay", *(shares[name].to_numpy() for name in ("owner", "rank", "area")))
    return {"engine": seconds}


if __name__ == "__main__":
    print(json.dumps({"ours": ours, "postgis": postgis, "split": split, "duckdb": duckdb, "overlay": overlay}[sys.argv[1]](Path(sys.argv[2]))))
