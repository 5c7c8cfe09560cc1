"""Compare what a sheet says it holds with what it holds: a sheet cut off between two elements shows nowhere else."""

from __future__ import annotations

import numpy as np

from gispipe.intake.delivered import Note
from gispipe.intake.dm.chase import GROUP, Headers
from gispipe.intake.dm.fields import integers
from gispipe.intake.dm.records import Records
from gispipe.intake.dm.sheet import Sheet


def complete(records: Records, sheet: Sheet, headers: Headers) -> tuple[dict[str, object], list[Note]]:
    """Return stated and found counts, and a note (GP24) where they differ.

    Attribute records (E8) may or may not be counted as elements; both are accepted. A count of 0 states nothing. Group
    headers are counted in ways of their own by some producers: they decide only where the sheet itself states nothing.
    """
    body = len(records.lines) - sheet.first
    kinds = headers.elements().kind
    wrong = _group(records, headers)
    facts: dict[str, object] = {"records": [sheet.records, body], "elements": [sheet.elements, len(kinds)], "groups_that_disagree": len(wrong)}
    told = []
    if sheet.records and sheet.records != body:
        told.append(f"レコード数 {sheet.records:,} / {body:,}")
    if sheet.elements and sheet.elements not in (len(kinds), int((kinds < 8).sum())):
        told.append(f"要素数 {sheet.elements:,} / {len(kinds):,}")
    if wrong and not (sheet.records and sheet.elements):
        at, stated, found = wrong[0]
        told.append(f"グループ {at + 1}: {stated:,} / {found:,}")
    return facts, [Note("GP24", 0, 0, ", ".join(told))] if told else []


def _group(records: Records, headers: Headers) -> list[tuple[int, int, int]]:
    """Return (record index, stated, found) of the group headers whose counts of E1…E7 fit neither their scope nor what follows directly."""
    heads = np.flatnonzero(headers.kind == GROUP)
    if not len(heads):
        return []
    lines = records.lines[headers.at[heads]]
    stated = integers(lines[:, 28:63].reshape(-1, 5))[0].reshape(-1, 7)
    level = integers(lines[:, 16:18])[0]
    running = np.vstack([np.zeros((1, 7), dtype=np.int64), np.cumsum(headers.kind[:, None] == np.arange(1, 8), axis=0)])
    end = np.append(heads[1:], len(headers.kind))
    scope = np.array(_scopes(level.tolist(), end.tolist()))
    direct, nested = running[end] - running[heads], running[scope] - running[heads]
    wrong = (stated != direct).any(axis=1) & (stated != nested).any(axis=1)
    return [(int(headers.at[heads[k]]), int(stated[k].sum()), int(nested[k].sum())) for k in np.flatnonzero(wrong)]


def _scopes(level: list[int], end: list[int]) -> list[int]:
    """Return for each group the header index where its scope ends: at the next group of its own level or above."""
    scope = [end[-1]] * len(level)
    above: list[int] = []
    for k, here in enumerate(level):
        while above and level[above[-1]] >= here:
            scope[above.pop()] = end[k - 1]
        above.append(k)
    return scope
