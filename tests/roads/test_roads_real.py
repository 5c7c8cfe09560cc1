"""Walks on a real city's road centre lines (left out where the data are not beside the checkout)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from roads.test_roads_walk import expected

from gispipe.roads import Hazard, Network, build_network, reach, walks
from gispipe.roads.network import TICK
from gispipe.roads.tables import TENFOLD


@pytest.fixture(scope="module")
def roads(shared_data: Path) -> np.ndarray:
    path = shared_data / "city_chino_devperm" / "road_layers" / "f_road_center_line" / "f_road_center_line.shp"
    if not path.exists():
        pytest.skip("the city's road centre lines are not beside this checkout")
    return shapely.from_wkb(pyogrio.raw.read(path)[2])


def drawn(roads: np.ndarray, snap: float) -> tuple[Network, np.random.Generator]:
    rng = np.random.default_rng(6)
    low, high = np.split(shapely.total_bounds(roads), 2)
    zone = shapely.buffer(shapely.points(rng.uniform(low, high, (150, 2))), rng.uniform(10, 60, 150), quad_segs=4)
    return build_network(roads, {"flood": zone}, snap=snap), rng


def test_real_roads_keep_their_length_and_a_larger_tolerance_connects_more(roads: np.ndarray) -> None:
    near, far = drawn(roads, 0.5)[0].report, drawn(roads, 8.0)[0].report
    assert near["length_m"] == pytest.approx(shapely.length(shapely.union_all(roads)), rel=1e-3)
    assert far["largest_share"] > 3 * near["largest_share"]


def test_walks_on_real_roads_are_those_of_a_search_from_scratch(roads: np.ndarray) -> None:
    network, rng = drawn(roads, 8.0)
    bounds = np.split(shapely.total_bounds(roads), 2)
    answer = reach(network, shapely.points(rng.uniform(*bounds, (12, 2))), {"flood": Hazard(rng.random(12) < 0.7, ("flood",))})
    places = [place for place in shapely.points(rng.uniform(*bounds, (40, 2))) if answer.network.nearest(place)]
    assert len(places) > 10
    found = [[(w.site, w.safe, round((w.length_m - answer.network.nearest(place).access_m + TENFOLD * w.danger_m) / TICK)) for w in walks(answer, place, "flood")]
             for place in places]
    assert found == [expected(answer, place) for place in places]
    assert {safe for rows in found for _, safe, _ in rows} == {True, False}
