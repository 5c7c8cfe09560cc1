"""Read plain CSV in bulk: only files in which nothing can be read in two ways, and then exactly as row by row."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.intake.csv_exact import LONGEST_CELL
from gispipe.intake.rows import BLANKS, header, strip

_BLANK = re.compile(b"|".join(re.escape(c.encode()) for c in BLANKS if c not in "\r\n"))
_OFTEN = 0.5
"""A column with fewer distinct texts than this share of its rows stays a dictionary."""


def fast(data: bytes, at: int, where: str) -> tuple[pa.Table, np.ndarray] | None:
    """Return columns and lines of a UTF-8 CSV, or None where only the exact reader can tell.

    None for quotes, lone carriage returns, zero bytes, ragged or blank rows, overlong lines and unusual header lines.
    """
    if b'"' in data or b"\0" in data or data.count(b"\r") != data.count(b"\r\n") or _has_long_line(data):
        return None
    begin = _line_start(data, max(at - 1, 0))
    end = data.find(b"\n", begin)
    if begin < 0 or end < 0:
        return None
    cells = data[begin:end].removesuffix(b"\r").decode("utf-8").split(",")
    try:
        names = header(cells, where) if at else [f"column_{k}" for k in range(1, len(cells) + 1)]
        table = _columns(data, end + 1 if at else begin, names)
    except (UnreadableInput, pa.ArrowInvalid):
        return None
    if table is None or _has_blank_row(table):
        return None
    return table, np.arange(max(at, 0) + 1, max(at, 0) + 1 + table.num_rows, dtype=np.int64)


def _has_long_line(data: bytes) -> bool:
    """Tell whether a line may hold a cell longer than the exact reader takes."""
    if len(data) <= LONGEST_CELL:
        return False
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    return bool(np.diff(ends, prepend=0, append=len(data)).max() > LONGEST_CELL)


def _line_start(data: bytes, skipped: int) -> int:
    """Return where the line after `skipped` ones begins, -1 when there are not so many."""
    begin = 0
    for _ in range(skipped):
        begin = data.find(b"\n", begin) + 1
        if begin == 0:
            return -1
    return begin


def _columns(data: bytes, begin: int, names: list[str]) -> pa.Table | None:
    from pyarrow import csv

    if begin >= len(data):
        return None
    kind = pa.dictionary(pa.int32(), pa.large_string())
    table = csv.read_csv(
        pa.BufferReader(pa.py_buffer(data).slice(begin)),
        read_options=csv.ReadOptions(column_names=names, block_size=1 << 24, use_threads=False),
        parse_options=csv.ParseOptions(quote_char=False, double_quote=False, escape_char=False, newlines_in_values=False, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, kind), null_values=[""], strings_can_be_null=True, check_utf8=False))
    blanks = _BLANK.search(data, begin) is not None
    columns = [_settled(column, blanks) for column in table.unify_dictionaries().columns]
    return pa.table(columns, names=names)


def _settled(column: pa.ChunkedArray, blanks: bool) -> pa.ChunkedArray:
    """Take blanks off where the file has any, and write a column out whose texts hardly repeat."""
    column = pa.chunked_array([column.combine_chunks()])
    column = strip(column) if blanks else column
    distinct = len(column.chunk(0).dictionary) if column.num_chunks else 0
    return column.cast(pa.large_string()) if distinct > _OFTEN * max(len(column), 1) and distinct > 1000 else column


def _has_blank_row(table: pa.Table) -> bool:
    """Tell whether a row has no value at all."""
    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        blank &= pc.is_null(column).to_numpy()
        if not blank.any():
            return False
    return bool(blank.any())
