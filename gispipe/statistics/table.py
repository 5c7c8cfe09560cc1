"""A table of statistics as a file for spreadsheets: UTF-8 with BOM, plain numbers, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
from pyarrow import compute

from gispipe.statistics.areas import Areas
from gispipe.statistics.classes import TOTAL, Rows
from gispipe.statistics.columns import MEASURES, header
from gispipe.statistics.count import Measures
from gispipe.withheld import MARK

RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Beginnings by which spreadsheets take a text for a formula."""


def file_name(zone: str, areas: str) -> str:
    """Return the name of a hazard layer's table by these areas (`city`, or the id of a town or district layer)."""
    return f"{zone}_{areas}.csv"


def guarded(cell: str) -> str:
    """Return a text cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(RUNS) else cell


def table_bytes(areas: Areas, rows: Rows, counted: Measures, measures: tuple[str, ...], hidden: np.ndarray | None = None) -> bytes:
    """Return one hazard layer's table by these areas: the classes of each area, then their total. hidden: (rows, classes + 1) which numbers of inhabitants have a mark instead."""
    count = len(areas.rows())
    names, codes, labels = (pa.array(map(_cell, texts), pa.string()) for texts in (areas.rows(), [*areas.codes, *[""] * (count - len(areas.codes))], [*(one.label for one in rows.listed), TOTAL.ja]))
    area, label = np.divmod(np.arange(count * len(labels)), len(labels))
    numbers = [_column(counted, name, count, len(rows.listed)) for name in measures]
    if hidden is not None and "people" in measures:
        at = measures.index("people")
        numbers[at] = compute.if_else(pa.array(hidden.ravel()), MARK, numbers[at])
    lines = compute.binary_join_element_wise(names.take(pa.array(area)), codes.take(pa.array(area)), labels.take(pa.array(label)), *numbers, ",")
    return "\r\n".join([",".join(map(_cell, header(measures))), *lines.to_pylist(), ""]).encode("utf-8-sig")


def csv_bytes(lines: Iterable[Sequence[str]]) -> bytes:
    """Return lines of text as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([guarded(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


@cache
def _cell(text: str) -> str:
    """Return a text as a cell among others of a CSV file, guarded and in quotation marks where it needs them."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow([guarded(text), ""])
    return out.getvalue()[:-1]


def _column(counted: Measures, name: str, count: int, classes: int) -> pa.StringArray:
    """Return a measure's cells, area by area."""
    values = counted.get(name, np.zeros((count, classes), dtype=np.int64))
    whole = np.column_stack([values, values.sum(axis=1)]).ravel()
    if not MEASURES[name].decimals:
        return pa.array(whole).cast(pa.string())
    units, hundredths = np.divmod(whole, 100)
    return compute.binary_join_element_wise(pa.array(units).cast(pa.string()), compute.utf8_lpad(pa.array(hundredths).cast(pa.string()), 2, "0"), ".")
