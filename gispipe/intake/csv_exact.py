"""Read CSV row by row: the meaning of every quote, line end and missing cell, each deviation named by its line."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa

from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Note
from gispipe.intake.rows import MOST_NOTES, header, strip
from gispipe.words import Words

LONGEST_CELL = 1_000_000


def exact(text: str, at: int, tolerant: bool, where: str) -> tuple[pa.Table, np.ndarray, list[Note], dict[str, object]]:
    """Return columns, lines, notes and facts of a CSV whose names stand on line `at` (0: it has none).

    `tolerant` lets rows pass that are longer than the header only by empty cells, and counts them. Raises
    UnreadableInput for broken quoting and for a table that is mostly not one.
    """
    csv.field_size_limit(LONGEST_CELL)
    stream = io.StringIO(text, newline="")
    for _ in range(max(at - 1, 0)):
        stream.readline()
    reader = csv.reader(stream, strict=True)
    try:
        first = next(reader, [])
        names = header(first, where) if at else [f"column_{k}" for k in range(1, len(first) + 1)]
        if not at:
            stream.seek(0)
            reader = csv.reader(stream, strict=True)
        rows, lines, notes, facts = _rows(reader, len(names), max(at - 1, 0), tolerant, where)
    except csv.Error as error:
        raise UnreadableInput(f"{where}:{reader.line_num + max(at - 1, 0)}", Words(f"broken CSV: {error}", f"CSV として読めません: {error}"),
                              Words("check the quotes around that line", "その行前後の引用符を確認してください")) from None
    return pa.table(_columns(rows, len(names)), names=names), np.array(lines, dtype=np.int64), notes, facts


def _rows(reader: object, width: int, skipped: int, tolerant: bool, where: str) -> tuple[list[list[str]], list[int], list[Note], dict[str, object]]:
    rows: list[list[str]] = []
    lines: list[int] = []
    notes: list[Note] = []
    trailing = 0
    before = reader.line_num  # type: ignore[attr-defined]
    for row in reader:  # type: ignore[attr-defined]
        line, before = before + skipped + 1, reader.line_num  # type: ignore[attr-defined]
        if not (row and row[0][:1].isalnum()) and not any(cell.strip() for cell in row):
            notes.append(Note("GP22", 0, line, ""))
        else:
            surplus = tolerant and len(row) > width and not any(cell.strip() for cell in row[width:])
            trailing += surplus
            if len(row) != width and not surplus:
                notes.append(Note("GP21", 0, line, f"{len(row)} / {width}"))
            rows.append(row)
            lines.append(line)
        if len(notes) > MOST_NOTES:
            raise UnreadableInput(f"{where}:{line}", Words(f"more than {MOST_NOTES:,} blank or ragged rows", f"空行や列数の違う行が {MOST_NOTES:,} 行を超えています"),
                                  Words("ask for the table as a plain CSV", "通常の CSV で受け取り直してください"))
    return rows, lines, notes, {"rows_with_empty_cells_at_the_end": trailing} if trailing else {}



def _columns(rows: list[list[str]], width: int) -> list[pa.ChunkedArray]:
    """Return the cells by column, blanks taken off; rows too short lack their last cells."""
    even = rows if all(len(row) == width for row in rows) else [(row + [""] * width)[:width] for row in rows]
    cells = zip(*even, strict=True) if even else ((),) * width
    return [strip(pa.chunked_array([pa.array(column, type=pa.large_string())])) for column in cells]
