"""Roads as delivered become a network: crossings, gaps, zones."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from roads.nets import lines, net, zones

from gispipe.errors import EmptyFile, UnreadableInput, WrongFormat
from gispipe.roads import Network, build_network
from gispipe.roads.gaps import SNAP

place = st.tuples(st.integers(0, 12), st.integers(0, 12))
segment = st.tuples(place, place).filter(lambda ends: ends[0] != ends[1])
box = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), st.integers(0, 10), st.integers(0, 10), st.integers(1, 6), st.integers(1, 6))


def same(a: Network, b: Network) -> bool:
    arrays = [(a.node_xy, b.node_xy), (a.edge, b.edge), (a.ticks, b.ticks), (a.shapes.xy, b.shapes.xy), *((a.inside[name], b.inside[name]) for name in a.inside)]
    return all(np.array_equal(x, y) for x, y in arrays) and a.inside.keys() == b.inside.keys()


def test_two_roads_that_cross_without_a_shared_corner_meet_in_a_node() -> None:
    network = net([(0, 0), (100, 0)], [(50, -50), (50, 50)])
    assert len(network.edge) == 4
    assert [50.0, 0.0] in network.node_xy.tolist()
    assert network.report["components"] == 1


def test_a_side_road_that_ends_on_the_middle_of_a_road_joins_it() -> None:
    network = net([(0, 0), (100, 0)], [(30, 0), (30, 40)])
    assert sorted(network.length.tolist()) == [30.0, 40.0, 70.0]
    assert network.report["gaps_closed"] == 0


def test_a_side_road_that_ends_at_a_corner_of_a_road_joins_it() -> None:
    assert sorted(net([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 40)]).length.tolist()) == [40.0, 50.0, 50.0]


@pytest.mark.parametrize(("gap", "components"), [(0.0, 1), (0.3, 1), (0.5, 1), (0.6, 2)])
def test_an_end_that_misses_a_road_is_joined_only_within_the_tolerance(gap: float, components: int) -> None:
    report = net([(0, 0), (100, 0)], [(30, gap), (30, 40)]).report
    assert report["components"] == components
    assert report["gaps_closed"] == (1 if 0 < gap <= SNAP else 0)


@pytest.mark.parametrize(("gap", "components"), [(0.4, 1), (0.7, 2)])
def test_two_ends_that_miss_each_other_are_joined_only_within_the_tolerance(gap: float, components: int) -> None:
    network = net([(0, 0), (50, 0)], [(50 + gap, 0), (100, 0)])
    assert network.report["components"] == components
    assert network.report["length_m"] == pytest.approx(100 - (gap if components == 2 else 0), abs=0.01)


def test_a_larger_tolerance_joins_a_loose_end_to_its_nearest_other_road_only() -> None:
    roads = lines([(0, 0), (100, 0)], [(30, 3), (30, 40)], [(0, 44), (100, 44)], [(60, 0), (60, 40.2)])
    report = build_network(roads, {}, snap=4.0).report
    assert (report["components"], report["gaps_closed"], report["length_m"]) == (1, 3, pytest.approx(277.2 + 3 + 4 + 3.8, abs=0.01))
    assert build_network(roads, {}).report["components"] == 3


@given(st.lists(segment, min_size=2, max_size=9), st.sampled_from([0.5, 1.5, 3.0]))
@settings(max_examples=50)
def test_no_link_is_longer_than_the_tolerance(segments: list[tuple[tuple[int, int], tuple[int, int]]], snap: float) -> None:
    drawn = lines(*segments)
    merged = shapely.union_all(drawn)
    edges = build_network(drawn, {}, snap=snap).shapes.linestrings()
    added = edges[shapely.distance(shapely.line_interpolate_point(edges, 0.5, normalized=True), merged) > 0.01]
    assert (shapely.length(added) <= snap + 0.01).all()


def test_a_larger_tolerance_never_joins_an_end_to_the_road_it_comes_from() -> None:
    assert net([(0, 0), (100, 0)], [(50, 0), (52, 2)]).report == build_network(lines([(0, 0), (100, 0)], [(50, 0), (52, 2)]), {}, snap=5.0).report


def test_repeated_and_zero_length_lines_are_dropped_and_counted() -> None:
    report = net([(0, 0), (100, 0)], [(100, 0), (0, 0)], [(5, 5), (5, 5)]).report
    assert (report["duplicates"], report["zero_length"], report["edges"]) == (1, 1, 1)


def test_parts_of_a_multiline_and_missing_rows_are_understood() -> None:
    given_lines = np.array([shapely.MultiLineString([[(0, 0), (10, 0)], [(10, 0), (20, 0)]]), None, shapely.LineString()], dtype=object)
    assert build_network(given_lines, {}).report["length_m"] == 20


def test_the_share_of_the_largest_part_is_reported() -> None:
    report = net([(0, 0), (75, 0)], [(0, 500), (25, 500)]).report
    assert (report["components"], report["largest_share"]) == (2, 0.75)


def test_an_edge_is_cut_where_it_enters_and_leaves_a_zone() -> None:
    network = net([(0, 0), (100, 0)], flood=zones((40, -5, 60, 5)))
    assert np.allclose(network.length, [40, 20, 40], atol=0.03)
    assert network.inside["flood"].tolist() == [False, True, False]


def test_overlapping_and_adjoining_pieces_are_one_stretch() -> None:
    network = net([(0, 0), (100, 0)], flood=zones((40, -5, 50, 5), (50, -5, 60, 5), (45, -5, 55, 5)))
    assert network.inside["flood"].sum() == 1


def test_zone_sets_are_kept_apart() -> None:
    network = net([(0, 0), (100, 0)], flood=zones((20, -5, 60, 5)), slope=zones((40, -5, 80, 5)), empty=zones())
    assert network.inside["flood"].tolist() == [False, True, True, False, False]
    assert network.inside["slope"].tolist() == [False, False, True, True, False]
    assert not network.inside["empty"].any()


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.1])
def test_a_road_along_the_border_of_a_zone_is_inside(angle: float) -> None:
    turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    road = np.array([(0, 0), (37, 0), (100, 0)]) @ turned
    zone = shapely.Polygon(np.array([(0, 0), (100, 0), (100, 30), (0, 30)]) @ turned)
    assert build_network(lines(road), {"flood": np.array([zone], dtype=object)}).inside["flood"].all()


def test_a_road_that_only_touches_a_corner_of_a_zone_stays_outside() -> None:
    diamond = shapely.Polygon([(50, 0), (60, 10), (50, 20), (40, 10)])
    network = build_network(lines([(0, 0), (100, 0)]), {"flood": np.array([diamond], dtype=object)})
    assert not network.inside["flood"].any()


def test_a_road_that_ends_at_the_border_of_a_zone_stays_outside() -> None:
    assert net([(0, 0), (100, 0)], flood=zones((100, -5, 120, 5))).inside["flood"].tolist() == [False]


def test_a_zone_with_a_hole_leaves_the_road_in_the_hole_outside() -> None:
    ring = shapely.box(20, -30, 80, 30).difference(shapely.box(40, -10, 60, 10))
    network = build_network(lines([(0, 0), (100, 0)]), {"flood": np.array([ring], dtype=object)})
    assert network.inside["flood"].tolist() == [False, True, False, True, False]


@pytest.mark.parametrize(("given_lines", "error"), [
    (np.array([shapely.Point(0, 0)], dtype=object), WrongFormat),
    (np.array([shapely.box(0, 0, 1, 1)], dtype=object), WrongFormat),
    (np.array([shapely.LineString([(0, 0), (float("inf"), 1)])], dtype=object), UnreadableInput),
    (np.array([], dtype=object), EmptyFile),
    (np.array([None], dtype=object), EmptyFile),
])
def test_what_is_no_road_stops_with_the_layer_named(given_lines: np.ndarray, error: type[UnreadableInput]) -> None:
    with pytest.raises(error, match="^roads/road_line: "):
        build_network(given_lines, {}, "roads/road_line")


@given(st.lists(segment, min_size=1, max_size=9))
@settings(max_examples=50)
def test_lines_are_connected_exactly_when_they_come_within_the_tolerance(segments: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    drawn = lines(*segments)
    group = list(range(len(drawn)))
    for a, b in combinations(range(len(drawn)), 2):
        if shapely.distance(drawn[a], drawn[b]) <= SNAP:
            group = [group[a] if g == group[b] else g for g in group]
    assert build_network(drawn, {}).report["components"] == len(set(group))


@given(st.lists(segment, min_size=1, max_size=7), st.lists(box, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_and_direction_of_lines_and_the_order_of_zones_do_not_matter(segments: list, boxes: list, shuffle: Random) -> None:
    network = net(*segments, flood=zones(*boxes))
    other = [line[::-1] if k % 2 else line for k, line in enumerate(segments)]
    shuffle.shuffle(other)
    assert same(network, net(*other, flood=zones(*boxes[::-1])))


@given(st.lists(segment, min_size=1, max_size=7), st.lists(box, min_size=1, max_size=5))
@settings(max_examples=50)
def test_every_edge_is_wholly_inside_or_wholly_outside(segments: list, boxes: list) -> None:
    network = net(*segments, flood=zones(*boxes))
    zone = shapely.union_all(zones(*boxes))
    edges = network.shapes.linestrings()
    inside = network.inside["flood"]
    along = shapely.line_interpolate_point(edges[:, None], np.linspace(0.05, 0.95, 7), normalized=True)
    assert (shapely.distance(along[inside], zone) < 0.02).all()
    assert shapely.length(shapely.intersection(edges[~inside], zone)).sum() < 0.03 * (len(edges) + 1)


@pytest.mark.parametrize("seed", range(4))
def test_the_nearest_road_is_the_nearest_of_all_and_none_beyond_500_m(seed: int) -> None:
    rng = np.random.default_rng(seed)
    begin = rng.uniform(-1500, 1500, (6, 2))
    network = build_network(lines(*np.stack([begin, begin + rng.uniform(-300, 300, (6, 2))], axis=1)), {})
    edges = network.shapes.linestrings()
    for place in shapely.points(rng.uniform(-2500, 2500, (300, 2))):
        metres, spot = shapely.distance(edges, place), network.nearest(place)
        if metres.min() > 500:
            assert spot is None
            continue
        assert spot is not None
        assert spot.access_m == pytest.approx(metres.min(), abs=1e-9)
        assert shapely.distance(edges[spot.edge], shapely.Point(spot.xy)) < 1e-9
        along = shapely.line_locate_point(edges[spot.edge], shapely.Point(spot.xy))
        assert spot.ticks / network.ticks[spot.edge] == pytest.approx(along / edges[spot.edge].length, abs=0.001 / edges[spot.edge].length)
