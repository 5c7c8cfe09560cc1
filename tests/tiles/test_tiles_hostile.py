"""Bad input is built or refused by name; never a broken archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely
from made_layers import ORIGIN, layer, parcels

from gispipe.tiles.budget import LIMIT
from gispipe.tiles.encode import ArchiveReport
from gispipe.tiles.errors import TileError
from gispipe.tiles.grid import HALF
from gispipe.tiles.read import verify

Build = Callable[..., ArchiveReport]


def test_a_polygon_around_the_world_is_drawn_where_tiles_are_few(build: Build) -> None:
    world = shapely.box(-HALF, -HALF, HALF, HALF)
    report = build(layer(world, "polygon", (0, 4)))
    assert report.tiles == sum(4**z for z in range(5))
    verify(report.path)


@pytest.mark.parametrize("shape", [shapely.box(-HALF, -HALF, HALF, HALF), shapely.box(-2 * HALF, -2 * HALF, 2 * HALF, 2 * HALF)])
def test_a_polygon_around_the_world_is_refused_by_name_where_tiles_are_many(shape: object, build: Build) -> None:
    with pytest.raises(TileError, match="layer thing, row 0: the feature meets 4,294,967,296 tiles at zoom 16"):
        build(layer(shape, "polygon", (10, 16)))


def test_a_line_around_the_world_is_refused_by_name(build: Build) -> None:
    with pytest.raises(TileError, match="layer thing, row 0"):
        build(layer(shapely.LineString([(-HALF, -HALF), (HALF, HALF)]), "line", (10, 16)))


def test_rings_without_area_are_left_out_and_counted(build: Build) -> None:
    flat = shapely.Polygon([ORIGIN, ORIGIN + [50, 0], ORIGIN + [100, 0]])
    dot = shapely.Polygon([ORIGIN, ORIGIN, ORIGIN])
    good = shapely.box(*ORIGIN, *(ORIGIN + 100))
    report = build(layer(np.array([flat, dot, good]), "polygon", (14, 16)))
    assert verify(report.path).layers["thing"].ids[16] == {3}
    assert [(d.zoom, d.reason, d.count) for d in report.dropped if d.reason == "collapsed"] == [(16, "collapsed", 2)]


def test_a_kept_ring_without_area_is_still_visible(build: Build) -> None:
    flat = shapely.Polygon([ORIGIN, ORIGIN + [50, 0], ORIGIN + [100, 0]])
    report = build(layer(flat, "polygon", (10, 16), keep=True))
    assert all(verify(report.path).layers["thing"].ids[z] == {1} for z in range(10, 17))


def test_ten_thousand_points_on_one_spot_make_a_tile_within_budget(build: Build) -> None:
    points = np.repeat(shapely.points([ORIGIN]), 10_000)
    report = build(layer(points, "point", (10, 14)))
    facts = verify(report.path)
    assert facts.largest <= LIMIT and facts.layers["thing"].pieces[14] == 10_000


def test_over_budget_the_least_important_go_and_are_counted(build: Build) -> None:
    rng = np.random.default_rng(5)
    points = shapely.points(ORIGIN + rng.uniform(0, 500, (30_000, 2)))
    names = np.array([rng.bytes(20).hex() for _ in points], object)
    report = build(layer(points, "point", (12, 12), attributes={"name": names}, rank=np.arange(30_000)))
    (lost,) = report.dropped
    facts = verify(report.path)
    kept = facts.layers["thing"].ids[12]
    assert facts.largest <= LIMIT and lost.reason == "budget"
    assert len(kept) == 30_000 - lost.count > 5000
    assert min(kept) == 30_000 - len(kept) + 1  # the highest ranks and no others


def test_kept_layers_over_budget_stay_whole_and_are_named(build: Build) -> None:
    rng = np.random.default_rng(5)
    points = shapely.points(ORIGIN + rng.uniform(0, 500, (30_000, 2)))
    names = np.array([rng.bytes(20).hex() for _ in points], object)
    report = build(layer(points, "point", (12, 12), attributes={"name": names}, keep=True))
    assert not report.dropped and len(report.over_budget) == 1
    assert report.features["thing", 12] == 30_000


def test_a_layer_outside_the_map_makes_no_tiles_and_is_counted(build: Build) -> None:
    beyond = shapely.box(ORIGIN[0], 2 * HALF, ORIGIN[0] + 100, 2 * HALF + 100)
    report = build(layer(beyond, "polygon", (14, 16)))
    assert verify(report.path).tiles == 0
    assert {(d.zoom, d.reason) for d in report.dropped} == {(14, "outside"), (15, "outside"), (16, "outside")}


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_a_layer_without_features_makes_a_sound_archive(kind: str, build: Build) -> None:
    none = np.array([], object)
    report = build(layer(parcels(2), "polygon"), layer(none, kind, id="none", ids=np.zeros(0, np.uint64), attributes={}))
    assert {name for name, facts in verify(report.path).layers.items() if facts.ids} == {"thing"}
    verify(build(layer(none, kind, ids=np.zeros(0, np.uint64), attributes={}), file="b.pmtiles").path)


def test_empty_geometries_are_passed_over(build: Build) -> None:
    for kind, empty in (("polygon", shapely.Polygon()), ("line", shapely.LineString()), ("point", shapely.Point())):
        report = build(layer(np.array([empty]), kind), file=f"{kind}.pmtiles")
        assert verify(report.path).tiles == 0


@pytest.mark.parametrize(("changes", "message"), [
    ({"geometry": np.array([None], object)}, "layer thing, row 0: no geometry in a layer of kind polygon"),
    ({"geometry": np.array([shapely.Point(0, 0)])}, "row 0: Point in a layer of kind polygon"),
    ({"geometry": np.array([shapely.box(0, 0, np.inf, 1)])}, "not finite"),
    ({"geometry": np.array([shapely.box(0, 0, 1e9, 1)])}, "not EPSG:3857"),
    ({"ids": np.array([2**53], np.uint64)}, "ids must be"), ({"ids": np.array([-1])}, "ids must be"), ({"ids": np.array([1.5])}, "ids must be"),
    ({"ids": np.array([1, 2])}, "2 ids for 1 features"), ({"zoom": (5, 19)}, "zooms"), ({"kind": "area"}, "kind 'area'"),
    ({"attributes": {"a": np.array([b"x"], object)}}, "column a: a value of type bytes"),
    ({"attributes": {"a": np.array([2**64], object)}}, "column a: the number 18446744073709551616 does not fit"),
    ({"attributes": {"a": np.array(["\ud800"], object)}}, "column a"),
    ({"attributes": {"a": np.array([1, 2])}}, "column a: 2 values for 1 features"),
])
def test_what_cannot_be_a_tile_is_refused_by_name(changes: dict[str, object], message: str, build: Build) -> None:
    with pytest.raises(TileError, match=message):
        build(replace(layer(shapely.box(*ORIGIN, *(ORIGIN + 10)), "polygon"), **changes))


def test_names_given_twice_are_refused(build: Build) -> None:
    with pytest.raises(TileError, match="layer thing is named twice"):
        build(layer(parcels(1), "polygon"), layer(parcels(1), "polygon"))
    with pytest.raises(TileError, match="an id appears twice"):
        build(layer(parcels(2), "polygon", ids=np.array([1, 2, 2, 3])))


def test_a_refused_build_leaves_nothing_behind(build: Build, tmp_path: object) -> None:
    with pytest.raises(TileError):
        build(layer(shapely.box(-HALF, -HALF, HALF, HALF), "polygon", (10, 16)))
    assert not list(tmp_path.iterdir())  # type: ignore[attr-defined]
