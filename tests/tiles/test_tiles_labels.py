"""Labels stand inside what they name."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from made_layers import ORIGIN, parcels, stairs

from gispipe.tiles.labels import label_points


@pytest.mark.parametrize("source", [parcels(12), stairs(40)], ids=["parcels", "stairs"])
def test_polygon_labels_stand_inside_with_the_stated_room(source: np.ndarray) -> None:
    points, width = label_points(source, "polygon")
    assert shapely.contains_properly(source, points).all()
    assert np.allclose(shapely.distance(points, shapely.boundary(source)) * 2, width)
    assert (width > 0).all()


def test_a_bent_polygons_label_is_at_its_widest_place() -> None:
    corridor, hall = shapely.box(0, 0, 100, 4), shapely.box(90, 0, 130, 40)
    (point,), (width,) = label_points(np.array([shapely.union(corridor, hall)]), "polygon")
    assert shapely.box(100, 10, 120, 30).contains(point)
    assert width == pytest.approx(40, rel=0.1)


def test_the_largest_part_of_a_multipolygon_is_named() -> None:
    shape = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 9, 9)])
    (point,), _ = label_points(np.array([shape]), "polygon")
    assert (point.x, point.y) == (7, 7)


def test_lines_are_named_in_the_middle_of_their_longest_part() -> None:
    shape = shapely.MultiLineString([[(0, 0), (1, 0)], [(0, 5), (10, 5)]])
    (point,), (length,) = label_points(np.array([shape]), "line")
    assert (point.x, point.y, length) == (5, 5, 10)


def test_points_are_named_where_they_are_and_empty_shapes_nowhere() -> None:
    points, _ = label_points(np.array([shapely.Point(ORIGIN), shapely.Point()]), "point")
    assert points[0].equals(shapely.Point(ORIGIN)) and points[1].is_empty
    for kind, empty in (("polygon", shapely.Polygon()), ("line", shapely.LineString())):
        (point,), (width,) = label_points(np.array([empty]), kind)
        assert point.is_empty and width == 0
