"""Properties that the hazard join must keep whatever the zones look like."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.joins.zones import SLIVER, Exposed, expose, prepare

number = st.integers(0, 24)
boxes = st.builds(lambda x, y, w, h: shapely.box(x / 2, y / 2, x / 2 + w, y / 2 + h), number, number, st.integers(1, 6), st.integers(1, 6))
discs = st.builds(lambda x, y, r, k: shapely.Point(x / 2, y / 2).buffer(r / 2, quad_segs=k), number, number, st.integers(1, 7), st.integers(1, 5))
rings = st.builds(lambda disc: disc.difference(shapely.Point(disc.centroid).buffer(0.7, quad_segs=2)), discs.filter(lambda d: d.area > 4))
bows = st.builds(lambda x, y, w, h: shapely.Polygon([(x, y), (x + w, y + h), (x + w, y), (x, y + h)]), number, number, st.integers(1, 5), st.integers(1, 5))
polygons = st.one_of(boxes, discs, rings)
delivered = st.one_of(polygons, bows)
zone_lists = st.lists(st.tuples(delivered, st.integers(0, 3)), min_size=1, max_size=7)
lots = st.lists(st.one_of(boxes, discs), min_size=1, max_size=5)
places = st.lists(st.builds(lambda x, y: shapely.Point(x / 2, y / 2), number, number), min_size=1, max_size=8)
many = settings(max_examples=40)


def array(shapes: list[object]) -> np.ndarray:
    return np.array([*shapes, None], dtype=object)[:-1]


def asked(subjects: list[object], zones: list[tuple[object, int]]) -> Exposed:
    """Ask for subjects against (polygon, rank) pairs."""
    return expose(array(subjects), prepare(array([zone for zone, _ in zones]), np.array([rank for _, rank in zones], int), None))


def areas(found: Exposed) -> dict[tuple[int, int], float]:
    return dict(zip(zip(found.owner.tolist(), found.rank.tolist(), strict=True), found.area.tolist(), strict=True))


def alike(one: Exposed, other: Exposed) -> bool:
    """Say whether two answers have the same worst ranks and areas within 1e-6 m²; ground below the tolerance of arithmetic does not count."""
    a, b = areas(one), areas(other)
    gaps = [abs(a.get(key, 0.0) - b.get(key, 0.0)) for key in a.keys() | b.keys()]
    return bool((one.worst == other.worst).all()) and max(gaps, default=0.0) <= 1e-6


@many
@given(st.one_of(lots, places), zone_lists, delivered, st.integers(0, 3))
def test_another_polygon_never_lowers_a_class(subjects: list[object], zones: list[tuple[object, int]], more: object, rank: int) -> None:
    before, after = asked(subjects, zones), asked(subjects, [*zones, (more, rank)])
    assert (after.worst >= before.worst).all()


@many
@given(st.one_of(lots, places), zone_lists)
def test_a_multipolygon_and_its_parts_give_the_same(subjects: list[object], zones: list[tuple[object, int]]) -> None:
    parts = [(part, rank) for zone, rank in zones for part in shapely.get_parts(shapely.make_valid(zone, method="structure")).tolist() if part.area]
    joined = [(shapely.union_all([part for part, r in parts if r == rank]), rank) for rank in {rank for _, rank in parts}]
    assert alike(asked(subjects, joined), asked(subjects, parts))


@many
@given(st.one_of(lots, places), st.lists(st.tuples(polygons, st.integers(0, 3)), min_size=1, max_size=5), st.integers(1, 23), st.integers(-3, 3))
def test_cutting_polygons_along_a_line_changes_nothing(subjects: list[object], zones: list[tuple[object, int]], x: int, lean: int) -> None:
    left = shapely.Polygon([(-50, -50), (x / 2 - lean, -50), (x / 2 + lean, 90), (-50, 90)])
    cut = [(piece, rank) for zone, rank in zones for side in (zone.intersection(left), zone.difference(left))
           for piece in shapely.get_parts(side).tolist() if piece.area]
    if lean == 0:
        assert alike(asked(subjects, zones), asked(subjects, cut))
    else:  # a point on a slanting cut lies on no computed corner exactly: areas only
        lots_only = [one for one in subjects if one.area]
        assert not lots_only or alike(asked(lots_only, zones), asked(lots_only, cut))


@many
@given(st.one_of(lots, places), zone_lists, st.randoms(use_true_random=False))
def test_the_order_of_polygons_does_not_matter(subjects: list[object], zones: list[tuple[object, int]], chance: object) -> None:
    mixed = list(zones)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert alike(asked(subjects, zones), asked(subjects, mixed))


@many
@given(st.lists(st.one_of(boxes, discs, places.map(lambda some: some[0])), min_size=2, max_size=6), zone_lists)
def test_the_order_of_subjects_does_not_matter(subjects: list[object], zones: list[tuple[object, int]]) -> None:
    there, back = asked(subjects, zones), asked(subjects[::-1], zones)
    last = len(subjects) - 1
    turned = {(last - owner, rank): area for (owner, rank), area in areas(back).items()}
    assert (there.worst == back.worst[::-1]).all() and turned.keys() == areas(there).keys()
    assert turned == pytest.approx(areas(there), abs=1e-9)


@many
@given(zone_lists)
def test_points_on_an_edge_or_a_corner_belong_to_the_worst_zone_there(zones: list[tuple[object, int]]) -> None:
    sound = [(zone, rank) for zone, rank in zones if zone.is_valid]  # type: ignore[attr-defined]
    if not sound:
        return
    corners = shapely.get_coordinates([zone for zone, _ in sound])
    upright = corners[:-1][(corners[:-1, 0] == corners[1:, 0])]
    spots = shapely.points(np.concatenate([corners, upright + [0, 0.25]]))
    expected = [max((rank for zone, rank in sound if zone.intersects(spot)), default=-1) for spot in spots]
    assert asked(list(spots), sound).worst.tolist() == expected
    assert min(expected[:len(corners)]) >= 0


@many
@given(lots, zone_lists)
def test_areas_over_all_ranks_are_the_ground_that_lies_in_any_zone(subjects: list[object], zones: list[tuple[object, int]]) -> None:
    found = asked(subjects, zones)
    everything = shapely.union_all([shapely.make_valid(zone, method="structure") for zone, _ in zones])
    for k, subject in enumerate(subjects):
        total, covered = found.area[found.owner == k].sum(), subject.intersection(everything).area  # type: ignore[attr-defined]
        assert total <= subject.area + 1e-6  # type: ignore[attr-defined]
        assert total == pytest.approx(covered, abs=1e-6) or covered <= SLIVER + 1e-6


@many
@given(lots, zone_lists)
def test_every_rank_is_told_as_the_definition_says(subjects: list[object], zones: list[tuple[object, int]]) -> None:
    found = areas(asked(subjects, zones))
    sound = [(shapely.make_valid(zone, method="structure"), rank) for zone, rank in zones]
    for k, subject in enumerate(subjects):
        at_least = [subject.intersection(shapely.union_all([z for z, r in sound if r >= rank])).area for rank in range(5)]  # type: ignore[attr-defined]
        for rank in range(4):
            own = at_least[rank] - at_least[rank + 1]
            if at_least[rank] > SLIVER + 1e-6 and own > 1e-6:
                assert found[k, rank] == pytest.approx(own, abs=1e-6)
            elif at_least[rank] < SLIVER - 1e-6:
                assert (k, rank) not in found


def worst_by_group(found: Exposed) -> dict[tuple[int, int], int]:
    return dict(zip(zip(found.group_owner.tolist(), found.group.tolist(), strict=True), found.group_rank.tolist(), strict=True))


@many
@given(st.one_of(lots, places), zone_lists, st.lists(st.integers(0, 2), min_size=7, max_size=7))
def test_each_river_is_told_as_if_it_were_alone(subjects: list[object], zones: list[tuple[object, int]], groups: list[int]) -> None:
    group = np.array(groups[:len(zones)])
    shapes, rank = array([zone for zone, _ in zones]), np.array([rank for _, rank in zones], int)
    found = expose(array(subjects), prepare(shapes, rank, group))
    alone = {(k, g): worst for g in sorted(set(group.tolist())) for k, worst in
             enumerate(expose(array(subjects), prepare(shapes[group == g], rank[group == g], None)).worst.tolist()) if worst >= 0}
    assert worst_by_group(found) == alone


def test_ground_under_two_sheets_of_one_river_is_counted_once() -> None:
    lot, sheet = shapely.box(0, 0, 10, 10), shapely.box(9.994, 0, 20, 10)
    zones = prepare(array([sheet, sheet, shapely.box(0, 0, 5, 5)]), np.array([2, 2, 1]), np.array([0, 0, 1]))
    assert worst_by_group(expose(array([lot]), zones)) == {(0, 1): 1}


def test_a_hole_is_no_zone_but_its_edge_is() -> None:
    ring = shapely.Polygon(shapely.box(0, 0, 10, 10).exterior.coords, [shapely.box(3, 3, 7, 7).exterior.coords])
    inside, across, edge, middle = shapely.box(4, 4, 6, 6), shapely.box(2, 4, 6, 6), shapely.Point(3, 5), shapely.Point(5, 5)
    found = asked([inside, across, edge, middle, shapely.box(3, 3, 7, 7)], [(ring, 2)])
    assert found.worst.tolist() == [-1, 2, 2, -1, -1]
    assert areas(found) == pytest.approx({(1, 2): 2.0, (2, 2): 0.0})


def test_an_area_that_only_shares_an_edge_or_a_corner_is_not_reached() -> None:
    zone = shapely.box(0, 0, 10, 10)
    slanted = shapely.Polygon([(20, 0), (30, 7), (20, 14)])
    beside = shapely.Polygon([(20, 0), (30, 7), (31, 0)])
    found = asked([shapely.box(10, 0, 15, 10), shapely.box(10, 10, 12, 12), beside], [(zone, 3), (slanted, 1)])
    assert found.worst.tolist() == [-1, -1, -1] and not len(found.owner)


def test_a_line_that_touches_an_edge_is_reached() -> None:
    along, away = shapely.LineString([(10, 2), (10, 8)]), shapely.LineString([(10.001, 2), (10.001, 8)])
    found = asked([along, away], [(shapely.box(0, 0, 10, 10), 1)])
    assert found.worst.tolist() == [1, -1] and found.area.tolist() == [0.0]


@pytest.mark.parametrize(("width", "worst"), [(0.0099, -1), (0.0101, 2)])
def test_the_tolerance_is_a_tenth_of_a_square_metre(width: float, worst: int) -> None:
    assert asked([shapely.box(0, 0, 10, 10)], [(shapely.box(10 - width, 0, 20, 10), 2)]).worst.tolist() == [worst]


@pytest.mark.parametrize(("share", "worst"), [(0.45, -1), (0.55, 1)])
def test_half_of_a_tiny_feature_decides(share: float, worst: int) -> None:
    tiny = shapely.box(0, 0, 0.1, 1)
    assert asked([tiny], [(shapely.box(0.1 - 0.1 * share, 0, 5, 1), 1)]).worst.tolist() == [worst]


@pytest.mark.parametrize(("broken", "by_hand"), [
    (shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), [shapely.Polygon([(0, 0), (5, 5), (0, 10)]), shapely.Polygon([(5, 5), (10, 0), (10, 10)])]),
    (shapely.MultiPolygon([shapely.box(0, 0, 6, 6), shapely.box(4, 4, 10, 10)]), [shapely.box(0, 0, 6, 6), shapely.box(4, 4, 10, 10)]),
    (shapely.Polygon([(0, 0), (8, 0), (8, 4), (8, 9), (8, 4), (0, 4)]), [shapely.box(0, 0, 8, 4)]),
], ids=["bow-tie", "overlapping parts", "spike"])
def test_a_broken_polygon_is_asked_as_a_person_would_mend_it(broken: object, by_hand: list[object]) -> None:
    subjects = [shapely.box(x, y, x + 2, y + 2) for x in range(0, 10, 2) for y in range(0, 10, 2)]
    found, expected = asked(subjects, [(broken, 1)]), asked(subjects, [(zone, 1) for zone in by_hand])
    assert alike(found, expected) and (expected.worst >= 0).any()


@pytest.mark.parametrize("missing", [None, shapely.Polygon(), shapely.Point()], ids=["missing", "empty polygon", "empty point"])
def test_a_row_without_a_shape_is_reached_by_nothing_and_reaches_nothing(missing: object) -> None:
    zone = shapely.box(0, 0, 10, 10)
    found = asked([missing, zone], [(missing, 3), (zone, 1)])
    assert found.worst.tolist() == [-1, 1] and areas(found) == pytest.approx({(1, 1): 100.0})


def test_no_zones_at_all_reach_nothing() -> None:
    assert asked([shapely.box(0, 0, 1, 1), shapely.Point(0, 0)], []).worst.tolist() == [-1, -1]


def test_no_subjects_give_an_empty_answer() -> None:
    found = asked([], [(shapely.box(0, 0, 1, 1), 1)])
    assert len(found.worst) == len(found.owner) == 0
