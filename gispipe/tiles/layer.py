"""What the engine is given: the source layers of an archive, whole or in batches of features."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from gispipe.tiles.outlines import Geometries
from gispipe.tiles.values import Column

_TOGETHER = 50_000
"""Features of a whole layer that are taken in at a time."""


@dataclass(frozen=True)
class Batch:
    """Features handed over together; arrays of shape (n,), as in `TileLayer`."""

    geometry: Geometries
    ids: np.ndarray
    attributes: dict[str, Column]
    rank: np.ndarray | None = None

    def part(self, few: slice) -> Batch:
        """Return some of the features."""
        return Batch(self.geometry[few], self.ids[few], {name: values[few] for name, values in self.attributes.items()}, None if self.rank is None else self.rank[few])


@dataclass(frozen=True)
class TileLayer:
    """One source layer inside an archive.

    ``geometry``: in EPSG:3857, valid, none missing: shapely geometries, shape (n,), or outlines of n. ``ids``: unsigned < 2**53, stable. ``attributes``: columns
    of shape (n,), None (or NaN) = absent. ``zoom``: first and last zoom. ``rank``: larger
    survives when a tile is over budget (default: area or length). ``keep``: never thinned. ``min_pixels``: shapes of less than this many
    screen pixels (square root of area; longer side of a line) are left out above the last zoom, unless kept.
    """

    id: str
    kind: str
    geometry: Geometries
    ids: np.ndarray
    attributes: dict[str, Column]
    zoom: tuple[int, int]
    rank: np.ndarray | None = None
    keep: bool = False
    min_pixels: float = 0.5

    def batches(self) -> Iterator[Batch]:
        """Yield the features a few at a time."""
        every = Batch(self.geometry, self.ids, self.attributes, self.rank)
        for at in range(0, max(len(self.geometry), 1), _TOGETHER):
            yield every.part(slice(at, at + _TOGETHER))


@dataclass(frozen=True)
class TileStream:
    """A source layer whose features come in batches, so that no more than one batch stands in memory as geometries.

    ``features`` is gone through once. All batches have the same columns; the rest is as in `TileLayer`.
    """

    id: str
    kind: str
    features: Iterable[Batch]
    zoom: tuple[int, int]
    keep: bool = False
    min_pixels: float = 0.5

    def batches(self) -> Iterator[Batch]:
        """Yield the batches."""
        yield from self.features
