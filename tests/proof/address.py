"""Ask for every address of a city in every spelling and count what comes back.

    python -m tests.proof.address [--city DIR] [--n 2000]

Reads addresses, lots and towns as they stand in the internal store, builds the register in memory, and prints a line a spelling;
ends with 1 when a wrong house was presented as right, or when a spelling is below 100 %.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from gispipe.address import CityName, Register, begin_register, finish_register, number_key, search, town_key, write_columns
from gispipe.catalogue import load_catalogue
from gispipe.crs import LONLAT, transform_points
from gispipe.geometry import anchor
from gispipe.store import Store
from tests.address.spellings import SPELLINGS, split

LOT_SPELLINGS = {
    "lot: 番地": lambda town, lot: f"{town}{lot.replace('-', '番地', 1) if '-' in lot else lot + '番地'}",
    "lot: 地番 before": lambda town, lot: f"地番 みずほ野市{town}{lot}",
    "lot: full width, 地番": lambda town, lot: f"{town}地番{lot}".translate(str.maketrans("0123456789-", "０１２３４５６７８９－")),
}


def build(city: Path) -> tuple[sqlite3.Connection, list[tuple[str, int, int]], list[tuple[str, str]]]:
    """Return the register in memory, the addresses (town, block, number) and the lots (town, lot)."""
    catalogue = load_catalogue(city)
    store = Store(catalogue.output, "internal")
    connection = sqlite3.connect(":memory:")
    begin_register(connection, CityName("架空県", catalogue.city.name))
    tables = {name: store.read(name) for name in ("town", "address", "parcel")}
    for name, kind in (("town", "town"), ("address", "address"), ("parcel", "lot")):
        frame, geometry = tables[name].frame, tables[name].geometry
        assert geometry is not None, f"layer {name} has no geometry"
        points = anchor(geometry)
        x, y = np.array([p.x for p in points]), np.array([p.y for p in points])
        lon, lat = transform_points(x, y, catalogue.city.crs, LONLAT)
        towns = frame["name" if kind == "town" else "town"].astype(str).tolist()
        numbers = numbers_of(frame, kind)
        shown = frame["address"].tolist() if kind == "address" else [t + n for t, n in zip(towns, numbers, strict=True)]
        write_columns(connection, kind, name, shown, towns, numbers, lon.tolist(), lat.tolist(), range(len(frame)), area=kind == "town")
    finish_register(connection)
    address, parcel = tables["address"].frame, tables["parcel"].frame
    houses = [(str(t), int(b), int(n)) for t, b, n in zip(address["town"], address["block"], address["number"], strict=True)]
    return connection, houses, [(str(t), str(n)) for t, n in zip(parcel["town"], parcel["lot"], strict=True)]


def numbers_of(frame: pd.DataFrame, kind: str) -> list[str]:
    """Return the numbers of a layer as the register takes them: none for towns, block-number for addresses."""
    if kind == "address":
        return [f"{block}-{number}" for block, number in zip(frame["block"], frame["number"], strict=True)]
    return [""] * len(frame) if kind == "town" else frame["lot"].astype(str).tolist()


def judge(register: Register, text: str, kind: str, town: str, number: str) -> str:
    """Return right, candidates, town, nothing or WRONG for one question."""
    found = search(register, text)
    if found.result != "exact":
        return found.result
    entry = found.hits[0].entry
    right = (found.hits[0].kind, town_key(entry.town), number_key(entry.number)) == (kind, town_key(town), number_key(number))
    return "right" if right else "WRONG"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof.address", description="Ask for every address of a city in every spelling.")
    parser.add_argument("--city", type=Path, default=Path())
    parser.add_argument("--n", type=int, default=0, help="this many of them, evenly taken; all when absent")
    options = parser.parse_args(arguments)
    connection, houses, lots = build(options.city)
    register = Register(connection)
    step_house, step_lot = (max(1, len(rows) // options.n) if options.n else 1 for rows in (houses, lots))
    bad = 0
    print(f"{'spelling':34}{'asked':>9}{'right':>9}{'candidates':>12}{'town':>7}{'nothing':>9}{'WRONG':>7}{'ms':>8}")
    rounds = [(name, [(write(*split(t), b, n), "address", t, f"{b}-{n}") for t, b, n in houses[::step_house]]) for name, write in SPELLINGS.items()]
    rounds += [(name, [(written(t, n), "lot", t, n) for t, n in lots[::step_lot]]) for name, written in LOT_SPELLINGS.items()]
    for name, questions in rounds:
        began = time.perf_counter()
        count = Counter(judge(register, *question) for question in questions)
        each = (time.perf_counter() - began) / max(1, len(questions)) * 1000
        bad += count["WRONG"] + (0 if name.startswith("lot") else len(questions) - count["right"])
        print(f"{name:34}{len(questions):>9}{count['right']:>9}{count['candidates']:>12}{count['town']:>7}{count['nothing']:>9}{count['WRONG']:>7}{each:>8.2f}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
