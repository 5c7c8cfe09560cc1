"""Pick the elements a layer takes; what is left out is counted, never passed over in silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from gispipe.intake.dm.chase import Headers
from gispipe.intake.dm.codes import AREA, LINE, POINT, TEXT, name_of
from gispipe.intake.dm.heads import Heads
from gispipe.intake.dm.records import Records
from gispipe.intake.dm.shapes import AID
from gispipe.intake.dm.wanted import wanted

ATTRIBUTE = 8
_TYPES = {AREA: (1, 2, 3), LINE: (2, 3, 4), POINT: (5, 6), TEXT: (7,)}
_NAMES = {1: "E1", 2: "E2", 3: "E3", 4: "E4", 5: "E5", 6: "E6", 7: "E7", 8: "E8"}
_PARTS = (32, 33, 34, 35)
"""図形区分 of lines and shapes on a building that are no building: party walls, storeys, outer stairs, porches."""


@dataclass
class Chosen:
    """The wanted elements. at, type, heads, code, figure: as in the file; attributes: record index → its E8 headers."""

    kind: str
    at: np.ndarray
    type: np.ndarray
    heads: Heads
    code: np.ndarray
    figure: np.ndarray
    attributes: dict[int, list[int]] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)

    def keep(self, mask: np.ndarray) -> Chosen:
        """Return the elements of a mask; attributes and facts are shared."""
        return Chosen(self.kind, self.at[mask], self.type[mask], self.heads.take(mask), self.code[mask], self.figure[mask], self.attributes, self.facts)


def choose(records: Records, headers: Headers, layer: str | None, where: str) -> Chosen:
    """Return the elements that `layer` asks for; raises UnreadableInput, listing the classes there are, when it names none."""
    elements = headers.elements()
    names, which = class_codes(records, elements)
    number = np.bincount(which[elements.kind != ATTRIBUTE], minlength=len(names))
    ask = wanted(layer, [(name, name_of(name) or "-", int(n)) for name, n in zip(names, number, strict=True)], where)
    takes = np.array([ask.takes(name) for name in names] or [False])[which] if len(which) else np.zeros(0, bool)
    hidden = sum(int(n) for name, n in zip(names, number, strict=True) if ask.would_take(name))
    fits = np.isin(elements.kind, _TYPES[ask.kind])
    found = np.flatnonzero(takes & fits)
    codes = np.array([*names, None], dtype=object)[:-1][which[found]]
    heads = Heads.of(records.lines[elements.at[found]])
    figure = heads.number("図形区分")
    facts: dict[str, object] = {"other_kinds_left_out": _tally(elements.kind[takes & ~fits & (elements.kind != ATTRIBUTE)])}
    chosen = Chosen(ask.kind, elements.at[found], elements.kind[found], heads, codes, figure, _attributes(elements), facts)
    if hidden:
        facts["sensitive_left_out"] = hidden
    return _alive(chosen)


def class_codes(records: Records, elements: Headers) -> tuple[list[str], np.ndarray]:
    """Return the class codes that occur and, for each element, the number of its own."""
    raw = np.ascontiguousarray(records.lines[elements.at, 2:6]).view("S4").ravel()
    known, which = np.unique(raw, return_inverse=True)
    return [_code(value) for value in known.tolist()], which


def _code(raw: bytes) -> str:
    text = raw.decode("ascii", "replace").strip("\x00")
    return text.replace(" ", "0") if text.strip().isdigit() else text


def _tally(kinds: np.ndarray) -> dict[str, int]:
    return {_NAMES[kind]: count for kind, count in sorted(Counter(kinds.tolist()).items())}


def _attributes(elements: Headers) -> dict[int, list[int]]:
    """Return for each element with attribute records after it the indices of their headers."""
    found: dict[int, list[int]] = {}
    bodies = np.flatnonzero(elements.kind != ATTRIBUTE)
    extras = np.flatnonzero(elements.kind == ATTRIBUTE)
    owner = np.searchsorted(bodies, extras) - 1
    for body, extra in zip(owner.tolist(), extras.tolist(), strict=True):
        if body >= 0:
            found.setdefault(int(elements.at[bodies[body]]), []).append(int(elements.at[extra]))
    return found


def _alive(chosen: Chosen) -> Chosen:
    """Leave out elements that were superseded, drawing aids, and on buildings what is not the building."""
    gone = chosen.heads.number("消去") != 0
    aid = chosen.figure == AID
    part = np.isin(chosen.figure, _PARTS) & np.array([code.startswith("30") for code in chosen.code], dtype=bool) & (chosen.kind == AREA)
    for name, mask in (("superseded_left_out", gone), ("drawing_aids_left_out", aid & ~gone), ("building_parts_left_out", part & ~aid & ~gone)):
        if mask.any():
            chosen.facts[name] = int(mask.sum())
    return chosen.keep(~(gone | aid | part))
