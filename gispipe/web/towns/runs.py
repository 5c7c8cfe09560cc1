"""House numbers and lots written shortly, as every reader of figures reads them: 1-(1–8, 10) for eight and one more."""

from __future__ import annotations

import re
from collections.abc import Iterable

ADDRESS, LOT = 0, 1
_DIGITS = re.compile(r"[0-9]{1,9}(?:-[0-9]{1,9})*").fullmatch


def written(keys: Iterable[str]) -> str:
    """Return numbers of a town in one text; numbers that follow each other without a gap are told by the first and the last."""
    plain: dict[str, list[int]] = {}
    others: list[str] = []
    for key in keys:
        if _DIGITS(key):
            head, _, last = key.rpartition("-")
            plain.setdefault(head, []).append(int(last))
        else:
            others.append(key)
    heads = sorted(plain, key=lambda head: [int(part) for part in head.split("-")] if head else [])
    return "; ".join([*(_block(head, sorted(plain[head])) for head in heads), *sorted(others)])


def _block(head: str, numbers: list[int]) -> str:
    """Return the numbers that have all but their last part in common."""
    runs = [[numbers[0], numbers[0]]]
    for number in numbers[1:]:
        if number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = ", ".join([f"{first}–{last}" if last > first else str(first) for first, last in runs])
    return told if not head else f"{head}-{told}" if len(runs) == 1 and runs[0][0] == runs[0][1] else f"{head}-({told})"
