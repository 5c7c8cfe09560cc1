"""A table of statistics as a file for spreadsheets: UTF-8 with BOM, plain numbers, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from gispipe.statistics.areas import Areas
from gispipe.statistics.classes import TOTAL, Rows
from gispipe.statistics.columns import MEASURES, header
from gispipe.statistics.count import Measures

RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Beginnings by which spreadsheets take a text for a formula."""


def file_name(zone: str, areas: str) -> str:
    """Return the name of a hazard layer's table by these areas (`city`, or the id of a town or district layer)."""
    return f"{zone}_{areas}.csv"


def guarded(cell: str) -> str:
    """Return a text cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(RUNS) else cell


def table_bytes(areas: Areas, rows: Rows, counted: Measures, measures: tuple[str, ...]) -> bytes:
    """Return one hazard layer's table by these areas: the classes of each area, then their total."""
    count, labels = len(areas.rows()), [guarded(label) for label in (*(one.label for one in rows.listed), TOTAL.ja)]
    text = [[guarded(name) for name in areas.rows()], [*map(guarded, areas.codes), *[""] * (count - len(areas.codes))]]
    repeated = [[cell for cell in column for _ in labels] for column in text]
    numbers = [_column(counted, name, count, len(rows.listed)) for name in measures]
    return _csv([[guarded(cell) for cell in header(measures)]], zip(*repeated, labels * count, *numbers, strict=True))


def csv_bytes(lines: Iterable[Sequence[str]]) -> bytes:
    """Return lines of text as a CSV file."""
    return _csv([guarded(cell) for cell in line] for line in lines)


def _csv(*parts: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    for lines in parts:
        csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def _column(counted: Measures, name: str, count: int, classes: int) -> list[str]:
    """Return a measure's cells, area by area."""
    values = counted.get(name, np.zeros((count, classes), dtype=np.int64))
    whole = np.column_stack([values, values.sum(axis=1)]).ravel().tolist()
    return [f"{value // 100}.{value % 100:02d}" for value in whole] if MEASURES[name].decimals else [str(value) for value in whole]
