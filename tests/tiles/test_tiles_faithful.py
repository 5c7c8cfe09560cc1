"""What goes into tiles comes out of them, where it was."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from made_layers import ORIGIN, bounds_of_tile, layer, parcels, stairs

from gispipe.tiles import grid
from gispipe.tiles.encode import ArchiveReport, TileLayer, build_archive
from gispipe.tiles.read import decode_tile, iter_tiles, verify

Build = Callable[..., ArchiveReport]


def ground(path: Path, zoom: int, name: str = "thing") -> dict[int, object]:
    """Return each feature's drawn shape at a zoom in EPSG:3857, cut to its tiles' own squares and put together."""
    found: dict[int, list[object]] = {}
    for (z, x, y), data in iter_tiles(path):
        if z != zoom:
            continue
        west, south, east, north = bounds_of_tile(z, x, y)
        size = (east - west) / grid.EXTENT
        for decoded in decode_tile(data):
            for feature in decoded.features if decoded.name == name else ():
                parts = [np.stack([west + p[:, 0] * size, north - p[:, 1] * size], 1) for p in feature.parts]
                shape = shape_of(feature.kind, parts, feature.holes)
                found.setdefault(feature.id or 0, []).append(shapely.intersection(shape, shapely.box(west, south, east, north)))
    return {key: shapely.union_all(shapes) for key, shapes in found.items()}


def shape_of(kind: str, parts: list[np.ndarray], holes: tuple[bool, ...]) -> object:
    if kind == "point":
        return shapely.multipoints(parts[0])
    if kind == "line":
        return shapely.multilinestrings([shapely.linestrings(p) for p in parts])
    polygons: list[object] = []
    for ring, hole in zip(parts, holes, strict=True):
        area = shapely.make_valid(shapely.polygons(ring))
        if hole:
            polygons[-1] = shapely.difference(polygons[-1], area)
        else:
            polygons.append(area)
    return shapely.union_all(polygons)


SHAPES = {
    "point": shapely.Point(ORIGIN + 30),
    "points": shapely.MultiPoint([ORIGIN + 30, ORIGIN + 3000]),
    "line": shapely.LineString([ORIGIN, ORIGIN + [900, 300], ORIGIN + [5000, -700]]),
    "lines": shapely.MultiLineString([[ORIGIN, ORIGIN + 500], [ORIGIN + [0, 900], ORIGIN + [4000, 800]]]),
    "polygon": shapely.Polygon([ORIGIN, ORIGIN + [5000, 0], ORIGIN + [4500, 4000], ORIGIN + [0, 5000]],
                               [[ORIGIN + 1000, ORIGIN + [2500, 1000], ORIGIN + [2000, 2500]]]),
    "polygons": shapely.MultiPolygon([shapely.box(*ORIGIN, *(ORIGIN + 700)), shapely.box(*(ORIGIN + 1500), *(ORIGIN + 4200))]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_geometry_kind_comes_back_where_it_was(name: str, build: Build) -> None:
    source = SHAPES[name]
    report = build(layer(source, name.rstrip("s"), (12, 15)))
    verify(report.path)
    for zoom in range(12, 16):
        unit = 2 * grid.HALF / 2**zoom / grid.EXTENT
        drawn = ground(report.path, zoom)[1]
        assert shapely.hausdorff_distance(drawn, source) < 3 * unit
        assert drawn.area == pytest.approx(source.area, rel=1e-3)


@pytest.mark.parametrize("name", SHAPES)
def test_an_independent_decoder_reads_the_same(name: str, build: Build) -> None:
    report = build(layer(SHAPES[name], name.rstrip("s"), (13, 13)))
    for _, data in iter_tiles(report.path):
        theirs = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["thing"]
        (ours,) = decode_tile(data)
        for a, b in zip(theirs["features"], ours.features, strict=True):
            assert (a["id"], a["properties"]) == (b.id, b.properties)
            points = np.unique(shapely.get_coordinates(shapely.geometry.shape(a["geometry"])), axis=0)
            assert np.array_equal(points, np.unique(np.concatenate(b.parts), axis=0))


def test_the_pmtiles_package_finds_every_tile(build: Build) -> None:
    from pmtiles.reader import MmapSource, Reader, all_tiles

    report = build(layer(parcels(20), "polygon", (10, 16)))
    ours = dict(iter_tiles(report.path))
    with report.path.open("rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        theirs = {place: gzip.decompress(data) for place, data in all_tiles(source)}
        assert theirs == ours
        assert all(gzip.decompress(reader.get(*place)) == data for place, data in ours.items())
        header = reader.header()
    assert header["addressed_tiles_count"] == len(ours) == report.tiles
    assert (header["min_zoom"], header["max_zoom"]) == (10, 16)


def test_values_keep_their_types_and_none_is_absent(build: Build) -> None:
    texts = ["a", "", "\x00\x1b\u2028改行\n", "長" * 3500, None]
    values = {
        "text": np.array(texts, object), "whole": np.array([0, 1, -1, 2**62, -(2**62)]), "real": np.array([0.5, -1e300, np.nan, 1.0, 3.0]),
        "flag": np.array([True, False, True, False, True]), "mixed": np.array([1, True, 1.0, "1", None], object),
        "nothing": np.full(5, None, object),
    }
    report = build(layer(shapely.points(ORIGIN + np.arange(5)[:, None]), "point", (14, 14), attributes=values))
    ((_, data),) = list(iter_tiles(report.path))
    (decoded,) = decode_tile(data)
    for i, feature in enumerate(decoded.features):
        given = {key: column[i].item() if isinstance(column[i], np.generic) else column[i] for key, column in values.items()}
        wanted = {key: value for key, value in given.items() if value is not None and value == value}
        assert {key: (type(value), value) for key, value in feature.properties.items()} == {k: (type(v), v) for k, v in wanted.items()}
    verify(report.path)


def test_parcels_neither_gap_nor_overlap_at_any_zoom(build: Build) -> None:
    source = parcels(40)
    report = build(layer(source, "polygon", (12, 16), min_pixels=0.0))
    whole = shapely.union_all(source).area
    for zoom in (13, 14, 15, 16):
        drawn = np.array(list(ground(report.path, zoom).values()))
        together = shapely.union_all(drawn)
        assert shapely.area(drawn).sum() == pytest.approx(together.area, rel=1e-6)
        assert sum(len(part.interiors) for part in shapely.get_parts(together)) == 0
        assert together.area == pytest.approx(whole, rel=0.01)


def test_the_deepest_zoom_holds_every_feature(build: Build) -> None:
    source = parcels(40)
    report = build(layer(source, "polygon", (12, 16)))
    assert verify(report.path).layers["thing"].ids[16] == set(range(1, len(source) + 1))
    assert report.features["thing", 16] == len(source)


def test_what_is_not_drawn_is_reported(build: Build) -> None:
    source = parcels(30)
    report = build(layer(source, "polygon", (9, 15)))
    facts = verify(report.path).layers["thing"]
    for zoom in range(9, 16):
        missing = len(source) - len(facts.ids.get(zoom, ()))
        reported = sum(d.count for d in report.dropped if d.zoom >= zoom)
        assert missing == reported, zoom


def test_hazards_lie_within_30_cm_at_their_deepest_zoom(build: Build) -> None:
    source = stairs(60)
    report = build(layer(source, "polygon", (10, 16), keep=True))
    drawn = ground(report.path, 16)
    for number, shape in enumerate(source, 1):
        assert shapely.symmetric_difference(drawn[number], shape).area < 0.3 * shape.length
        assert shapely.hausdorff_distance(drawn[number], shape) < 0.3


@pytest.mark.parametrize("zoom", range(8, 17))
def test_a_hazard_class_on_a_tiles_ground_is_visible_in_the_tile(zoom: int, build: Build) -> None:
    rng = np.random.default_rng(3)
    specks = shapely.box(*(ORIGIN[:, None] + rng.uniform(0, 30_000, (2, 40))), *(ORIGIN[:, None] + 30_000 + np.zeros((2, 40))))
    corners = ORIGIN + rng.uniform(0, 30_000, (40, 2))
    specks = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 3, corners[:, 1] + 3)
    sliver = shapely.Polygon([ORIGIN, ORIGIN + [9000, 4000], ORIGIN + [9000, 4000.02]])
    source = np.append(specks, sliver)
    rank = np.arange(len(source))
    report = build(layer(source, "polygon", (zoom, 16), keep=True, attributes={"rank": rank}))
    seen: dict[tuple[int, int], set[int]] = {}
    for (z, x, y), data in iter_tiles(report.path):
        if z == zoom:
            seen[x, y] = {f.properties["rank"] for f in decode_tile(data)[0].features}
    n = 2**zoom
    side = 2 * grid.HALF / n
    for place in np.unique(((shapely.get_coordinates(source) * [1, -1] + grid.HALF) // side).astype(int), axis=0):
        square = shapely.box(*bounds_of_tile(zoom, *place))
        assert set(rank[shapely.intersects(source, square)]) <= seen.get(tuple(place), set())
    verify(report.path)


def test_equal_tiles_are_stored_once(build: Build) -> None:
    square = shapely.box(*ORIGIN, *(ORIGIN + 20_000))
    report = build(layer(square, "polygon", (14, 16)))
    header = verify(report.path).header
    assert header.contents < header.entries < header.addressed == report.tiles


def test_polygons_cut_at_tile_borders_are_valid_for_others_too(build: Build) -> None:
    report = build(layer(stairs(150), "polygon", (15, 17), keep=True))
    for _, data in iter_tiles(report.path):
        for one in mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["thing"]["features"]:
            assert all(shapely.is_valid(shapely.get_parts(shapely.geometry.shape(one["geometry"]))))


def test_a_hazards_rings_neither_cross_nor_touch_themselves_at_any_zoom(build: Build) -> None:
    report = build(layer(stairs(150), "polygon", (9, 16), keep=True))
    judged = 0
    for _, data in iter_tiles(report.path):
        for feature in decode_tile(data)[0].features:
            polygons: list[tuple[np.ndarray, list[np.ndarray]]] = []
            for ring, hole in zip(feature.parts, feature.holes, strict=True):
                if hole:
                    polygons[-1][1].append(ring)
                else:
                    polygons.append((ring, []))
            shapes = np.array([shapely.Polygon(*one) for one in polygons])
            assert shapely.is_valid(shapes).all(), shapely.is_valid_reason(shapes)
            judged += len(shapes)
    assert judged > 1000


def test_holes_of_less_than_a_pixel_are_filled_above_the_deepest_zoom_and_others_stay(tmp_path: Path) -> None:
    unit = 2 * grid.HALF / (grid.EXTENT * 2**16)
    square = lambda x, y, units: shapely.box(x * unit, y * unit, (x + units) * unit, (y + units) * unit)  # noqa: E731
    area = square(64, 64, 3000)
    for k, units in enumerate((10, 30, 60, 200)):  # at z14 a quarter of that: 2.5, 7.5, 15 and 50 units
        area = area.difference(square(200 + 600 * k, 1500, units))
    layer = TileLayer("flood", "polygon", np.array([area]), np.array([1], np.uint64), {}, (14, 16), keep=True)
    build_archive(tmp_path / "a.pmtiles", [layer], name="n", attribution="")
    holes = {z: max(sum(feature.holes) for one in decode_tile(data) for feature in one.features) for (z, _, _), data in iter_tiles(tmp_path / "a.pmtiles")}
    assert holes == {16: 4, 15: 2, 14: 1}
