"""Zones made ready once for all layers that ask about them: in a city forty layers join with the same twenty hazards."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.joins.zones.prepared import Zones, prepare

_CORNERS = 3_000_000
"""Corners of all zones kept, some 200 MB; zones beyond are made ready each time."""


def ready_polygons(geometry: np.ndarray, rank: np.ndarray) -> Zones:
    """Return the polygons among shapes (m,) as zones, with their ranks (m,)."""
    return prepare(np.where(shapely.get_dimensions(geometry) == 2, geometry, None), rank)


class KeptZones:
    """Gives what `ready_polygons` gives, and the same again for the very same array of shapes and equal ranks."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, bytes], tuple[np.ndarray, Zones]] = {}
        self._corners = 0

    def __call__(self, geometry: np.ndarray, rank: np.ndarray) -> Zones:
        key = id(geometry), rank.tobytes()
        if key in self._kept:
            return self._kept[key][1]
        zones = ready_polygons(geometry, rank)
        corners = int(sum(shapely.get_num_coordinates(shapes).sum() for shapes in (zones.pieces, zones.ground.shapes)))
        if self._corners + corners <= _CORNERS:
            self._corners += corners
            self._kept[key] = geometry, zones  # with the shapes, so that their identity is nobody else's
        return zones
