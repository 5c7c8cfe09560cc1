"""Read CSV tables exactly: declared encoding, every ragged row named, coordinates by declared columns."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gispipe.intake.content import must_be
from gispipe.intake.csv_exact import exact
from gispipe.intake.csv_fast import fast
from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.intake.points import points
from gispipe.intake.rows import Rows
from gispipe.intake.text import BOM, decode, duplicates, proof
from gispipe.model import Source

GEOGRAPHIC = "EPSG:6668"


def read_csv(path: Path, source: Source, where: str) -> Delivered:
    """Read one CSV; `header` of the source says where its names stand, `x` and `y` make points.

    Rows of another length than the header are kept as far as they go and noted (GP21), wholly blank rows are left out
    and noted (GP22). Raises UnreadableInput for a broken header, encoding or quoting.
    """
    must_be(path, "csv", where)
    rows = csv_rows(path, source, where)
    return rows.delivered(points(rows, source.x, source.y) if source.x or source.y else None)


def csv_rows(path: Path, source: Source, where: str, tolerant: bool = False, stated: str | None = None) -> Rows:
    """Return the rows of a CSV as text; plain files in bulk, all others row by row, with the same result.

    `tolerant` passes and counts rows longer than the header by empty cells only; `stated` is the encoding that the
    format's own specification states, for files that neither prove nor declare one.
    """
    data = path.read_bytes()
    text, encoding = decode(data, source.encoding or stated, where)
    plain = data.removeprefix(BOM) if encoding in ("utf-8", "ascii") else text.encode("utf-8")
    bulk = fast(plain, source.header, where)
    table, line, notes, facts = (*bulk, [], {}) if bulk else exact(text, source.header, tolerant, where)
    facts["encoding_by"] = "format" if stated and not source.encoding and not data.isascii() else proof(data, source.encoding)
    twice = duplicates(data, text) if encoding == "cp932" else 0
    if twice:
        facts["cp932_duplicates"] = twice
    file = SourceFile(where, hashlib.sha256(data).hexdigest(), len(data), len(line))
    return Rows(table, line, file, encoding, notes, facts)
