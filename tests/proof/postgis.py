"""A PostGIS server of one's own for the length of a `with`: a data directory in a temporary folder, a Unix socket, no network."""

from __future__ import annotations

import io
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

BINARIES = (Path("/usr/lib/postgresql/15/bin"), Path("/usr/lib/postgresql/16/bin"), Path("/usr/lib/postgresql/17/bin"))
SETTINGS = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0",
            "max_wal_size": "8GB", "shared_buffers": "256MB", "work_mem": "64MB", "maintenance_work_mem": "256MB", "jit": "off", "autovacuum": "off",
            "max_parallel_workers": "2", "max_parallel_workers_per_gather": "2", "min_parallel_table_scan_size": "0", "parallel_setup_cost": "100"}
CHUNK = 20_000


def binaries() -> Path | None:
    """Return the folder of the server's programs, None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    return next((place for place in BINARIES if (place / "initdb").is_file()), Path(found).parent if found else None)


@dataclass
class PostGIS:
    """A running server; `used` holds wall, CPU seconds and peak MB (proportional share of memory) after the end."""

    folder: Path
    programs: Path
    process: subprocess.Popen[bytes]
    used: dict[str, float] = field(default_factory=dict)

    def run(self, sql: str) -> str:
        """Run statements and return what they print; raises RuntimeError with the server's words."""
        return self._psql(sql.encode()).decode()

    def rows(self, query: str, *types: type) -> list[np.ndarray]:
        """Return the columns of a query as arrays of these types."""
        import pyarrow as pa
        from pyarrow import csv

        text = self._psql(f"COPY ({query}) TO STDOUT (FORMAT csv)".encode())
        if not text:
            return [np.empty(0, kind) for kind in types]
        names = [str(k) for k in range(len(types))]
        kinds = csv.ConvertOptions(column_types={name: pa.from_numpy_dtype(kind) for name, kind in zip(names, types, strict=True)})
        table = csv.read_csv(io.BytesIO(text), csv.ReadOptions(column_names=names), convert_options=kinds)
        return [table[name].to_numpy() for name in names]

    def copied(self, sql: str) -> bytes:
        """Return what statements ending with a COPY TO STDOUT send, to the byte."""
        return self._psql(sql.encode())

    def load(self, table: str, geometry: np.ndarray, rank: np.ndarray | None = None) -> None:
        """Make a table (id, rank, g) of these shapes; a missing shape is no row."""
        rank = np.zeros(len(geometry), int) if rank is None else rank
        self.run(f"CREATE UNLOGGED TABLE {table} (id int, rank int, g geometry); ALTER TABLE {table} ALTER g SET STORAGE EXTERNAL")
        there = np.flatnonzero(~shapely.is_missing(geometry))
        process = self._open(f"COPY {table} FROM STDIN")
        assert process.stdin is not None
        for first in range(0, len(there), CHUNK):
            rows = there[first:first + CHUNK]
            process.stdin.write("".join(f"{k}\t{r}\t{hexed}\n" for k, r, hexed in zip(rows, rank[rows], shapely.to_wkb(geometry[rows], hex=True), strict=True)).encode())
        _finish(process)

    def _psql(self, sql: bytes) -> bytes:
        return _finish(self._open(None), sql)

    def _open(self, command: str | None) -> subprocess.Popen[bytes]:
        words = [str(self.programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-d", "postgres", "-U", "postgres"]
        words += ["-c", command] if command else ["-f", "-"]
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment())


def _finish(process: subprocess.Popen[bytes], sql: bytes | None = None) -> bytes:
    out, err = process.communicate(sql)
    if process.returncode:
        raise RuntimeError(err.decode(errors="replace").strip())
    return out


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _account() -> dict[str, str]:
    """The server refuses to run as root: give it an account of the machine."""
    if os.getuid():
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody"}


@contextmanager
def postgis() -> Iterator[PostGIS]:
    """Start a server with the PostGIS extension and end it, whatever happens; raises RuntimeError where it cannot be started."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed")
    account = _account()
    with tempfile.TemporaryDirectory(prefix="postgis-") as name:
        folder = Path(name)
        if account:
            shutil.chown(folder, account["user"])
        words = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        subprocess.run(words, check=True, capture_output=True, cwd="/", env=_environment(), **account)  # type: ignore[call-overload]
        settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
        began = time.perf_counter()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings],  # type: ignore[call-overload]
                                       stdout=log, stderr=log, cwd="/", env=_environment(), **account)
        server = PostGIS(folder, programs, process)
        try:
            _wait(server)
            yield server
        finally:
            _end(server, began)


def _wait(server: PostGIS) -> None:
    for _ in range(200):
        try:
            server.run("CREATE EXTENSION postgis")
            return
        except RuntimeError:
            if server.process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError((server.folder / "log").read_text(errors="replace")[-2000:])


def _end(server: PostGIS, began: float) -> None:
    import signal

    if server.process.poll() is None:
        server.process.send_signal(signal.SIGINT)
        _, _, used = os.wait4(server.process.pid, 0)
        server.process.returncode = 0
        server.used |= {"cpu": used.ru_utime + used.ru_stime, "wall": time.perf_counter() - began}
