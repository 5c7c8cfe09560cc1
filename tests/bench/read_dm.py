"""Records a second of the DM reader for one layer: `python tests/bench/read_dm.py [--buildings 60000]`.

The sheet is made by our own writer; each layer is read several times and the best time counts, hashing included.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from gispipe.demo.dm import SheetFrame, sheet_bytes
from gispipe.demo.dm_records import Element
from gispipe.intake.dm import read_dm
from gispipe.model import Source

_FRAME = SheetFrame("06OC5708", 500, (-48800.0, -135300.0, -48400.0, -135000.0), unit=1)
_HOUSE = np.array([(0, 0), (0, 9000), (7000, 9000), (7000, 4000), (4000, 4000), (4000, 0), (0, 0)])
_EDGE = np.array([(100 * k, 50 * k) for k in range(24)])


def sheet(buildings: int) -> bytes:
    """Return a sheet of so many buildings, two thirds as many road edges of 24 points and a tenth as many annotations."""
    rng = np.random.default_rng(1)
    where = rng.integers(0, 280_000, (buildings, 2))
    elements = [Element(1, "3001", (_HOUSE + at).tolist()) for at in where]
    elements += [Element(2, "2101", (_EDGE + at).tolist()) for at in where[:buildings * 2 // 3]]
    elements += [Element(7, "8131", at=(int(at[0]), int(at[1])), text="見本の建物") for at in where[:buildings // 10]]
    return sheet_bytes(_FRAME, elements)


def main() -> None:
    """Print records a second for areas, lines, annotations, and for a class the sheet does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--buildings", type=int, default=60_000)
    data = sheet(parser.parse_args().buildings)
    records = len(data) // 86
    print(f"{records:,} records, {len(data) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.dm"
        path.write_bytes(data)
        for layer in ("3001", "2101", "8131", "7102"):
            source, best, rows = Source(reader="dm", path="sheet.dm", layer=layer), 1e9, 0
            for _ in range(5):
                began = time.perf_counter()
                rows = len(read_dm(path, source, "sheet.dm"))
                best = min(best, time.perf_counter() - began)
            print(f"{layer}: {rows:,} elements, {best:.3f} s, {records / best:,.0f} records/s")


if __name__ == "__main__":
    main()
