"""Join a ledger by key: many rows on the left may meet one on the right, never two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gispipe.errors import JoinError
from gispipe.joins.forms import PART, Comparison, Keys, keys_of_both
from gispipe.joins.met import Content, Met, key_of_join, made
from gispipe.joins.reasons import Coarse, Side, unmet
from gispipe.joins.result import Joined
from gispipe.words import Words

_TEXT = Comparison()


def join_by_key(left: pd.DataFrame, right: pd.DataFrame, on: list[str], taken: list[str], where: str, place: np.ndarray | None = None,
                how: Comparison = _TEXT, *, one_to_one: bool = False, named: np.ndarray | None = None, content: Content = made, name: str = "") -> Joined:
    """Return the columns `taken` of `right` for every row of `left`, matched on keys that are equal as `how` compares them.

    Rows with a missing part of the key match nothing. place: (m,) rows of the right as a person counts them in the file
    (default: 1, 2, …); named: (n,) what the layer calls the rows of the left. `content` may keep under `name` which rows met. Raises JoinError
    when a key stands twice on the right, or with `one_to_one` when two rows of the left meet one.
    """
    key = key_of_join(left, right, on, place, how, one_to_one, named) if content is not made else None
    fresh: list[Met] = []

    def make() -> bytes:
        fresh.append(_met(left, right, on, where, place, how, one_to_one, named))
        return fresh[0].packed() if key is not None else b""

    kept = make() if key is None else content(name, key, make)
    met = fresh[0] if fresh else Met.unpacked(kept)
    columns = pd.DataFrame({column: right[column].array.take(met.row, allow_fill=True) for column in taken}, index=left.index)
    return Joined(columns, met.counts, met.unmatched, met.left_over, met.reasons, met.spare_reasons)


def _met(left: pd.DataFrame, right: pd.DataFrame, on: list[str], where: str, place: np.ndarray | None, how: Comparison, one_to_one: bool, named: np.ndarray | None) -> Met:
    mine, other = keys_of_both(left, right, on, how)
    counted = np.arange(1, len(right) + 1) if place is None else np.asarray(place)
    _once(other, on, counted, where, how)
    row = _meet(mine.key, other.key)
    used = np.bincount(row[row >= 0], minlength=len(right))
    if one_to_one and (used > 1).any():
        raise _used_twice(mine, other, row, used, on, counted, where)
    coarse = Coarse(mine, other)
    sides = Side(mine, row < 0, np.arange(1, len(left) + 1), named, how.match, coarse, 0), Side(other, used == 0, counted, None, how.match, coarse, 1)
    (unmatched, reasons), (spare, spare_reasons) = unmet(sides[0], sides[1], how), unmet(sides[1], sides[0], how)
    return Met(row, _counts(mine, other, row, used), unmatched, spare, reasons, spare_reasons)


def _counts(mine: Keys, other: Keys, row: np.ndarray, used: np.ndarray) -> dict[str, int]:
    met, no_key = row >= 0, mine.bar == "no_key"
    by_form = mine.raw[met] != other.raw[row[met]]
    return {"left": len(row), "matched": int(met.sum()), "unmatched": int((~met & ~no_key).sum()), "no_key": int(no_key.sum()),
            "matched_by_form": int(np.count_nonzero(by_form)), "right": len(used), "right_used": int((used > 0).sum()),
            "right_unused": int((used == 0).sum()), "right_no_key": int((other.bar == "no_key").sum()), "shared": int((used > 1).sum())}


def _meet(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return for every left key the row of the right that has it, -1 where none has; None meets nothing."""
    codes, _ = pd.factorize(np.concatenate([left, right]))
    position = np.full(max(codes.max(initial=-1) + 2, 1), -1)
    theirs = codes[len(left):]
    position[theirs] = np.arange(len(right))
    position[-1] = -1
    return position[codes[:len(left)]]


def _once(keys: Keys, on: list[str], counted: np.ndarray, where: str, how: Comparison) -> None:
    """Raise JoinError when two rows have one key, naming the first such key and its rows."""
    there = pd.Series(keys.key, dtype=object)
    twice = there[there.notna() & there.duplicated(keep=False)]
    if not len(twice):
        return
    at = twice.index[twice == twice.iloc[0]][:3].tolist()
    spelled = list(dict.fromkeys(keys.raw[at]))
    todo = Words("delete or merge the repeated rows, or join on more columns", "重複行を整理するか、結合キーの列を増やしてください")
    if len(spelled) == 1:
        rows, key = ", ".join(str(int(counted[k])) for k in at), shown(spelled[0])
        raise JoinError(where, Words(f"the key {'+'.join(on)} = '{key}' stands more than once (rows {rows}; {twice.nunique():,} such keys)",
                                     f"キー {'+'.join(on)} =「{key}」が複数行にあります（{rows} 行目、重複キー {twice.nunique():,} 個）"), todo)
    en = ", ".join(f"'{shown(keys.raw[k])}' (row {int(counted[k])})" for k in at)
    ja = "、".join(f"「{shown(keys.raw[k])}」（{int(counted[k])} 行目）" for k in at)
    raise JoinError(where, Words(f"the keys {'+'.join(on)} = {en} are the same under match = \"{how.match}\" ({twice.nunique():,} such keys)",
                                 f"キー {'+'.join(on)} の {ja} は match = \"{how.match}\" では同じキーです（重複キー {twice.nunique():,} 個）"), todo)


def _used_twice(mine: Keys, other: Keys, row: np.ndarray, used: np.ndarray, on: list[str], counted: np.ndarray, where: str) -> JoinError:
    first = int(np.flatnonzero(used > 1)[0])
    rows = ", ".join(str(k + 1) for k in np.flatnonzero(row == first)[:3])
    key, several, at = shown(other.raw[first]), int((used > 1).sum()), int(counted[first])
    return JoinError(where, Words(
        f"row {at} ({'+'.join(on)} = '{key}') meets {used[first]:,} rows of the layer (rows {rows}); {several:,} such rows, but one_to_one = true",
        f"{at} 行目（{'+'.join(on)} =「{key}」）がレイヤーの {used[first]:,} 行（{rows} 行目）と一致します。このような行は {several:,} 行ありますが、one_to_one = true です"),
        Words("correct the layer's keys, or take out one_to_one when several rows may share one", "レイヤー側のキーを直すか、共有してよい場合は one_to_one を外してください"))


def shown(raw: str) -> str:
    """Return a key as one reads it."""
    return raw.replace(PART, " ")
