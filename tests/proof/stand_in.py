"""A slow engine with the interface of the real one, to test the judge; it can be told to err."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.proof.answer import SLIVER, Answer, settle
from tests.proof.brute import brute_truth


@dataclass(frozen=True)
class StandIn:
    """Zones as given: geometry (m,) polygons, rank (m,) int."""

    geometry: np.ndarray
    rank: np.ndarray


def prepare(geometry: np.ndarray, rank: np.ndarray, group: np.ndarray | None = None) -> StandIn:
    """Keep the zones as they are; groups do not change ranks and areas."""
    return StandIn(geometry, rank)


def expose(subjects: np.ndarray, zones: StandIn, sliver: float = SLIVER) -> Answer:
    """Return ranks and areas by the plain definition."""
    return settle(brute_truth(subjects, zones.geometry, zones.rank), sliver)
