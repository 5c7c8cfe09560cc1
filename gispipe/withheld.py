"""Small counts of people and households (秘匿): which the public may not see, so that what it sees does not tell them either.

An area with fewer than the declared number of people or households shows none of its counts; as a total of all areas may be known from elsewhere, at least
two areas show none, and what they hide together is no small count. Nobody is in an area with a zero: it stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from gispipe.words import Words

if TYPE_CHECKING:
    import pandas as pd

MARK = "×"
"""What stands where a count is not shown."""
MEANING = Words("not shown because the number is small", "数が少ないため表示しません（秘匿）")


def flag(column: str) -> str:
    """Return the name of the column of the public store that says of which rows a count is not shown."""
    return f"{column}_withheld"


def hidden_areas(counts: np.ndarray, fewest: np.ndarray) -> np.ndarray:
    """Return (n,) which areas show none of their counts.

    counts: (n, k) whole numbers, -1 where unknown; fewest: (k,) the smallest number of each count that may be shown. The answer does not depend on the
    order of the areas. Where all areas with anybody must be hidden there is nothing more to hide behind.
    """
    hidden = ((counts >= 1) & (counts < fewest)).any(axis=1)
    while hidden.any():
        there = counts > 0
        together = np.where(hidden[:, None] & there, counts, 0).sum(axis=0)
        alone = (hidden[:, None] & there).sum(axis=0)
        lacking = np.flatnonzero((alone > 0) & ((alone < 2) | (together < fewest)) & (there & ~hidden[:, None]).any(axis=0))
        if not len(lacking):
            break
        column = counts[:, lacking[0]]
        shown = (column > 0) & ~hidden
        hidden |= shown & (column == column[shown].min())
    return hidden


def withhold(frame: pd.DataFrame, fewest: Mapping[str, int], key: Collection[str]) -> pd.DataFrame:
    """Return a table without its small counts, and with a column (see `flag`) for each that says where they were.

    fewest: the columns that count, with the smallest number that may be shown. key: columns that tell areas apart; an area in several pieces carries the
    same counts in each, which are counted once. The table itself when there is nothing to hide.
    """
    import pandas as pd

    names = [name for name in fewest if name in frame.columns]
    if not names or not len(frame):
        return frame
    counts = np.column_stack([frame[name].fillna(-1).to_numpy(np.int64) for name in names])
    area = frame.groupby(list(key), dropna=False, sort=False).ngroup().to_numpy() if key and set(key) <= set(frame.columns) else np.arange(len(frame))
    by_area = np.full((area.max() + 1, len(names)), -1, dtype=np.int64)
    np.maximum.at(by_area, area, counts)
    hidden = hidden_areas(by_area, np.array([fewest[name] for name in names]))[area]
    if not hidden.any():
        return frame
    out = frame.copy()
    for k, name in enumerate(names):
        gone = hidden & (counts[:, k] > 0)
        out[name] = frame[name].mask(gone)
        out[flag(name)] = pd.array(gone, dtype="boolean")
    return out
