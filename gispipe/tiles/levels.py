"""A layer from its deepest zoom upwards, block by block: each zoom is made from the one below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from gispipe import ragged
from gispipe.tiles import grid, small
from gispipe.tiles.changed import Wanted
from gispipe.tiles.shapes import Shapes, cleaned, rounded
from gispipe.tiles.simplify import Corners, free_points
from gispipe.tiles.source import Each, Source

TOLERANCE = grid.PIXEL // 4  # units; corners smaller than a quarter of a screen pixel go
NOTHING, COLLAPSED, SMALL, MERGED, OUTSIDE, DRAWN = range(6)
"""What becomes of a feature at a zoom, the best of its parts counting: no shape at all, no shape on this grid, too small, in the
square of its like, beyond the map, drawn."""


@dataclass(frozen=True)
class Step:
    """What a block gives at one zoom: the ``shapes`` drawn (their ``feature``: the part's number in the layer), what became (``fate``) of each ``part``, and the
    squares that stand for parts too small for a shape of their own."""

    shapes: Shapes
    fate: np.ndarray
    part: np.ndarray
    squares: small.Squares | None = None


class Block:
    """Some parts of a layer on their way up; ``number``: which parts of the layer they are."""

    def __init__(self, source: Source, whole: Shapes, outlines: Shapes, free: np.ndarray, number: np.ndarray) -> None:
        self._source, self._outlines = source, replace(outlines, feature=number.astype(np.int32))
        self._now, self._free = replace(whole, feature=number.astype(np.int32)), free
        self._there = np.ones(len(number), bool)

    def at(self, zoom: int) -> Step:
        """Return the block at ``zoom``; zooms are asked downwards, from the layer's deepest."""
        deepest = self._source.zoom[1]
        shapes = self._now.wide()
        if zoom < deepest and shapes.kind != "point":
            shapes = self._thinned(shapes, deepest - zoom)
        up = deepest - zoom
        drawn = replace(shapes, zoom=zoom, x=rounded(shapes.x, up), y=rounded(shapes.y, up)) if up else shapes
        if up:
            drawn = self._filled(cleaned(drawn))
        step, gone = self._step(drawn)
        if gone.any():
            self._now, self._free = _without_runs(self._now, self._free, gone[self._now.part])
            self._there &= ~gone
        return step

    def _thinned(self, shapes: Shapes, up: int) -> Shapes:
        corners = Corners(shapes.x, shapes.y, shapes.start, self._free, closed=shapes.kind == "polygon")
        corners.thin(TOLERANCE << up)
        x, y, start, self._free = corners.packed()
        shapes = replace(shapes, x=x, y=y, start=start)
        self._now = shapes.narrow()
        return shapes

    def _filled(self, shapes: Shapes) -> Shapes:
        """Fill holes of less than a pixel in areas that must stay visible, here and so further up: as parts of less than a pixel are drawn as one."""
        if not self._source.keep or shapes.kind != "polygon":
            return shapes
        specks = shapes.hole & (shapes.areas < 2 * grid.PIXEL**2) & (np.diff(self._now.start) > 0)
        if not specks.any():
            return shapes
        self._now, self._free = _without_runs(self._now, self._free, specks)
        return _without_runs(shapes, np.zeros(len(shapes.x), bool), specks)[0]

    def _step(self, shapes: Shapes) -> tuple[Step, np.ndarray]:
        """Return what is drawn of the parts still there, and the mask of those that are too small here and so further up."""
        source, there, none = self._source, self._there, np.zeros_like(self._there)
        number = shapes.feature
        if shapes.kind == "point":
            return Step(self._left(shapes, none), np.full(len(there), DRAWN, np.uint8), number), none
        size = small.part_sizes(shapes)
        deepest = shapes.zoom == source.zoom[1]
        collapsed = size == 0
        if source.keep and shapes.kind == "polygon":
            tiny = collapsed if deepest else size < grid.PIXEL
            squares = small.squares(self._outlines, tiny, shapes.zoom) if tiny.any() else None
            return Step(self._left(shapes, tiny), np.where(tiny, MERGED, DRAWN).astype(np.uint8), number, squares), none
        gone = there & (collapsed if deepest or source.keep else size < max(source.min_pixels * grid.PIXEL, 1e-9))
        fate = np.where(gone | ~there, np.where(there & collapsed, COLLAPSED, SMALL), DRAWN).astype(np.uint8)
        return Step(self._left(shapes, gone | ~there), fate, number), gone

    def _left(self, shapes: Shapes, gone: np.ndarray) -> Shapes:
        """Return the shapes without some parts; the very block at the deepest zoom when nothing goes."""
        if shapes.zoom == self._source.zoom[1] and not gone.any():
            return self._now
        return small.without(shapes, gone).narrow()


def free_of(source: Source, each: Each = map) -> list[np.ndarray]:
    """Return by block of a layer which points may be simplified away."""
    if source.kind == "point":
        return [np.zeros(len(one.x), bool) for one in source.blocks]
    return free_points([(one.x, one.y, one.start) for one in source.blocks], closed=source.kind == "polygon", each=each)


def begun(source: Source, each: Each, wanted: Wanted) -> list[Block]:
    """Return the blocks of a layer at its deepest zoom, with the parts of which nothing is known."""
    free = wanted.free or free_of(source, each)
    number = [np.arange(*ends) for ends in pairwise(ragged.offsets(np.array([len(one.feature) for one in source.blocks], np.int64)))]
    blocks = zip(source.blocks, source.outlines, free, number, strict=True)
    return [_chosen(source, *one, parts) for one in blocks if (parts := wanted.new[one[3]]).any()]


def _chosen(source: Source, whole: Shapes, outlines: Shapes, free: np.ndarray, number: np.ndarray, parts: np.ndarray) -> Block:
    """Return the block of some parts (mask) alone: free points stay those of the whole layer."""
    if parts.all():
        return Block(source, whole, outlines, free, number)
    few, at = whole.chosen(parts)
    return Block(source, few, few if outlines is whole else outlines.chosen(parts)[0], free[at], number[parts])


def _without_runs(shapes: Shapes, free: np.ndarray, gone: np.ndarray) -> tuple[Shapes, np.ndarray]:
    """Empty some runs (mask); their number and order stay."""
    keep = np.repeat(~gone, np.diff(shapes.start))
    return replace(shapes, x=shapes.x[keep], y=shapes.y[keep], start=ragged.offsets(np.where(gone, 0, np.diff(shapes.start)))), free[keep]
