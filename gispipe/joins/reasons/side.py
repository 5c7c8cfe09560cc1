"""One side of a join as the questions about it see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gispipe.joins.forms import PART, Keys, joined
from gispipe.joins.reasons.writing import coarse, in_one_go, one_variant

Why = dict[int, tuple[str, tuple[int, ...]]]
"""Row → code of its reason and rows of the other side that it may have been meant to meet."""


class Coarse:
    """The keys of both sides as they stand but in one width, one variant and without leading zeros; made when first asked for."""

    def __init__(self, left: Keys, right: Keys) -> None:
        self._keys = left, right

    @cached_property
    def both(self) -> tuple[np.ndarray, np.ndarray]:
        """Texts of the left (n,) and of the right (m,); what stands on both sides is read once."""
        left, right = self._keys
        parts = [_once_each(np.concatenate(pair)) for pair in zip(left.parts, right.parts, strict=True)]
        return joined([part[:len(left.raw)] for part in parts]), joined([part[len(left.raw):] for part in parts])


@dataclass(frozen=True)
class Side:
    """keys of all rows; spare: (n,) which found nothing; rows: (n,) as a person counts them; named: (n,) what the layer calls them.

    match: how the keys are compared; both, which: the coarse keys of both sides, and whether this is the left (0) or the right.
    """

    keys: Keys
    spare: np.ndarray
    rows: np.ndarray
    named: np.ndarray | None
    match: str
    both: Coarse
    which: int

    @property
    def coarse(self) -> np.ndarray:
        """Keys as they stand but coarse: (n,) texts."""
        return self.both.both[self.which]

    @cached_property
    def compared(self) -> np.ndarray:
        """The keys that questions of likeness are asked of: (n,) texts, empty where there is none."""
        return np.where(self.keys.bar == "", self.coarse if self.match == "text" else self.keys.key, "")

    @cached_property
    def towns(self) -> np.ndarray:
        """What stands before the last part of each key: (n,) texts."""
        return np.array([*(text.rpartition(PART)[0] for text in self.compared), ""], dtype=object)[:-1]

    @cached_property
    def spelled(self) -> dict[int, str]:
        """What slips are looked for in, by row that found nothing: for codes with their leading zeros, which count as characters."""
        rows = self.candidates.tolist()
        if self.match in ("lot", "address"):
            return dict(zip(rows, self.keys.key[rows], strict=True))
        return dict(zip(rows, in_one_go(one_variant, self.keys.raw[rows].tolist()), strict=True))

    @cached_property
    def candidates(self) -> np.ndarray:
        """Rows that found nothing though they have a key."""
        return np.flatnonzero(self.spare & (self.keys.bar == ""))


def _once_each(texts: np.ndarray) -> np.ndarray:
    codes, distinct = pd.factorize(texts)
    return np.array([*in_one_go(coarse, list(distinct)), ""], dtype=object)[codes]
