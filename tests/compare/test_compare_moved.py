"""How far an outline moved: the same for large shapes, of which only new corners are measured, as for small ones."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gispipe.compare import apart as measuring
from gispipe.compare.apart import apart


def wobbly(seed: int, corners: int) -> shapely.Polygon:
    chance = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = 100 + chance.random(corners)
    return shapely.Polygon(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), [shapely.box(-5, -5, 5, 5).exterior.coords])


def changed(shape: shapely.Polygon, seed: int) -> shapely.Polygon:
    chance = np.random.default_rng(seed)
    xy = shapely.get_coordinates(shape.exterior)[:-1].copy()
    xy[chance.integers(len(xy), size=4)] += chance.normal(size=(4, 2))
    return shapely.Polygon(xy, [ring.coords for ring in shape.interiors] if seed % 3 else [])


@pytest.mark.parametrize("seed", range(12))
def test_large_shapes_are_measured_as_small_ones_are(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one = wobbly(seed, 300)
    some = np.array([one, shapely.MultiPolygon([one, shapely.box(500, 0, 510, 10)]), one.exterior, shapely.MultiPoint([(0, 0), (5, 5)])])
    others = np.array([changed(one, seed), shapely.MultiPolygon([changed(one, seed), shapely.box(500, 0, 511, 10)]), changed(one, seed).exterior, shapely.MultiPoint([(0, 0), (5, 6)])])
    monkeypatch.setattr(measuring, "LARGE", 0)

    assert apart(some, others) == pytest.approx(shapely.hausdorff_distance(some, others), abs=1e-9)


def test_an_area_of_a_hundred_thousand_corners_takes_no_minutes() -> None:
    one = wobbly(1, 100_000)

    assert 0 < apart(np.array([one]), np.array([changed(one, 1)]))[0] < 10


def test_what_is_missing_has_no_distance() -> None:
    one = wobbly(1, 2000)

    assert np.isnan(apart(np.array([one, None, one]), np.array([None, one, shapely.Polygon()]))).all()
