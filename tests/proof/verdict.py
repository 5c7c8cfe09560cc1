"""Compare an answer with the truth: too low, too high, another area; what no arithmetic of doubles can decide is counted apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.proof.answer import NEGLIGIBLE, SLIVER, Answer, Truth, tolerance

AREA_M2, AREA_RELATIVE = 1e-4, 1e-9
EDGE_M2 = 1e-6
"""m² around the sliver tolerance within which two correct engines may differ."""


@dataclass(frozen=True)
class Verdict:
    """Numbers of subjects: asked, told too little, too much, otherwise different, undecidable; the largest area difference in m²."""

    asked: int
    under: int
    over: int
    different: int
    undecidable: int
    largest: float
    owners: np.ndarray = field(default_factory=lambda: np.empty(0, int), repr=False, compare=False)
    """The subjects of which anything is wrong."""

    def passed(self) -> bool:
        """Say whether nothing differs."""
        return self.under == self.over == self.different == 0

    def __str__(self) -> str:
        return (f"asked {self.asked:>9,}  under-reported {self.under}  over-reported {self.over}  different {self.different}  "
                f"undecidable {self.undecidable}  largest area difference {self.largest:.1e} m²")


def sum_of(verdicts: list[Verdict]) -> Verdict:
    """Add verdicts up; the largest difference is the largest of all."""
    asked, under, over, different, undecidable = (sum(getattr(one, name) for one in verdicts) for name in ("asked", "under", "over", "different", "undecidable"))
    return Verdict(asked, under, over, different, undecidable, max((one.largest for one in verdicts), default=0.0))


def judge(truth: Truth, answer: Answer, sliver: float = SLIVER) -> Verdict:
    """Return what is wrong with an answer; every count is of subjects, each counted once in each column."""
    must, may = _reachable(truth, sliver)
    steps = _steps(truth, answer)
    true_key, own_key = _key(truth.owner, truth.rank, steps), _key(answer.owner, answer.rank, steps)
    low, high = _worst(truth, must), _worst(truth, may)
    under = np.union1d(truth.owner[must & ~np.isin(true_key, own_key)], np.flatnonzero(answer.worst < low))
    over = np.union1d(answer.owner[~np.isin(own_key, true_key[may])], np.flatnonzero(answer.worst > high))
    gap = _gaps(truth, answer, true_key, own_key)
    other = _gap_owners(truth, answer, gap)
    other = np.union1d(np.union1d(other, _doubled(answer, own_key)), _inconsistent(answer))
    wrong = np.unique(np.concatenate([under, over, other]))
    return Verdict(len(truth.size), len(under), len(over), len(other), len(np.unique(truth.owner[may & ~must])), _largest(gap), wrong)


def _reachable(truth: Truth, sliver: float) -> tuple[np.ndarray, np.ndarray]:
    """Return masks of rows that must be told and rows that may be told; between them lies the undecidable."""
    limit = tolerance(truth.size, sliver)[truth.owner]
    edge = np.minimum(EDGE_M2, limit / 2)
    with np.errstate(invalid="ignore"):
        must = np.isnan(limit) | ((truth.above > limit + edge) & (truth.once > EDGE_M2))
        may = np.isnan(limit) | ((truth.above > limit - edge) & (truth.once > NEGLIGIBLE / 2))
    return must, may


def _steps(truth: Truth, answer: Answer) -> int:
    return int(max(truth.rank.max(initial=0), answer.rank.max(initial=0), answer.worst.max(initial=0))) + 2


def _key(owner: np.ndarray, rank: np.ndarray, steps: int) -> np.ndarray:
    return owner.astype(np.int64) * steps + rank.astype(np.int64)


def _worst(truth: Truth, rows: np.ndarray) -> np.ndarray:
    worst = np.full(len(truth.size), -1)
    np.maximum.at(worst, truth.owner[rows], truth.rank[rows])
    return worst


def _gaps(truth: Truth, answer: Answer, true_key: np.ndarray, own_key: np.ndarray) -> np.ndarray:
    """Return for each row of the answer by how many m² its area is off; NaN where the truth has no such row."""
    order = np.argsort(true_key, kind="stable")
    if not len(order):
        return np.full(len(own_key), np.nan)
    place = order[np.minimum(np.searchsorted(true_key[order], own_key), len(order) - 1)]
    known = true_key[place] == own_key
    expected = np.where(np.isnan(truth.size[truth.owner[place]]), 0, truth.once[place])
    return np.where(known, np.where(np.isfinite(answer.area), np.abs(answer.area - expected), np.inf), np.nan)


def _gap_owners(truth: Truth, answer: Answer, gap: np.ndarray) -> np.ndarray:
    allowed = np.maximum(AREA_M2, AREA_RELATIVE * np.nan_to_num(truth.size))[answer.owner]
    return np.unique(answer.owner[gap > allowed])


def _largest(gap: np.ndarray) -> float:
    known = gap[~np.isnan(gap)]
    return float(known.max()) if len(known) else 0.0


def _doubled(answer: Answer, own_key: np.ndarray) -> np.ndarray:
    """Return owners told the same rank twice."""
    _, index, count = np.unique(own_key, return_index=True, return_counts=True)
    return np.unique(answer.owner[index[count > 1]])


def _inconsistent(answer: Answer) -> np.ndarray:
    """Return owners whose worst rank is not the highest of their own rows."""
    highest = np.full(len(answer.worst), -1)
    np.maximum.at(highest, answer.owner, answer.rank)
    return np.flatnonzero(highest != answer.worst)
