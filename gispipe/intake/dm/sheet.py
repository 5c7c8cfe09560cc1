"""The head of a sheet: what it is, where its lower-left corner lies, in which unit it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gispipe.errors import UnreadableInput
from gispipe.intake.dm.fields import month, number
from gispipe.intake.dm.records import Records
from gispipe.intake.dm.text import decoded
from gispipe.words import Words

UNITS = {1: 0.001, 10: 0.01, 999: 1.0}
_ID = re.compile(r"(\d{2})([A-T])([A-H])")
_AGAIN = Words("ask the office for the sheet again", "図郭ファイルを受け取り直してください")


@dataclass(frozen=True)
class Sheet:
    """One sheet (図郭).

    corners: west, south, east, north in metres, edge fractions included; unit: metres of one step of a coordinate;
    first: index of the first record after the head; elements, records: the counts it states, 0 where it states none.
    """

    id: str
    name: str
    title: str
    level: int
    unit: float
    corners: tuple[float, float, float, float]
    elements: int
    records: int
    first: int
    result: int
    surveyed: str | None
    neighbours: tuple[str, ...]

    @property
    def zone(self) -> int | None:
        """Number of the plane rectangular zone by the sheet's id, None when the id is a local one or disagrees with the corners."""
        match = _ID.match(self.id)
        if match is None or not 1 <= int(match[1]) <= 19:
            return None
        north, west = 300_000 - 30_000 * (ord(match[2]) - 65), -160_000 + 40_000 * (ord(match[3]) - 65)
        x, y = (self.corners[0] + self.corners[2]) / 2, (self.corners[1] + self.corners[3]) / 2
        return int(match[1]) if west <= x <= west + 40_000 and north - 30_000 <= y <= north else None


def read_sheet(records: Records, start: int, where: str) -> Sheet:
    """Read the sheet records from index `start`; raises UnreadableInput when they contradict themselves."""
    lines = records.lines
    if len(lines) < start + 3 or lines[start, 0] != ord("M"):
        raise UnreadableInput(f"{where}:{start + 1}", Words("there is no sheet record (M)", "図郭レコード（M）がありません"), _AGAIN)
    head, frame = records.record(start), records.record(start + 1)
    last, first = _generations(records, start, _stated(head, 66, 67, where, start), where)
    level = _stated(head, 31, 35, where, start)
    unit = UNITS.get(_stated(frame, 45, 47, where, start + 1))
    if unit is None:
        raise UnreadableInput(f"{where}:{start + 2}", Words("the unit of coordinates is none of 1 (mm), 10 (cm), 999 (m)",
                                                            "座標値の単位が 1（mm）・10（cm）・999（m）のいずれでもありません"), _AGAIN)
    corners = _corners(frame, records.record(last + 1), level, where, start + 1)
    encoding = records.encoding
    return Sheet(decoded(head[2:10], encoding, f"{where}:{start + 1}").strip(), decoded(head[10:30], encoding, f"{where}:{start + 1}"),
                 decoded(head[35:65], encoding, f"{where}:{start + 1}"), level, unit, corners, _stated(frame, 29, 37, where, start + 1),
                 _stated(frame, 38, 44, where, start + 1), first, _stated(head, 68, 68, where, start), month(_stated(records.record(last), 1, 4, where, last)),
                 tuple(slot for k in range(8) if (slot := records.record(start + 2)[8 * k:8 * k + 8].decode("ascii", "replace").strip())))


def _stated(record: bytes, first: int, last: int, where: str, index: int) -> int:
    value = number(record, first, last)
    if value is None:
        raise UnreadableInput(f"{where}:{index + 1}", Words(f"columns {first}–{last} of the sheet record hold no number",
                                                            f"図郭レコードの {first}–{last} 桁目が数値ではありません"), _AGAIN)
    return value


def _generations(records: Records, start: int, revisions: int, where: str) -> tuple[int, int]:
    """Return the index of the newest generation's first record and that of the record after all of them."""
    at = last = start + 3
    for _ in range(max(revisions, 0) + 1):
        last = at
        if at + 2 > len(records.lines):
            raise UnreadableInput(f"{where}:{start + 1}", Words("the sheet record announces more revisions than the file holds",
                                                                "図郭レコードの修正回数に対して記録が足りません"), _AGAIN)
        at += 2 + max(_stated(records.record(at), 10, 10, where, at), 0)
    if at > len(records.lines):
        raise UnreadableInput(f"{where}:{last + 1}", Words("the sheet record announces more flight courses than the file holds",
                                                           "図郭レコードの撮影コース数に対して記録が足りません"), _AGAIN)
    return last, at


def _corners(frame: bytes, fractions: bytes, level: int, where: str, index: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north: whole metres of the frame record and, of the newest generation, the fractions."""
    part = 1000 if level < 2500 else 100
    south, west, north, east = (_stated(frame, 1 + 7 * k, 7 + 7 * k, where, index) + (number(fractions, 41 + 4 * k, 44 + 4 * k) or 0) / part for k in range(4))
    if not (south < north and west < east and max(map(abs, (south, west, north, east))) < 4e6 and max(north - south, east - west) < 4e5):
        raise UnreadableInput(f"{where}:{index + 1}", Words(f"the corners of the sheet make no rectangle: X {south:g}…{north:g}, Y {west:g}…{east:g}",
                                                            f"図郭の四隅が長方形になりません（X {south:g}～{north:g}、Y {west:g}～{east:g}）"), _AGAIN)
    return west, south, east, north
