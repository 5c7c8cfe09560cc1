"""Join a ledger by key: many rows on the left may meet one on the right, never two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gispipe.errors import JoinError
from gispipe.joins.result import Joined
from gispipe.words import Words

LISTED = 500


def join_by_key(left: pd.DataFrame, right: pd.DataFrame, on: list[str], taken: list[str], where: str, place: np.ndarray | None = None) -> Joined:
    """Return the columns `taken` of `right` for every row of `left`, matched on equal text of the key columns.

    Rows with a missing key match nothing. Raises JoinError when a key stands twice on the right, naming rows by `place`
    ((m,) as a person counts them in the file; default: 1, 2, …).
    """
    left_key, right_key = _key(left, on), _key(right, on)
    twice = right_key[right_key.notna() & right_key.duplicated(keep=False)]
    if len(twice):
        first = twice.iloc[0]
        counted = np.arange(1, len(right) + 1) if place is None else place
        rows = [int(counted[k]) for k in twice.index[twice == first][:3]]
        shown = first.replace("\x1f", " ")
        raise JoinError(where, Words(f"the key {'+'.join(on)} = '{shown}' stands more than once (rows {', '.join(map(str, rows))}; {twice.nunique():,} such keys)",
                                     f"キー {'+'.join(on)} =「{shown}」が複数行にあります（{', '.join(map(str, rows))} 行目、重複キー {twice.nunique():,} 個）"),
                        Words("delete or merge the repeated rows, or join on more columns", "重複行を整理するか、結合キーの列を増やしてください"))
    position = pd.Series(range(len(right)), index=right_key)
    position = position[position.index.notna()]
    row = left_key.map(position)
    matched = row.notna()
    columns = pd.DataFrame({name: right[name].reindex(row.to_numpy()).array for name in taken}, index=left.index)
    unused = np.ones(len(right), dtype=bool)
    unused[row[matched].astype(int).to_numpy()] = False
    spare = right_key[unused]
    return Joined(columns, {"left": len(left), "matched": int(matched.sum()), "unmatched": int((~matched).sum()),
                            "right": len(right), "right_unused": len(spare)},
                  tuple(_plain(k) for k in left_key[~matched][:LISTED]), tuple(_plain(k) for k in spare.iloc[:LISTED]))


def _key(frame: pd.DataFrame, on: list[str]) -> pd.Series:
    """Return the key as one text, missing when any part is missing."""
    whole = frame[on].notna().all(axis=1).to_numpy()
    texts = frame[on[0]].astype("str").fillna("").to_numpy(object)
    for name in on[1:]:
        texts = texts + "\x1f" + frame[name].astype("str").fillna("").to_numpy(object)
    return pd.Series(texts, dtype=object).where(whole, None)


def _plain(key: object) -> str:
    return "" if key is None or pd.isna(key) else str(key).replace("\x1f", " ")
