"""Random edit sets: a table of lots, and what a year does to it."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

COLUMNS = ("town", "lot", "use", "area", "shape")


@dataclass(frozen=True)
class Edited:
    """Two versions of a table; whether a key is declared."""

    old: pa.Table
    new: pa.Table
    key: tuple[str, ...]


def table(rows: list[tuple], schema: pa.Schema | None = None) -> pa.Table:
    """Return rows of (town, lot, use, area, shape) as a store has them."""
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in COLUMNS]
    kinds = [pa.string(), pa.string(), pa.string(), pa.float64(), pa.binary()]
    arrays = [pa.array(list(values), kind) for values, kind in zip(columns, kinds, strict=True)]
    arrays[0] = arrays[0].dictionary_encode()
    return pa.Table.from_arrays(arrays, names=list(COLUMNS)).replace_schema_metadata({b"geo": b"{}"})


def square(x: float, y: float, side: float = 10.0) -> bytes:
    return shapely.to_wkb(shapely.box(x, y, x + side, y + side))


def edited(seed: int) -> Edited:
    """Return a table of up to 60 lots and what some edits made of it."""
    chance = random.Random(seed)
    keyed = chance.random() < 0.7
    count = chance.choice([0, 1, 5, 30, 60])
    rows = [[chance.choice(["東", "西", None]) if chance.random() < 0.9 else "北", str(k) if chance.random() < 0.95 else str(chance.randrange(5)), chance.choice(["宅地", "田", None]),
             chance.choice([1.5, 0.0, -0.0, float("nan"), None, float(k)]), square(12 * (k % 8), 12 * (k // 8)) if chance.random() < 0.95 else None] for k in range(count)]
    now = [list(row) for row in rows]
    for _ in range(chance.randrange(12)):
        what = chance.randrange(8)
        at = chance.randrange(len(now)) if now else None
        if what == 0 and at is not None:
            del now[at]
        elif what == 1:
            now.insert(chance.randrange(len(now) + 1), ["東", f"n{chance.randrange(99)}", "宅地", 3.0, square(chance.randrange(200), 200)])
        elif what == 2 and at is not None:
            now[at][2] = chance.choice(["畑", "田", None])
        elif what == 3 and at is not None:
            now[at][4] = square(12 * (at % 8) + chance.choice([0.1, 3.0, 400.0]), 12 * (at // 8))
        elif what == 4 and at is not None:
            now[at][1] = f"r{chance.randrange(99)}"
        elif what == 5 and at is not None:
            now.insert(at, list(now[at]))
        elif what == 6:
            chance.shuffle(now)
        elif what == 7 and at is not None:
            now[at][4] = None
    return Edited(table([tuple(row) for row in rows]), table([tuple(row) for row in now]), ("town", "lot") if keyed else ())


def bits(value: object) -> object:
    """Return a value so that equal means equal bit by bit."""
    return np.float64(value).tobytes() if isinstance(value, float) else value


def plain_rows(one: pa.Table) -> list[tuple]:
    return [tuple(bits(row[name]) for name in one.column_names) for row in one.to_pylist()]
