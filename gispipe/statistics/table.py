"""A table of statistics as a file for spreadsheets: UTF-8 with BOM, plain numbers, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

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
    """Return one hazard layer's table by these areas."""
    return csv_bytes([header(measures), *_lines(areas, rows, counted, measures)])


def csv_bytes(lines: Iterable[Sequence[str]]) -> bytes:
    """Return lines of text as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([guarded(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _lines(areas: Areas, rows: Rows, counted: Measures, measures: tuple[str, ...]) -> Iterator[list[str]]:
    """Yield the rows of each area: its classes, then their total."""
    columns = [_column(counted, name, len(areas.rows()), len(rows.listed)) for name in measures]
    labels = [*(one.label for one in rows.listed), TOTAL.ja]
    for k, name in enumerate(areas.rows()):
        code = areas.codes[k] if k < len(areas.codes) else ""
        for c, label in enumerate(labels):
            yield [name, code, label, *(column[k][c] for column in columns)]


def _column(counted: Measures, name: str, count: int, classes: int) -> list[list[str]]:
    if name not in counted:
        return [["0"] * (classes + 1)] * count
    values = counted[name].tolist()
    return [[_number(value, MEASURES[name].decimals) for value in (*row, sum(row))] for row in values]


def _number(value: int, decimals: int) -> str:
    return f"{value // 100}.{value % 100:02d}" if decimals else str(value)
