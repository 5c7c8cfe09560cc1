"""Towns and lots that the other side does not have: unknown towns, divided and merged lots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from gispipe.joins.forms import PART
from gispipe.joins.reasons.side import Side, Why

_SHOWN = 3
_NUMBERS = re.compile(r"[0-9]+(?:-[0-9]+)*", re.ASCII).fullmatch


def of_unknown_towns(mine: Side, other: Side, rows: Sequence[int]) -> list[int]:
    """Return the rows whose town does not occur on the other side."""
    known = set(pd.unique(other.towns)) | {""}
    return [k for k in rows if mine.towns[k] not in known]


def unknown_towns(mine: Side, other: Side, rows: Sequence[int]) -> Why:
    """Explain rows whose town does not occur on the other side."""
    return {k: ("town", ()) for k in of_unknown_towns(mine, other, rows)}


def parents(mine: Side, other: Side, rows: Sequence[int]) -> Why:
    """Explain lots of which the other side has the lot they branch off: 12-3 and 12, the nearest one."""
    wanted = {parent for k in rows for parent in _parents(mine.compared[k])}
    there = _first_rows(other, wanted)
    why: Why = {}
    for k in rows:
        parent = next((one for one in _parents(mine.compared[k]) if one in there), None)
        if parent is not None:
            why[k] = ("parent", (there[parent],))
    return why


def branches(mine: Side, other: Side, rows: Sequence[int]) -> Why:
    """Explain lots of which the other side has branches: 12 and 12-1, 12-2; the first three are named."""
    asked = {mine.compared[k] for k in rows if _NUMBERS(_number(mine.compared[k]))}
    found: dict[str, list[int]] = {}
    for c, text in enumerate(other.compared if asked else ()):
        parent = text.rpartition("-")[0]
        while parent:
            if parent in asked and _NUMBERS(_number(text)) and len(found.setdefault(parent, [])) < _SHOWN:
                found[parent].append(c)
            parent = parent.rpartition("-")[0]
    return {k: ("branch", tuple(found[mine.compared[k]])) for k in rows if found.get(mine.compared[k])}


def _number(text: str) -> str:
    return text.rpartition(PART)[2]


def _parents(text: str) -> Iterator[str]:
    """Yield the keys of the lots that a lot branches off, the nearest first."""
    town, part, number = text.rpartition(PART)
    while "-" in number and _NUMBERS(number):
        number = number.rpartition("-")[0]
        yield f"{town}{part}{number}"


def _first_rows(side: Side, wanted: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for c, text in enumerate(side.compared if wanted else ()):
        if text in wanted:
            found.setdefault(text, c)
    return found
