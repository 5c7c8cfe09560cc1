"""KML, TopoJSON and DXF: what is drawn comes as drawn, what points elsewhere is refused."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.demo.drawings import dxf, kml, topojson
from gispipe.errors import UnreadableInput
from gispipe.intake import read_source
from gispipe.intake.delivered import Delivered
from gispipe.intake.dxf import read_dxf
from gispipe.intake.kml import plain_text, read_kml
from gispipe.intake.sandbox import Readers
from gispipe.intake.topojson import read_topojson
from gispipe.model import Source

READERS: dict[str, Callable[[Path, Source, str], Delivered]] = {"kml": read_kml, "topojson": read_topojson, "dxf": read_dxf}


def read(path: Path, content: bytes | str | None = None, **more: str) -> Delivered:
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reader = path.suffix[1:]
    return READERS[reader](path, Source(reader=reader, path=path.name, **more), path.name)


SHAPES = np.array([shapely.Point(135.5, 34.75), shapely.LineString([(135, 34), (135.25, 34.5)]), shapely.box(135, 34, 136, 35).difference(shapely.box(135.25, 34.25, 135.5, 34.5)),
                   shapely.MultiPoint([(1, 2), (3, 4)])], dtype=object)


def test_what_is_written_as_kml_comes_back(tmp_path: Path) -> None:
    delivered = read(tmp_path / "a.kml", kml("公園", SHAPES, {"name": ["a", "b<", "c&", "d"], "description": ["x", "y", "z", ""], "種別": ["街区", "近隣", "総合", ""]}))
    assert all(one.equals(other) for one, other in zip(delivered.geometry, SHAPES, strict=True)) and delivered.crs == "EPSG:4326"
    assert delivered.frame["name"].tolist() == ["a", "b<", "c&", "d"] and delivered.frame["種別"].tolist() == ["街区", "近隣", "総合", None] and set(delivered.frame["フォルダー"]) == {"公園"}


@pytest.mark.parametrize(("markup", "text"), [("<b>説明</b><br>二行目", "説明\n二行目"), ("<script>alert(1)</script>a &lt;b&gt;", "a <b>"), ("<table><tr><td>名</td><td>A</td></tr></table>", "名 A"), ("  ", None), ("plain", "plain"), ("<img src=x onerror=y>", None)])
def test_descriptions_become_text_without_markup(markup: str, text: str | None) -> None:
    assert plain_text(markup) == text


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
POINT = "<Placemark><name>{0}</name><Point><coordinates>135,34</coordinates></Point></Placemark>"


def test_folders_are_remembered_and_may_be_chosen(tmp_path: Path) -> None:
    inner = f"<Folder><name>内</name>{POINT.format('b')}{POINT.format('c')}</Folder>"
    content = KML.format(f"<Folder><name>外</name>{POINT.format('a')}{inner}{POINT.format('d')}</Folder>{POINT.format('e')}")
    path = tmp_path / "a.kml"
    assert read(path, content).frame["フォルダー"].tolist() == ["外", "外/内", "外/内", "外", None]
    assert read(path, layer="外/内").frame["name"].tolist() == ["b", "c"]
    with pytest.raises(UnreadableInput, match="no folder '無'; there are: 外, 外/内"):
        read(path, layer="無")


@pytest.mark.parametrize("coordinates", ["135, 34, 0", "\n 135,34 \t", "135,34,1.5"])
def test_blanks_around_coordinates_do_not_count(tmp_path: Path, coordinates: str) -> None:
    assert read(tmp_path / "a.kml", KML.format(f"<Placemark><Point><coordinates>{coordinates}</coordinates></Point></Placemark>")).geometry[0].equals(shapely.Point(135, 34))


@pytest.mark.parametrize(("body", "said"), [
    ("<NetworkLink><Link><href>http://example.org/x.kml</href></Link></NetworkLink>", "NetworkLink points at another document"), (POINT.format("a") + "<Folder><NetworkLink/></Folder>", "NetworkLink"),
    ("<Placemark><Point><coordinates>135,x</coordinates></Point></Placemark>", "Placemark 1: coordinates that are no numbers"), ("<Placemark><Point><coordinates>nan,34</coordinates></Point></Placemark>", "not finite"),
    ("<Placemark><Point><coordinates>135</coordinates></Point></Placemark>", "incomplete"), ("<Placemark><LineString><coordinates>135,34</coordinates></LineString></Placemark>", "the shape is none"),
    ("<Placemark><LineString><coordinates>135,34,0 136,35</coordinates></LineString></Placemark>", "incomplete|no numbers"), ("<Placemark>" + "<MultiGeometry>" * 20 + "</MultiGeometry>" * 20 + "</Placemark>", "nested too deeply"), ("<Placemark><Point>", "not well-formed"),
], ids=["link", "link later", "letters", "NaN", "one number", "short line", "mixed widths", "deep", "cut"])
def test_kml_that_leads_elsewhere_or_is_none_is_refused(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said):
        read(tmp_path / "a.kml", KML.format(body) if body[-7:] != "<Point>" else KML.format(body)[:90])


def test_a_placemark_without_a_shape_is_noted_and_a_dtd_refused(tmp_path: Path) -> None:
    delivered = read(tmp_path / "a.kml", KML.format("<Placemark><name>a</name></Placemark><GroundOverlay><Icon><href>file:///etc/passwd</href></Icon></GroundOverlay>"))
    assert delivered.geometry[0] is None and [(n.code, n.row) for n in delivered.notes] == [("GP11", 1)] and delivered.facts["overlays"] == 1
    with pytest.raises(UnreadableInput, match="DTD"):
        read(tmp_path / "b.kml", '<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + KML.format("<Placemark><name>&a;</name></Placemark>"))


def test_a_kmz_is_opened_before_its_reader(tmp_path: Path, group: Readers) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr(zipfile.ZipInfo("doc.kml"), kml("f", SHAPES[:1], {"name": ["a"]}))
    assert read_source(group, tmp_path, Source(reader="kml", path="a.kmz"), "layers/x.toml").frame["name"].tolist() == ["a"]


def tiles(count: int) -> np.ndarray:
    return np.array([shapely.box(135 + k / 64, 34 + j / 64, 135 + (k + 1) / 64, 34 + (j + 1) / 64) for j in range(count) for k in range(count)], dtype=object)


def test_what_is_written_as_topojson_comes_back_to_the_step(tmp_path: Path) -> None:
    shapes = np.array([*tiles(4), shapely.box(136, 35, 137, 36).difference(shapely.box(136.25, 35.25, 136.5, 35.5))], dtype=object)
    content = topojson("町", shapes, {"名": [f"n{k}" for k in range(17)], "値": list(range(17))})
    delivered = read(tmp_path / "a.topojson", content)
    assert shapely.equals_exact(shapely.normalize(delivered.geometry), shapely.normalize(shapes), 1e-6).all() and shapely.is_valid(delivered.geometry).all()
    assert len(json.loads(content)["arcs"]) < 17 * 4 and delivered.frame["値"].tolist() == list(range(17)) and delivered.crs == "EPSG:4326"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(-1000, 1000), min_size=8, max_size=8), min_size=1, max_size=5))
def test_neighbours_share_every_vertex_of_their_border(corners: list[list[int]]) -> None:
    points = shapely.MultiPoint([(x, y) for row in corners for x, y in zip(row[::2], row[1::2], strict=True)])
    shapes = np.array([one for one in shapely.get_parts(shapely.delaunay_triangles(points)) if one.area > 0], dtype=object)
    if not len(shapes):
        return
    from gispipe.intake.topojson_arcs import Arcs
    from gispipe.intake.topojson_shapes import shapes_of

    document = json.loads(topojson("t", shapes, {}, steps=4000))
    back = shapes_of(document["objects"]["t"]["geometries"], Arcs.of(document, "t"), "t")
    assert abs(shapely.area(back).sum() - shapely.union_all(back).area) < 1e-6 * max(1.0, shapely.area(back).sum())


def topology(**more: object) -> str:
    base: dict[str, object] = {"type": "Topology", "objects": {"a": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0]], "properties": {"n": 1}}]}}, "arcs": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    return json.dumps(base | more)


LINES = {"type": "GeometryCollection", "geometries": [{"type": "LineString", "arcs": [0, 1]}, {"type": "LineString", "arcs": [-2, -1]}, {"type": "MultiLineString", "arcs": [[0], [1]]}, {"type": "Point", "coordinates": [5, 6], "id": 7},
                                                      {"type": "MultiPoint", "coordinates": [[5, 6], [7, 8]]}, {"type": None}]}


def test_every_kind_of_shape_is_put_together(tmp_path: Path) -> None:
    delivered = read(tmp_path / "a.topojson", topology(objects={"a": LINES}, arcs=[[[0, 0], [1, 0]], [[1, 0], [1, 1], [2, 2]]]))
    assert [None if one is None else one.wkt for one in delivered.geometry] == ["LINESTRING (0 0, 1 0, 1 1, 2 2)", "LINESTRING (2 2, 1 1, 1 0, 0 0)", "MULTILINESTRING ((0 0, 1 0), (1 0, 1 1, 2 2))", "POINT (5 6)",
                                                                                "MULTIPOINT ((5 6), (7 8))", None]
    assert delivered.frame["id"].tolist() == [None, None, None, 7, None, None] and [n.row for n in delivered.notes] == [6]


def test_an_object_is_named_where_there_are_several(tmp_path: Path) -> None:
    path, content = tmp_path / "a.topojson", topology(objects={"town": LINES, "city": LINES}, arcs=[[[0, 0], [1, 0]], [[1, 0], [1, 1]]])
    with pytest.raises(UnreadableInput, match="2 objects inside: town, city"):
        read(path, content)
    with pytest.raises(UnreadableInput, match="no object 'x'; there are: town, city"):
        read(path, layer="x")
    assert len(read(path, layer="town")) == 6


def test_metres_are_no_degrees(tmp_path: Path) -> None:
    assert read(tmp_path / "a.topojson", topology(arcs=[[[-48000, -135000], [-47000, -135000], [-47000, -134000], [-48000, -135000]]])).crs is None


@pytest.mark.parametrize("more", [
    {"arcs": None}, {"arcs": [[["a", 0]]]}, {"arcs": [[[0]]]}, {"arcs": []}, {"arcs": [[]]}, {"arcs": [[[0, 0], [1, 1]]]}, {"arcs": [[[0, 0], [1, 0], [1, 1], [0, 0]]], "transform": {"scale": [1], "translate": [0, 0]}},
    {"objects": []}, {"objects": {"a": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[5]]}]}}}, {"objects": {"a": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[-9]]}]}}},
    {"objects": {"a": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [["0"]]}]}}}, {"objects": {"a": {"type": "GeometryCollection", "geometries": [{"type": "Polygon"}]}}}, {"objects": {"a": {"type": "Circle"}}},
    {"objects": {"a": {"type": "GeometryCollection", "geometries": [[1]]}}}, {"objects": {"a": {"type": "Polygon", "arcs": [[True]]}}}, {"transform": {"scale": [1e308, 1e308], "translate": [1e308, 0]}},
], ids=range(16))
def test_a_topology_that_is_none_is_refused(tmp_path: Path, more: dict[str, object]) -> None:
    with pytest.raises(UnreadableInput):
        read(tmp_path / "a.topojson", topology(**more))


@pytest.mark.parametrize("text", [topology().replace("1]", "NaN]", 1), topology()[:60] + "[" * 100_000, topology()[:-5]], ids=["NaN", "deep", "cut"])
def test_json_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableInput):
        read(tmp_path / "a.topojson", text)


def test_an_arc_used_without_end_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    arcs = [[[k, 0] for k in range(20_000)]]
    with pytest.raises(UnreadableInput, match="vertices put together"):
        read(tmp_path / "a.topojson", topology(arcs=arcs, objects={"a": {"type": "LineString", "arcs": [0] * 3000}}))


def test_what_is_drawn_as_dxf_comes_back(tmp_path: Path) -> None:
    lines = np.array([shapely.LineString([(0, 0), (5, 0), (5, 5)]), shapely.box(10, 10, 20, 20).exterior], dtype=object)
    delivered = read(tmp_path / "a.dxf", dxf({"道路": lines}, {"注記": (shapely.points([[1, 2]]), ["髙﨑①"])}))
    assert delivered.frame["Layer"].tolist() == ["道路", "道路", "注記"] and delivered.frame["Text"].tolist() == [None, None, "髙﨑①"] and (delivered.crs, delivered.encoding) == (None, "cp932")
    assert delivered.geometry[0].equals(lines[0]) and delivered.geometry[1].equals(shapely.LineString(lines[1].coords)) and delivered.geometry[2].wkt == "POINT (1 2)"
    assert delivered.facts["layers"] == {"注記": 1, "道路": 2}


def test_one_layer_of_a_drawing_may_be_chosen(tmp_path: Path) -> None:
    path, content = tmp_path / "a.dxf", dxf({"道路": SHAPES[1:2]}, {"注記": (SHAPES[:1], ["x"])})
    assert read(path, content, layer="注記").frame["Text"].tolist() == ["x"]
    with pytest.raises(UnreadableInput, match="no layer '筆' in the drawing; there are: 注記, 道路"):
        read(path, layer="筆")


def test_text_without_a_stated_code_page_is_refused_until_it_is_declared(tmp_path: Path) -> None:
    path, content = tmp_path / "a.dxf", dxf({}, {"注記": (SHAPES[:1], ["髙﨑"])}).replace(b"ANSI_932", b"ANSI_1252")
    with pytest.raises(UnreadableInput, match="not declared and not UTF-8"):
        read(path, content)
    assert read(path, encoding="cp932").frame["Text"].tolist() == ["髙﨑"]
    assert read(tmp_path / "b.dxf", content.decode("cp932").replace("AC1015", "AC1021").encode()).frame["Text"].tolist() == ["髙﨑"]


def test_references_to_other_drawings_are_counted_and_not_followed(tmp_path: Path) -> None:
    blocks = b"0\r\nSECTION\r\n2\r\nBLOCKS\r\n0\r\nBLOCK\r\n8\r\n0\r\n2\r\nXR\r\n70\r\n4\r\n10\r\n0\r\n20\r\n0\r\n1\r\n/etc/passwd\r\n0\r\nENDBLK\r\n8\r\n0\r\n0\r\nENDSEC\r\n0\r\nSECTION\r\n2\r\nENTITIES"
    content = dxf({"道路": SHAPES[1:2]}, {}).replace(b"0\r\nSECTION\r\n2\r\nENTITIES", blocks)
    delivered = read(tmp_path / "a.dxf", content)
    assert delivered.facts["outside_references"] == ["XR"] and len(delivered) == 1


@pytest.mark.parametrize("content", [b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(50), dxf({"a": SHAPES[1:2]}, {})[:-40], b"0\nSECTION\n2\nENTITIES\n"], ids=["binary", "cut", "stump"])
def test_a_drawing_that_is_not_whole_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableInput):
        read(tmp_path / "a.dxf", content)


def test_a_drawing_passes_through_the_closed_process(tmp_path: Path, group: Readers) -> None:
    (tmp_path / "a.dxf").write_bytes(dxf({"道路": SHAPES[1:2]}, {}))
    delivered = read_source(group, tmp_path, Source(reader="dxf", path="a.dxf", crs="EPSG:6674"), "layers/x.toml")
    assert len(delivered) == 1 and delivered.crs == "EPSG:6674"


@pytest.mark.parametrize(("name", "layer", "rows"), [("ksj/N03/smartnews_topo_s0010_N03-21_27_210101.json", None, 72), ("muni_gis/misc/higashiosaka_town_topojson_misnamed.GeoJSON", "town", 500)], ids=["osaka", "higashiosaka"])
def test_real_topologies_are_put_together_whole(shared_data: Path, name: str, layer: str | None, rows: int) -> None:
    delivered = read_topojson(shared_data / name, Source(reader="topojson", path="x", layer=layer), name)
    assert len(delivered) == rows and delivered.geometry is not None and shapely.is_valid(delivered.geometry).all() and not shapely.is_empty(delivered.geometry).any()
