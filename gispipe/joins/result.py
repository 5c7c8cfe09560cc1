"""What a join gives: columns for every row on the left, and the counts that prove nothing was lost."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from gispipe.words import Words


@dataclass(frozen=True)
class Unmet:
    """One row that found nothing.

    key: as it stands in the file; row: as a person counts it there, in a layer from 1; reason: a code of
    `joins.reasons.words.REASONS`; candidate: what it may have been meant to meet; named: what the layer calls the row.
    """

    key: str
    row: int
    reason: str
    words: Words
    candidate: str = ""
    named: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the record for findings.json."""
        return {"key": self.key, "row": self.row, "reason": self.reason, "words": self.words.both(), "candidate": self.candidate, "named": self.named}


@dataclass(frozen=True)
class Joined:
    """What one join did.

    columns: (n left rows, new columns). counts of a key join: left = matched + unmatched + no_key, right = right_used +
    right_unused (right_no_key of them without a key), matched_by_form of the matched only through the declared form,
    shared: rows of the right that several left rows met. unmatched, left_over: the rows of the left and of the right
    that found nothing, at most LISTED a side; reasons, spare_reasons: all of them, counted by reason.
    """

    columns: pd.DataFrame
    counts: dict[str, int]
    unmatched: tuple[Unmet, ...] = ()
    left_over: tuple[Unmet, ...] = ()
    reasons: dict[str, int] = field(default_factory=dict)
    spare_reasons: dict[str, int] = field(default_factory=dict)
