"""One sheet of a public survey → the elements of the classes a layer takes, as one kind of geometry."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.dm.chase import GRID, Headers, chase
from gispipe.intake.dm.chosen import choose
from gispipe.intake.dm.counts import complete
from gispipe.intake.dm.drawn import draw
from gispipe.intake.dm.frame import SHEETS, frame
from gispipe.intake.dm.index import index_end, read_index
from gispipe.intake.dm.records import Records, cut
from gispipe.intake.dm.sheet import Sheet, read_sheet
from gispipe.intake.dm.system import system
from gispipe.model import Source


def read_dm(path: Path, source: Source, where: str) -> Delivered:
    """Read one sheet or index file; `source.layer` says which classes (see `wanted`), or `図郭` for the sheet's own frame.

    A sheet that holds another number of records or elements than it says is read and noted (GP24). Raises
    UnreadableInput for records of a wrong length, an element cut off, coordinates that are no numbers, texts that do
    not fit their encoding.
    """
    must_be(path, "dm", where)
    data = path.read_bytes()
    file = SourceFile(where, hashlib.sha256(data).hexdigest(), len(data), 0)
    records = cut(data, source.encoding, where)
    start = index_end(records, where)
    if start == len(records.lines):
        return read_index(records, source, file, where)
    sheet = read_sheet(records, start, where)
    crs, crs_by = system(sheet, source, where)
    headers = chase(records, sheet.first, where)
    facts, notes = _facts(records, sheet, headers, (crs, crs_by))
    if source.layer == SHEETS:
        return _noting(frame(sheet, file, crs, facts, records.delivered_in), notes)
    return _noting(draw(records, sheet, choose(records, headers, source.layer, where), file, crs, facts, where), notes)


def _noting(delivered: Delivered, notes: list[Note]) -> Delivered:
    return replace(delivered, notes=(*notes, *delivered.notes))


def _facts(records: Records, sheet: Sheet, headers: Headers, system_by: tuple[str | None, str]) -> tuple[dict[str, object], list[Note]]:
    """Return what is known of the sheet; everything that differs from sheet to sheet stands under the sheet's own key."""
    crs, crs_by = system_by
    own: dict[str, object] = {"crs": crs, "level": sheet.level, "unit_m": sheet.unit, "corners": list(sheet.corners), "neighbours": list(sheet.neighbours),
                              "name": sheet.name, "title": sheet.title, "line_end": records.line_end}
    counts, notes = complete(records, sheet, headers)
    own |= counts
    skipped = headers.count[headers.kind >= GRID]
    if len(skipped):
        own["grids_and_tins_skipped"] = [len(skipped), int(skipped.sum())]
    return {"crs_by": crs_by, "crs_by_rule": True, "encoding_by": records.encoding_by, f"sheet {sheet.id}": own}, notes


