"""The rows of a table as text, before anything is made of them: what CSV and workbook readers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.words import Words

BLANKS = "".join(chr(c) for c in range(0x3001) if chr(c).isspace())
"""The characters that `str.strip` takes off, full-width space included."""
MOST_NOTES = 100_000


@dataclass
class Rows:
    """table: (n, columns) text columns, null for no value; line: (n,) 1-based line or sheet row each row begins on.

    The three below grow while a reader works: what it noticed, what it found out.
    """

    table: pa.Table
    line: np.ndarray
    file: SourceFile
    encoding: str | None
    notes: list[Note] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def replace(self, name: str, column: pa.Array | pa.ChunkedArray) -> None:
        """Put another column in the place of one."""
        self.table = self.table.set_column(self.table.column_names.index(name), name, column)

    def note(self, code: str, rows: np.ndarray | Sequence[int], details: list[str]) -> None:
        """Add one note per row (0-based, into the table)."""
        self.notes += [Note(code, 0, int(self.line[k]), text) for k, text in zip(rows, details, strict=True)]

    def delivered(self, shapes: pa.Array | None = None, crs: str | None = None, keep: np.ndarray | None = None) -> Delivered:
        """Return the rows, or those of a mask, as a reader delivers them."""
        table, line = (self.table, self.line) if keep is None else (self.table.filter(pa.array(keep)), self.line[keep])
        shapes = shapes if keep is None or shapes is None else shapes.filter(pa.array(keep))
        notes = self.notes if keep is None else [note for note in self.notes if note.row in set(line.tolist())]
        file = SourceFile(self.file.path, self.file.sha256, self.file.size, len(line))
        return Delivered(table, shapes, crs, line, np.zeros(len(line), int), (file,), self.encoding, tuple(notes), dict(self.facts))


def header(cells: list[str], where: str) -> list[str]:
    """Return the names of a header line: blanks evened out, empty ones numbered, repeated ones told apart by `_`."""
    names: list[str] = []
    taken: dict[str, int] = {}
    for k, cell in enumerate(cells, 1):
        base = " ".join(cell.split()) or f"column_{k}"
        name = base + "_" * taken.get(base, 0)
        while name in taken:
            name += "_"
        taken[base] = taken.get(base, 0) + 1
        taken.setdefault(name, 1)
        names.append(name)
    if not any(cell.strip() for cell in cells):
        raise UnreadableInput(where, Words("there is no header line", "見出し行がありません"),
                              Words("put column names in line 1, or write header = N in [source]", "1行目に列名を入れるか、[source] に header = N を書いてください"))
    return names


def texts(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array of plain text."""
    return column.cast(pa.large_string()).combine_chunks() if not isinstance(column, pa.Array) else column.cast(pa.large_string())


def strip(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take blanks off both ends; what is blank altogether becomes no value."""
    if pa.types.is_dictionary(column.type):
        one = column.combine_chunks()
        again = strip(pa.chunked_array([one.dictionary])).combine_chunks()
        return pa.chunked_array([again.take(one.indices).dictionary_encode()])
    trimmed = pc.utf8_trim(column, characters=BLANKS)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)
