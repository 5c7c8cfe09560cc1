"""Look at a table column by column for the rules about values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gispipe.checks.rule import Found, Subject
from gispipe.model import Column


def by_column(subject: Subject, broken: Callable[[str, Column], np.ndarray | None]) -> Found:
    """Return the rows that `broken(name, column)` marks in any column, each with the column and the raw value."""
    rows: list[int] = []
    details: list[str] = []
    for name, column in subject.layer.columns.items():
        mask = broken(name, column)
        if mask is None or not mask.any():
            continue
        source = column.from_ or name
        raw = subject.raw[source].to_numpy() if source in subject.raw.columns else subject.table[name].to_numpy()
        marked = np.flatnonzero(mask)
        rows += marked.tolist()
        details += [f"{source}={_short(repr(raw[row]))}" for row in marked]
    return Found(np.array(rows, dtype=int), details)


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,})"
