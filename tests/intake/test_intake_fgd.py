"""基盤地図情報: features of every class and elevation tiles, as they are and as they should not be."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from gispipe.demo.fgd import feature_file
from gispipe.demo.fgd_dem import centres, mesh_of, meshes_of, tile_file
from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered, NotWanted
from gispipe.intake.fgd import AREAS, CLASSES, LINES, POINTS, list_classes, read_fgd
from gispipe.intake.fgd_dem import Grid, read_grid, write_geotiff
from gispipe.intake.markup import read_tags
from gispipe.model import Source

MESH = "51367055"


def read(path: Path, content: bytes | str, layer: str | None = None) -> Delivered:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_fgd(path, Source(reader="fgd", path=path.name, layer=layer), path.name)


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    return tmp_path / "FG-GML-513670-BldA-20260401-0001.xml"


def shapes_for(wrapper: str) -> np.ndarray:
    square = shapely.Polygon([(136.5, 33.8), (136.6, 33.8), (136.6, 33.9), (136.5, 33.8)], [[(136.55, 33.81), (136.58, 33.81), (136.58, 33.83), (136.55, 33.81)]])
    made = {"pos": shapely.Point(136.5, 33.8), "loc": shapely.LineString([(136.5, 33.8), (136.6, 33.9)]), "area": square}
    return np.array([made[wrapper]] * 3, object)


@pytest.mark.parametrize("name", [*POINTS, *LINES, *AREAS])
def test_every_class_comes_back_to_the_last_decimal(xml: Path, name: str) -> None:
    shapes = shapes_for(CLASSES[name])
    got = read(xml, feature_file(name, shapes, {"type": np.array(["その他", "不明", None], object)}))
    assert shapely.equals_exact(got.geometry, shapes, 0).all()
    assert got.crs == "EPSG:6668" and got.facts["class"] == name
    assert got.frame["type"].tolist() == ["その他", "不明", None] and got.frame["fid"].tolist()[0] == f"99201-{name}-1"
    assert {"gml_id", "fid", "lfSpanFr", "devDate", "orgGILvl", "vis"} <= set(got.names) and got.facts["levels"] == {"2500": 3}


@pytest.mark.parametrize(("srs", "crs"), [("jgd2000", "EPSG:4612"), ("jgd2011", "EPSG:6668"), ("jgd2024", "EPSG:6668")])
def test_the_system_is_told_by_the_code_in_srsname(xml: Path, srs: str, crs: str) -> None:
    assert read(xml, feature_file("AdmPt", shapes_for("pos"), {}, srs)).crs == crs


def test_an_unknown_system_is_refused(xml: Path) -> None:
    with pytest.raises(UnreadableInput, match="fguuid:wgs99.bl"):
        read(xml, feature_file("AdmPt", shapes_for("pos"), {}, "wgs99"))


def test_a_shift_jis_declaration_is_read_as_cp932(xml: Path) -> None:
    got = read(xml, feature_file("BldA", shapes_for("area"), {"name": np.array(["①髙﨑", "Ⅷ号棟", "㈱"], object)}, encoding="Shift_JIS"))
    assert got.frame["name"].tolist() == ["①髙﨑", "Ⅷ号棟", "㈱"] and (got.encoding, got.facts["encoding_by"]) == ("cp932", "XML declaration")


def test_a_mark_before_the_declaration_is_told(xml: Path) -> None:
    assert read(xml, b"\xef\xbb\xbf" + feature_file("AdmPt", shapes_for("pos"), {})).facts["encoding_by"] == "BOM"


def test_segments_are_put_together_and_a_joint_stands_once(xml: Path) -> None:
    text = feature_file("RdEdg", np.array([shapely.LineString([(136.5, 33.8), (136.6, 33.8)])], object), {}).decode()
    more = "<gml:LineStringSegment><gml:posList>33.8 136.6 33.9 136.6</gml:posList></gml:LineStringSegment></gml:segments>"
    got = read(xml, text.replace("</gml:segments>", more))
    assert got.geometry is not None and shapely.get_coordinates(got.geometry).tolist() == [[136.5, 33.8], [136.6, 33.8], [136.6, 33.9]]


def test_a_file_of_another_class_is_not_wanted_and_an_unknown_class_is_named(xml: Path) -> None:
    content = feature_file("RdEdg", shapes_for("loc"), {})
    with pytest.raises(NotWanted):
        read(xml, content, "BldA")
    with pytest.raises(UnreadableInput, match="no feature class 'Bld'.*RdEdg"):
        read(xml, content, "Bld")


def test_several_classes_are_listed_and_one_is_read_when_named(xml: Path) -> None:
    both = feature_file("AdmPt", shapes_for("pos"), {}).decode().replace("</Dataset>\n", "")
    both += feature_file("BldA", shapes_for("area"), {}).decode().split("</gml:description>\n")[1]
    with pytest.raises(UnreadableInput, match="several feature classes: AdmPt、BldA"):
        read(xml, both)
    assert len(read(xml, both, "BldA")) == 3 and list_classes(xml, xml.name) == {"AdmPt": 3, "BldA": 3}


@pytest.mark.parametrize(("old", "new", "message"), [
    ("33.800000000 136.500000000", "33.8 x", "a coordinate is not a number"),
    ("33.800000000 136.500000000", "nan 136.5", "a coordinate is not a number"),
    ("33.800000000 136.500000000", "1e400 136.5", "a coordinate is not a number|no such place"),
    ("33.800000000 136.500000000", "136.5 33.8", "latitude 136.5"),
    ("33.800000000 136.500000000", "33.8", "do not make vertices of 2"),
])
def test_a_wrong_coordinate_is_refused_with_its_line(xml: Path, old: str, new: str, message: str) -> None:
    text = feature_file("AdmPt", shapes_for("pos"), {}).decode()
    with pytest.raises(UnreadableInput, match=message) as caught:
        read(xml, text.replace(old, new, 1))
    assert caught.value.where.startswith(f"{xml.name}:")


def test_a_feature_without_coordinates_or_with_an_open_ring_is_noted(xml: Path) -> None:
    text = feature_file("BldA", shapes_for("area"), {}).decode()
    first = text.index("33.800000000 136.500000000")
    got = read(xml, text[:first] + "33.7 136.5" + text[first + 26:])
    assert got.geometry is not None and [shape is None for shape in got.geometry] == [True, False, False]
    assert [(note.code, note.row) for note in got.notes] == [("GP11", 1)]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused(xml: Path, share: float) -> None:
    content = feature_file("BldA", shapes_for("area"), {})
    with pytest.raises(UnreadableInput, match="not well-formed"):
        read(xml, content[: int(len(content) * share)])


def test_entities_are_refused_wherever_the_dtd_hides(xml: Path) -> None:
    text = feature_file("AdmPt", shapes_for("pos"), {}).decode()
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(UnreadableInput, match="DTD"):
        read(xml, text.replace("<Dataset", f"<!-- x -->{bomb}<Dataset", 1))
    xml.write_text(text.replace("<Dataset", f"<!-- {'x' * 70000} -->{bomb}<Dataset", 1), "utf-8")
    with pytest.raises(UnreadableInput, match="DTD"):
        read_tags(xml, xml.name)


def test_comments_cdata_references_and_a_loose_bracket_change_nothing(xml: Path) -> None:
    text = feature_file("AdmPt", shapes_for("pos"), {"name": np.array(["a&b<c", "x", "y"], object)}).decode()
    text = text.replace("<name>x</name>", "<!-- <name>no</name> --><name><![CDATA[x<&>]]></name>").replace("<name>y</name>", "<name>&#x9AD9;&gt;></name>")
    assert read(xml, text).frame["name"].tolist() == ["a&b<c", "x<&>", "髙>>"]


def grid(path: Path, content: bytes | str) -> Grid:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_grid(path, path.name)


def hill(mesh: str) -> np.ndarray:
    lon, lat = centres(mesh)
    return np.round(1000 * (lon - 136) + 500 * (lat - 33), 2)


def test_a_tile_comes_back_cell_by_cell(xml: Path) -> None:
    heights = hill(MESH)
    heights[0, :57] = heights[3, 5] = heights[149, 200:] = np.nan
    got = grid(xml, tile_file(MESH, heights))
    assert np.array_equal(got.heights, heights.astype(np.float32), equal_nan=True)
    assert got.facts["start"] == [57, 0] and got.kinds == {"データなし": 1, "地表面": 33667, "（記載なし）": 82}
    assert got.cell == pytest.approx((0.2 / 3600, 0.2 / 3600), abs=0) and got.crs == "EPSG:6668"


def test_meshes_are_those_of_the_standard() -> None:
    assert mesh_of(135.4698, 34.7815) == "52351337"
    assert meshes_of(135.463, 34.776, 135.474, 34.782) == ["52351337"]


def test_a_height_that_says_no_data_is_none_whatever_its_number(xml: Path) -> None:
    text = tile_file(MESH, hill(MESH)).decode().replace("地表面,", "データなし,", 3)
    assert np.isnan(grid(xml, text).heights[0, :4]).tolist() == [True, True, True, False]


@pytest.mark.parametrize(("old", "new", "message"), [
    ("<gml:high>224 149", "<gml:high>223 149", "only 33,600 cells"),
    ("<gml:high>224 149", "<gml:high>999999999 999999999", "no elevation tile"),
    ("<gml:high>224 149", "<gml:high>-5 149", "no elevation tile"),
    ("<gml:high>224 149", "<gml:high>224", "high should be given once"),
    ("<gml:startPoint>0 0", "<gml:startPoint>1 0", "33,750 values from cell 1 on"),
    ("<gml:startPoint>0 0", "<gml:startPoint>0 -1", "outside the grid"),
    ("order=\"+x-y\"", "order=\"+x+y\"", "not \\+x-y"),
    ("地表面,", "地表面,1.2.3", "is not kind and height"),
    ("地表面,", "地表面;", "is not kind and height"),
    ("地表面,", "地表面,9", "is not possible"),
    ("fguuid:jgd2011", "fguuid:mars", "cannot be told"),
])
def test_a_wrong_tile_is_refused_by_name(xml: Path, old: str, new: str, message: str) -> None:
    text = tile_file(MESH, np.full((150, 225), 1234.5)).decode()
    with pytest.raises(UnreadableInput, match=message):
        grid(xml, text.replace(old, new, 1))


def test_a_list_of_ten_megabytes_is_read(xml: Path) -> None:
    heights = np.round(np.arange(300 * 1125, dtype=float).reshape(300, 1125) / 1000, 2)
    content = tile_file(MESH, heights, kind=lambda flat: np.full(len(flat), "その他の長い種別"), type="10mメッシュ（標高）")
    assert len(content) > 10_500_000
    assert np.array_equal(grid(xml, content).heights, heights.astype(np.float32))


def test_tiles_become_one_picture_in_their_places_and_the_newer_wins(xml: Path, tmp_path: Path) -> None:
    meshes = meshes_of(136.501, 33.801, 136.524, 33.816)
    grids = [grid(xml, tile_file(mesh, hill(mesh), date="2020-01-01")) for mesh in meshes]
    newer = np.full((150, 225), np.nan)
    newer[10, 20] = 7.0
    grids.insert(0, grid(xml, tile_file(meshes[0], newer, date="2026-01-01", short=False)))
    write_geotiff(grids, tmp_path / "dem.tif")
    with rasterio.open(tmp_path / "dem.tif") as picture:
        assert (picture.width, picture.height, picture.crs.to_epsg(), picture.nodata) == (450, 300, 6668, -9999)
        heights = picture.read(1)
        for mesh in meshes[1:]:
            lon, lat = centres(mesh)
            row, column = picture.index(lon[40, 30], lat[40, 30])
            assert heights[row, column] == np.float32(hill(mesh)[40, 30])
        assert heights[160, 20] == 7.0 and heights[160, 21] == np.float32(hill(meshes[0])[10, 21])


def test_tiles_of_two_levels_or_off_the_lattice_are_refused(xml: Path, tmp_path: Path) -> None:
    one = grid(xml, tile_file(MESH, hill(MESH)))
    coarse = grid(xml, tile_file("51367056", np.ones((75, 112))))
    with pytest.raises(UnreadableInput, match="cells or coordinate system differ"):
        write_geotiff([one, coarse], tmp_path / "x.tif")
    shifted = Grid(one.heights, one.west + one.cell[0] / 2, one.north, one.cell, one.crs, {})
    with pytest.raises(UnreadableInput, match="same lattice"):
        write_geotiff([one, shifted], tmp_path / "x.tif")


def test_the_real_vector_file_has_its_seven_buildings(shared_data: Path) -> None:
    path = shared_data / "fgd" / "knt5_vector_input.xml"
    got = read_fgd(path, Source(reader="fgd", path=path.name), path.name)
    assert (len(got), got.crs, set(got.frame["type"])) == (7, "EPSG:6668", {"堅ろう建物", "普通建物", "堅ろう無壁舎", "普通無壁舎"})
    assert shapely.is_valid(got.geometry).all() and shapely.total_bounds(got.geometry)[0] == pytest.approx(139.76, abs=0.02)


def test_the_real_tiles_have_the_cells_that_were_counted(shared_data: Path, tmp_path: Path) -> None:
    one = read_grid(shared_data / "fgd" / "FG-GML-5238-74-00-DEM5A-20161001.xml", "5238")
    assert one.kinds == {"内水面": 302, "地表面": 33448} and np.isnan(one.heights).sum() == 302 and one.heights[0, 0] == np.float32(145.3)
    grids = {}
    for name in ("FG-GML-3624-30-DEM5B", "FG-GML-6443-20-DEM5A"):
        with zipfile.ZipFile(shared_data / "fgd" / f"{name}.zip") as packed:
            packed.extractall(tmp_path / name)
        grids[name] = [read_grid(path, path.name) for path in sorted((tmp_path / name).rglob("*.xml"))]
    assert {name: len(found) for name, found in grids.items()} == {"FG-GML-3624-30-DEM5B": 8, "FG-GML-6443-20-DEM5A": 67}
    first = grids["FG-GML-3624-30-DEM5B"][0]
    assert (first.facts["start"], first.facts["tuples"], first.kinds["データなし"]) == ([57, 0], 19968, 8132)
    write_geotiff(grids["FG-GML-6443-20-DEM5A"], tmp_path / "dem.tif")
    with rasterio.open(tmp_path / "dem.tif") as picture:
        assert (picture.width, picture.height) == (2250, 1500) and (picture.read(1) != -9999).sum() == 1_491_509


@pytest.mark.parametrize("inside", ["<!ELEMENT a ANY>", "<!-- never closed", "<![CDATA[ never closed", "<!x>", "<?never closed", "<!DOCTYPE a>"])
def test_markup_that_is_no_xml_is_refused_at_once_however_large_the_file(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "a.xml"
    whole = feature_file("GCP", np.array([shapely.Point(135.5, 34.8)], object), {"type": np.array(["その他"], object)})
    path.write_bytes(whole.replace(b"</Dataset>", f"{'<!-- ' + 'x' * 90 + ' -->' if inside != '<!-- never closed' else ''}{' ' * 6_000_000}{inside}</Dataset>".encode()))
    began = time.perf_counter()
    with pytest.raises(UnreadableInput):
        read_fgd(path, Source(reader="fgd", path="a.xml"), "a.xml")
    assert time.perf_counter() - began < 2
