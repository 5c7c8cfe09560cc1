"""Cutting giant shapes: the pieces are the same ground, whatever the outline does."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.joins.zones.pieces import _clipped, split

SPIKY = shapely.Polygon([[2.0, 0.2], [4.0, 0.0], [1.0, 0.30000000000000004], [1.0, 0.1]])
"""The quick clipping of this one fails on a ring that is cut to nothing."""


def array(*shapes: shapely.Geometry | None) -> np.ndarray:
    return np.array([*shapes, None], dtype=object)[:-1]


def same_ground(pieces: np.ndarray, shape: shapely.Geometry) -> bool:
    return bool(np.isclose(shapely.area(pieces).sum(), shape.area, rtol=1e-9) and shapely.union_all(pieces, grid_size=1e-9).symmetric_difference(shape).area < 1e-6)


def test_a_polygon_whose_quick_clipping_fails_is_cut_all_the_same() -> None:
    west, south, east, north = SPIKY.bounds
    middle = (west + east) / 2
    assert None in {_clipped(SPIKY, west, south, middle, north), _clipped(SPIKY, middle, south, east, north)}, "no longer the case this test is about"
    pieces, of = split(array(SPIKY), 4)
    assert len(pieces) > 1 and set(of.tolist()) == {0} and same_ground(pieces, SPIKY)


def test_corners_heaped_up_in_one_place_end() -> None:
    heap = shapely.Polygon([(0, 0), *[(10, 0)] * 500, (10, 10)])
    close = shapely.Polygon([(0, 0), *[(10 + 1e-9 * np.cos(k), 1e-9 * k) for k in range(400)], (10, 10)])
    for shape in (heap, close):
        pieces, _ = split(array(shape))
        assert np.isclose(shapely.area(pieces).sum(), shape.area, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 300), st.floats(-1e6, 1e6))
def test_pieces_are_the_same_ground(seed: int, corners: int, shift: float) -> None:
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    star = shapely.make_valid(shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * rng.uniform(20, 90, (corners, 1)) + (shift, -shift)))
    ring = shapely.difference(star, star.centroid.buffer(10)) if star.geom_type == "Polygon" else star
    pieces, of = split(array(None, ring, shapely.Polygon()), 12)
    assert set(of.tolist()) <= {1} and np.isclose(shapely.area(pieces).sum(), ring.area, rtol=1e-7, atol=1e-6)
    assert shapely.is_valid(pieces).all() and (shapely.get_num_coordinates(pieces) <= 12).all()


@pytest.mark.parametrize("shape", [shapely.LineString([(k, (-1) ** k) for k in range(500)]), shapely.MultiPoint([(k, k) for k in range(200)])], ids=["line", "points"])
def test_lines_and_points_keep_their_kind(shape: shapely.Geometry) -> None:
    pieces, _ = split(array(shape))
    assert (shapely.get_dimensions(pieces) == shapely.get_dimensions(shape)).all() and np.isclose(shapely.length(pieces).sum(), shape.length)
