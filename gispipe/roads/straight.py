"""The nearest shelters in a straight line."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np


def straight(x: float, y: float, sites: np.ndarray, designated: Mapping[str, np.ndarray], count: int = 3) -> dict[str, tuple[tuple[int, float], ...]]:
    """Return for every hazard, from its mask (s,), number and metres of the nearest designated sites (s, 2), nearest first; ties by number."""
    away = np.hypot(sites[:, 0] - x, sites[:, 1] - y)
    order, metres = np.argsort(away, kind="stable").tolist(), away.tolist()
    return {hazard: tuple((k, metres[k]) for k in islice(filter(memoryview(mask).__getitem__, order), count)) for hazard, mask in designated.items()}
