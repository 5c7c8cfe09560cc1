"""What the engine is given: one source layer of an archive as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TileLayer:
    """One source layer inside an archive.

    ``geometry``: shapely geometries in EPSG:3857, shape (n,), valid, no None. ``ids``: unsigned < 2**53, stable. ``attributes``: arrays
    of shape (n,), None (or NaN) = absent. ``zoom``: first and last zoom. ``coverage``: polygons share borders. ``rank``:
    larger survives when a tile is over budget (default: area or length). ``keep``: never thinned. ``min_pixels``: shapes of less than this many
    screen pixels (square root of area; longer side of a line) are left out above the last zoom, unless kept.
    """

    id: str
    kind: str
    geometry: np.ndarray
    ids: np.ndarray
    attributes: dict[str, np.ndarray]
    zoom: tuple[int, int]
    coverage: bool = False
    rank: np.ndarray | None = None
    keep: bool = False
    min_pixels: float = 0.5
