"""Polygons that rounding made cross or touch themselves are taken apart without losing ground, holes that touch nothing and all."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe import ragged
from gispipe.tiles import relink, repair
from gispipe.tiles.simplify import clean_rings


def flat(shapes: list[shapely.Polygon]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y, offsets, polygon and hole of all rings, without repeated last vertices."""
    rings, of = shapely.get_rings(np.array(shapes, object), return_index=True)
    xy = [shapely.get_coordinates(ring)[:-1].astype(np.int64) for ring in rings]
    hole = np.append(False, of[1:] == of[:-1])
    x, y, start = clean_rings(*np.concatenate(xy).T, ragged.offsets(np.array([len(one) for one in xy])), hole)
    return x, y, start, of, hole


def shapes_of(x: np.ndarray, y: np.ndarray, start: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return repair.polygons(x, y, start, np.append(np.flatnonzero(~hole), len(hole)))


def rounded_stairs(seed: int, side: int, step: int) -> list[shapely.Polygon]:
    """Return the areas of a speckled grid of cells of 5 units, every corner rounded to ``step`` units."""
    from rasterio.features import shapes

    cells = (np.random.default_rng(seed).random((side, side)) < 0.72).astype(np.uint8)
    cells[1:-1, 1:-1] |= cells[:-2, 1:-1] & cells[2:, 1:-1]
    found = [shapely.transform(shapely.geometry.shape(one), lambda xy: xy * 5) for one, _ in shapes(cells, mask=cells > 0)]
    return [shapely.transform(one, lambda xy: np.floor(xy / step + 0.5)) for one in found]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), side=st.integers(12, 45), step=st.integers(2, 9))
def test_what_comes_out_is_valid_and_covers_the_same_ground(seed: int, side: int, step: int) -> None:
    x, y, start, of, hole = flat(rounded_stairs(seed, side, step))
    there = np.flatnonzero(np.diff(start)[np.searchsorted(of, of)] > 0)  # polygons whose exterior has not collapsed
    there = there[np.diff(start)[there] > 0]
    index, begin = ragged.taken(start, there)
    x, y, of, hole = x[index], y[index], of[there], hole[there]
    (fx, fy, fixed), group, holes = repair.repaired(x, y, begin, of, hole)
    made, before = shapes_of(fx, fy, fixed, holes), shapes_of(x, y, begin, hole)
    assert shapely.is_valid(made).mean() > 0.97  # the last round's corners are rounded once more
    for k in np.unique(of):
        ours = shapely.union_all(shapely.make_valid(made[group[~holes] == k]))
        plain = repair._valid(before[of[~hole] == k])
        assert shapely.area(shapely.symmetric_difference(ours, shapely.union_all(plain))) <= 0.02 * shapely.area(plain).sum() + 1


def test_holes_that_touch_nothing_come_back_as_they_were_and_those_outside_go() -> None:
    tooth = [(0, 0), (200, 0), (200, 100), (100, 100), (100, -10), (90, 100), (0, 100)]  # a spike crosses the south edge
    holes = [shapely.box(a, b, a + 3, b + 2) for a in range(5, 80, 8) for b in (10, 30, 50)]
    outside, nested = shapely.box(300, 300, 303, 303), shapely.box(5.9, 10.9, 7.1, 11.1)
    broken = shapely.Polygon(tooth, [h.exterior for h in [*holes, outside]])
    assert len(broken.interiors) > repair._MANY and not broken.is_valid and nested.within(holes[0])
    (x, y, start), group, hole = repair.repaired(*flat([broken, shapely.box(400, 0, 410, 10)]))
    made = shapes_of(x, y, start, hole)
    assert shapely.is_valid(made).all() and sorted(set(group.tolist())) == [0, 1]
    left = shapely.union_all(made[group[~hole] == 0])
    assert hole.sum() == len(holes) and not any(left.intersects(shapely.centroid(one)) for one in holes)
    assert left.area == pytest.approx(shapely.buffer(shapely.Polygon(tooth), 0).area - sum(one.area for one in holes), rel=1e-3)


def test_holes_in_one_another_are_right_in_the_end() -> None:
    tooth = [(0, 0), (200, 0), (200, 100), (100, 100), (100, -10), (90, 100), (0, 100)]
    holes = [shapely.box(a, b, a + 6, b + 6) for a in range(5, 80, 10) for b in (10, 30, 50)]
    inner = shapely.box(7, 12, 9, 14)
    (x, y, start), _, hole = repair.repaired(*flat([shapely.Polygon(tooth, [h.exterior for h in [*holes, inner]])]))
    assert shapely.is_valid(shapes_of(x, y, start, hole)).all()


def test_polygons_that_are_right_come_back_themselves() -> None:
    x, y, start, of, hole = flat([shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4)), shapely.box(20, 0, 30, 10)])
    rings, group, holes = repair.repaired(x, y, start, of, hole)
    assert rings[0] is x and rings[1] is y and group is of and holes is hole


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60))
def test_what_pairs_connect_is_found(pairs: list[tuple[int, int]]) -> None:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    part = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(40, 40)), directed=False)[1]
    lowest = [int(np.flatnonzero(part == part[k])[0]) for k in range(40)]
    assert relink._connected(one, other, 40).tolist() == lowest


corner = st.tuples(st.integers(-12, 12), st.integers(-12, 12))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(corner, min_size=3, max_size=9, unique=True), min_size=1, max_size=20))
def test_invalid_areas_are_those_that_geos_names(rings: list[list[tuple[int, int]]]) -> None:
    """Whether a ring goes round its middle like a star is only a shorter way to the same answer."""
    areas = [ring for ring in rings if shapely.Polygon(ring).area]
    if not areas:
        return
    x, y, start, of, hole = flat([shapely.Polygon(ring) for ring in areas])
    there = np.flatnonzero(np.diff(start) > 0)
    index, begin = ragged.taken(start, there)
    found = repair.invalid(x[index], y[index], begin, of[there])
    assert found.tolist() == (~shapely.is_valid(shapes_of(x[index], y[index], begin, hole[there]))).tolist()


@pytest.mark.parametrize(("ring", "star"), [
    ([(0, 0), (10, 0), (10, 10), (0, 10)], True),
    ([(0, 0), (10, 0), (10, 6), (6, 6), (6, 10), (0, 10)], True),  # a house with a corner cut out
    ([(0, 0), (10, 10), (10, 0), (0, 10)], False),  # a bow
    ([(5, 0), (10, 10), (0, 5), (10, 3), (3, 10)], False),  # round its middle twice
    ([(0, 0), (30, 0), (30, 30), (0, 30), (0, 27), (27, 27), (27, 3), (0, 3)], False),  # valid, yet its middle lies outside
], ids=["square", "house", "bow", "twice round", "horseshoe"])
def test_a_star_is_one_whose_corners_go_round_its_middle_once(ring: list[tuple[int, int]], star: bool) -> None:
    x, y = np.array(ring).T
    assert (len(repair._not_star_shaped(x, y, np.array([0, len(ring)]), np.array([0, 1]))) == 0) == star


def test_areas_with_holes_are_never_taken_for_stars() -> None:
    x, y, start, of, _ = flat([shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 12, 12)), shapely.box(40, 0, 50, 10)])
    assert repair._not_star_shaped(x, y, start, ragged.grouped(of)).tolist() == [0]
