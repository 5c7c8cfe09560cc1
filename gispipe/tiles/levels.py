"""A layer from its deepest zoom upwards: each zoom is made from the one below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from gispipe.tiles import grid, small
from gispipe.tiles.attributes import Tags
from gispipe.tiles.layer import TileLayer
from gispipe.tiles.shapes import Outlines, Shapes, snapped

TOLERANCE = grid.PIXEL // 4  # units; corners smaller than a quarter of a screen pixel go
Reasons = Counter[tuple[str, int, str]]


@dataclass(frozen=True)
class Source:
    """A layer with its attributes factorised."""

    layer: TileLayer
    tags: Tags

    @cached_property
    def own_tags_left_out(self) -> Tags:
        """Return the tags for tiles over budget: without the columns that are mostly each feature's own."""
        return self.tags.without_own()

    @cached_property
    def ids(self) -> np.ndarray:
        """Return the feature ids as uint64 of shape (n,)."""
        return np.asarray(self.layer.ids).astype(np.uint64)

    @cached_property
    def rank(self) -> np.ndarray:
        """Return the importance of every feature, shape (n,): as given, else its area or length (points: all equal)."""
        if self.layer.rank is not None:
            return np.asarray(self.layer.rank, float)
        return shapely.area(self.layer.geometry) if self.layer.kind == "polygon" else shapely.length(self.layer.geometry)

    def description(self) -> dict[str, object]:
        """Return the layer's entry in the archive's metadata: names and types, never values."""
        return {"id": self.layer.id, "fields": dict(zip(self.tags.names, self.tags.types, strict=True)),
                "minzoom": self.layer.zoom[0], "maxzoom": self.layer.zoom[1]}


def levels(sources: list[Source], zooms: tuple[int, int]) -> Iterator[tuple[int, list[tuple[Source, Shapes, Reasons]]]]:
    """Yield (zoom, layers ready to be placed) from the deepest zoom upwards."""
    current: dict[str, Iterator[tuple[Shapes, Reasons]]] = {}
    for zoom in range(zooms[1], zooms[0] - 1, -1):
        ready = []
        for source in sources:
            first, last = source.layer.zoom
            if zoom == last:
                current[source.layer.id] = _one_layer(source)
            if first <= zoom <= last:
                ready.append((source, *next(current[source.layer.id])))
        yield zoom, ready


def _one_layer(source: Source) -> Iterator[tuple[Shapes, Reasons]]:
    """Yield the drawable shapes of each zoom of the layer, deepest first, with what is not drawn and why."""
    layer, deepest = source.layer, source.layer.zoom[1]
    fine = snapped(layer.kind, layer.geometry, deepest, layer.id)
    raw = snapped(layer.kind, layer.geometry, deepest, layer.id, clean=False) if layer.keep and layer.kind == "polygon" else fine
    outlines, shapes = Outlines(fine), fine
    there = np.ones(len(fine.feature), bool)
    for zoom in range(deepest, layer.zoom[0] - 1, -1):
        if zoom < deepest:
            shapes = outlines.on(zoom, TOLERANCE)
        drawn, gone, lost = _drawable(source, shapes, raw, there)
        yield drawn, lost
        outlines.without(gone)
        there &= ~gone


def _drawable(source: Source, shapes: Shapes, raw: Shapes, there: np.ndarray) -> tuple[Shapes, np.ndarray, Reasons]:
    """Return what is drawn of the parts still there (mask), the mask of those that are too small here and so further up, and how many features went and why."""
    layer, lost, none = source.layer, Counter(), np.zeros_like(there)  # type: ignore[var-annotated]
    if shapes.kind == "point":
        return shapes, none, lost
    size = small.part_sizes(shapes)
    deepest = shapes.zoom == layer.zoom[1]
    collapsed = size == 0
    if layer.keep and shapes.kind == "polygon":
        tiny = collapsed if deepest else size < grid.PIXEL
        drawn = small.with_pixels(shapes, tiny, raw, source.tags.group, layer.zoom[1]) if tiny.any() else shapes
        _count(lost, source, shapes.zoom, "merged", shapes.feature, drawn.feature)
        return drawn, none, lost
    gone = there & (collapsed if deepest or layer.keep else size < max(layer.min_pixels * grid.PIXEL, 1e-9))
    drawn = small.without(shapes, gone | ~there)
    visible = shapes.feature[there & ~collapsed]
    _count(lost, source, shapes.zoom, "collapsed", shapes.feature[there], visible)
    _count(lost, source, shapes.zoom, "small", visible, drawn.feature)
    return drawn, gone, lost


def _count(lost: Reasons, source: Source, zoom: int, reason: str, before: np.ndarray, after: np.ndarray) -> None:
    gone = np.zeros(len(source.layer.geometry), bool)
    gone[before] = True
    gone[after] = False
    if gone.any():
        lost[source.layer.id, zoom, reason] = int(gone.sum())
