"""Where the city is, in its own plane coordinates."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely

from gispipe.checks.rule import Subject
from gispipe.crs import LONLAT, transform
from gispipe.geometry import present


@lru_cache(maxsize=8)
def _city_box(bounds: tuple[float, float, float, float], crs: str) -> tuple[float, float, float, float]:
    ring = shapely.segmentize(shapely.box(*bounds), max_segment_length=0.02)
    box, _ = transform(np.array([ring], dtype=object), LONLAT, crs, "city.toml › bounds")
    return tuple(shapely.bounds(box[0]).tolist())  # type: ignore[return-value]


def far_from_city(subject: Subject) -> np.ndarray:
    """Return the mask of delivered shapes whose bounds do not touch the city's, or that have no place in its CRS at all."""
    assert subject.geometry is not None and subject.delivered.geometry is not None
    west, south, east, north = _city_box(subject.city.bounds, subject.city.crs)
    bounds = shapely.bounds(subject.geometry)
    lost = present(subject.delivered.geometry) & ~present(subject.geometry)
    apart = (bounds[:, 0] > east) | (bounds[:, 2] < west) | (bounds[:, 1] > north) | (bounds[:, 3] < south)
    return ((present(subject.geometry) & apart) | lost) & subject.finite


def mostly_far(subject: Subject) -> bool:
    """Return whether more than half of the shapes are far: then the whole layer is in doubt (GP02), not rows of it (GP15)."""
    assert subject.delivered.geometry is not None
    return bool(np.count_nonzero(far_from_city(subject)) * 2 > np.count_nonzero(present(subject.delivered.geometry)))
