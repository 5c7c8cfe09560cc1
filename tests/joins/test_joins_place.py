"""Joins by place against the plain definition, pair by pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.joins.place import join_count, join_nearest, join_within, join_worst
from gispipe.joins.zones import SLIVER, kept
from gispipe.joins.zones.kept import KeptZones

number = st.integers(0, 12)
boxes = st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h), number, number, st.integers(1, 6), st.integers(1, 6))
points = st.builds(shapely.Point, number, number)
lines = st.builds(lambda x, y, u, v: shapely.LineString([(x, y), (x + u, y + v)]), number, number, st.integers(1, 5), st.integers(0, 5))
things = st.one_of(boxes, points, lines)


def array(shapes: list[object]) -> np.ndarray:
    return np.array([*shapes, None], dtype=object)[:-1]


def table(count: int) -> pd.DataFrame:
    return pd.DataFrame({"id": pd.array(range(count), dtype="Int64")})


def touch(a: shapely.Geometry, b: shapely.Geometry) -> bool:
    """Say by definition whether two shapes touch for a join."""
    if a.area and b.area:
        return a.intersection(b).area > SLIVER
    return bool(a.intersects(b))


def reaches(left: np.ndarray, right: np.ndarray) -> list[bool]:
    return [count > 0 for count in join_count(left, [right], ["n"]).columns["n"]]


def values(joined: object, name: str = "id") -> list[object]:
    return [None if pd.isna(v) else v for v in joined.columns[name]]  # type: ignore[attr-defined]


@settings(max_examples=80)
@given(st.lists(st.one_of(st.none(), things), max_size=8), st.lists(st.one_of(st.none(), things), max_size=8))
def test_touching_pairs_are_those_of_the_definition(left: list[object], right: list[object]) -> None:
    expected = {(i, j) for i, a in enumerate(left) for j, b in enumerate(right) if a is not None and b is not None and touch(a, b)}  # type: ignore[arg-type]
    assert {(i, j) for j, b in enumerate(right) for i in np.flatnonzero(reaches(array(left), array([b])))} == expected


@settings(max_examples=80)
@given(st.lists(things, min_size=1, max_size=6), st.lists(st.tuples(boxes, st.integers(1, 4)), max_size=8))
def test_the_worst_is_the_largest_rank_that_touches(left: list[object], zones: list[tuple[shapely.Geometry, int]]) -> None:
    severity = np.array([rank for _, rank in zones], dtype=float)
    frame = pd.DataFrame({"rank": pd.array([rank for _, rank in zones], dtype="Int64")})
    joined = join_worst(array(left), array([zone for zone, _ in zones]), frame, severity, {"worst": "rank"})
    expected = [max((rank for zone, rank in zones if touch(a, zone)), default=None) for a in left]  # type: ignore[arg-type]
    assert values(joined, "worst") == expected
    assert joined.counts == {"left": len(left), "matched": sum(e is not None for e in expected), "unmatched": expected.count(None)}


@settings(max_examples=60)
@given(st.lists(things, min_size=1, max_size=5), st.lists(st.tuples(boxes, st.integers(1, 4)), max_size=6), boxes, st.integers(1, 4))
def test_one_more_zone_never_lowers_the_worst(left: list[object], zones: list[tuple[shapely.Geometry, int]], more: shapely.Geometry, rank: int) -> None:
    def worst(every: list[tuple[shapely.Geometry, int]]) -> list[int]:
        frame = pd.DataFrame({"rank": pd.array([r for _, r in every], dtype="Int64")})
        joined = join_worst(array(left), array([z for z, _ in every]), frame, frame["rank"].to_numpy(float), {"worst": "rank"})
        return [0 if v is None else int(v) for v in values(joined, "worst")]  # type: ignore[call-overload]

    assert all(after >= before for before, after in zip(worst(zones), worst([*zones, (more, rank)]), strict=True))


@settings(max_examples=60)
@given(st.lists(st.one_of(st.none(), points), min_size=1, max_size=8), st.lists(boxes, max_size=6))
def test_a_point_gets_the_smallest_area_it_is_in_edges_included(left: list[object], areas: list[shapely.Geometry]) -> None:
    joined = join_within(array(left), array(areas), table(len(areas)), {"id": "id"})
    for point, got in zip(left, values(joined), strict=True):
        inside = [] if point is None else [k for k, area in enumerate(areas) if area.intersects(point)]
        assert got == (min(inside, key=lambda k: (areas[k].area, k)) if inside else None)
    assert joined.counts["in_several_areas"] == sum(p is not None and sum(a.intersects(p) for a in areas) > 1 for p in left)


@settings(max_examples=60)
@given(st.lists(things, min_size=1, max_size=6), st.lists(st.lists(st.one_of(st.none(), things), max_size=4), min_size=1, max_size=4))
def test_the_count_is_of_layers_not_of_shapes(left: list[object], layers: list[list[object]]) -> None:
    joined = join_count(array(left), [array(layer) for layer in layers], ["n"])
    assert values(joined, "n") == [sum(any(b is not None and touch(a, b) for b in layer) for layer in layers) for a in left]  # type: ignore[arg-type]


@settings(max_examples=60)
@given(st.lists(st.one_of(st.none(), points), min_size=1, max_size=8), st.lists(st.one_of(st.none(), points), max_size=8))
def test_the_nearest_is_the_first_at_the_least_distance(left: list[object], right: list[object]) -> None:
    joined = join_nearest(array(left), array(right), table(len(right)), {"id": "id", "metres": "@distance"})
    for point, got, metres in zip(left, values(joined), values(joined, "metres"), strict=True):
        there = [] if point is None else [(point.distance(b), k) for k, b in enumerate(right) if b is not None]  # type: ignore[attr-defined]
        assert got == (min(there)[1] if there else None)
        assert metres == (pytest.approx(min(there)[0], abs=0.051) if there else None)


@settings(max_examples=40)
@given(st.lists(things, min_size=2, max_size=6), st.lists(st.tuples(boxes, st.integers(1, 4)), min_size=1, max_size=6), st.randoms())
def test_the_order_of_rows_does_not_matter(left: list[object], zones: list[tuple[shapely.Geometry, int]], random: object) -> None:
    frame = pd.DataFrame({"rank": pd.array([r for _, r in zones], dtype="Int64")})
    plain = join_worst(array(left), array([z for z, _ in zones]), frame, frame["rank"].to_numpy(float), {"w": "rank"})
    order, others = list(range(len(left))), list(range(len(zones)))
    random.shuffle(order)  # type: ignore[attr-defined]
    random.shuffle(others)  # type: ignore[attr-defined]
    shuffled = frame.iloc[others].reset_index(drop=True)
    mixed = join_worst(array([left[k] for k in order]), array([zones[k][0] for k in others]), shuffled, shuffled["rank"].to_numpy(float), {"w": "rank"})
    assert [values(plain, "w")[k] for k in order] == values(mixed, "w")


def test_a_shared_edge_or_a_sliver_is_no_touch_between_areas_but_is_for_points_and_lines() -> None:
    lot, zone = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    sliver, more = shapely.box(9.995, 0, 20, 10), shapely.box(9.98, 0, 20, 10)
    assert [reaches(array([lot]), array([z])) for z in (zone, sliver, more)] == [[False], [False], [True]]
    assert reaches(array([shapely.Point(10, 5), shapely.LineString([(0, 5), (10, 5)])]), array([zone])) == [True, True]


def test_an_invalid_zone_still_reaches_what_it_covers() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert reaches(array([shapely.box(1, 4, 2, 6), shapely.box(4, 8, 6, 9)]), array([bow])) == [True, False], "left wing covered, the gap above the crossing not"


def test_a_feature_inside_two_overlapping_areas_is_counted_as_such() -> None:
    joined = join_within(array([shapely.Point(5, 5)]), array([shapely.box(0, 0, 20, 20), shapely.box(0, 0, 10, 10)]), table(2), {"id": "id"})
    assert values(joined) == [1] and joined.counts["in_several_areas"] == 1


def test_no_candidates_leave_everything_unmatched() -> None:
    left = array([shapely.Point(0, 0)])
    assert values(join_nearest(left, array([None]), table(1), {"id": "id", "m": "@distance"})) == [None]
    assert values(join_within(left, array([]), table(0), {"id": "id"})) == [None]


@pytest.mark.parametrize(("corners", "times"), [(3_000_000, 2), (0, 6)])
def test_zones_that_are_kept_give_the_same_answers_and_are_made_ready_once_for_each_order_of_ranks(monkeypatch: pytest.MonkeyPatch, corners: int, times: int) -> None:
    made: list[int] = []
    plain = kept.prepare
    monkeypatch.setattr(kept, "_CORNERS", corners)
    zones = array([shapely.box(0, 0, 6, 6), shapely.box(3, 3, 9, 9), shapely.LineString([(10, 0), (12, 5)]), None])
    lefts = [array([shapely.Point(4, 4), shapely.box(10, 1, 13, 2)]), array([shapely.box(8, 8, 10, 10)]), array([shapely.Point(40, 4)])]
    ranks = [np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 1.0, 3.0, 4.0])]
    frame, fresh, make_ready = table(4), {}, KeptZones()
    for k, left in enumerate(lefts):
        for n, rank in enumerate(ranks):
            fresh[k, n] = values(join_worst(left, zones, frame, rank, {"id": "id"}))
    monkeypatch.setattr(kept, "prepare", lambda *asked: (made.append(1), plain(*asked))[1])
    for k, left in enumerate(lefts):
        for n, rank in enumerate(ranks):
            assert values(join_worst(left, zones, frame, rank, {"id": "id"}, make_ready)) == fresh[k, n]
    assert len(made) == times and fresh[0, 0] == [1, 2] and fresh[0, 1] == [0, 2]
