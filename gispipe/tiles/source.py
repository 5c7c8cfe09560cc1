"""A layer taken in: its features as integers on the grid of its deepest zoom, in blocks, with their values numbered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from gispipe.tiles import grid
from gispipe.tiles.attributes import Columns, Tags
from gispipe.tiles.errors import TileError
from gispipe.tiles.layer import Batch, TileLayer, TileStream
from gispipe.tiles.shapes import Shapes, cleaned, cuts, snapped, with_collapsed


@dataclass(frozen=True)
class Source:
    """One layer of an archive.

    ``ids`` (uint64), ``rank`` (float; larger stays longer): shape (n,). ``blocks``: all parts at the deepest zoom. ``outlines``: the same
    with the rings that collapse there as they came, for layers that must stay visible. ``box``: west, south, east, north in
    EPSG:3857 metres, not finite without any coordinate.
    """

    id: str
    kind: str
    zoom: tuple[int, int]
    keep: bool
    min_pixels: float
    ids: np.ndarray
    rank: np.ndarray
    tags: Tags
    blocks: list[Shapes]
    outlines: list[Shapes]
    box: tuple[float, float, float, float]

    @cached_property
    def own_tags_left_out(self) -> Tags:
        """Return the tags for tiles over budget: without the columns that are mostly each feature's own."""
        return self.tags.without_own()

    def description(self) -> dict[str, object]:
        """Return the layer's entry in the archive's metadata: names and types, never values."""
        return {"id": self.id, "fields": dict(zip(self.tags.names, self.tags.types, strict=True)), "minzoom": self.zoom[0], "maxzoom": self.zoom[1]}


def taken_in(layers: Iterable[TileLayer | TileStream]) -> list[Source]:
    """Go through the features of all layers; raise TileError for what cannot be a tile, naming layer and row."""
    layers = list(layers)
    if not layers:
        raise TileError("an archive needs at least one layer")
    names = [layer.id for layer in layers]
    for layer in layers:
        if names.count(layer.id) > 1:
            raise TileError(f"layer {layer.id} is named twice")
        if layer.kind not in ("point", "line", "polygon"):
            raise TileError(f"layer {layer.id}: kind {layer.kind!r} is not point, line or polygon")
        if not 0 <= layer.zoom[0] <= layer.zoom[1] <= grid.MAX_ZOOM:
            raise TileError(f"layer {layer.id}: zooms {layer.zoom} are not within 0–{grid.MAX_ZOOM}")
        if isinstance(layer, TileLayer) and len(layer.ids) != len(layer.geometry):
            raise TileError(f"layer {layer.id}: {len(layer.ids)} ids for {len(layer.geometry)} features")
        if isinstance(layer, TileLayer):
            _check_columns(layer)
    return [_source(layer) for layer in layers]


def _check_columns(layer: TileLayer) -> None:
    for column, values in layer.attributes.items():
        if len(values) != len(layer.geometry):
            raise TileError(f"layer {layer.id}, column {column}: {len(values)} values for {len(layer.geometry)} features")


def _source(layer: TileLayer | TileStream) -> Source:
    ids, rank, columns = [np.zeros(0, np.uint64)], [np.zeros(0)], Columns(layer.id)
    whole, outlines, boxes, row = [], [], [], 0
    for batch in layer.batches():
        ids.append(_ids(layer, batch))
        columns.add(batch.attributes, len(batch.geometry))
        fine, drawn = _snapped(layer, batch, row)
        rank.append(_rank(layer, batch))
        for first, last in cuts(fine):
            whole.append(fine.of_parts(first, last).narrow())
            outlines.append(whole[-1] if drawn is fine else drawn.of_parts(first, last).narrow())
        boxes += [shapely.total_bounds(batch.geometry)] if len(batch.geometry) else []
        row += len(batch.geometry)
    every = np.concatenate(ids)
    if len(np.unique(every)) < len(every):
        raise TileError(f"layer {layer.id}: an id appears twice")
    west, south, east, north = _around(boxes)
    return Source(layer.id, layer.kind, layer.zoom, layer.keep, layer.min_pixels, every, np.concatenate(rank), columns.tags(), whole, outlines,
                  (west, south, east, north))


def _snapped(layer: TileLayer | TileStream, batch: Batch, row: int) -> tuple[Shapes, Shapes]:
    """Return the batch's shapes, and as they are drawn when they are too small: the same unless rings collapse in a layer to keep."""
    raw = snapped(layer.kind, batch.geometry, layer.zoom[1], layer.id, row=row, clean=False)
    fine = cleaned(raw)
    return fine, with_collapsed(fine, raw) if layer.keep and layer.kind == "polygon" else fine


def _ids(layer: TileLayer | TileStream, batch: Batch) -> np.ndarray:
    ids = np.asarray(batch.ids)
    if len(ids) != len(batch.geometry):
        raise TileError(f"layer {layer.id}: {len(ids)} ids for {len(batch.geometry)} features")
    if len(ids) and (ids.dtype.kind not in "iu" or int(ids.min()) < 0 or int(ids.max()) >= 2**53):
        raise TileError(f"layer {layer.id}: ids must be whole numbers from 0 to 2**53 - 1")
    return ids.astype(np.uint64)


def _rank(layer: TileLayer | TileStream, batch: Batch) -> np.ndarray:
    """Return the importance of every feature: as given, else its area or length (points: all equal)."""
    if batch.rank is not None:
        return np.asarray(batch.rank, float)
    return shapely.area(batch.geometry) if layer.kind == "polygon" else shapely.length(batch.geometry)


def _around(boxes: list[np.ndarray]) -> tuple[float, float, float, float]:
    there = [box for box in boxes if np.isfinite(box).all()]
    if not there:
        return np.inf, np.inf, -np.inf, -np.inf
    low, high = np.min(there, axis=0)[:2], np.max(there, axis=0)[2:]
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
