"""The painting of tiles: what is read out of them, what a click hits, what is left out because nobody sees it, and painting without a second thread."""

from __future__ import annotations

import base64
import gzip
import json
import random
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles

from gispipe.releases import current
from tests.browser import open_page

INK = """() => [...document.querySelectorAll('canvas.leaflet-tile')].filter((tile) => tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data.some((value) => value)).length"""


def _tiles(folder: Path) -> list[tuple[tuple[int, int, int], bytes]]:
    found = []
    for path in sorted((folder / "tiles").glob("*.pmtiles")):
        with path.open("rb") as file:
            source = MmapSource(file)
            if Reader(source).header()["tile_type"].name == "MVT":
                found += [(zxy, gzip.decompress(tile)) for zxy, tile in all_tiles(source)]
    return found


def test_a_tile_is_read_as_another_decoder_reads_it(finished_city: Path, address: str) -> None:
    folder = current(finished_city / "output", "internal")
    assert folder is not None
    tiles = _tiles(folder)
    chosen = random.Random(3).sample(tiles, min(60, len(tiles)))
    with open_page(address + "maps/flood.html") as page:
        told = page.ready().paints().tab.evaluate("""(tiles) => tiles.map((text) => {
            const data = new gispipe.TileData(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer);
            return [...data.places.keys()].map((name) => [name, data.layer(name, 4096).map((one) => [one.id ?? null, one.geomType, { ...one.props }, one.map((ring) => ring.map(({ x, y }) => [x, y])),
              [one.minX, one.minY, one.maxX, one.maxY]])]); })""", [base64.b64encode(tile).decode() for _, tile in chosen])
    count = 0
    for (_, tile), layers in zip(chosen, told, strict=True):
        ours = dict(layers)
        theirs = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
        assert ours.keys() == theirs.keys()
        for name, layer in theirs.items():
            assert layer["extent"] == 4096 and len(layer["features"]) == len(ours[name])
            for other, (number, kind, props, rings, box) in zip(layer["features"], ours[name], strict=True):
                assert (other.get("id") or None) == (number or None) and props == json.loads(json.dumps(other["properties"]))
                shape = shapely.geometry.shape(other["geometry"])
                assert kind == {"Point": 1, "LineString": 2, "Polygon": 3}[shape.geom_type.removeprefix("Multi")]
                assert sorted(map(tuple, shapely.get_coordinates(shape).tolist())) == sorted(tuple(map(float, point)) for ring in rings for point in ring)
                assert tuple(box) == shape.bounds
                count += 1
    assert count > 100


@pytest.mark.parametrize("damage", ["cut", "long", "command"])
def test_a_tile_that_cannot_be_read_is_an_error_and_not_an_empty_tile(address: str, damage: str) -> None:
    layer = bytes([0x0A, 1, 97, 0x12, 8, 0x18, 1, 0x22, 4, 9, 2, 2, 15 if damage != "command" else 12, 0x78, 2])
    tile = bytes([0x1A, len(layer)]) + layer
    tile = {"cut": tile[:-4], "long": bytes([0x1A, 0xFF, 0xFF, 0x7F]) + layer, "command": tile}[damage]
    with open_page(address + "maps/flood.html") as page:
        said = page.ready().paints().tab.evaluate("""(bytes) => { try { const data = new gispipe.TileData(new Uint8Array(bytes).buffer); for (const name of data.places.keys()) data.layer(name, 256); return "read"; }
            catch (error) { return error.message; } }""", list(tile))
        assert said != "read"


def test_what_a_click_hits_is_what_geometry_says(address: str) -> None:
    chosen = random.Random(8)
    areas = []
    for _ in range(40):
        around = shapely.Point(chosen.uniform(40, 216), chosen.uniform(40, 216)).buffer(chosen.uniform(10, 60), quad_segs=4)
        hole = shapely.affinity.scale(around, 0.5, 0.4)
        areas.append(shapely.difference(around, hole) if chosen.random() < 0.7 else around)
    lines = [shapely.LineString([(chosen.uniform(0, 256), chosen.uniform(0, 256)) for _ in range(5)]) for _ in range(40)]
    points = [(chosen.uniform(0, 256), chosen.uniform(0, 256)) for _ in range(300)]
    shapes = [(3, [list(ring.coords) for ring in (area.exterior, *area.interiors)]) for area in areas] + [(2, [list(line.coords)]) for line in lines]
    with open_page(address + "maps/flood.html") as page:
        hit = page.ready().paints().tab.evaluate("""([shapes, points]) => shapes.map(([geomType, rings]) => {
            const xy = Float64Array.from(rings.flat(2)); let end = 0; const ends = rings.map((ring) => (end += 2 * ring.length));
            const [xs, ys] = [0, 1].map((k) => rings.flat().map((one) => one[k]));
            const feature = { layer: { xy, ends }, geomType, from: 0, to: rings.length, minX: Math.min(...xs), maxX: Math.max(...xs), minY: Math.min(...ys), maxY: Math.max(...ys) };
            return points.map(([x, y]) => gispipe.isHit(feature, x, y, 7)); })""", [shapes, points])
    for shape, answers in zip([*areas, *lines], hit, strict=True):
        for point, answer in zip(points, answers, strict=True):
            away = shapely.distance(shape, shapely.Point(point))
            assert answer == (away == 0 if shape.geom_type == "Polygon" else away < 7)


def _star(chosen: random.Random) -> list[list[float]]:
    """Return a ring that crosses the tile, runs far beyond it and back, on all sides."""
    ring = [[chosen.uniform(-200, 450), chosen.uniform(-200, 450)]]
    for _ in range(120):
        step = 90 if chosen.random() < 0.8 else 900
        ring.append([min(1100.0, max(-900.0, value + chosen.uniform(-step, step))) for value in ring[-1]])
    return [*ring, ring[0]]


@pytest.mark.parametrize(("one", "most"), [({"fill": "#336699"}, 0), ({"stroke": "#aa3322", "width": 6}, 12)], ids=["fill", "stroke"])
def test_corners_that_are_left_out_beyond_a_tile_change_nothing_in_it(address: str, one: dict[str, Any], most: int) -> None:
    # areas are the same to the pixel; lines with spikes differ in single pixels of their smoothed edge, since a path is smoothed by how many corners it has
    chosen = random.Random(21)
    rings = [_star(chosen) for _ in range(60)]
    with open_page(address + "maps/flood.html") as page:
        told: list[dict[str, Any]] = page.ready().paints().tab.evaluate("""([rings, one]) => rings.map((ring) => {
            const xy = Float32Array.from(ring.flat()), [xs, ys] = [0, 1].map((k) => ring.map((one) => one[k]));
            const feature = { layer: { xy, ends: [xy.length] }, geomType: 3, from: 0, to: 1, props: {}, minX: Math.min(...xs), maxX: Math.max(...xs), minY: Math.min(...ys), maxY: Math.max(...ys) };
            const [cut, whole] = [true, false].map((cuts) => {
              const painter = new gispipe.LayerPainter({ style: { by: null, classes: [one] }, geometry: "polygon" }, false), ctx = gispipe.sheet(256).getContext("2d"), { paths } = painter;
              let corners = 0;
              painter.paths = (features, may) => paths.call(painter, features, may && cuts);
              const { lineTo } = Path2D.prototype;
              Path2D.prototype.lineTo = function (...to) { corners += 1; return lineTo.apply(this, to); };
              painter.draw(ctx, feature, 15, feature);
              painter.flush(ctx);
              Path2D.prototype.lineTo = lineTo;
              return { data: ctx.getImageData(0, 0, 256, 256).data.filter((value, k) => k % 4 === 3), corners };
            });
            return { differing: cut.data.reduce((sum, value, k) => sum + (Math.abs(value - whole.data[k]) > 128), 0), ink: whole.data.some((value) => value), cut: cut.corners, whole: whole.corners }; })""", [rings, one])
    assert sum(one["ink"] for one in told) > 40
    assert max(one["differing"] for one in told) <= most
    assert sum(one["cut"] for one in told) < 0.95 * sum(one["whole"] for one in told)


@pytest.mark.parametrize("lost", ["delete window.Worker", "delete window.OffscreenCanvas", "window.Worker = class { constructor() { throw new Error('no'); } }"], ids=["worker", "offscreen", "refused"])
def test_without_a_second_thread_the_page_paints_itself(address: str, lost: str) -> None:
    with open_page(address + "maps/flood.html", init=lost) as page:
        page.ready()
        assert page.tab.evaluate(INK) > 3 and page.errors == [] and page.tab.evaluate("gispipe.painter.here.size") == 1
        page.tab.mouse.click(800, 430)
        assert "この地点" in page.told()


def test_a_script_that_paints_and_does_not_come_is_told(address: str) -> None:
    with open_page("about:blank") as page:
        page.tab.route("**/paint-*.js", lambda route: route.abort())
        page.tab.goto(address + "maps/flood.html")
        page.tab.wait_for_selector("#toast:not([hidden])")
        assert "読み込めませんでした" in page.tab.inner_text("#toast")


def test_with_a_second_thread_the_page_itself_paints_nothing(address: str) -> None:
    with open_page(address + "maps/flood.html") as page:
        page.ready()
        assert page.tab.evaluate(INK) > 3 and page.tab.evaluate("typeof protomapsL") == "undefined" and not page.tab.evaluate("Boolean(gispipe.painter.here)")
