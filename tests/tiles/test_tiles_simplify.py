"""Corners taken away in bulk, against the plain definition, and what must hold for borders that are shared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from made_layers import parcels, stairs

from gispipe.tiles import simplify
from gispipe.tiles.levels import TOLERANCE
from gispipe.tiles.shapes import Shapes, cleaned, rounded, snapped
from gispipe.tiles.simplify import Corners, free_points

Point = tuple[int, int]


def size_of(a: Point, b: Point, c: Point) -> int:
    return abs((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]))


def lot_of(point: Point) -> int:
    return ((((point[0] << 31) ^ point[1]) * 0x9E3779B97F4A7C15) % 2**64) >> 32


def plain(runs: list[list[Point]], closed: bool, tolerance: int, rounds: int = 12) -> list[list[Point]]:
    """Take corners away as the definition says, one ring and one vertex at a time."""
    def beside(run: list[Point], k: int) -> tuple[Point, Point]:
        return run[k - 1], run[(k + 1) % len(run)]

    passed: dict[Point, set[frozenset[Point]]] = {}
    ends = {run[k] for run in runs if not closed for k in (0, -1)}
    for run in runs:
        for k, point in enumerate(run):
            passed.setdefault(point, set()).add(frozenset(beside(run, k)))
    free = {point for point, ways in passed.items() if len(ways) == 1} - ends
    for _ in range(rounds):
        out = []
        for run in runs:
            size = [size_of(beside(run, k)[0], run[k], beside(run, k)[1]) if run[k] in free else 2**62 for k in range(len(run))]
            kept = []
            for k, point in enumerate(run):
                small = size[k] < 2 * tolerance**2 and (not closed or len(run) > 3)
                for other in (k - 1, (k + 1) % len(run)):
                    small = small and (size[k] < size[other] or (size[k] == size[other] and (lot_of(point) < lot_of(run[other]) or point == run[other])))
                if not small:
                    kept.append(point)
            out.append(kept)
        if out == runs:
            break
        runs = out
    return runs


def flat(runs: list[list[Point]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    xy = np.array([point for run in runs for point in run], dtype=np.int64).reshape(-1, 2)
    return xy[:, 0].copy(), xy[:, 1].copy(), np.append(0, np.cumsum([len(run) for run in runs]))


def corners_of(x: np.ndarray, y: np.ndarray, start: np.ndarray, *, closed: bool) -> Corners:
    return Corners(x, y, start, free_points([(x, y, start)], closed=closed)[0], closed=closed)


def left(corners: Corners) -> list[list[Point]]:
    x, y, start, _ = corners.packed()
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    return [points[a:b] for a, b in zip(start[:-1], start[1:], strict=True)]


points = st.tuples(st.integers(0, 12), st.integers(0, 12))
runs = st.lists(st.lists(points, min_size=3, max_size=14, unique=True), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(runs=runs, closed=st.booleans(), first=st.integers(1, 3), second=st.integers(4, 8))
def test_what_is_left_is_what_the_plain_definition_leaves(runs: list[list[Point]], closed: bool, first: int, second: int) -> None:
    corners = corners_of(*flat(runs), closed=closed)
    corners.thin(first)
    assert left(corners) == plain(runs, closed, first)
    again = Corners(*corners.packed(), closed=closed)
    again.thin(second)
    free = {point for run in runs for point in run}
    assert all(point in free for run in left(again) for point in run) and all(len(b) <= len(a) for a, b in zip(left(corners), left(again), strict=True))


def on(shapes: Shapes, zoom: int) -> Shapes:
    corners, up = corners_of(shapes.x, shapes.y, shapes.start, closed=True), shapes.zoom - zoom
    corners.thin(TOLERANCE << up)
    x, y, start, _ = corners.packed()
    return cleaned(replace(shapes, zoom=zoom, x=rounded(x, up), y=rounded(y, up), start=start))


def rings(shapes: Shapes) -> list[tuple[int, list[Point]]]:
    """Return feature and corners of every run, from its smallest corner on, so that runs can be compared."""
    out = []
    for k, (a, b) in enumerate(zip(shapes.start[:-1], shapes.start[1:], strict=True)):
        ring = list(zip(shapes.x[a:b].tolist(), shapes.y[a:b].tolist(), strict=True))
        low = ring.index(min(ring)) if ring else 0
        out.append((int(shapes.feature[shapes.part[k]]), ring[low:] + ring[:low]))
    return out


def test_a_shape_does_not_depend_on_what_is_far_away() -> None:
    near, far = parcels(12), parcels(12, seed=5)
    alone = snapped("polygon", near, 16, "alone")
    both = snapped("polygon", np.concatenate([near, shapely.transform(far, lambda xy: xy + 5000)]), 16, "both")
    for zoom in (15, 13):
        assert rings(on(alone, zoom)) == [one for one in rings(on(both, zoom)) if one[0] < len(near)]


def test_two_lots_keep_the_same_corners_of_their_border_at_every_zoom() -> None:
    lots = snapped("polygon", parcels(15), 16, "lots")
    corners = corners_of(lots.x, lots.y, lots.start, closed=True)
    before = [set(ring) for ring in left(corners)]
    for up in range(1, 5):
        corners.thin(4 << up)
        kept = [set(ring) for ring in left(corners)]
        for lot in range(15 * 15 - 1):
            for other in {lot + 1, lot + 15} & set(range(15 * 15)):
                border = before[lot] & before[other]
                assert kept[lot] & border == kept[other] & border
    assert sum(map(len, kept)) < 0.8 * sum(map(len, before))


def test_stairs_stay_within_the_tolerance() -> None:
    deep = snapped("polygon", stairs(60), 16, "stairs")
    shapes, up = on(deep, 12), 4
    assert len(shapes.x) < 0.6 * len(deep.x)
    for k in np.flatnonzero(np.diff(shapes.start) > 3).tolist():
        drawn, whole = (shapely.polygons(np.stack([one.x[a:b], one.y[a:b]], 1) * scale) for one, scale in ((shapes, 2.0**up), (deep, 1.0))
                        for a, b in [one.start[k:k + 2]])
        assert shapely.hausdorff_distance(drawn, whole) < 2 * (4 << up)


def test_free_points_do_not_depend_on_strips_or_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    lots = snapped("polygon", parcels(15), 16, "lots")
    whole, = free_points([(lots.x, lots.y, lots.start)], closed=True)
    assert 0 < whole.sum() < len(whole)
    monkeypatch.setattr(simplify, "_STRIP", 90)
    cut = len(lots.feature) // 3
    blocks = [lots.of_parts(0, cut), lots.of_parts(cut, len(lots.feature))]
    parts = free_points([(one.x, one.y, one.start) for one in blocks], closed=True)
    assert np.concatenate(parts).tolist() == whole.tolist()
