"""Bad input through the whole of `gispipe run`: one sentence that names file and place, or a release that is sound and pages that show it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from tinycity import CITY, X, Y, command, csv_file, declare, geojson, lonlat, shapefile, square

from gispipe import releases
from gispipe.tiles.read import ArchiveFacts, verify

LAYER = '''
id = "{name}"
title = "{name}"
geometry = "{geometry}"
audience = "public"
style = "{style}"
zoom = [{first}, 16]
{more}
[source]
{source}
[columns]
name = {{ from = "name", type = "str", label = "名称", public = true }}
{accept}
'''
STYLES = {"plain": 'id = "plain"\n[[class]]\nlabel = "図形"\nfill = "#FFB7B7"\nstroke = "#AA0000"\n',
          "named": 'id = "named"\n[[class]]\nlabel = "点"\nfill = "#FFFFFF"\nstroke = "#AA0000"\n[text]\ncolor = "#123456"\n'}
GEOJSON = 'reader = "geojson"\npath = "{0}.geojson"\ncrs = "EPSG:6668"'
VERTICES = int(os.environ.get("GISPIPE_TEST_VERTICES", "100000"))
"""A million takes a minute: GISPIPE_TEST_VERTICES=1000000."""
CONTROLS = ("a\x00b", "\x01\x02\x1b[31m", "x\ty\nz", "\u202eabc\u2066", "\x7f\x85\ufffe", "<b>" * 3000, "字" * 3400)

pytestmark = pytest.mark.usefixtures("page_assets")


def layer(name: str, geometry: str = "polygon", *, accept: tuple[str, int] | None = None, source: str = "", more: str = "", first: int = 10) -> str:
    accepted = f'[accept]\n{accept[0]} = {{ rows = {accept[1]}, reason = "試験" }}' if accept else ""
    return LAYER.format(name=name, geometry=geometry, style="named" if "label" in more else "plain", more=more, first=first, source=source or GEOJSON.format(name), accept=accepted)


def city(folder: Path, layers: dict[str, str]) -> Path:
    """Declare layers on one map beside one sound square, so that there is always something to draw."""
    ground = layer("ground")
    made = declare(folder / "bad", {**layers, "ground": ground}, STYLES, {"hazard": f'id = "hazard"\ntitle = "地図"\naudience = "public"\nlayers = {json.dumps([*layers, "ground"])}\n'}, CITY)
    put(made, "ground", lonlat([square(0, 0, 500)]))
    return made


def put(made: Path, name: str, shapes: object, names: list[str] | None = None) -> None:
    geojson(made / f"sources/{name}.geojson", shapes, [{"name": text} for text in names or ["もの"] * len(shapes)])  # type: ignore[arg-type,call-overload]


def archives(made: Path) -> dict[str, ArchiveFacts]:
    """Judge every archive of both releases by the strict reader; return those of the public one by tileset."""
    output = made / "output"
    for path in releases.current(output, "internal").glob("tiles/*.pmtiles"):
        verify(path)
    return {path.stem.rpartition("-")[0]: verify(path) for path in releases.current(output, "public").glob("tiles/*.pmtiles")}


WORLD = shapely.box(-179.9, -85, 179.9, 85)
COUNTRY = shapely.box(130, 31, 141, 41)
LINE = shapely.LineString([(130, 31), (135.5, 34.78), (141, 41)])


@pytest.mark.parametrize(("shape", "geometry", "accept", "status", "said"), [
    (WORLD, "polygon", None, 22, "layers/thing.toml › thing.geojson:1: GP15"),
    (WORLD, "polygon", ("GP15", 1), 22, "layers/thing.toml › thing.geojson:1: GP20"),
    (COUNTRY, "polygon", None, 22, "layers/thing.toml › thing.geojson:1: GP20 a shape is so large that it cannot be drawn"),
    (COUNTRY, "polygon", ("GP20", 1), 22, "GP20"),
    (LINE, "line", None, 22, "layers/thing.toml › thing.geojson:1: GP20"),
])
def test_a_shape_as_large_as_the_world_or_a_country_is_refused_by_name(
        shape: shapely.Geometry, geometry: str, accept: tuple[str, int] | None, status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = city(tmp_path, {"thing": layer("thing", geometry, accept=accept)})
    near = square(0, 0, 50) if geometry == "polygon" else shapely.LineString([(X, Y), (X + 50, Y)])
    put(made, "thing", [shape, lonlat([near])[0]])
    assert command(["run", "--city", str(made)]) == status
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told
    assert not (made / "output/public/current").exists()


@pytest.mark.parametrize(("content", "status", "said"), [
    ('{"type":"FeatureCollection","features":[]}', 22, "layers/thing.toml › thing.geojson: GP17 there is not a single row"),
    ('{"type":"FeatureCollection",\n"features":[{"type":"Feature","properties":{"name":"a\\ud800"},"geometry":null}]}', 21, "thing.geojson line 2: \\ud800 is half a character"),
    ('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[1e999,34],[135,34],[135,35],[1e999,34]]]}}]}', 21,
     "thing.geojson feature 1"),
])
def test_a_collection_that_is_empty_or_holds_what_is_no_text_or_number_is_named(content: str, status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = city(tmp_path, {"thing": layer("thing")})
    (made / "sources/thing.geojson").write_text(content, "utf-8")
    assert command(["check", "--city", str(made)]) == status
    assert said in capsys.readouterr().err


def test_whole_pairs_and_written_backslashes_are_no_halves(tmp_path: Path) -> None:
    made = city(tmp_path, {"thing": layer("thing", accept=("GP11", 1))})
    (made / "sources/thing.geojson").write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"\\ud83d\\ude00 \\\\ud800"},"geometry":null}]}', "utf-8")
    assert command(["check", "--city", str(made)]) == 0


def test_a_nul_in_a_table_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = city(tmp_path, {"thing": layer("thing", "point", source='reader = "csv"\npath = "thing.csv"\nx = "x"\ny = "y"')})
    csv_file(made / "sources/thing.csv", [["name", "x", "y"], ["good", "135.48", "34.78"], ["a\x00b", "135.48", "34.78"]])
    assert command(["check", "--city", str(made)]) == 21
    assert "thing.csv:3: the line holds a NUL byte" in capsys.readouterr().err


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """One city of everything bad that is built: a polygon of very many vertices, zero-area rings, points on one spot, control characters, layers of nothing."""
    from tinycity import gispipe

    dbf = 'reader = "shapefile"\npath = "{0}.shp"\ncrs = "EPSG:6674"\nencoding = "utf-8"'
    made = city(tmp_path_factory.mktemp("built"), {
        "huge": layer("huge", source=dbf.format("huge"), first=14), "flat": layer("flat", source=dbf.format("flat"), accept=("GP12", 2)),
        "spot": layer("spot", "point", more='label = "name"', first=14), "text": layer("text", "point", more='label = "name"\nsearch = ["name"]'),
        "nothing": layer("nothing", accept=("GP11", 2)), "other": layer("other", accept=("GP16", 1)), "none": layer("none", accept=("GP17", 1))})
    shapefile(made / "sources/huge.shp", [_jagged(VERTICES)], {"name": ["多い"]}, "utf-8")
    flat = [shapely.Polygon([(X + 10, Y), (X + 60, Y), (X + 110, Y)]), shapely.Polygon([(X, Y)] * 4), square(0, 0, 50)]
    shapefile(made / "sources/flat.shp", flat, {"name": ["線", "点", "面"]}, "utf-8")
    put(made, "spot", np.repeat(lonlat([shapely.Point(X + 100, Y + 300)]), 10_000), [f"点{k}" for k in range(10_000)])
    put(made, "text", lonlat([shapely.Point(X + 60 * k, Y + 100) for k in range(len(CONTROLS))]), list(CONTROLS))
    put(made, "nothing", [None, None])
    put(made, "other", lonlat([shapely.Point(X, Y)]))
    put(made, "none", [])
    ended = gispipe("run", "--city", str(made))
    assert ended.returncode == 0, ended.stderr
    return made, ended.stderr


def _jagged(count: int) -> shapely.Polygon:
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    r = 200 + 20 * np.sin(7 * t) + np.random.default_rng(1).uniform(-0.05, 0.05, count)
    return shapely.Polygon(np.c_[X + 400 + r * np.cos(t), Y + 400 + r * np.sin(t)])


def test_what_can_be_built_is_in_every_tile_the_strict_reader_accepts(built: tuple[Path, str]) -> None:
    found = archives(built[0])
    assert set(found) == {"huge", "flat", "spot", "text", "ground"}
    assert all(len(found["huge"].layers["huge"].ids[zoom]) == 1 for zoom in (14, 15, 16))
    assert len(found["spot"].layers["spot"].ids[16]) == 10_000 and found["spot"].largest < 500_000
    assert len(found["flat"].layers["flat"].ids[16]) >= 1
    assert set(CONTROLS) <= found["text"].strings, "texts are carried as they are"


def test_layers_of_which_nothing_is_drawn_are_named(built: tuple[Path, str]) -> None:
    for name in ("nothing", "other", "none"):
        assert f"public: layers/{name}.toml: nothing of this layer is on the map" in built[1]
    assert "layers/text.toml: nothing" not in built[1]


def test_unseen_characters_are_reported_with_their_rows(built: tuple[Path, str]) -> None:
    (report,) = (built[0] / "output/reports").glob("*/findings.json")
    document = json.loads(report.read_text("utf-8"))
    rows = document if isinstance(document, list) else document["findings"]
    (unseen,) = [one for one in rows if one["code"] == "GP25"]
    assert unseen["layer"] == "text" and [place["row"] for place in unseen["places"]] == [1, 2, 4, 5]


def test_the_page_shows_it_without_the_unseen_and_cuts_what_no_label_can_hold(built: tuple[Path, str]) -> None:
    from tests.browser import open_page, serve_folder

    (place,) = lonlat([shapely.Point(X + 60, Y + 100)])
    with serve_folder(releases.current(built[0] / "output", "public")) as url, open_page(f"{url}maps/hazard.html#18/{place.y:.6f}/{place.x:.6f}/hazard/base/-/ja") as page:
        page.ready()
        page.tab.focus(".folium-map")
        page.tab.keyboard.press("Enter")
        assert "[31m" in page.told() and not set(page.told()) & set("\x00\x01\x02\x1b\u202e\u2066")
        cut = page.paints().tab.evaluate("""() => { const style = { by: null, classes: [{ fill: '#fff' }] }; const scratch = document.createElement('canvas').getContext('2d');
            const placer = new gispipe.TextPlacer({ source_layer: 'a', geometry: 'polygon', style, text: { column: 'name', size: 12 } });
            const [label] = placer.place({ zoom: 16, scratch }, [[{ x: 0, y: 0 }]], { props: { name: '字'.repeat(3400) } });
            return label.bboxes[0].maxX - label.bboxes[0].minX; }""")
        assert cut < 400
        assert page.console == [] and page.errors == []
