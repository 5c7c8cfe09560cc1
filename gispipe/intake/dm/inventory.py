"""What a sheet holds, as the names a layer can ask for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from gispipe.intake.content import must_be
from gispipe.intake.dm.chase import chase
from gispipe.intake.dm.chosen import class_codes
from gispipe.intake.dm.codes import AREA, LINE, POINT, SENSITIVE, TEXT, codes, habit
from gispipe.intake.dm.frame import SHEETS
from gispipe.intake.dm.index import index_end
from gispipe.intake.dm.records import cut
from gispipe.intake.dm.sheet import read_sheet

_KINDS = {1: AREA, 3: AREA, 4: LINE, 5: POINT, 6: POINT, 7: TEXT}


def list_classes(path: Path, where: str) -> dict[str, int]:
    """Return `面:3001`, `線:2101`, … with the number of elements, and the sheet's own frame.

    Lines of a class that is usually drawn as areas count as areas. Classes that name owners or lots are not listed.
    Raises UnreadableInput as the reader does, but does not compare counts.
    """
    must_be(path, "dm", where)
    records = cut(path.read_bytes(), None, where)
    start = index_end(records, where)
    if start == len(records.lines):
        return {}
    elements = chase(records, read_sheet(records, start, where).first, where).elements()
    names, which = class_codes(records, elements)
    pairs = Counter(zip(which.tolist(), elements.kind.tolist(), strict=True))
    found: Counter[str] = Counter({SHEETS: 1})
    for (code, kind), count in pairs.items():
        if kind != 8 and names[code] not in SENSITIVE:
            found[f"{_KINDS.get(kind) or _of_lines(names[code])}:{names[code]}"] += count
    return dict(sorted(found.items(), key=lambda one: one[0].partition(":")[::-1]))


def _of_lines(code: str) -> str:
    known = codes().get(code)
    return AREA if (known.kind if known else habit(code[:2])) == AREA else LINE
