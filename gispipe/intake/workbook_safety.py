"""Look through a workbook's parts before a spreadsheet library opens it: sizes, document types, how far its cells reach."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from gispipe.errors import UnreadableInput, XmlEntities
from gispipe.intake.limits import ARCHIVE_RATIO, SMALL_ENOUGH
from gispipe.intake.unpack import Member, open_archive
from gispipe.words import Words

PARTS = 2_000
PART_BYTES = 192 * 1024**2
CELLS = 30_000_000
"""Cells of the rectangle a sheet spans; 300,000 rows of 100 columns."""
_REFERENCE = re.compile(rb"""\sr=["']([A-Za-z]{1,8})(\d{1,12})["']""")
_ASK = Words("save the wanted sheet alone as a new workbook, or as CSV", "必要なシートだけを新しいブックか CSV に保存し直してください")


def look_through(path: Path, where: str) -> dict[str, object]:
    """Return facts on a workbook's cells: `error_cells` and `formulas_without_value`, where there are any.

    Raises UnreadableInput for archives that are not honest, parts beyond the limits, document types, and cells that
    lie so far apart that the table between them would not fit.
    """
    archive, members = open_archive(path, where, PARTS)
    facts = {"error_cells": 0, "formulas_without_value": 0}
    with archive:
        for member in members:
            if member.suffix not in (".xml", ".rels"):
                continue
            data = _content(archive, member, where)
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                raise XmlEntities(f"{where} › {member.name}", Words("a part of the workbook carries a DTD; it is refused", "ブックの中の XML に DTD があるため、受け付けません"), _ASK)
            if member.name.startswith("xl/worksheets/"):
                _reach(data, f"{where} › {member.name}")
                facts["error_cells"] += len(re.findall(rb"""<c\b[^>]*\st=["']e["']""", data))
                facts["formulas_without_value"] += len(re.findall(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>", data))
    return {name: count for name, count in facts.items() if count}


def _content(archive: zipfile.ZipFile, member: Member, where: str) -> bytes:
    """Inflate one part, never more than the limits."""
    most = min(PART_BYTES, max(SMALL_ENOUGH, member.info.compress_size * ARCHIVE_RATIO))
    try:
        with archive.open(member.info) as source:
            data = source.read(most + 1)
    except Exception as error:  # noqa: BLE001 — zipfile and zlib each have errors of their own
        raise UnreadableInput(f"{where} › {member.name}", Words(f"the part is damaged: {error}", f"ブックの中身が壊れています: {error}"), _ASK) from None
    if len(data) > most:
        raise UnreadableInput(f"{where} › {member.name}", Words(f"the part inflates beyond {most:,} bytes", f"展開すると {most:,} バイトを超える部分があります"), _ASK)
    return data


def _reach(sheet: bytes, where: str) -> None:
    places = _REFERENCE.findall(sheet)
    width = max(map(_column, {letters for letters, _ in places}), default=1)
    rows = max(map(int, {number for _, number in places}), default=1)
    if width * rows > CELLS or width > 16_384 or rows > 1_048_576:
        raise UnreadableInput(where, Words(f"the cells span {rows:,} rows by {width:,} columns", f"セルの範囲が {rows:,} 行 × {width:,} 列に及びます"), _ASK)


def _column(letters: bytes) -> int:
    """Return a column's number, 1 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
