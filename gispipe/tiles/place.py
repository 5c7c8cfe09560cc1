"""Which run of vertices goes into which tile of a zoom, whole or cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gispipe import ragged
from gispipe.tiles import clip, grid, relink
from gispipe.tiles.errors import TileError
from gispipe.tiles.repair import rebuilt, repaired
from gispipe.tiles.shapes import Shapes
from gispipe.tiles.simplify import clean_lines, clean_rings, doubled_areas

MOST_TILES = 1_000_000  # tiles that one feature may meet at one zoom; more means data from another world


@dataclass(frozen=True)
class Placed:
    """Runs in tiles, sorted by tile id, then feature, then the run's place in its feature.

    ``x``, ``y``: pool of vertices in grid units of the whole zoom. One row a run in a tile: ``tile`` (PMTiles id), ``tx``,
    ``ty``, ``feature``, and the run ``start`` and ``length`` in the pool.
    """

    kind: str
    x: np.ndarray
    y: np.ndarray
    tile: np.ndarray
    tx: np.ndarray
    ty: np.ndarray
    feature: np.ndarray
    start: np.ndarray
    length: np.ndarray

    def rows(self, index: np.ndarray | slice) -> Placed:
        """Return the rows of ``index`` over the same pool."""
        take = (self.tile, self.tx, self.ty, self.feature, self.start, self.length)
        return Placed(self.kind, self.x, self.y, *(column[index] for column in take))

    def pool(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the vertices of all runs, one run after the other."""
        if len(self.x) == int(self.length.sum()) and (self.start == ragged.offsets(self.length)[:-1]).all():
            return self.x, self.y
        flat = ragged.spans(self.start.astype(np.int64), self.length.astype(np.int64))
        return self.x[flat], self.y[flat]

    def packed(self) -> Placed:
        """Return the rows over a pool of their own, where their runs stand one after the other."""
        x, y = self.pool()
        return Placed(self.kind, x, y, self.tile, self.tx, self.ty, self.feature, ragged.offsets(self.length)[:-1], self.length)

    def narrow(self) -> Placed:
        """Return the rows and their pool as they are kept, in half the memory."""
        small = (v if v.dtype == np.int32 else v.astype(np.int32) for v in (self.x, self.y))
        return Placed(self.kind, *small, self.tile, *(v.astype(np.int32) for v in (self.tx, self.ty, self.feature, self.start, self.length)))


def side_by_side(found: Sequence[Placed]) -> tuple[np.ndarray, ...]:
    """Return x and y of the vertices, and tile, tx, ty, feature and length of the rows of all ``found``, one run and one row after the other."""
    every = [one.packed() for one in found]
    return tuple(np.concatenate([np.zeros(0, np.int32), *(getattr(one, name) for one in every)]) for name in ("x", "y", "tile", "tx", "ty", "feature", "length"))


def gathered(placed: Sequence[Placed], first: int, last: int) -> Placed | None:
    """Return the rows of the tiles from id ``first`` up to ``last`` of all ``placed`` (one layer's), over a pool of their own; None without any."""
    found = [rows for one in placed if len((rows := one.rows(slice(*np.searchsorted(one.tile, [first, last])))).tile)]
    if len(found) < 2:
        return found[0].packed() if found else None
    x, y, tile, tx, ty, feature, length = side_by_side(found)
    order = np.lexsort((feature, tile))
    return Placed(found[0].kind, x, y, tile, tx, ty, feature, ragged.offsets(length)[:-1], length).rows(order).packed()


def place(shapes: Shapes, name: str, *, mend: bool = False) -> list[Placed]:
    """Assign every run to the tiles its bounds (with buffer) meet, and cut what sticks out further than the overhang.

    With ``mend`` polygons that rounding has made cross or touch themselves are taken apart, what is cut tile by tile: looking through a polygon of thousands
    of holes as a whole takes many times longer.

    Raise TileError when one feature meets more than a million tiles, naming the layer and the feature's row.
    """
    if not len(shapes.feature):
        return []
    if shapes.kind == "point":
        tx0, tx1 = grid.tile_range(shapes.x, shapes.x, shapes.zoom)
        ty0, ty1 = grid.tile_range(shapes.y, shapes.y, shapes.zoom)
        run, tx, ty = ragged.cells(tx0, tx1, ty0, ty1)
        return [_sorted(shapes, shapes.x, shapes.y, run, tx, ty, run, np.ones(len(run), np.int64))]
    return [_place_lines(shapes.wide(), name)] if shapes.kind == "line" else _place_polygons(shapes, name, mend)


def _bounds(shapes: Shapes, runs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return min x, max x, min y, max y of the runs (all non-empty)."""
    there = np.flatnonzero(np.diff(shapes.start) > 0)  # the vertices of one follow those of the other
    start = np.append(shapes.start[there], len(shapes.x))
    at = np.searchsorted(there, runs)
    low_x, high_x, low_y, high_y = (ragged.ends(v, start, take)[at].astype(np.int64) for v in (shapes.x, shapes.y) for take in (np.minimum, np.maximum))
    return low_x, high_x, low_y, high_y


def _checked_ranges(shapes: Shapes, runs: np.ndarray, bounds: tuple[np.ndarray, ...], name: str) -> tuple[np.ndarray, ...]:
    tx0, tx1 = grid.tile_range(bounds[0], bounds[1], shapes.zoom)
    ty0, ty1 = grid.tile_range(bounds[2], bounds[3], shapes.zoom)
    count = np.maximum(tx1 - tx0 + 1, 0) * np.maximum(ty1 - ty0 + 1, 0)
    if len(count) and count.max() > MOST_TILES:
        row = int(shapes.feature[shapes.part[runs[int(count.argmax())]]])
        raise TileError(f"layer {name}, row {row}: the feature meets {int(count.max()):,} tiles at zoom {shapes.zoom}; "
                        "cut the source to the city")
    return tx0, tx1, ty0, ty1


def _place_lines(shapes: Shapes, name: str) -> Placed:
    runs = np.flatnonzero(np.diff(shapes.start) > 0)
    _checked_ranges(shapes, runs, _bounds(shapes, runs), name)
    cut = clip.cut_lines(shapes.x, shapes.y, shapes.start, shapes.zoom)
    x, y, start = clean_lines(cut.x, cut.y, cut.start)
    kept = np.flatnonzero(np.diff(start) > 0)
    return _sorted(shapes, x, y, cut.source[kept], cut.tx0[kept], cut.ty0[kept], start[:-1][kept], np.diff(start)[kept])


def _place_polygons(shapes: Shapes, name: str, mend: bool) -> list[Placed]:
    """Place the polygons that go whole, where nothing is mended over the very pool of ``shapes``, and those that are cut."""
    length = np.diff(shapes.start)
    outer = np.flatnonzero(~shapes.hole & (length > 0))
    bounds = _bounds(shapes, outer)
    tx0, tx1, ty0, ty1 = _checked_ranges(shapes, outer, bounds, name)
    extent, over = grid.EXTENT, grid.OVERHANG
    whole = ((bounds[0] >= tx1 * extent - over) & (bounds[1] <= (tx0 + 1) * extent + over)
             & (bounds[2] >= ty1 * extent - over) & (bounds[3] <= (ty0 + 1) * extent + over))
    # All rings of a part go the way of its exterior.
    entry = np.full(int(shapes.part[-1]) + 1 if len(shapes.part) else 0, -1)
    entry[shapes.part[outer]] = np.arange(len(outer))
    at = entry[shapes.part]
    runs = np.flatnonzero((at >= 0) & (length > 0))
    at = at[runs]
    uncut, crossing = runs[whole[at]], runs[~whole[at]]
    if mend and (changed := _mended(shapes, uncut)) is not None:
        near = _place_polygons(changed, name, False)  # whole as well: what is mended reaches no further than it did
    else:
        item = at[whole[at]]
        nth, tx, ty = ragged.cells(tx0[item], tx1[item], ty0[item], ty1[item])
        near = [_sorted(shapes, shapes.x, shapes.y, uncut[nth], tx, ty, shapes.start[:-1][uncut[nth]], length[uncut[nth]])]
    if not len(crossing):
        return near
    far, pool = _cut_polygons(shapes, crossing, mend)
    return [*near, _sorted(shapes, *pool, *far)]


def _mended(shapes: Shapes, runs: np.ndarray) -> Shapes | None:
    """Return the polygons of some runs, valid ones in place of those that cross or touch themselves, features in their order; None where all are valid."""
    flat, start = ragged.taken(shapes.start, runs)
    x, y, part, hole = shapes.x[flat].astype(np.int64), shapes.y[flat].astype(np.int64), shapes.part[runs], shapes.hole[runs]
    (x, y, start), ring, hole = repaired(x, y, start, part, hole)
    if ring is part:
        return None
    return Shapes(shapes.kind, shapes.zoom, x, y, start, np.cumsum(~hole) - 1, hole, shapes.feature[ring[~hole]])


def _cut_polygons(shapes: Shapes, runs: np.ndarray, mend: bool) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, np.ndarray]]:
    """Cut the rings ``runs``; leave out rings without area, holes without exterior, and polygons whose holes fill them."""
    flat, start = ragged.taken(shapes.start, runs)
    rings = clip.ringed(shapes.x[flat].astype(np.int64), shapes.y[flat].astype(np.int64), start, runs, shapes.zoom)
    cut = clip.cut_rings(rings, shapes.zoom)
    hole = shapes.hole[cut.source]
    x, y, start = clean_rings(cut.x, cut.y, cut.start, hole)
    area = doubled_areas(x, y, start)
    order = np.lexsort((cut.source, cut.ty0, cut.tx0, shapes.part[cut.source]))
    order = order[area[order] != 0]
    part, tx, ty = shapes.part[cut.source[order]], cut.tx0[order], cut.ty0[order]
    new = np.ones(len(order), bool)
    new[1:] = (part[1:] != part[:-1]) | (tx[1:] != tx[:-1]) | (ty[1:] != ty[:-1])
    group = np.cumsum(new) - 1
    net = np.bincount(group, area[order].astype(float), minlength=int(group[-1]) + 1 if len(group) else 0)
    good = (net > 0) & ~hole[order][new] if len(order) else np.zeros(0, bool)
    if not good.any():
        none = np.zeros(0, np.int64)
        return (none, none, none, none, none), (none, none)
    order, group = order[good[group]], group[good[group]]
    polygon = np.zeros(len(hole), np.int64)
    polygon[order] = group
    rings = relink.Rings(x, y, start, polygon, hole, cut.tx0 * grid.EXTENT - grid.BUFFER, cut.ty0 * grid.EXTENT - grid.BUFFER).take(order)
    tidy, bad = relink.relinked(rings, grid.EXTENT + 2 * grid.BUFFER)
    if mend:  # chains that cross may still follow each other by turns, but then they hold other ground than was cut
        held = np.bincount(tidy.group, doubled_areas(tidy.x, tidy.y, tidy.start), minlength=len(net))
        bad = ragged.distinct(bad, np.flatnonzero(good & (held != net)))
        tidy = tidy.take(np.flatnonzero(~np.isin(tidy.group, bad)))
    meets = relink.broken(tidy) if mend else relink.encircling(tidy)
    crossed, touching, tidy = rings.take(np.flatnonzero(np.isin(group, bad))), tidy.take(np.flatnonzero(meets)), tidy.take(np.flatnonzero(~meets))
    pools, groups = [(tidy.x, tidy.y, tidy.start)], [tidy.group]
    for doubtful, polygon in ((crossed, crossed.group), (touching, np.cumsum(~touching.hole) - 1)):
        fixed, ring, _ = rebuilt(doubtful.x, doubtful.y, doubtful.start, polygon)
        pools.append(fixed)
        groups.append(doubtful.group[np.searchsorted(polygon, ring)])
    x, y = (np.concatenate([pool[k] for pool in pools]) for k in (0, 1))
    start, group = ragged.offsets(np.concatenate([np.diff(pool[2]) for pool in pools])), np.concatenate(groups)
    # Every ring stands for its polygon: the exterior's run number keeps features, parts and rings in order.
    head = order[np.searchsorted(rings.group, group)]
    return (cut.source[head], cut.tx0[head], cut.ty0[head], start[:-1], np.diff(start)), (x, y)


def _sorted(shapes: Shapes, x: np.ndarray, y: np.ndarray, run: np.ndarray, tx: np.ndarray, ty: np.ndarray,
            start: np.ndarray, length: np.ndarray) -> Placed:
    tile = grid.tile_id(shapes.zoom, tx, ty)
    order = _by_tile(tile, run)
    feature = shapes.feature[shapes.part[run]]
    return Placed(shapes.kind, x, y, *(v[order] for v in (tile, tx, ty, feature, start, length))).narrow()


def _by_tile(tile: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Return the order by tile and run; rows whose runs stand in order already are sorted by one number, which is faster."""
    if not len(tile) or (np.diff(run) < 0).any():
        return np.lexsort((run, tile))
    return np.argsort((tile - tile.min()) * len(tile) + np.arange(len(tile)))
