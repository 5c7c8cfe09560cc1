"""What an engine answers and what an independent one found: the same facts as plain arrays, one row per (subject, rank)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely

SLIVER = 0.1
"""m²; the stated tolerance of the hazard join."""
NEGLIGIBLE = 1e-7
"""m²: ground of a rank that is less than this is what arithmetic leaves, not ground."""


class Exposed(Protocol):
    """The engine's own result, as far as the proof reads it."""

    owner: np.ndarray
    rank: np.ndarray
    area: np.ndarray
    worst: np.ndarray


@dataclass(frozen=True)
class Answer:
    """The answer to judge: owner (k,), rank (k,), area (k,) m² of ground counted once; worst (n,), -1 for none."""

    owner: np.ndarray
    rank: np.ndarray
    area: np.ndarray
    worst: np.ndarray


@dataclass(frozen=True)
class Truth:
    """What was found independently.

    owner (k,), rank (k,), above (k,): m² inside zones of that rank or a worse one, once (k,): m² of that rank that no worse one covers.
    size (n,): m² of each subject, NaN for points and lines, for which every row is a contact.
    """

    owner: np.ndarray
    rank: np.ndarray
    above: np.ndarray
    once: np.ndarray
    size: np.ndarray


def tolerance(size: np.ndarray, sliver: float = SLIVER) -> np.ndarray:
    """Return (n,) m² that must be exceeded: the sliver, or half of a subject smaller than two slivers; NaN for points and lines."""
    return np.minimum(sliver, size / 2)


def size_of(subjects: np.ndarray) -> np.ndarray:
    """Return (n,) m² of mended subjects; NaN for points, lines and missing ones."""
    return np.where(shapely.get_dimensions(subjects) == 2, shapely.area(subjects), np.nan)


def reached(truth: Truth, sliver: float = SLIVER) -> np.ndarray:
    """Return the (k,) mask of rows that count: any contact of a point or line; of an area, more than the tolerance at that rank or worse,
    and some ground of that very rank."""
    limit = tolerance(truth.size, sliver)[truth.owner]
    return np.isnan(limit) | ((truth.above > limit) & (truth.once > NEGLIGIBLE))


def answer_of(exposed: Exposed) -> Answer:
    """Take the arrays of an engine's result."""
    return Answer(np.asarray(exposed.owner), np.asarray(exposed.rank), np.asarray(exposed.area, float), np.asarray(exposed.worst))


def settle(truth: Truth, sliver: float = SLIVER) -> Answer:
    """Return the answer that follows from the truth; used to test the judge and to print what a peer says."""
    rows = reached(truth, sliver)
    worst = np.full(len(truth.size), -1)
    np.maximum.at(worst, truth.owner[rows], truth.rank[rows])
    return Answer(truth.owner[rows], truth.rank[rows], truth.once[rows], worst)
