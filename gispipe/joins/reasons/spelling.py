"""Rows that the other side writes in another way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gispipe.joins.forms import Comparison, keys_of_both
from gispipe.joins.reasons.side import Side, Why
from gispipe.joins.reasons.writing import one_variant, one_width


def other_spellings(mine: Side, other: Side, rows: Sequence[int]) -> Why:
    """Explain rows that differ from one of the other side only in width, variants or leading zeros; the closest is told."""
    if mine.match in ("lot", "address"):
        return {}  # these forms look through such differences themselves
    wanted = pd.unique(mine.coarse[np.asarray(rows)])
    there: dict[str, list[int]] = {}
    for c in np.flatnonzero(pd.Series(other.coarse, dtype=object).isin(wanted) & (other.keys.bar != "no_key")).tolist():
        there.setdefault(other.coarse[c], []).append(c)
    return {k: _closest(mine, other, k, there[mine.coarse[k]]) for k in rows if mine.coarse[k] in there}


def _closest(mine: Side, other: Side, k: int, candidates: list[int]) -> tuple[str, tuple[int, ...]]:
    texts, theirs = (mine.keys.key, other.keys.key) if mine.match == "number" else (mine.keys.raw, other.keys.raw)
    for code, form in (("width", one_width), ("variant", one_variant)):
        text = form(texts[k])
        for c in candidates:
            if form(theirs[c]) == text:
                return code, (c,)
    return "zeros", (candidates[0],)


def respelled(mine: Side, other: Side, rows: Sequence[int], how: Comparison) -> Why:
    """Explain rows joined as text that are the same lot or address as one of the other side that found nothing either."""
    asked, theirs = ([k for k in some if _can_be_respelled(side.keys.raw[k])] for side, some in ((mine, rows), (other, other.candidates.tolist())))
    if mine.match != "text" or not asked or not theirs:
        return {}
    frames = [_frame(mine, asked), _frame(other, theirs)]
    one, two = keys_of_both(frames[0], frames[1], list(frames[0].columns), Comparison("lot", city=how.city, towns=how.towns))
    there: dict[str, int] = {}
    for c, key in zip(theirs, two.key, strict=True):
        if key is not None:
            there.setdefault(key, c)
    return {k: ("spelling", (there[key],)) for k, key in zip(asked, one.key, strict=True) if key in there}


def _can_be_respelled(raw: str) -> bool:
    """Return whether a key has a name or begins with a number; codes such as K-000123 are no lots."""
    return raw[:1].isdigit() or not raw.isascii()


def _frame(side: Side, rows: Sequence[int]) -> pd.DataFrame:
    return pd.DataFrame({str(j): part[np.asarray(rows)] for j, part in enumerate(side.keys.parts)}, dtype=object)
