"""One side of a join as the questions about it see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gispipe.joins.forms import PART, Keys, joined
from gispipe.joins.reasons.writing import coarse, in_one_go, one_variant

Why = dict[int, tuple[str, tuple[int, ...]]]
"""Row → code of its reason and rows of the other side that it may have been meant to meet."""


@dataclass(frozen=True)
class Side:
    """keys of all rows; spare: (n,) which found nothing; rows: (n,) as a person counts them; named: (n,) what the layer calls them.

    match: how the keys are compared.
    """

    keys: Keys
    spare: np.ndarray
    rows: np.ndarray
    named: np.ndarray | None
    match: str

    @cached_property
    def coarse(self) -> np.ndarray:
        """Keys as they stand but in one width, one variant and without leading zeros: (n,) texts."""
        parts = [_distinct(part, lambda texts: in_one_go(coarse, texts)) for part in self.keys.parts]
        return joined(parts)

    @cached_property
    def compared(self) -> np.ndarray:
        """The keys that questions of likeness are asked of: (n,) texts, empty where there is none."""
        return np.where(self.keys.bar == "", self.coarse if self.match == "text" else self.keys.key, "")

    @cached_property
    def towns(self) -> np.ndarray:
        """What stands before the last part of each key: (n,) texts."""
        return _distinct(self.compared, lambda texts: [text.rpartition(PART)[0] for text in texts])

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


def _distinct(texts: np.ndarray, read: Callable[[list[str]], list[str]]) -> np.ndarray:
    codes, distinct = pd.factorize(texts)
    return np.array([*read(list(distinct)), ""], dtype=object)[codes]
