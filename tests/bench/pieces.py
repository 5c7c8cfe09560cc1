"""Polygons cut small for engines that cannot do it themselves."""

from __future__ import annotations

import numpy as np
import shapely

PIECE = 128
"""Corners of a piece at most."""


def halved(geometry: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Halve polygons until none has more than PIECE corners; return the pieces and their ranks."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    rank = rank[owner]
    done, done_rank = [], []
    while len(parts):
        small = shapely.get_num_coordinates(parts) <= PIECE
        done.append(parts[small])
        done_rank.append(rank[small])
        parts, rank = _halves(parts[~small], rank[~small])
    return np.concatenate(done), np.concatenate(done_rank)


def _halves(parts: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    west, south, east, north = shapely.bounds(parts).reshape(-1, 4).T
    wide = east - west > north - south
    x, y = np.where(wide, (west + east) / 2, east), np.where(wide, north, (south + north) / 2)
    first = shapely.intersection(parts, shapely.box(west, south, x, y))
    second = shapely.intersection(parts, shapely.box(np.where(wide, x, west), np.where(wide, south, y), east, north))
    pieces, owner = shapely.get_parts(np.concatenate([first, second]), return_index=True)
    areal = shapely.get_dimensions(pieces) == 2
    return pieces[areal], np.tile(rank, 2)[owner[areal]]
