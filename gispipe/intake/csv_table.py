"""Read CSV tables exactly: declared encoding, every ragged row named, coordinates by declared columns."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import numpy as np
import pandas as pd

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.text import decode
from gispipe.model import Source
from gispipe.words import Words

GEOGRAPHIC = "EPSG:6668"
_LONGEST_CELL = 1_000_000


def read_csv(path: Path, source: Source, where: str) -> Delivered:
    """Read one CSV with a header line; `x` and `y` of the source make points.

    Rows of another length than the header are kept as far as they go and noted (GP21), wholly blank rows are left out
    and noted (GP22). Raises UnreadableInput for a broken header, encoding or quoting.
    """
    must_be(path, "csv", where)
    data = path.read_bytes()
    text, encoding = decode(data, source.encoding, where)
    header, rows, lines, notes = _rows(text, where)
    frame = pd.DataFrame(_columns(header, rows), index=range(len(rows)), dtype=object)
    geometry = _points(frame, source, where, lines, notes) if source.x or source.y else None
    digest = hashlib.sha256(data).hexdigest()
    return Delivered(frame, geometry, None, np.array(lines, dtype=int), np.zeros(len(rows), int),
                     (SourceFile(where, digest, len(data), len(rows)),), encoding, tuple(notes))


def _rows(text: str, where: str) -> tuple[list[str], list[list[str]], list[int], list[Note]]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines, notes = [], [], []
    try:
        header = _header(next(reader, []), where)
        before = reader.line_num
        for row in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in row):
                notes.append(Note("GP22", 0, line, ""))
                continue
            if len(row) != len(header):
                notes.append(Note("GP21", 0, line, f"{len(row)} / {len(header)}"))
            rows.append(row)
            lines.append(line)
    except csv.Error as error:
        raise UnreadableInput(f"{where}:{reader.line_num}", Words(f"broken CSV: {error}", f"CSV として読めません: {error}"),
                              Words("check the quotes around that line", "その行前後の引用符を確認してください")) from None
    return header, rows, lines, notes


def _header(cells: list[str], where: str) -> list[str]:
    names: list[str] = []
    for k, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column_{k}"
        while name in names:
            name += "_"
        names.append(name)
    if not any(cell.strip() for cell in cells):
        raise UnreadableInput(where, Words("there is no header line", "見出し行がありません"), Words("put column names in line 1", "1行目に列名を入れてください"))
    return names


def _columns(header: list[str], rows: list[list[str]]) -> dict[str, np.ndarray]:
    return {name: np.fromiter((_cell(row, k) for row in rows), dtype=object, count=len(rows)) for k, name in enumerate(header)}


def _cell(row: list[str], k: int) -> str | None:
    return (row[k].strip() or None) if k < len(row) else None


def _points(frame: pd.DataFrame, source: Source, where: str, lines: list[int], notes: list[Note]) -> np.ndarray:
    """Make points of the declared columns; a cell that is no number gives no point and is noted under GP11."""
    import shapely

    both = []
    for role, name in (("x", source.x), ("y", source.y)):
        if name is None or name not in frame.columns:
            raise UnreadableInput(where, Words(f"no column '{name}' for {role}; there are: {', '.join(frame.columns)}",
                                               f"{role} の列「{name}」がありません。ある列: {', '.join(frame.columns)}"),
                                  Words("correct x and y in [source]", "[source] の x・y を直してください"))
        both.append(pd.to_numeric(frame[name], errors="coerce").to_numpy(float))
    x, y = both
    for k in np.flatnonzero(np.isnan(x) | np.isnan(y)):
        notes.append(Note("GP11", 0, lines[k], f"{source.x}={frame[source.x].iloc[k]!r} {source.y}={frame[source.y].iloc[k]!r}"))
    present = ~(np.isnan(x) | np.isnan(y))
    points = np.full(len(frame), None, dtype=object)
    points[present] = shapely.points(x[present], y[present])
    return points
