"""Find the headers of a sheet: data records carry no mark of their own, so the counts in the headers lead the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.dm.fields import integers, number
from gispipe.intake.dm.records import Records
from gispipe.words import Words

GROUP, GRID, TIN = 9, 10, 11


@dataclass(frozen=True)
class Headers:
    """Headers in the file's order.

    at: (n,) index of each header's record; kind: (n,) 1…8 for E1…E8, 9 for a group, 10 for a grid, 11 for a TIN;
    count: (n,) data records that follow.
    """

    at: np.ndarray
    kind: np.ndarray
    count: np.ndarray

    def elements(self) -> Headers:
        """Return the elements alone, without group, grid and TIN headers."""
        keep = self.kind < GROUP
        return Headers(self.at[keep], self.kind[keep], self.count[keep])


def chase(records: Records, first: int, where: str) -> Headers:
    """Return every header from record index `first` on.

    Raises UnreadableInput, naming the record, where no header stands although the counts say so, where a count is no
    number, and where a header announces more records than there are.
    """
    lines = records.lines[first:]
    kinds = _kinds(lines)
    step, broken = integers(lines[:, 31:35])
    step[broken | (step < 0) | (kinds == 0)] = -1
    step[kinds == GROUP] = 0
    for k in np.flatnonzero(kinds >= GRID):
        step[k] = _long(records, first + int(k), int(kinds[k]), kinds, first)
    at = _walk(step.tolist(), len(lines), first, where)
    return Headers(at + first, kinds[at], step[at])


def _kinds(lines: np.ndarray) -> np.ndarray:
    """Return what each record would be if it were a header, 0 for none."""
    one, two = lines[:, 0], lines[:, 1]
    kinds = np.where((one == 69) & (two >= 49) & (two <= 56), two - 48, 0).astype(np.int64)
    for letter, kind in ((72, GROUP), (71, GRID), (84, TIN)):
        kinds[(one == letter) & (two == 32)] = kind
    return kinds


def _long(records: Records, index: int, kind: int, kinds: np.ndarray, first: int) -> int:
    """Return the data records of a grid or TIN: the sources disagree on the columns, so the one that leads to a header holds."""
    record = records.record(index)
    for left, right in ((27, 30), (32, 35)) if kind == GRID else ((27, 32), (32, 35)):
        count = number(record, left, right)
        if count is not None and count >= 0:
            after = index + 1 + count - first
            if after == len(kinds) or after < len(kinds) and kinds[after] > 0:
                return count
    return -1


def _walk(step: list[int], total: int, first: int, where: str) -> np.ndarray:
    at, here = [], 0
    while here < total:
        if step[here] < 0:
            raise UnreadableInput(f"{where}:{first + here + 1}", Words(
                "no element begins here, although the counts before it say so", "ここから始まるはずの要素がありません（直前までのレコード数と合いません）"), _CUT)
        at.append(here)
        here += 1 + step[here]
    if here > total:
        raise UnreadableInput(f"{where}:{first + at[-1] + 1}", Words(
            f"the element announces {step[at[-1]]:,} data records, but only {total - at[-1] - 1:,} follow",
            f"要素のレコード数は {step[at[-1]]:,} ですが、残りは {total - at[-1] - 1:,} レコードしかありません"), _CUT)
    return np.array(at, dtype=np.int64)


_CUT = Words("the sheet is cut off or damaged; ask for it again", "図郭ファイルが途中で切れたか壊れています。受け取り直してください")
