"""The truth by the plain definition: every subject against the whole area of every rank, one by one, with nothing split or prepared."""

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
    size = size_of(subjects)
    rows = []
    worse = shapely.Polygon()
    for r in sorted(set(rank.tolist()), reverse=True):
        own = zones[rank == r]
        worse_too = shapely.union_all([*own, worse])
        for k, subject in enumerate(subjects):
            rows += _one(k, r, subject, own, worse, worse_too)
        worse = worse_too
    table = np.array(sorted(rows), dtype=[("owner", int), ("rank", int), ("above", float), ("once", float)])
    return Truth(table["owner"], table["rank"], table["above"], table["once"], size)


def _one(k: int, r: int, subject: shapely.Geometry, own: np.ndarray, worse: shapely.Geometry, worse_too: shapely.Geometry
         ) -> list[tuple[int, int, float, float]]:
    if shapely.get_dimensions(subject) == 2:
        above = subject.intersection(worse_too).area
        return [(k, r, above, above - subject.intersection(worse).area)] if above > 0 else []
    return [(k, r, 0.0, 0.0)] if subject is not None and shapely.intersects(subject, own).any() else []
