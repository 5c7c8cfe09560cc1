"""The truth by the plain definition: every subject against every whole zone, one by one, with nothing split or prepared."""

from __future__ import annotations

import numpy as np
import shapely

from tests.proof.answer import Truth, size_of


def mended(geometry: np.ndarray) -> np.ndarray:
    """Return copies in which invalid shapes are made valid by the structure method; only parts of the same dimension stay."""
    copy = geometry.copy()
    for k in np.flatnonzero(~shapely.is_valid(geometry) & ~shapely.is_missing(geometry)):
        dimension = shapely.get_dimensions(geometry[k])
        parts = shapely.get_parts(shapely.make_valid(geometry[k], method="structure", keep_collapsed=False))
        copy[k] = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension])
    return copy


def brute_truth(subjects: np.ndarray, zones: np.ndarray, rank: np.ndarray) -> Truth:
    """Return every (subject, rank) that meet; subjects: (n,) of any kind, zones: (m,) polygons as delivered, rank: (m,) int."""
    subjects, zones = mended(subjects), mended(zones)
    rows = [row for k, subject in enumerate(subjects) if subject is not None for row in _one(k, subject, zones, rank)]
    table = np.array(rows, dtype=[("owner", int), ("rank", int), ("above", float), ("once", float)])
    return Truth(table["owner"], table["rank"], table["above"], table["once"], size_of(subjects))


def _one(k: int, subject: shapely.Geometry, zones: np.ndarray, rank: np.ndarray) -> list[tuple[int, int, float, float]]:
    """Cut one subject by every zone and join what was cut: joining whole zones moves borders that nearly coincide by micrometres."""
    met = shapely.intersects(zones, subject)
    ranks = np.unique(rank[met])
    if shapely.get_dimensions(subject) < 2:
        return [(k, int(r), 0.0, 0.0) for r in ranks]
    cut = shapely.intersection(zones[met], subject)
    above = [shapely.union_all(cut[rank[met] >= r]).area for r in ranks]
    return [(k, int(r), a, a - worse) for r, a, worse in zip(ranks, above, [*above, 0.0][1:], strict=True) if a > 0]
