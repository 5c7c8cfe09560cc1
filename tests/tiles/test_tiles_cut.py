"""Polygons cut into tiles, against cutting each by a box: the same ground, in polygons that are valid."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from made_layers import stairs

from gispipe import ragged
from gispipe.tiles.grid import BUFFER, EXTENT
from gispipe.tiles.place import Placed, gathered, place
from gispipe.tiles.shapes import Shapes
from gispipe.tiles.simplify import clean_rings

ZOOM = 6
MIDDLE = EXTENT * 32
STEP = 256
places = st.tuples(*(st.integers(-20, 20) for _ in range(2)), *(st.integers(1, 24) for _ in range(2)))
"""West, south, width and height in steps of a sixteenth of a tile, so that edges often lie on each other and on tile borders."""


def shapes_of(polygons: np.ndarray) -> Shapes:
    """Return valid polygons with whole coordinates as the shapes of one layer, wound as tiles want it."""
    parts, feature = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    hole = np.append(False, part[1:] == part[:-1])
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True)
    x, y, start = clean_rings(*(xy[~last, k].astype(np.int64) for k in (0, 1)), ragged.offsets(np.bincount(ring[~last])), hole)
    return Shapes("polygon", ZOOM, x, y, start, part, hole, feature)


def polygons_of(placed: Placed, row: np.ndarray) -> np.ndarray:
    """Return the polygons of rows; a ring that runs forwards begins one."""
    found: list[tuple[np.ndarray, list[np.ndarray]]] = []
    for k in row.tolist():
        at = slice(placed.start[k], placed.start[k] + placed.length[k])
        ring = np.stack([placed.x[at], placed.y[at]], 1).astype(float)
        after = np.roll(ring, -1, axis=0)
        if (ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]).sum() > 0:
            found.append((ring, []))
        else:
            found[-1][1].append(ring)
    return np.array([shapely.Polygon(*one) for one in found] + [None], dtype=object)[:-1]


def placed_whole(polygons: np.ndarray) -> Placed:
    rows = gathered(place(shapes_of(polygons), "made"), 0, 4**18)
    assert rows is not None
    return rows


def held_against_boxes(polygons: np.ndarray, slack: float) -> int:
    """Return how many pieces were held against the boxes of their tiles."""
    placed, held = placed_whole(polygons), 0
    for feature, whole in enumerate(polygons):
        rows = np.flatnonzero(placed.feature == feature)
        seen = 0.0
        for tile in np.unique(placed.tile[rows]):
            row = rows[placed.tile[rows] == tile]
            west, north = placed.tx[row[0]] * EXTENT, placed.ty[row[0]] * EXTENT
            drawn = polygons_of(placed, row)
            assert shapely.is_valid(drawn).all(), shapely.is_valid_reason(drawn)
            box = shapely.box(west - BUFFER, north - BUFFER, west + EXTENT + BUFFER, north + EXTENT + BUFFER)
            own, wanted = shapely.union_all(shapely.intersection(drawn, box)), shapely.intersection(whole, box)
            assert shapely.area(shapely.symmetric_difference(own, wanted)) <= slack * (1 + wanted.length)
            assert shapely.area(drawn).sum() == pytest.approx(shapely.union_all(drawn).area, abs=slack)
            seen += shapely.intersection(whole, shapely.box(west, north, west + EXTENT, north + EXTENT)).area
            held += 1
        assert seen == pytest.approx(whole.area)
    return held


def united(boxes: list[tuple[int, int, int, int]], holes: list[tuple[int, int, int, int]]) -> object:
    drawn, cut = (shapely.union_all([shapely.box(*(MIDDLE + STEP * np.array([w, s, w + a, s + b]))) for w, s, a, b in many]) for many in (boxes, holes))
    return shapely.difference(drawn, cut)


@settings(max_examples=200, deadline=None)
@given(layers=st.lists(st.tuples(st.lists(places, min_size=1, max_size=7), st.lists(places, max_size=7)), min_size=1, max_size=3))
def test_boxes_put_together_are_cut_exactly(layers: list[tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]]]) -> None:
    made = np.array([one for one in (united(*pair) for pair in layers) if not one.is_empty] + [None], dtype=object)[:-1]  # type: ignore[attr-defined]
    if len(made):
        assert held_against_boxes(made, 1e-6) >= len(made)


corner = st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000))


@settings(max_examples=150, deadline=None)
@given(rings=st.lists(st.lists(corner, min_size=3, max_size=9, unique=True), min_size=1, max_size=4))
def test_slanted_polygons_are_cut_within_a_unit_of_their_edges(rings: list[list[tuple[int, int]]]) -> None:
    made = [shapely.set_precision(shapely.make_valid(shapely.Polygon(MIDDLE + np.array(ring))), 1.0) for ring in rings]
    parts = [part for one in made for part in shapely.get_parts(one) if part.geom_type == "Polygon" and part.area > 50]
    if parts:
        placed = placed_whole(np.array([*parts, None], dtype=object)[:-1])
        for feature, whole in enumerate(parts):
            rows = np.flatnonzero(placed.feature == feature)
            for tile in np.unique(placed.tile[rows]):
                row = rows[placed.tile[rows] == tile]
                west, north = placed.tx[row[0]] * EXTENT, placed.ty[row[0]] * EXTENT
                box = shapely.box(west, north, west + EXTENT, north + EXTENT)
                own = shapely.union_all(shapely.intersection(shapely.make_valid(polygons_of(placed, row)), box))
                assert shapely.symmetric_difference(own, shapely.intersection(whole, box)).area <= 2 * (1 + whole.length)


def test_a_shore_of_stairs_is_cut_exactly() -> None:
    ranks = stairs(120)
    west, south = shapely.total_bounds(ranks)[:2]
    assert held_against_boxes(shapely.transform(ranks, lambda xy: MIDDLE - 3000 + np.round((xy - [west, south]) / 5) * 100), 1e-6) >= len(ranks)
