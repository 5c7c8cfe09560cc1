"""Roads cut anew only near the zones that changed are cut as all roads are cut by all zones."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.roads.network import laid_out, network_of
from gispipe.roads.zones import crossed, near
from nets import lines

at = st.integers(0, 40)
road = st.tuples(at, at, at, at).filter(lambda one: one[:2] != one[2:])
wedge = st.tuples(at, at, st.integers(1, 30), st.floats(0.002, 12), st.floats(0, 3.1))


def polygon(one: tuple[int, int, int, float, float]) -> shapely.Geometry:
    """A long wedge with a sharp corner, turned."""
    x, y, length, width, angle = one
    cos, sin = np.cos(angle), np.sin(angle)
    return shapely.Polygon(np.array([(0, 0), (length, width), (length / 2, width / 1.9)]) @ np.array([(cos, sin), (-sin, cos)]) + (x, y))


def polygons(some: list[tuple[int, int, int, float, float]]) -> np.ndarray:
    return np.array([*map(polygon, some), None], dtype=object)[:-1]


@settings(max_examples=120, deadline=None)
@given(st.lists(road, min_size=1, max_size=8), st.lists(wedge, max_size=6), st.lists(wedge, max_size=2), st.integers(0, 6))
def test_cut_near_what_changed_is_cut_as_by_all(roads: list[tuple[int, int, int, int]], zones: list, more: list, gone: int) -> None:
    shapes, counts = laid_out(lines(*([one[:2], one[2:]] for one in roads)))
    now = [*zones[gone:], *more]
    dirty = [*zones[:gone], *more]
    asked = near(shapes, shapely.bounds(polygons(dirty)) if dirty else np.zeros((0, 4)))
    mended = crossed(shapes, polygons(zones)).outside_of(asked).with_others(crossed(shapes, polygons(now), asked)).in_order()
    anew = crossed(shapes, polygons(now)).in_order()
    assert mended.corner.tolist() == anew.corner.tolist() and mended.metres.tobytes() == anew.metres.tobytes()
    cut = [network_of(shapes, counts, {"flood": one.stretches(shapes)}) for one in (mended, anew)]
    assert all(getattr(cut[0], part).tobytes() == getattr(cut[1], part).tobytes() for part in ("node_xy", "edge", "ticks")) and cut[0].report == cut[1].report


def test_only_segments_near_a_change_are_asked() -> None:
    shapes, _ = laid_out(lines([(0, 0), (10, 0)], [(100, 0), (110, 0)]))
    assert near(shapes, np.array([[4.0, -1, 5, 1]])).sum() == 1 and near(shapes, np.zeros((0, 4))).sum() == 0
