"""Walks on small nets where the right answer is plain, and against a search from scratch."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from roads.nets import asked, from_scratch, line_of, net, points, zones

from gispipe.errors import NotFound
from gispipe.roads import WHY, Hazard, Network, Reach, Straight, reach, walks, why_none
from gispipe.roads.drawing import STRAIGHT, turning
from gispipe.roads.network import TICK
from gispipe.roads.tables import TENFOLD

UNDERPASS = ([(0, 0), (200, 0)], [(0, 0), (0, 150), (200, 150), (200, 0)])
FLOODED = zones((90, -10, 110, 10))


def test_the_longer_bridge_is_taken_when_the_underpass_is_flooded() -> None:
    answer = asked(net(*UNDERPASS, flood=FLOODED), points((200, 0)), "flood")
    (walk,) = walks(answer, shapely.Point(0, 0), "flood")
    assert (walk.safe, walk.why, walk.danger_m, walk.length_m) == (True, None, 0, 500)
    assert list(line_of(answer, shapely.Point(0, 0), walk).coords) == [(0, 0), (0, 150), (200, 150), (200, 0)]


def test_the_underpass_is_taken_when_it_is_dry() -> None:
    (walk,) = walks(asked(net(*UNDERPASS, flood=FLOODED), points((200, 0))), shapely.Point(0, 0), "flood")
    assert (walk.safe, walk.length_m) == (True, 200)


def test_without_a_way_around_the_walk_crosses_and_says_how_far() -> None:
    answer = asked(net(UNDERPASS[0], flood=FLOODED), points((200, 0)), "flood")
    (walk,) = walks(answer, shapely.Point(10, 0), "flood")
    assert (walk.safe, walk.why, walk.length_m) == (False, "no_way_around", 190)
    assert walk.danger_m == pytest.approx(20, abs=0.03)
    assert "around" in str(WHY[walk.why])


def test_a_crossing_walk_goes_far_around_to_cross_little() -> None:
    roads = ([(0, 0), (300, 0)], [(0, 0), (0, 200), (300, 200), (300, 0)])
    answer = asked(net(*roads, flood=zones((50, -10, 250, 10), (145, 190, 150, 210))), points((300, 0)), "flood")
    (walk,) = walks(answer, shapely.Point(0, 0), "flood")
    assert (walk.why, walk.length_m) == ("no_way_around", 700)
    assert walk.danger_m == pytest.approx(5, abs=0.03)


def test_a_place_inside_the_zone_starts_inside() -> None:
    answer = asked(net(UNDERPASS[0], flood=FLOODED), points((200, 0)), "flood")
    (walk,) = walks(answer, shapely.Point(100, 3), "flood")
    assert (walk.safe, walk.why, walk.length_m, walk.access_m) == (False, "start_inside", 103, 3)
    assert walk.danger_m == pytest.approx(10, abs=0.03)


def test_safe_sites_come_first_even_when_a_crossing_one_is_nearer() -> None:
    answer = asked(net([(0, 0), (1000, 0)], flood=zones((400, -5, 500, 5))), points((600, 0), (50, 0)), "flood")
    first, second = walks(answer, shapely.Point(390, 0), "flood")
    assert (first.site, first.safe, first.length_m) == (1, True, 340)
    assert (second.site, second.safe, second.why) == (0, False, "no_way_around")
    assert second.length_m == pytest.approx(210, abs=0.01)


def test_a_site_inside_the_zone_is_never_reached_safely() -> None:
    answer = asked(net([(0, 0), (200, 0)], flood=FLOODED), points((100, 0)), "flood")
    (walk,) = walks(answer, shapely.Point(0, 0), "flood")
    assert walk.why == "no_way_around"
    assert walk.danger_m == pytest.approx(10, abs=0.03)


def test_two_sites_on_the_edge_of_the_place_are_reached_along_it_both_ways() -> None:
    answer = asked(net([(0, 0), (1000, 0)]), points((300, 0), (900, 0)))
    near, far = walks(answer, shapely.Point(400, 0), "flood")
    assert [(near.site, near.length_m), (far.site, far.length_m)] == [(0, 100), (1, 500)]
    assert list(line_of(answer, shapely.Point(400, 0), far).coords) == [(400, 0), (900, 0)]


def test_the_straight_ways_to_and_from_the_road_count_in_the_length() -> None:
    answer = asked(net([(0, 0), (100, 0)]), points((80, 30)))
    (walk,) = walks(answer, shapely.Point(20, -12), "flood")
    assert (walk.length_m, walk.access_m) == (102, 42)
    assert list(line_of(answer, shapely.Point(20, -12), walk).coords) == [(20, -12), (20, 0), (80, 0), (80, 30)]


def test_a_site_far_off_the_road_is_ranked_with_its_access() -> None:
    answer = asked(net([(0, 0), (1000, 0)]), points((510, 400), (800, 0), (500, 400)))
    assert [walk.site for walk in walks(answer, shapely.Point(500, 0), "flood")] == [1, 2, 0]


def test_equally_near_sites_come_in_the_order_of_their_numbers() -> None:
    cross = net([(0, 0), (200, 0)], [(100, -100), (100, 100)])
    answer = asked(cross, points((100, 100), (200, 0), (0, 0), (100, -100)))
    assert [walk.site for walk in walks(answer, shapely.Point(100, 0), "flood")] == [0, 1, 2]


def test_sites_not_designated_are_left_out() -> None:
    answer = reach(net([(0, 0), (100, 0)]), points((10, 0), (90, 0)), {"tsunami": Hazard(np.array([False, True]), ())})
    assert [walk.site for walk in walks(answer, shapely.Point(0, 0), "tsunami")] == [1]


def test_on_an_island_there_is_no_way_on_foot_while_the_straight_ones_stand() -> None:
    sites = points((50, 0))
    answer = asked(net([(0, 0), (100, 0)], [(0, 300), (100, 300)]), sites)
    island = shapely.Point(50, 301)
    assert walks(answer, island, "flood") == ()
    assert why_none(answer.network.nearest(island)) == "no_way"
    assert Straight(shapely.get_coordinates(sites), {"flood": np.array([True])}).of(island.x, island.y) == {"flood": [(0, 301.0)]}


def test_without_a_road_near_there_is_no_walk_and_it_is_said() -> None:
    answer = asked(net([(0, 0), (100, 0)]), points((50, 0)))
    assert walks(answer, shapely.Point(50, 501), "flood") == ()
    assert why_none(answer.network.nearest(shapely.Point(50, 501))) == "no_road"
    assert walks(answer, shapely.Point(50, 499), "flood")


def test_a_site_without_a_road_near_is_not_reached() -> None:
    answer = asked(net([(0, 0), (100, 0)]), points((50, 600), (50, 10)))
    assert answer.site_node.tolist()[0] == -1
    assert [walk.site for walk in walks(answer, shapely.Point(0, 0), "flood")] == [1]


def test_straight_lines_name_the_nearest_designated_ties_by_number() -> None:
    sites = points((3, 4), (0, 1), (5, 0), (0, -5), (9, 9))
    designated = {"flood": np.array([True, False, True, True, True]), "tsunami": np.zeros(5, bool)}
    assert Straight(shapely.get_coordinates(sites), designated).of(0, 0) == {"flood": [(0, 5.0), (2, 5.0), (3, 5.0)], "tsunami": []}


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 7)), max_size=12), st.integers(1, 4))
def test_straight_lines_are_those_of_a_plain_sort(given_sites: list[tuple[int, int, int]], count: int) -> None:
    xy = np.array([(x, y) for x, y, _ in given_sites], dtype=float).reshape(-1, 2)
    designated = {name: np.array([bool(bits >> k & 1) for *_, bits in given_sites], dtype=bool) for k, name in enumerate(("flood", "tsunami", "fire"))}
    away = np.hypot(*xy.T) if len(xy) else np.zeros(0)
    plain = {name: [(k, away[k]) for k in sorted(np.flatnonzero(mask).tolist(), key=lambda k: (away[k], k))][:count] for name, mask in designated.items()}
    assert Straight(xy, designated).of(0, 0, count) == plain


def test_a_hazard_that_was_not_asked_for_is_named() -> None:
    with pytest.raises(NotFound, match="tsunami: walks were not computed"):
        walks(asked(net([(0, 0), (100, 0)]), points((50, 0))), shapely.Point(0, 0), "tsunami")


def test_a_zone_set_the_roads_were_not_cut_at_is_named() -> None:
    with pytest.raises(NotFound, match="'surge'"):
        asked(net([(0, 0), (100, 0)]), points((50, 0)), "surge")


def test_hazards_that_ask_the_same_share_one_answer() -> None:
    all_ = np.ones(1, dtype=bool)
    answer = reach(net([(0, 0), (100, 0)], a=FLOODED, b=FLOODED), points((50, 0)), {
        "x": Hazard(all_, ("a", "b")), "y": Hazard(all_, ("b", "a", "a")), "z": Hazard(all_, ("a",))})
    assert answer.plan["x"] == answer.plan["y"] != answer.plan["z"]
    assert len(answer.found) == 2


@st.composite
def cities(draw: st.DrawFn) -> tuple[Network, Reach, list[tuple[int, int]]]:
    """A grid with streets left out, crossings moved, zones, sites and places; distances often equal."""
    side, move = draw(st.integers(2, 5)), draw(st.sampled_from([0, 0, 7]))
    shift = np.array(draw(st.lists(st.integers(-move, move), min_size=2 * side * side, max_size=2 * side * side))).reshape(side, side, 2)
    node = np.stack(np.meshgrid(np.arange(side) * 40, np.arange(side) * 40), -1) + shift
    streets = [(tuple(node[a]), tuple(node[b])) for a in np.ndindex(side, side) for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)) if max(b) < side]
    kept = [street for street in streets if draw(st.integers(0, 5))] or streets[:1]
    spot = st.tuples(st.integers(-10, 40 * side - 30), st.integers(-10, 40 * side - 30))
    boxes = draw(st.lists(st.tuples(spot, st.integers(5, 60), st.integers(5, 60)).map(lambda b: (*b[0], b[0][0] + b[1], b[0][1] + b[2])), max_size=4))
    network = net(*kept, flood=zones(*boxes))
    sites = points(*draw(st.lists(spot, min_size=1, max_size=7)))
    return network, asked(network, sites, "flood"), draw(st.lists(spot, min_size=1, max_size=3))


def expected(answer: Reach, place: shapely.Point) -> list[tuple[int, bool, int]]:
    """Search from scratch with the place put in: (site, safe, cost in ticks), three at most."""
    spot = answer.network.nearest(place)
    assert spot is not None
    first, last = answer.network.edge[spot.edge].tolist()
    whole, inside = int(answer.network.ticks[spot.edge]), bool(answer.network.inside["flood"][spot.edge])
    found: list[tuple[int, bool, int]] = []
    for safe in (True, False):
        ends = {}
        for node, ticks in ((first, spot.ticks), (last, whole - spot.ticks)):
            if not (safe and inside and ticks):
                ends[node] = (ticks, ticks * (1 if safe else 1 + TENFOLD * inside))
        sites = from_scratch(answer, ends, "flood", safe)
        known = {site for site, _, _ in found}
        found += sorted(((site, safe, cost) for site, cost in sites.items() if site not in known), key=lambda row: (row[2], row[0]))
    return found[:3]


@given(cities())
@settings(max_examples=60, deadline=None)
def test_a_way_drawn_with_its_turns_only_looks_like_the_whole_way(city: tuple[Network, Reach, list[tuple[int, int]]]) -> None:
    _, answer, places = city
    turns = turning(answer.network)
    for place in shapely.points(places):
        for walk in walks(answer, place, "flood"):
            whole, few = line_of(answer, place, walk), line_of(answer, place, walk, turns)
            assert shapely.hausdorff_distance(whole, few, densify=0.1) <= 2 * STRAIGHT
            assert whole.coords[0] == few.coords[0] and whole.coords[-1] == few.coords[-1] and len(few.coords) <= len(whole.coords)


def test_a_bend_is_drawn_and_a_cut_on_a_straight_road_is_not() -> None:
    answer = asked(net([(0, 0), (50, 0.05), (100, 0), (100, 80), (100.1, 90), (100, 200)], flood=zones((20, -5, 60, 5))), points((100, 200)), "flood")
    place = shapely.Point(0, 0)
    (walk,) = walks(answer, place, "flood")
    assert len(line_of(answer, place, walk).coords) > 6
    assert list(line_of(answer, place, walk, turning(answer.network)).coords) == [(0, 0), (100, 0), (100, 200)]


@given(cities())
@settings(max_examples=80)
def test_walks_are_exactly_those_of_a_search_from_scratch(city: tuple[Network, Reach, list[tuple[int, int]]]) -> None:
    _, answer, places = city
    for place in points(*places):
        spot = answer.network.nearest(place)
        found = walks(answer, place, "flood")
        cost = [(walk.length_m - spot.access_m + TENFOLD * walk.danger_m) / TICK for walk in found]
        assert [(walk.site, walk.safe, round(price)) for walk, price in zip(found, cost, strict=True)] == expected(answer, place)
        for walk in found:
            line = line_of(answer, place, walk)
            assert line.length == pytest.approx(walk.length_m, abs=0.03)
            assert line.coords[0] == (place.x, place.y)
            assert walk.safe == (walk.why is None) and (walk.danger_m == 0 or not walk.safe)


@given(cities())
@settings(max_examples=40)
def test_the_edges_at_a_node_are_all_that_begin_or_end_there(city: tuple[Network, Reach, list[tuple[int, int]]]) -> None:
    network = city[1].network
    for node in range(len(network.node_xy)):
        assert network.edges_at(node) == np.flatnonzero((network.edge == node).any(axis=1)).tolist()


@given(cities())
@settings(max_examples=40)
def test_the_next_node_lists_the_same_site_one_edge_nearer(city: tuple[Network, Reach, list[tuple[int, int]]]) -> None:
    network, answer, _ = city
    assert np.array_equal(answer.network.node_xy[:len(network.node_xy)], network.node_xy)
    for table in (answer.ways("flood").safe, answer.ways("flood").cross):
        width = table.site.shape[1]
        for node, rank in np.argwhere(table.site >= 0):
            site, step = table.site[node, rank], table.step[node, rank]
            if step < 0:
                assert answer.site_node[site] == node and table.length[node, rank] == answer.site_access[site]
                continue
            after, edge = divmod(int(step), width), table.edge[node, rank]
            assert table.site[after] == site and set(answer.network.edge[edge]) == {node, after[0]}
            assert table.length[node, rank] == table.length[after] + answer.network.ticks[edge]
            assert table.danger[node, rank] == table.danger[after] + answer.network.ticks[edge] * (table is not answer.ways("flood").safe) * answer.network.inside["flood"][edge]


@given(cities())
@settings(max_examples=40)
def test_every_node_lists_what_a_search_from_scratch_finds(city: tuple[Network, Reach, list[tuple[int, int]]]) -> None:
    _, answer, _ = city
    listed = answer.listed("flood")
    for node in range(0, len(answer.network.node_xy), 5):
        safe = from_scratch(answer, {node: (0, 0)}, "flood", True)
        cross = from_scratch(answer, {node: (0, 0)}, "flood", False)
        rows = sorted((cost, site) for site, cost in safe.items()) + sorted((cost, site) for site, cost in cross.items() if site not in safe)
        there = listed.site[node] >= 0
        assert listed.site[node][there].tolist() == [site for _, site in rows[:3]]
        assert ((listed.length_m + TENFOLD * listed.danger_m) / TICK)[node][there].tolist() == [cost for cost, _ in rows[:3]]
        assert listed.safe[node][there].tolist() == [site in safe for _, site in rows[:3]]


@pytest.mark.parametrize("sites", [points(), points((50, 0))])
def test_without_any_designated_site_there_is_no_way(sites: np.ndarray) -> None:
    answer = reach(net([(0, 0), (100, 0)], flood=FLOODED), sites, {"flood": Hazard(np.zeros(len(sites), dtype=bool), ("flood",))})
    assert walks(answer, shapely.Point(0, 0), "flood") == ()
    assert why_none(answer.network.nearest(shapely.Point(0, 0))) == "no_way"
    assert (answer.listed("flood").site == -1).all()


def test_a_place_on_a_ring_road_and_a_site_across_it_are_joined_the_shorter_way() -> None:
    answer = asked(net([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]), points((100, 80)))
    (walk,) = walks(answer, shapely.Point(0, 90), "flood")
    assert (walk.length_m, list(line_of(answer, shapely.Point(0, 90), walk).coords)) == (130, [(0, 90), (0, 100), (100, 100), (100, 80)])


def test_of_two_roads_between_the_same_crossings_the_shorter_one_is_walked_and_drawn() -> None:
    roads = ([(-50, 0), (0, 0)], [(0, 0), (50, 30), (100, 0)], [(0, 0), (50, -20), (100, 0)], [(100, 0), (150, 0)])
    answer = asked(net(*roads), points((150, 0)))
    (walk,) = walks(answer, shapely.Point(-50, 0), "flood")
    assert (50, -20) in list(line_of(answer, shapely.Point(-50, 0), walk).coords)
    assert walk.length_m == pytest.approx(100 + 2 * np.hypot(50, 20), abs=0.001)


def test_the_number_of_sites_asked_for_is_kept() -> None:
    answer = asked(net([(0, 0), (100, 0)]), points((10, 0), (20, 0), (30, 0), (40, 0), (50, 0)), count=4)
    assert [walk.site for walk in walks(answer, shapely.Point(0, 0), "flood")] == [0, 1, 2, 3]
