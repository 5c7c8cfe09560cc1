"""Read XLSX ledgers: one sheet, its names from the declared row, values as their author sees them stored."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.points import points
from gispipe.intake.rows import Rows, header, strip
from gispipe.intake.workbook_safety import look_through
from gispipe.model import Source
from gispipe.words import Words

_EXACT = 10**15
"""Spreadsheets keep fifteen digits; longer codes have lost their end already."""


def read_workbook(path: Path, source: Source, where: str) -> Delivered:
    """Read one sheet of a workbook: the one `layer` names, or the only one; `header` is its row of names.

    Everything is text as in CSV: whole numbers without a fraction, dates as YYYY-MM-DD, formulas by their stored value.
    Blank rows are left out and noted (GP22). Raises UnreadableInput for a workbook that is not honest or has no such sheet.
    """
    must_be(path, "xlsx", where)
    rows = workbook_rows(path, source, where)
    return rows.delivered(points(rows, source.x, source.y) if source.x or source.y else None)


def workbook_rows(path: Path, source: Source, where: str) -> Rows:
    """Return the rows of one sheet as text."""
    facts = look_through(path, where)
    grid, merged, sheet = _grid(path, source, where)
    names, top = _names(grid, merged, source.header, f"{where} › {sheet}")
    notes: list[Note] = []
    lines = [k for k in range(top, len(grid)) if _filled(grid[k], k, notes)]
    columns = [_column([grid[k][c] for k in lines], lines, name, notes) for c, name in enumerate(names)]
    table = pa.table(columns, names=names)
    data = path.read_bytes()
    file = SourceFile(where, hashlib.sha256(data).hexdigest(), len(data), len(lines))
    return Rows(table, np.array(lines, dtype=np.int64) + 1, file, "utf-8", notes, facts | {"sheet": sheet, "encoding_by": "format"})


def list_sheets(path: Path, where: str) -> dict[str, int]:
    """Return the sheets of a workbook; their rows are not counted."""
    must_be(path, "xlsx", where)
    look_through(path, where)
    return {str(name): 0 for name in _sheets(_open(path, where))}


def _open(path: Path, where: str) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.CalamineError as error:
        raise _unreadable(error, where) from None


def _unreadable(error: Exception, where: str) -> UnreadableInput:
    return UnreadableInput(where, Words(f"the workbook cannot be read: {error}", f"ブックを読めません: {error}"),
                           Words("open it in a spreadsheet program and save it again as XLSX, without a password",
                                 "表計算ソフトで開き、パスワードなしの XLSX で保存し直してください"))


def _sheets(book: Any) -> list[str]:
    return [one.name for one in book.sheets_metadata if "WorkSheet" in str(one.typ)]


def _grid(path: Path, source: Source, where: str) -> tuple[list[list[Any]], list[tuple[tuple[int, int], tuple[int, int]]], str]:
    """Return the cells from A1 on, the merged ranges and the name of the wanted sheet."""
    import python_calamine as calamine

    book = _open(path, where)
    name = _wanted(book, source, where)
    try:
        sheet = book.get_sheet_by_name(name)
        return sheet.to_python(skip_empty_area=False), list(sheet.merged_cell_ranges or []), name
    except calamine.CalamineError as error:
        raise _unreadable(error, where) from None


def _wanted(book: Any, source: Source, where: str) -> str:
    names = _sheets(book)
    if source.layer in names:
        return str(source.layer)
    if source.layer is None and len(names) == 1:
        return str(names[0])
    listing = ", ".join(map(str, names)) or "-"
    if source.layer is None:
        raise UnreadableInput(where, Words(f"{len(names)} sheets inside: {listing}", f"シートが {len(names)} 枚あります: {listing}"),
                              Words('name one with layer = "…" in [source]', "[source] に layer = \"…\" を書いてください"))
    raise UnreadableInput(where, Words(f"no sheet '{source.layer}'; there are: {listing}", f"シート「{source.layer}」がありません。あるシート: {listing}"),
                          Words("correct layer in [source]", "[source] の layer を直してください"))


def _names(grid: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]], at: int, where: str) -> tuple[list[str], int]:
    """Return the columns' names and the first row below them; a merged cell names every column and row it covers."""
    width = max(map(len, grid), default=0)
    if not at:
        return [f"column_{k}" for k in range(1, width + 1)], 0
    if at > len(grid):
        raise UnreadableInput(where, Words(f"the sheet has {len(grid)} rows, no row {at} of names", f"シートは {len(grid)} 行で、見出しの {at} 行目がありません"),
                              Words("correct header in [source]", "[source] の header を直してください"))
    cells = [_plain(cell) or "" for cell in grid[at - 1]]
    for (top, left), (bottom, right) in merged:
        if top <= at - 1 <= bottom:
            for k in range(left, min(right + 1, width)):
                cells[k] = _plain(grid[top][left]) or ""
    return header(cells, where), at


def _filled(row: list[Any], k: int, notes: list[Note]) -> bool:
    if any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row):
        return True
    notes.append(Note("GP22", 0, k + 1, ""))
    return False


def _column(cells: list[Any], lines: list[int], name: str, notes: list[Note]) -> pa.ChunkedArray:
    """Return a column as text; one that is all text goes in bulk."""
    if set(map(type, cells)) <= {str}:
        return strip(pa.chunked_array([pa.array(cells, type=pa.large_string())]))
    return pa.chunked_array([pa.array([_text(cell, k, name, notes) for cell, k in zip(cells, lines, strict=True)], type=pa.large_string())])


def _text(cell: Any, k: int, name: str, notes: list[Note]) -> str | None:
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        notes.append(Note("GP05", 0, k + 1, f"{name}: {cell:.0f} (15 桁を超える数値 / more than 15 digits)"))
    return _plain(cell)


def _plain(cell: Any) -> str | None:
    """Return a cell as the text a CSV of the sheet should have."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep="T")
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes" if not cell.second and not cell.microsecond else "auto")
    if isinstance(cell, dt.timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
