"""List the rows of one side that found nothing, each with its likely reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from gispipe.joins.forms import PART, Comparison
from gispipe.joins.reasons.lots import branches, of_unknown_towns, parents, unknown_towns
from gispipe.joins.reasons.rooms import of_rooms
from gispipe.joins.reasons.side import Side, Why
from gispipe.joins.reasons.slips import slips
from gispipe.joins.reasons.spelling import other_spellings, respelled
from gispipe.joins.reasons.words import REASONS
from gispipe.joins.result import Unmet

LISTED = 500
"""How many rows of a side are listed; all are counted."""
_RANK = {code: rank for rank, code in enumerate(REASONS)}


def unmet(mine: Side, other: Side, how: Comparison, listed: int = LISTED) -> tuple[tuple[Unmet, ...], dict[str, int]]:
    """Return at most `listed` records of one side's rows that found nothing, by reason and row, and the count of every reason."""
    at = np.flatnonzero(mine.spare)
    why = _reasons(mine, other, at, how)
    counted = Counter(code for code, _ in why.values())
    order = sorted(why, key=lambda k: (_RANK[why[k][0]], int(mine.rows[k]), k))[:listed]
    return tuple(_record(mine, other, k, *why[k]) for k in order), {code: counted[code] for code in REASONS if code in counted}


def _reasons(mine: Side, other: Side, at: np.ndarray, how: Comparison) -> Why:
    """Ask one question after another; a row that is explained is asked nothing more."""
    why: Why = {k: (bar, ()) for k, bar in zip(at.tolist(), mine.keys.bar[at], strict=True) if bar} | of_rooms(mine, other, at)
    questions: list[Callable[[list[int]], Why]] = [
        lambda rows: other_spellings(mine, other, rows), lambda rows: respelled(mine, other, rows, how),
        lambda rows: slips(mine, other, of_unknown_towns(mine, other, rows)), lambda rows: unknown_towns(mine, other, rows),
        lambda rows: parents(mine, other, rows), lambda rows: branches(mine, other, rows), lambda rows: slips(mine, other, rows)]
    for ask in questions:
        rows = [k for k in at.tolist() if k not in why]
        if rows:
            why |= ask(rows)
    return why | {k: ("only_here", ()) for k in at.tolist() if k not in why}


def _record(mine: Side, other: Side, k: int, code: str, candidates: tuple[int, ...]) -> Unmet:
    key = _shown(mine.keys.raw[k])
    candidate = "、".join(_shown(other.keys.raw[c]) for c in candidates)
    named = "" if mine.named is None else str(mine.named[k])
    words = REASONS[code].sentence.format(other=candidate, row=int(other.rows[candidates[0]]) if candidates else "", first=mine.keys.raw[k].partition(PART)[0])
    return Unmet(key, int(mine.rows[k]), code, words, candidate, "" if named == key else named)


def _shown(raw: str) -> str:
    return raw.replace(PART, " ").strip()
