"""A layer taken in: its features as integers on the grid of its deepest zoom, in blocks, with their values numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

import numpy as np
import shapely

from gispipe import ragged
from gispipe.tiles import grid
from gispipe.tiles.attributes import Columns, Tags
from gispipe.tiles.errors import TileError
from gispipe.tiles.layer import Batch, TileLayer, TileStream
from gispipe.tiles.outlines import Outlines
from gispipe.tiles.shapes import BLOCK, Shapes, cleaned, cuts, snapped, with_collapsed
from gispipe.tiles.values import Distinct

Each = Callable[[Callable[..., Any], Iterable[Any]], Iterator[Any]]
"""Do something with every item, side by side or not, and give the results in the items' order; `map` is one."""


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

    @cached_property
    def owner(self) -> np.ndarray:
        """Return the number of the feature of every part, those of all blocks one after the other, shape (parts,) int32."""
        return np.concatenate([np.zeros(0, np.int32), *(block.feature for block in self.blocks)])

    def description(self) -> dict[str, object]:
        """Return the layer's entry in the archive's metadata: names and types, never values."""
        return {"id": self.id, "fields": dict(zip(self.tags.names, self.tags.types, strict=True)), "minzoom": self.zoom[0], "maxzoom": self.zoom[1]}


def taken_in(layers: Iterable[TileLayer | TileStream], each: Each = map) -> list[Source]:
    """Go through the features of all layers; raise TileError for what cannot be a tile, naming layer and row.

    ``each`` works on the batches, side by side or not.
    """
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
    columns = [Columns(layer.id) for layer in layers]
    work = ((k, row, batch) for k, layer in enumerate(layers) for row, batch in _numbered(layer, columns[k]))
    taken = each(lambda one: (one[0], _taken(layers[one[0]], columns[one[0]], *one[1:])), work)  # a layer's last batches beside the next one's first
    found: dict[int, Source] = {}
    for k, every in groupby(taken, key=itemgetter(0)):
        found[k] = _source(layers[k], columns[k], [one for _, one in every])
    return [found[k] if k in found else _source(layer, columns[k], []) for k, layer in enumerate(layers)]


def _check_columns(layer: TileLayer) -> None:
    for column, values in layer.attributes.items():
        if len(values) != len(layer.geometry):
            raise TileError(f"layer {layer.id}, column {column}: {len(values)} values for {len(layer.geometry)} features")


@dataclass(frozen=True)
class _Taken:
    """A batch taken in."""

    ids: np.ndarray
    rank: np.ndarray
    columns: list[Distinct]
    blocks: list[Shapes]
    outlines: list[Shapes]
    box: np.ndarray


def _source(layer: TileLayer | TileStream, columns: Columns, taken: list[_Taken]) -> Source:
    every = np.concatenate([np.zeros(0, np.uint64), *(one.ids for one in taken)])
    if len(ragged.distinct(every)) < len(every):
        raise TileError(f"layer {layer.id}: an id appears twice")
    west, south, east, north = _around([one.box for one in taken])
    return Source(layer.id, layer.kind, layer.zoom, layer.keep, layer.min_pixels, every, np.concatenate([np.zeros(0), *(one.rank for one in taken)]),
                  columns.tags([one.columns for one in taken], len(every)), [block for one in taken for block in one.blocks],
                  [block for one in taken for block in one.outlines], (west, south, east, north))


def _numbered(layer: TileLayer | TileStream, columns: Columns) -> Iterator[tuple[int, Batch]]:
    """Yield the batches with the number of their first feature, those of many vertices in parts."""
    row = 0
    for batch in layer.batches():
        columns.agree(batch.attributes)
        for first, last in pairwise(_few_vertices(batch)):
            yield row + first, batch.part(slice(first, last)) if last else batch
        row += len(batch.geometry)


def _few_vertices(batch: Batch) -> list[int | None]:
    """Return where to part a batch so that its parts have about two blocks of vertices; [0, None] for one that is not to be parted."""
    size = shapely.get_num_coordinates(batch.geometry) if isinstance(batch.geometry, np.ndarray) else batch.geometry.vertices()
    if size.sum() <= 2 * BLOCK or any(len(column) != len(size) for column in (batch.ids, *batch.attributes.values())):
        return [0, None]  # of columns that do not fit it is said later how many values they have
    return [*np.flatnonzero(np.diff((np.cumsum(size) - size) // (2 * BLOCK), prepend=-1)).tolist(), len(size)]


def _taken(layer: TileLayer | TileStream, columns: Columns, row: int, batch: Batch) -> _Taken:
    ids, distinct = _ids(layer, batch), columns.distinct(batch.attributes, len(batch.geometry))
    lines = Outlines.of(batch.geometry)
    fine, drawn = _snapped(layer, lines, row)
    blocks, outlines = [], []
    for first, last in cuts(fine):
        blocks.append(fine.of_parts(first, last).narrow())
        outlines.append(blocks[-1] if drawn is fine else drawn.of_parts(first, last).narrow())
    rank = lines.sizes(layer.kind) if batch.rank is None else np.asarray(batch.rank, float)
    return _Taken(ids, rank, distinct, blocks, outlines, lines.box())


def _snapped(layer: TileLayer | TileStream, lines: Outlines, row: int) -> tuple[Shapes, Shapes]:
    """Return the batch's shapes, and as they are drawn when they are too small: the same unless rings collapse in a layer to keep."""
    raw = snapped(layer.kind, lines, layer.zoom[1], layer.id, row=row, clean=False)
    fine = cleaned(raw)
    return fine, with_collapsed(fine, raw) if layer.keep and layer.kind == "polygon" else fine


def _ids(layer: TileLayer | TileStream, batch: Batch) -> np.ndarray:
    ids = np.asarray(batch.ids)
    if len(ids) != len(batch.geometry):
        raise TileError(f"layer {layer.id}: {len(ids)} ids for {len(batch.geometry)} features")
    if len(ids) and (ids.dtype.kind not in "iu" or int(ids.min()) < 0 or int(ids.max()) >= 2**53):
        raise TileError(f"layer {layer.id}: ids must be whole numbers from 0 to 2**53 - 1")
    return ids.astype(np.uint64)


def _around(boxes: list[np.ndarray]) -> tuple[float, float, float, float]:
    there = [box for box in boxes if np.isfinite(box).all()]
    if not there:
        return np.inf, np.inf, -np.inf, -np.inf
    low, high = np.min(there, axis=0)[:2], np.max(there, axis=0)[2:]
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
