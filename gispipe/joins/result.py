"""What a join gives: columns for every row on the left, and the counts that prove nothing was lost."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Joined:
    """columns: (n left rows, new columns); counts: left, matched, unmatched … ; left_over: rows of the right side nobody asked for."""

    columns: pd.DataFrame
    counts: dict[str, int]
    unmatched: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
