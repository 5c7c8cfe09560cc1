"""PLATEAU CityGML: plan shapes, attributes and hazards, whichever version of the specification wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from lxml import etree

from gispipe.demo.citygml import Risk, building_file, flood_file, triangles
from gispipe.errors import UnreadableInput
from gispipe.intake.citygml import list_classes, read_citygml
from gispipe.intake.delivered import Delivered, NotWanted
from gispipe.intake.markup import read_tags
from gispipe.model import Source

HOUSE = shapely.box(136.5, 33.8, 136.5001, 33.8001)
YARD = shapely.Polygon(shapely.get_coordinates(shapely.box(136.51, 33.81, 136.512, 33.812)), [shapely.get_coordinates(shapely.box(136.5105, 33.8105, 136.511, 33.811))])
RIVERS: list[Risk] = [{"kind": "RiverFlooding", "description": "1", "rank": 2, "depth": 1.696, "adminType": 1, "scale": 1},
                      {"kind": "RiverFlooding", "description": "11", "rank": 4, "depth": 5.2, "adminType": 2, "scale": 2, "duration": 72.4},
                      {"kind": "LandSlide", "description": "1", "areaType": 3}, {"kind": "LandSlide", "description": "2", "areaType": 2}]


def read(path: Path, content: bytes | str, layer: str | None = None) -> Delivered:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_citygml(path, Source(reader="citygml", path=path.name, layer=layer), path.name)


@pytest.fixture
def gml(tmp_path: Path) -> Path:
    return tmp_path / "51367055_bldg_6697_op.gml"


def buildings(edge: str = "lod0RoofEdge") -> bytes:
    return building_file(np.array([HOUSE, YARD], object), np.array([3.0, 12.5]), np.array([6.4, 20.0]), ["411", "422"], [2, 5], [RIVERS, []], ["bldg_1", "bldg_2"], edge)


@pytest.mark.parametrize("edge", ["lod0RoofEdge", "lod0FootPrint", ""], ids=["roof edge", "footprint", "floor of the block"])
def test_a_building_comes_back_from_whatever_draws_its_plan(gml: Path, edge: str) -> None:
    got = read(gml, buildings(edge))
    assert got.geometry is not None and got.crs == "EPSG:6668"
    assert [shapely.equals(one, other) for one, other in zip(shapely.set_precision(got.geometry, 1e-9), [HOUSE, YARD], strict=True)] == [True, True]
    assert got.facts["drawn_from"] == {edge or "lod1Solid": 2}
    assert got.frame[["gml_id", "feature", "usage", "measuredHeight", "storeysAboveGround"]].to_numpy().tolist() == [
        ["bldg_1", "Building", "411", "6.4", "2"], ["bldg_2", "Building", "422", "20.0", "5"]]


def test_the_hazards_of_a_building_are_a_list_and_the_worst_of_it(gml: Path) -> None:
    got = read(gml, buildings()).frame
    assert json.loads(got["洪水"][0]) == [{"description": "1", "rank": "2", "depth": 1.696, "adminType": "1", "scale": "1"},
                                         {"description": "11", "rank": "4", "depth": 5.2, "adminType": "2", "scale": "2", "duration": 72.4}]
    assert got.loc[0, ["洪水_最大ランク", "洪水_最大ランク_意味", "洪水_最大浸水深"]].tolist() == [4, "5.0m以上10.0m未満", 5.2]
    assert got.loc[0, ["土砂災害_最大区域", "土砂災害_最大区域_意味"]].tolist() == ["2", "土砂災害特別警戒区域（指定済）"]
    assert got.loc[1, ["洪水", "洪水_最大ランク", "土砂災害"]].tolist() == [None, None, None]


@pytest.mark.parametrize(("kind", "column", "meaning"), [
    ("RiverFlooding", "洪水", "0.5m以上3.0m未満"), ("WaterBodyTsunami", "津波", "0.5m以上3.0m未満"), ("HighTide", "高潮", "0.5m以上3.0m未満"),
    ("InlandFlooding", "内水", "0.5m以上3.0m未満"), ("ReservoirFlooding", "ため池", "0.5m以上1.0m未満")])
def test_a_rank_means_what_its_hazard_says(gml: Path, kind: str, column: str, meaning: str) -> None:
    got = read(gml, flood_file([triangles(HOUSE)], ["区域図"], [{"kind": kind, "description": "1", "rank": 2}], ["a"], 8.25))
    assert got.frame.loc[0, [f"{column}_最大ランク", f"{column}_最大ランク_意味", "z_min", "z_max"]].tolist() == [2, meaning, 8.25, 8.25]
    assert got.geometry is not None and got.geometry[0].geom_type == "MultiPolygon" and shapely.area(got.geometry[0]) == pytest.approx(1e-8)


def test_a_rank_of_the_citys_own_scale_is_kept_and_not_compared(gml: Path) -> None:
    got = read(gml, flood_file([triangles(HOUSE)], ["区域図"], [{"kind": "Tsunami", "description": "1", "rankOrg": 7}], ["a"])).frame
    assert json.loads(got["津波"][0]) == [{"description": "1", "rankOrg": "7"}] and got["津波_最大ランク"].tolist() == [None]


def test_generic_sets_of_version_1_say_the_same(gml: Path) -> None:
    text = flood_file([triangles(HOUSE)], ["想定最大規模"], [{"kind": "RiverFlooding", "rank": 1}], ["a"]).decode()
    start, end = text.index("<uro:floodingRiskAttribute>"), text.index("</uro:floodingRiskAttribute>") + 28
    old = ('<gen:genericAttributeSet name="洪水浸水想定区域（想定最大規模）"><gen:stringAttribute name="規模"><gen:value>L2</gen:value></gen:stringAttribute>'
           '<gen:stringAttribute name="浸水ランク"><gen:value>3</gen:value></gen:stringAttribute></gen:genericAttributeSet>')
    got = read(gml, text[:start] + old + text[end:]).frame
    assert json.loads(got["洪水"][0]) == [{"scale": "2", "rank": "3"}] and got["洪水_最大ランク"].tolist() == [3]
    assert got["洪水浸水想定区域（想定最大規模）_浸水ランク"].tolist() == ["3"]


@pytest.mark.parametrize("code", ["6697", "6668", "11318"])
def test_systems_with_heights_are_jgd2011_on_the_plan(gml: Path, code: str) -> None:
    assert read(gml, buildings().replace(b"/0/6697", f"/0/{code}".encode())).crs == "EPSG:6668"


@pytest.mark.parametrize(("old", "new", "message"), [
    (' srsName="http://www.opengis.net/def/crs/EPSG/0/6697"', "", "no srsName"),
    ("/0/6697", "/0/3857", "cannot be told"),
    ('srsDimension="3"', 'srsDimension="4"', "srsDimension 4"),
    ("33.8000000000 136.5001000000 0.000", "33.8 136.5001", "do not make vertices of 3"),
    ("33.8000000000 136.5001000000 0.000", "33.8 136.5001 inf", "not a number"),
    ("33.8000000000 136.5001000000 0.000", "136.5001 33.8 0", "latitude 136.5"),
])
def test_a_wrong_system_or_coordinate_is_refused(gml: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message):
        read(gml, buildings().decode().replace(old, new))


def test_an_open_ring_is_noted_and_leaves_no_shape(gml: Path) -> None:
    got = read(gml, buildings().decode().replace("33.8000000000 136.5001000000 0.000", "33.8 136.5001 0 33.8 136.50 0 33.79 136.4 0", 1)
               .replace("33.8000000000 136.5001000000 0.000</gml:posList>", "33.7 136.5 0</gml:posList>", 1))
    assert got.geometry is not None and [shape is None for shape in got.geometry] == [True, False]
    assert [(note.code, note.row, note.detail) for note in got.notes] == [("GP11", 1, "ring not closed")]


def test_classes_are_listed_chosen_or_all_taken(gml: Path) -> None:
    water = flood_file([triangles(HOUSE)], ["区域図"], [{"kind": "Tsunami", "rank": 1}], ["a"]).decode()
    both = buildings().decode().replace("</core:CityModel>\n", "") + water[water.index("<core:cityObjectMember>"):]
    with pytest.raises(UnreadableInput, match="several feature classes: Building、WaterBody"):
        read(gml, both)
    assert (len(read(gml, both, "WaterBody")), len(read(gml, both, "*"))) == (1, 3)
    assert list_classes(gml, gml.name) == {"Building": 2, "WaterBody": 1}
    with pytest.raises(NotWanted):
        read(gml, both, "LandUse")


@pytest.mark.parametrize("share", [0.1, 0.6, 0.98])
def test_a_cut_file_is_refused(gml: Path, share: float) -> None:
    content = buildings()
    with pytest.raises(UnreadableInput, match="not well-formed"):
        read(gml, content[: int(len(content) * share)])


def test_nesting_without_end_is_refused(gml: Path) -> None:
    with pytest.raises(UnreadableInput, match="nested deeper"):
        read(gml, buildings().decode().replace("<bldg:usage", "<a>" * 5000 + "</a>" * 5000 + "<bldg:usage", 1))


def test_the_columns_of_tags_are_the_tree(gml: Path) -> None:
    gml.write_bytes(buildings())
    tags, tree = read_tags(gml, "x"), [e for e in etree.parse(str(gml)).iter() if isinstance(e.tag, str)]
    assert [tags.names[code] for code in tags.name] == [etree.QName(e).localname for e in tree]
    assert tags.leaf.tolist() == [len(e) == 0 for e in tree] and (tags.after - np.arange(len(tree))).tolist() == [sum(1 for _ in e.iter()) for e in tree]
    assert tags.depth.tolist() == [1 + sum(1 for _ in e.iterancestors()) for e in tree]
    assert tags.texts(np.flatnonzero(tags.leaf)) == [(e.text or "").strip() or None for e in tree if len(e) == 0]
    assert [tree[k].getparent() for k in range(1, len(tree))] == [tree[k] for k in tags.parent[1:].tolist()]


REAL = {
    "numazu_22203/udx/lsld/523856_lsld_6668_op.gml": 234, "numazu_22203/udx/lsld/523857_lsld_6668_op.gml": 81,
    "numazu_22203/udx/fld/natl/kanogawa_kanogawa/52385628_fld_6697_l2_op.gml": 12, "numazu_22203/udx/fld/52385721_fld_6697_l1_op.gml": 3,
    "numazu_22203/udx/tnm/22_4/523856_tnm_6697_op.gml": 230, "numazu_22203/udx/tnm/523855_tnm_6697_op.gml": 3,
    "numazu_22203/udx/urf/523857_urf_6668_op.gml": 47, "numazu_22203/udx/luse/523836_luse_6668_op.gml": 225,
    "numazu_22203/udx/bldg/52383622_bldg_6697_op.gml": 16, "hazards/bldg__53396677_bldg_6697_op.gml": 5, "hazards/bldg__53394517_bldg_6697_op.gml": 1,
    "hazards/11_1__533955_ifld_6697_op.gml": 1, "hazards/12_1__523977_htd_6697_op.gml": 1, "hazards/12_1__523977_tnm_6697_op.gml": 1,
    "hazards/12_4__534000_rfld_6697_op.gml": 1, "hazards/area__523856_area_6697_op.gml": 2, "hazards/lsld__493023_lsld_6697_op.gml": 2,
    "hazards/oyabegawa_gandogawa__55360704_fld_6697_l2.gml": 1,
}


@pytest.mark.parametrize(("name", "count"), REAL.items(), ids=[name.rsplit("/", 1)[1] for name in REAL])
def test_a_real_file_has_the_objects_that_were_counted(shared_data: Path, name: str, count: int) -> None:
    path = shared_data / "plateau" / name
    got = read_citygml(path, Source(reader="citygml", path=path.name, layer="*"), path.name)
    assert (len(got), got.crs, got.notes) == (count, "EPSG:6668", ()) and got.geometry is not None
    low, high = etree.parse(str(path)).getroot().find(".//{*}Envelope").getchildren()  # type: ignore[union-attr]
    (south, west, *_), (north, east, *_) = ([float(v) for v in (corner.text or "").split()] for corner in (low, high))
    bounds = shapely.total_bounds(got.geometry)
    assert (bounds >= np.array([west, south, west, south]) - 1e-6).all() and (bounds <= np.array([east, north, east, north]) + 1e-6).all()


def test_real_hazard_attributes_are_found(shared_data: Path) -> None:
    folder = shared_data / "plateau"
    house = read_citygml(folder / "hazards" / "bldg__53396677_bldg_6697_op.gml", Source(reader="citygml", path="x"), "x").frame
    assert house["洪水_最大ランク"].tolist()[0] == 2 and json.loads(house["洪水"][0])[1]["duration"] == 123.4
    slide = read_citygml(folder / "numazu_22203/udx/lsld/523857_lsld_6668_op.gml", Source(reader="citygml", path="x"), "x").frame
    assert set(slide["areaType_意味"]) <= {"土砂災害警戒区域（指定済）", "土砂災害特別警戒区域（指定済）"} and slide["disasterType_意味"].notna().all()
