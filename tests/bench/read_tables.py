"""Measure the table readers beside plain libraries: wall seconds, rows a second, and what comes out.

    python -m tests.bench.read_tables [--rows 370000] [--file parcels.csv]

Every reader of ours works in its closed process, so its time includes the hand-over of the columns; the others read in
this process, without a check of encoding, keys or lost zeros. The table is made here unless a file is given.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gispipe.demo.abr import PARCEL
from gispipe.demo.workbook import workbook
from gispipe.intake import read_source, readers
from gispipe.model import Source


def parcels(rows: int) -> bytes:
    """Return a table of parcels with the columns of the registry."""
    rng = np.random.default_rng(11)
    town, number, branch = rng.integers(1, 400, rows), rng.integers(1, 2000, rows), rng.integers(0, 40, rows)
    order = np.lexsort((branch, number, town))
    lines = [f"992011,{t:04d}000,{n:05d}{b:05d}00000,みずほ野市,,町{t},,,,{n},{b or ''},,1,1,,1947-04-17,,1,," for t, n, b in zip(town[order], number[order], branch[order], strict=True)]
    return "\n".join([",".join(PARCEL), *lines, ""]).encode()


def timed(run: Callable[[], int], repeat: int = 3) -> tuple[float, int]:
    """Return the least of several wall times and the rows."""
    best, rows = float("inf"), 0
    for _ in range(repeat):
        began = time.perf_counter()
        rows = run()
        best = min(best, time.perf_counter() - began)
    return best, rows


def ours(root: Path) -> dict[str, tuple[float, int]]:
    """Measure our readers on the files of a folder."""
    with readers(1) as group:
        def read(reader: str, name: str, encoding: str | None = None) -> Callable[[], int]:
            return lambda: len(read_source(group, root, Source(reader=reader, path=name, encoding=encoding), "bench"))

        read("csv", "parcels.csv")()
        return {"abr": timed(read("abr", "parcels.csv")), "csv": timed(read("csv", "parcels.csv")), "csv, cp932": timed(read("csv", "cp932.csv", encoding="cp932")),
                "csv, quoted (row by row)": timed(read("csv", "quoted.csv"), 1), "xlsx, 20,000 rows": timed(read("xlsx", "ledger.xlsx"), 2)}


def others(root: Path) -> dict[str, tuple[float, int]]:
    """Measure plain libraries on the same files."""
    import pandas as pd
    from pyarrow import csv
    from python_calamine import CalamineWorkbook

    return {
        "pyarrow.csv": timed(lambda: csv.read_csv(root / "parcels.csv").num_rows),
        "pandas, text": timed(lambda: len(pd.read_csv(root / "parcels.csv", dtype=str)), 2),
        "pandas, text, cp932": timed(lambda: len(pd.read_csv(root / "cp932.csv", dtype=str, encoding="cp932")), 2),
        "python-calamine, 20,000 rows": timed(lambda: len(CalamineWorkbook.from_path(str(root / "ledger.xlsx")).get_sheet_by_index(0).to_python()), 2),
    }


def main() -> None:
    """Print the table of times."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=370_000)
    arguments.add_argument("--file", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        data = given.file.read_bytes() if given.file else parcels(given.rows)
        (root / "parcels.csv").write_bytes(data)
        (root / "cp932.csv").write_bytes(data.decode().encode("cp932", "replace"))
        (root / "quoted.csv").write_bytes(data.replace(b"lg_code", b'"lg_code"', 1))
        (root / "ledger.xlsx").write_bytes(workbook({"台帳": [PARCEL, *[[int(c) if c.isdigit() else c for c in line.split(",")] for line in data.decode().splitlines()[1:20_001]]]}))
        print(f"{len(data) / 1e6:.1f} MB")
        for name, (seconds, rows) in (ours(root) | others(root)).items():
            print(f"{name:32} {seconds:8.2f} s {rows:10,} rows {rows / seconds:12,.0f} rows/s")


if __name__ == "__main__":
    main()
