"""The nearest shelters in a straight line."""

from __future__ import annotations

import numpy as np
import shapely


def straight(place: shapely.Point, sites: np.ndarray, designated: np.ndarray, count: int = 3) -> tuple[tuple[int, float], ...]:
    """Return number and metres of the nearest designated sites (s,), nearest first; ties by number."""
    chosen = np.flatnonzero(designated)
    metres = shapely.distance(sites[chosen], place)
    order = np.argsort(metres, kind="stable")[:count]
    return tuple((int(chosen[k]), float(metres[k])) for k in order)
