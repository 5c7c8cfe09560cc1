"""Coordinates of many elements at once: steps of the sheet's unit → metres, x east and y north."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.dm.fields import integers
from gispipe.intake.dm.heads import Heads
from gispipe.intake.dm.records import Records
from gispipe.intake.dm.sheet import Sheet
from gispipe.words import Words

NO_HEIGHT = -999.0
"""Metres; what a sheet writes where a point has no height."""
_DAMAGED = Words("the sheet is damaged; ask for it again", "図郭ファイルが壊れています。受け取り直してください")


@dataclass(frozen=True)
class Paths:
    """Points of m elements one after another. xyz: (points, 3) metres, z NaN where there is none; of: (points,) element; solid: (m,) 3-D."""

    xyz: np.ndarray
    of: np.ndarray
    count: np.ndarray
    solid: np.ndarray

    @property
    def start(self) -> np.ndarray:
        """Index of each element's first point."""
        return np.cumsum(self.count) - self.count

    def closed(self) -> np.ndarray:
        """Tell which elements of four points and more end where they begin."""
        found = self.count >= 4
        first, last = self.start[found], (self.start + self.count - 1)[found]
        found[found] = (self.xyz[first, :2] == self.xyz[last, :2]).all(axis=1)
        return found


def paths(records: Records, sheet: Sheet, at: np.ndarray, heads: Heads, where: str) -> Paths:
    """Return the points of elements whose headers are `heads`, standing at record indices `at`.

    Raises UnreadableInput, naming the record, where a count is no number, does not fit the number of records, or a
    coordinate is none.
    """
    layout = heads.raw[:, 20] - 48
    count, rows = heads.number("データ数"), heads.number("レコード数")
    solid = (layout == 3) | (layout == 6)
    per = np.where(solid, 4, 6)
    wrong = heads.bad("データ数") | heads.bad("レコード数") | (count < 0) | (rows != -(-count // per)) | ~(solid | (layout == 2) | (count == 0))
    if wrong.any():
        k = int(np.argmax(wrong))
        raise UnreadableInput(f"{where}:{at[k] + 1}", Words(
            f"{count[k]:,} points do not fit {rows[k]:,} data records of kind {chr(heads.raw[k, 20])!r}",
            f"データ数 {count[k]:,} とレコード数 {rows[k]:,}（実データ区分 {chr(heads.raw[k, 20])!r}）が合いません"), _DAMAGED)
    xyz = np.full((int(count.sum()), 3), np.nan)
    of = np.repeat(np.arange(len(at)), count)
    for chosen, numbers in ((~solid, 2), (solid, 3)):
        if chosen.any():
            xyz[chosen[of], :numbers] = _points(records, at[chosen], count[chosen], rows[chosen], numbers, where)
    return Paths(metres(xyz, sheet), of, count, solid)


def _points(records: Records, at: np.ndarray, count: np.ndarray, rows: np.ndarray, numbers: int, where: str) -> np.ndarray:
    """Return (points, numbers) steps: X north, Y east and, with three numbers, Z."""
    slots = 12 // numbers
    index = np.repeat(at + 1 - (np.cumsum(rows) - rows), rows) + np.arange(int(rows.sum()))
    values, bad = integers(records.lines[index].reshape(-1, 7))
    begin = np.cumsum(rows * slots) - rows * slots
    take = np.repeat(begin - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
    if bad.any() and bad.reshape(-1, numbers)[take].any():
        k = int(take[np.argmax(bad.reshape(-1, numbers)[take].any(axis=1))])
        raise UnreadableInput(f"{where}:{index[k // slots] + 1}", Words("a coordinate is no number", "座標値が数値ではありません"), _DAMAGED)
    return values.reshape(-1, numbers)[take]


def metres(steps: np.ndarray, sheet: Sheet) -> np.ndarray:
    """Return (n, 3) x, y, z in metres for X, Y, Z in steps; the sum is rounded to the millimetre it is exact in."""
    west, south, _, _ = sheet.corners
    out = np.empty_like(steps, dtype=np.float64)
    out[:, 0] = west + steps[:, 1] * sheet.unit
    out[:, 1] = south + steps[:, 0] * sheet.unit
    out[:, 2] = steps[:, 2] * sheet.unit
    np.divide(np.rint(out * 1000), 1000, out=out)
    out[out[:, 2] == NO_HEIGHT, 2] = np.nan
    return out


def anchors(sheet: Sheet, at: np.ndarray, heads: Heads, where: str) -> np.ndarray:
    """Return (m, 2) positions of the headers themselves: points, symbols, annotations; (0, 0) is the corner, not nothing."""
    north, east, bad = heads.number("X"), heads.number("Y"), heads.bad("X") | heads.bad("Y")
    if bad.any():
        raise UnreadableInput(f"{where}:{at[int(np.argmax(bad))] + 1}", Words("the position is no number", "代表点の座標が数値ではありません"), _DAMAGED)
    return metres(np.column_stack([north, east, np.zeros(len(north))]).astype(float), sheet)[:, :2]
