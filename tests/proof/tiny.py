"""A tiny city in memory: lots, houses, roads and doors, and hazards with every trouble that real deliveries bring."""

from __future__ import annotations

import numpy as np
import shapely


def subjects(side: int = 9, seed: int = 1) -> dict[str, np.ndarray]:
    """Return parcels that share borders, buildings, roads and addresses; metres, all invented."""
    rng = np.random.default_rng(seed)
    east, north = np.meshgrid(np.arange(side + 1) * 20.0, np.arange(side + 1) * 18.0)
    node = np.stack([east, north], -1) + rng.uniform(-4, 4, (side + 1, side + 1, 2))
    lots = shapely.polygons(np.stack([node[:-1, :-1], node[:-1, 1:], node[1:, 1:], node[1:, :-1]], 2).reshape(-1, 4, 2))
    centre = shapely.get_coordinates(shapely.centroid(lots))
    half = rng.uniform(2, 5, (len(lots), 2))
    tiny = shapely.box(centre[:5, 0], centre[:5, 1], centre[:5, 0] + 0.3, centre[:5, 1] + 0.3)
    bow = shapely.Polygon([(30, 30), (50, 50), (50, 30), (30, 50)])
    return {"parcel": np.append(lots, bow), "building": np.append(shapely.box(*(centre - half).T, *(centre + half).T), tiny),
            "road": shapely.linestrings(node), "address": shapely.points(centre)}


def zones(side: int = 9, seed: int = 1) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return hazard layers as (polygons, rank): a depth grid of stair-steps, overlapping slopes, broken shapes, contacts and nothing at all."""
    return {"flood": _grid(side, seed), "slope": _slopes(side, seed), "broken": _broken(), "contact": _contact(), "empty": (np.empty(0, object), np.empty(0, int))}


def _grid(side: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed + 1)
    y, x = np.mgrid[:side * 4, :side * 4]
    depth = np.sin(x / 5) + np.cos(y / 7) + rng.normal(0, 0.2, x.shape)
    rank = np.digitize(depth, [0, 0.6, 1.1, 1.6])
    cells = shapely.box(x * 5.0, y * 5.0, x * 5.0 + 5, y * 5.0 + 5)
    found = np.unique(rank[rank > 0])
    return np.array([shapely.union_all(cells[rank == r]) for r in found]), found


def _slopes(side: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two kinds of zone, the severe inside the mild and across its border, some of them overlapping others of the same rank."""
    rng = np.random.default_rng(seed + 2)
    centre = rng.uniform(0, side * 18, (14, 2))
    mild = shapely.buffer(shapely.points(centre), rng.uniform(8, 25, 14), quad_segs=5)
    severe = shapely.buffer(shapely.points(centre[:7] + 6), rng.uniform(3, 12, 7), quad_segs=3)
    return np.append(mild, severe), np.repeat([1, 2], [14, 7])


def _broken() -> tuple[np.ndarray, np.ndarray]:
    """A bow-tie, a ring that touches itself, overlapping parts of one multipolygon, a hole outside its shell, a spike."""
    bow = shapely.Polygon([(10, 10), (60, 60), (60, 10), (10, 60)])
    eight = shapely.Polygon([(70, 10), (90, 10), (90, 30), (80, 30), (80, 20), (85, 20), (85, 25), (80, 30), (70, 30)])
    twice = shapely.MultiPolygon([shapely.box(100, 10, 130, 40), shapely.box(120, 30, 150, 60)])
    away = shapely.Polygon(shapely.box(10, 80, 40, 110).exterior.coords, [shapely.box(60, 90, 70, 100).exterior.coords])
    spike = shapely.Polygon([(80, 80), (120, 80), (120, 120), (120, 160), (120, 120), (80, 120)])
    return np.array([bow, eight, twice, away, spike]), np.array([1, 2, 3, 2, 1])


def _contact() -> tuple[np.ndarray, np.ndarray]:
    """Neighbours that share an edge, a hole filled by a worse zone, and slivers about the tolerance."""
    ring = shapely.Polygon(shapely.box(0, 0, 60, 60).exterior.coords, [shapely.box(20, 20, 40, 40).exterior.coords])
    filled, beside = shapely.box(20, 20, 40, 40), shapely.box(60, 0, 90, 60)
    slivers = shapely.box([100, 100, 100], [0, 40, 80], [140, 140, 140], [0.002, 40.0026, 80.01])
    return np.array([ring, filled, beside, *slivers]), np.array([0, 3, 1, 1, 2, 3])
