"""国土数値情報: three formats, two conventions, codes with their meanings beside them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from tinycity import geojson, shapefile, square

from gispipe.demo.ksj import archive, gml_file
from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered, NotWanted
from gispipe.intake.ksj import list_classes, read_ksj
from gispipe.intake.ksj.meanings import depth_limits, tables
from gispipe.intake.sandbox import Readers
from gispipe.intake.source import read_source
from gispipe.model import Source

SQUARE = shapely.Polygon([(136.5, 33.8), (136.6, 33.8), (136.6, 33.9), (136.5, 33.9), (136.5, 33.8)],
                         [[(136.52, 33.82), (136.54, 33.82), (136.54, 33.84), (136.52, 33.82)]])


def read(path: Path, where: str | None = None, **more: str) -> Delivered:
    return read_ksj(path, Source(reader="ksj", path=path.name, **more), where or path.name)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "limits"), [
    ("0.3m未満", (0.0, 0.3)), ("0.01m以上 ～ 0.3m未満", (0.01, 0.3)), ("２ｍ以上　～　５ｍ未満", (2.0, 5.0)), ("20m以上", (20.0, None)),
    ("0.5～1.0m未満", (0.0, 1.0)), ("不明", None), ("", None), ("5m以上2m未満", None), ("10メートル以上", (10.0, None)),
])
def test_depth_texts_are_read_as_limits(text: str, limits: tuple[float, float | None] | None) -> None:
    assert depth_limits(text) == limits


def test_every_code_table_is_used_and_every_column_has_one() -> None:
    named, depths = tables()
    assert {"A31_205", "A31a_205", "A31b_201", "A31_001", "A33_001", "A33_002", "A29_004", "P20_007", "L03b_002"} <= set(named)
    assert depths == ("A40_003", "A49_003", "A51_005") and all(meanings for meanings in named.values())
    assert list(named["A31a_205"]) == ["1", "2", "3", "4", "5", "6"] and named["A29_004"]["8"] == "近隣商業地域"
    assert named["YoutoID"]["8"] == "田園住居地域", "the plan numbers its zones differently from A29"


def test_meanings_stand_beside_the_raw_codes_and_unknown_codes_are_noted(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "A31a-20_14_10.shp", [square(20 * k, 0, 10) for k in range(4)], {"A31a_205": ["1", "6", "9", "9"], "A31a_202": ["髙川"] * 4})
    got = read(path)
    assert got.names == ["A31a_205", "A31a_205_意味", "A31a_202"] and got.frame["A31a_205"].tolist() == ["1", "6", "9", "9"]
    assert got.frame["A31a_205_意味"].tolist() == ["0.5m未満", "20.0m以上", None, None]
    assert [(note.code, note.row, note.detail) for note in got.notes] == [("GP08", 3, "A31a_205='9' (2)")]


def test_depth_texts_get_limits_beside_them(tmp_path: Path) -> None:
    path = geojson(tmp_path / "A40-16_28.geojson", [SQUARE] * 3, [{"A40_003": text} for text in ("0.3m以上 ～ 1.0m未満", "20m以上", "調査中")])
    got = read(path)
    assert got.names == ["A40_003", "A40_003_下限", "A40_003_上限"]
    assert got.frame["A40_003_下限"].tolist() == [0.3, 20.0, None] and got.frame["A40_003_上限"].tolist() == [1.0, None, None]
    assert [note.detail for note in got.notes] == ["A40_003='調査中' (1)"]


def test_a_blank_and_the_word_for_blank_are_no_value(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [SQUARE] * 3, [{"A31_206": " ", "n": 1}, {"A31_206": "空白", "n": 2}, {"A31_206": "20200401", "n": None}])
    assert read(path).frame["A31_206"].tolist() == [None, None, "20200401"]


def test_a_shapefile_is_cp932_by_convention_and_utf8_when_that_is_proven_or_stated(tmp_path: Path) -> None:
    plain = shapefile(tmp_path / "a.shp", [SQUARE], {"名称": ["①髙﨑"]}, "cp932")
    utf8 = shapefile(tmp_path / "b.shp", [SQUARE], {"n": ["①髙﨑"]}, "utf-8")
    stated = shapefile(tmp_path / "c.shp", [SQUARE], {"n": ["①髙﨑"]}, "utf-8", cpg=True)
    assert [read(path).facts["encoding_by"] for path in (plain, utf8, stated)] == ["KSJ convention", "proven UTF-8", ".cpg"]
    assert [read(path).frame.iloc[0, 0] for path in (plain, utf8, stated)] == ["①髙﨑"] * 3
    assert read(plain, encoding="cp932").facts["encoding_by"] == "declared"


def test_without_prj_the_description_beside_it_or_the_name_tells_the_system(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "A30a5.shp", [SQUARE], {"n": ["x"]})
    assert read(path).crs is None
    named = read(path, "A30a5-11_4939-jgd_GML.zip › A30a5.shp")
    assert (named.crs, named.facts["crs_by"]) == ("EPSG:4612", "file name") and named.facts["crs_by_rule"]
    (tmp_path / "KS-META-A30a5.xml").write_bytes('<?xml version="1.0" encoding="shift_jis"?><a>表<code>JGD2011 / (B, L)</code></a>'.encode("cp932"))
    assert (read(path).crs, read(path).facts["crs_by"]) == ("EPSG:6668", "KS-META")


def test_geojson_without_a_system_is_jgd2011_by_convention_and_a_layer_may_say_otherwise(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [SQUARE], [{"n": 1}])
    got = read(path)
    assert got.crs == "EPSG:6668" and got.facts["crs_by_rule"] == "KSJ convention"


@pytest.mark.parametrize("shape", [SQUARE, shapely.Point(136.5, 33.8), shapely.LineString([(136.5, 33.8), (136.6, 33.9), (136.7, 33.9)])], ids=["area", "point", "line"])
@pytest.mark.parametrize(("datum", "crs"), [("JGD2000", "EPSG:4612"), ("JGD2011", "EPSG:6668")])
def test_gml_by_reference_comes_back(tmp_path: Path, shape: shapely.Geometry, datum: str, crs: str) -> None:
    path = tmp_path / "N03.xml"
    path.write_bytes(gml_file("Thing", np.array([shape, shape], object), {"A31_205": [1, 6], "note": ["空白", "①"]}, datum))
    got = read(path)
    assert got.crs == crs and got.geometry is not None and shapely.equals_exact(got.geometry, shape, 0).all()
    assert got.frame["A31_205_意味"].tolist() == ["0.5m未満", "20.0m以上"] and got.frame["note"].tolist() == [None, "①"]


def test_a_curve_may_belong_to_two_rings_and_a_ring_have_several_curves(tmp_path: Path) -> None:
    square = gml_file("Thing", np.array([shapely.Polygon([(136.5, 33.8), (136.6, 33.8), (136.6, 33.9), (136.5, 33.8)])] * 2, object), {}).decode("utf-8-sig")
    start, end = square.index('<gml:Curve gml:id="cv_1_0"'), square.index("</gml:Curve>") + 12
    head = '<gml:Curve gml:id="{}"><gml:segments><gml:LineStringSegment><gml:posList>{}</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>'
    two = head.format("cv_1_0", "33.8 136.5 33.8 136.6 33.9 136.6") + head.format("back", "33.9 136.6 33.8 136.5")
    text = square[:start] + two + square[end:].replace("#cv_2_0", "#cv_1_0")
    text = text.replace('<gml:curveMember xlink:href="#cv_1_0"/>', '<gml:curveMember xlink:href="#cv_1_0"/><gml:curveMember xlink:href="#back"/>')
    (tmp_path / "a.xml").write_text(text, "utf-8")
    got = read(tmp_path / "a.xml")
    assert got.geometry is not None and [shape.wkt for shape in got.geometry] == ["POLYGON ((136.5 33.8, 136.6 33.8, 136.6 33.9, 136.5 33.8))"] * 2


@pytest.mark.parametrize(("old", "new", "detail"), [
    ('href="#sf_1"', 'href="#nowhere"', "#nowhere is not in the file"),
    ('href="#sf_1"', 'href="#ft_1"', "#ft_1 is not in the file"),
    ('curveMember xlink:href="#cv_1_0"', 'curveMember xlink:href="#sf_1"', "ring or line not closed or too short"),
    ('<ksj:bounds xlink:href="#sf_1"/>', "", "no reference to a shape"),
])
def test_a_reference_into_nothing_or_in_a_circle_leaves_no_shape_and_is_noted(tmp_path: Path, old: str, new: str, detail: str) -> None:
    text = gml_file("Thing", np.array([SQUARE, SQUARE], object), {"n": [1, 2]}).decode("utf-8-sig")
    (tmp_path / "a.xml").write_text(text.replace(old, new, 1), "utf-8")
    got = read(tmp_path / "a.xml")
    assert got.geometry is not None and [shape is None for shape in got.geometry] == [True, False]
    assert [(note.code, note.row, note.detail) for note in got.notes] == [("GP11", 1, detail)]


def test_an_id_that_comes_twice_is_refused(tmp_path: Path) -> None:
    text = gml_file("Thing", np.array([SQUARE, SQUARE], object), {}).decode("utf-8-sig")
    (tmp_path / "a.xml").write_text(text.replace('gml:id="sf_2"', 'gml:id="sf_1"'), "utf-8")
    with pytest.raises(UnreadableInput, match="'sf_1' comes twice"):
        read(tmp_path / "a.xml")


def test_several_classes_are_listed_and_another_file_is_passed_over(tmp_path: Path) -> None:
    one = gml_file("One", np.array([SQUARE], object), {}).decode("utf-8-sig").replace("</ksj:Dataset>\n", "")
    (tmp_path / "a.xml").write_text(one + '<ksj:Two gml:id="t"><ksj:bounds xlink:href="#sf_1"/></ksj:Two></ksj:Dataset>', "utf-8")
    with pytest.raises(UnreadableInput, match="several feature classes: One、Two"):
        read(tmp_path / "a.xml")
    assert len(read(tmp_path / "a.xml", layer="Two")) == 1 and list_classes(tmp_path / "a.xml", "a.xml") == {"One": 1, "Two": 1}
    with pytest.raises(NotWanted):
        read(tmp_path / "a.xml", layer="Three")


def test_the_description_alone_is_no_data(tmp_path: Path) -> None:
    (tmp_path / "KS-META-A.xml").write_text('<?xml version="1.0"?><MD_Metadata xmlns="http://zgate.gsi.go.jp/ch/jmp/"/>', "utf-8")
    with pytest.raises(UnreadableInput, match="content is xml"):
        read(tmp_path / "KS-META-A.xml")


def test_an_archive_with_folders_named_in_cp932_gives_the_scale_that_is_asked_for(tmp_path: Path, group: Readers) -> None:
    members = []
    for folder, rank in (("10_計画規模", "1"), ("20_想定最大規模", "2")):
        shapefile(tmp_path / f"{rank}.shp", [SQUARE], {"A31a_205": [rank]})
        members += [(f"A31a-20_14_GML/{folder}/A31a_{folder[:2]}{side.suffix}", side.read_bytes()) for side in sorted(tmp_path.glob(f"{rank}.*"))]
    (tmp_path / "A31a.zip").write_bytes(archive(members))
    got = read_source(group, tmp_path, Source(reader="ksj", path="A31a.zip", member="*20_想定最大規模*.shp", crs="EPSG:6674"), "layers/a.toml")
    assert got.frame["A31a_205"].tolist() == ["2"] and "20_想定最大規模" in got.files[0].path


def test_the_real_flood_areas_are_4121_and_120_of_them_invalid(shared_data: Path) -> None:
    got = [read(path) for path in sorted((shared_data / "ksj" / "A31_flood").glob("*.geojson"))]
    assert (len(got), sum(map(len, got)), {one.crs for one in got}) == (11, 4121, {"EPSG:6668"})
    assert sum(int((~shapely.is_valid(one.geometry)).sum()) for one in got) == 120
    assert {text for one in got for text in one.frame["A31_205_意味"]} <= set(tables()[0]["A31_205"].values())


def test_the_real_coast_is_the_same_as_gml_and_as_shapefile(shared_data: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(shared_data / "ksj" / "misc" / "P23-12_38_GML.zip") as packed:
        packed.extractall(tmp_path)
    (root,) = (path.parent for path in tmp_path.rglob("P23-12_38.xml"))
    for layer, shp, count in (("CoastalFacilities_Point", "P23a-12_38.shp", 805), ("CoastalFacilities_Line", "P23b-12_38.shp", 1018)):
        gml, shape = read(root / "P23-12_38.xml", layer=layer), read(root / shp)
        assert (len(gml), len(shape), gml.crs, shape.crs) == (count, count, "EPSG:4612", "EPSG:4612")
        assert gml.geometry is not None and shapely.equals_exact(gml.geometry, shape.geometry, 1e-9).all()
        assert gml.frame["administrator"].tolist() == shape.frame[f"{shp[:4]}_003"].tolist()


def test_the_real_mesh_and_the_shapefile_without_prj_are_read(shared_data: Path, tmp_path: Path) -> None:
    mesh = read(shared_data / "ksj" / "misc" / "L03-a_src_blank" / "src_blank.shp")
    assert (len(mesh), mesh.crs, mesh.names[:3], mesh.facts["encoding_by"]) == (6400, "EPSG:6668", ["メッシュ", "田", "他農用地"], "KSJ convention")
    with zipfile.ZipFile(shared_data / "ksj" / "misc" / "A30a5-11_4939-jgd_GML.zip") as packed:
        packed.extractall(tmp_path)
    (shp,), (gml,) = tmp_path.rglob("*.shp"), tmp_path.rglob("A30a5*.xml")
    one, other = read(shp), read(gml)
    assert (len(one), one.crs, one.facts["crs_by"], one.frame["A30a5_007"].tolist()) == (1, "EPSG:4612", "KS-META", [None])
    assert other.geometry is not None and shapely.equals(one.geometry, other.geometry).all() and other.frame["inclination"].tolist() == [None]
