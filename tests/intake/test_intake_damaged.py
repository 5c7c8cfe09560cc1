"""Damaged and dishonest files: refused by name, never read as something else."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import pytest
import shapely
from tinycity import X, Y, csv_file, dbf, geojson, lonlat, shapefile, square, tiff

from gispipe.errors import CrsError, DeclarationError, UnreadableInput
from gispipe.intake import read_source, source_files
from gispipe.intake.content import identify
from gispipe.intake.registry import FORMATS
from gispipe.intake.sandbox import Readers
from gispipe.model import Source

VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


def read(reader: str, path: Path, **more: str) -> object:
    return FORMATS[reader].read(path, Source(reader=reader, path=path.name, **more), path.name)  # type: ignore[misc]


@pytest.fixture
def shp(tmp_path: Path) -> Path:
    return shapefile(tmp_path / "a.shp", [square(20 * k, 0, 10) for k in range(50)], {"name": [f"n{k}" for k in range(50)]})


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def test_a_whole_shapefile_is_read(shp: Path) -> None:
    delivered = read("shapefile", shp)
    assert len(delivered) == 50 and delivered.geometry[49].bounds == square(980, 0, 10).bounds and delivered.files[0].rows == 50


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("share", [0.5, 0.98, 0.01])
def test_a_cut_part_of_a_shapefile_is_refused(shp: Path, suffix: str, share: float) -> None:
    cut(shp.with_suffix(suffix), share)
    with pytest.raises(UnreadableInput) as caught:
        read("shapefile", shp)
    assert caught.value.exit_status == 21 and "a.shp" in str(caught.value) and "again" in str(caught.value.todo)


def test_a_file_cut_between_two_records_is_refused(shp: Path) -> None:
    data = shp.read_bytes()
    shp.write_bytes(data[: 100 + (len(data) - 100) // 50 * 25])
    with pytest.raises(UnreadableInput, match="cut off"):
        read("shapefile", shp)


def test_an_index_from_another_delivery_is_refused(shp: Path, tmp_path: Path) -> None:
    other = shapefile(tmp_path / "b.shp", [square(20 * k, 0, 10) for k in range(49)], {"name": ["n"] * 49})
    shutil.copy(other.with_suffix(".shx"), shp.with_suffix(".shx"))
    with pytest.raises(UnreadableInput, match=r"49 shapes but 50 rows in the table|does not fit the shapes"):
        read("shapefile", shp)


def test_a_table_with_fewer_rows_than_shapes_is_refused(shp: Path) -> None:
    dbf(shp.with_suffix(".dbf"), {"name": [b"n"] * 49})
    with pytest.raises(UnreadableInput, match="50 shapes but 49 rows in the table"):
        read("shapefile", shp)


def test_a_missing_index_is_refused(shp: Path) -> None:
    shp.with_suffix(".shx").unlink()
    with pytest.raises(UnreadableInput, match=r"\(\.shx\) is missing"):
        read("shapefile", shp)


def test_upper_case_parts_are_found(shp: Path) -> None:
    for suffix in (".shx", ".dbf"):
        shp.with_suffix(suffix).rename(shp.with_suffix(suffix.upper()))
    assert len(read("shapefile", shp)) == 50


def test_an_index_that_points_into_the_middle_of_records_is_refused(shp: Path) -> None:
    index = bytearray(shp.with_suffix(".shx").read_bytes())
    for k in range(10, 20):
        struct.pack_into(">ii", index, 100 + 8 * k, 60 + k, 40)
    shp.with_suffix(".shx").write_bytes(index)
    with pytest.raises(UnreadableInput):
        read("shapefile", shp)


@pytest.mark.parametrize("reader", ["shapefile", "geojson", "csv", "gpkg", "flatgeobuf"])
@pytest.mark.parametrize("content", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, reader: str, content: bytes) -> None:
    path = tmp_path / "a.any"
    path.write_bytes(content)
    with pytest.raises(UnreadableInput, match="the file is empty"):
        read(reader, path)


@pytest.mark.parametrize(("reader", "name"), [("geojson", "a.geojson"), ("csv", "a.csv"), ("gpkg", "a.gpkg"), ("shapefile", "a.shp"), ("flatgeobuf", "a.fgb")])
@pytest.mark.parametrize("lead", ["", "\ufeff", "\n\n  ", "<?xml version='1.0'?>", "a,b\n1,2\n"])
def test_a_virtual_format_under_any_name_is_refused(tmp_path: Path, reader: str, name: str, lead: str) -> None:
    secret = csv_file(tmp_path / "secret.csv", [["owner"], ["SECRET"]])
    path = tmp_path / name
    path.write_text(lead + VRT.format(secret), "utf-8")
    with pytest.raises(UnreadableInput, match="virtual format"):
        read(reader, path)


def test_a_raster_virtual_format_is_no_geotiff(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_text(f'<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand><SourceFilename>{tmp_path}/b.tif</SourceFilename></VRTRasterBand></VRTDataset>')
    assert identify(path) == "vrt" and identify(tiff(tmp_path / "c.tif")) == "geotiff"


def test_a_table_in_utf_16_is_named_by_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.any").write_bytes("名称,値\n".encode("utf-16"))
    with pytest.raises(UnreadableInput, match=r"a\.any:1: the line holds a NUL byte.*UTF-16"):
        read("csv", tmp_path / "a.any")


@pytest.mark.parametrize(("reader", "content", "found"), [
    ("csv", b'{"type":"FeatureCollection","features":[]}', "geojson"), ("geojson", b"a,b\n1,2\n", "csv"), ("geojson", b"<kml></kml>", "kml"), ("geojson", b"<a></a>", "xml"), ("csv", b"PK\x03\x04....", "zip"),
    ("gpkg", b"SQLite format 3\x00" + bytes(90), "sqlite"), ("geojson", b'{"a": 1}', "json"), ("shapefile", b"fgb\x03fgb", "flatgeobuf"),
])
def test_content_of_another_format_is_named(tmp_path: Path, reader: str, content: bytes, found: str) -> None:
    path = tmp_path / "a.any"
    path.write_bytes(content)
    with pytest.raises(UnreadableInput, match=f"the content is {found}, but the layer says {reader}"):
        read(reader, path)


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("place", ["coordinates", "property"])
def test_numbers_that_json_does_not_have_are_no_coordinates(tmp_path: Path, token: str, place: str) -> None:
    path = tmp_path / "a.geojson"
    x, v = (token, "1") if place == "coordinates" else ("135.5", token)
    path.write_text(f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"v":{v}}},"geometry":{{"type":"Point","coordinates":[{x},34.8]}}}}]}}')
    if token == "1e999" and place == "property":
        assert read("geojson", path).frame["v"].tolist() == [float("inf")], "valid JSON; the column's type refuses it later (GP30)"
        return
    with pytest.raises(UnreadableInput, match="not valid JSON|not GeoJSON"):
        read("geojson", path)


def test_topojson_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "Topology", "objects": {}, "arcs": []}))
    with pytest.raises(UnreadableInput, match="the content is topojson, but the layer says geojson"):
        read("geojson", path)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"type":"FeatureCollection","features":' + "[" * 200_000])
def test_deep_nesting_ends_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text)
    with pytest.raises(UnreadableInput):
        read("geojson", path)


@pytest.mark.parametrize("document", [
    {"type": "FeatureCollection"}, {"type": "FeatureCollection", "features": {}}, {"type": "FeatureCollection", "features": [1]},
    {"type": "FeatureCollection", "features": [{"type": "Point", "coordinates": [1, 2]}]}, {"type": "Point", "coordinates": [1, 2]},
    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": [], "geometry": None}]},
    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": ["a", "b"]}}]},
    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}}]},
    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Circle", "coordinates": [1, 2]}}]},
])
def test_json_that_is_no_geojson_is_refused(tmp_path: Path, document: dict[str, object]) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(document))
    with pytest.raises(UnreadableInput):
        read("geojson", path)


def test_geojson_keeps_null_shapes_blank_texts_and_nested_values_apart(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [None, shapely.Point(135.5, 34.8)], [{"a": " ", "b": [1, {"c": "髙"}]}, {"a": 1, "d": True}])
    delivered = read("geojson", path)
    assert delivered.geometry[0] is None and delivered.frame["a"].tolist() == [None, 1] and delivered.frame["b"].tolist() == ['[1, {"c": "髙"}]', None]
    assert delivered.frame["d"].tolist() == [None, True] and delivered.crs == "EPSG:4326"


def test_ragged_rows_are_named_by_the_line_they_begin_on(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('名称,備考\r\n"二行に\r\nわたる",x\r\nあ,い,う\r\n,\r\n え \r\n"a""b",c\r\n'.encode())
    delivered = read("csv", path)
    assert delivered.place.tolist() == [2, 4, 6, 7]
    assert [(n.code, n.row, n.detail) for n in delivered.notes] == [("GP21", 4, "3 / 2"), ("GP22", 5, ""), ("GP21", 6, "1 / 2")]
    assert delivered.frame["名称"].tolist() == ["二行に\r\nわたる", "あ", "え", 'a"b'] and delivered.frame["備考"].tolist() == ["x", "い", None, "c"]


@pytest.mark.parametrize("text", ['a,b\n"x,1\n2,3\n', 'a,b\n"x"y,1\n'])
def test_broken_quotes_are_refused_with_a_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(UnreadableInput, match=r"a\.csv:\d: broken CSV"):
        read("csv", path)


def test_a_csv_without_a_header_is_refused_and_doubled_names_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",,\n1,2,3\n")
    with pytest.raises(UnreadableInput, match="no header line"):
        read("csv", path)
    path.write_text("a,a, 電話\u3000番号 ,\n1,2,3,4\n", "utf-8")
    assert read("csv", path).frame.iloc[0].to_dict() == {"a": "1", "a_": "2", "電話 番号": "3", "column_4": "4"}


def test_coordinates_that_are_no_numbers_give_no_point_and_a_note(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [["x", "y"], ["135.5", "34.8"], ["", "34.8"], ["東経", "34.8"]])
    delivered = read("csv", path, x="x", y="y")
    assert [g is None for g in delivered.geometry] == [False, True, True] and [(n.code, n.row) for n in delivered.notes] == [("GP11", 3), ("GP11", 4)]


def test_a_missing_coordinate_column_lists_what_there_is(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [["経度", "緯度"], ["135.5", "34.8"]])
    with pytest.raises(UnreadableInput, match="no column 'lon' for x; there are: 経度, 緯度"):
        read("csv", path, x="lon", y="緯度")


def files(root: Path, pattern: str) -> list[str]:
    return [name for _, name in source_files(root, Source(reader="csv", path=pattern), "layers/x.toml")]


def test_files_of_a_pattern_come_in_name_order(tmp_path: Path) -> None:
    for name in ("b/2.csv", "a/10.csv", "a/1.csv", "c.txt"):
        csv_file(tmp_path / name, [["a"], ["1"]])
    assert files(tmp_path, "*/*.csv") == ["a/1.csv", "a/10.csv", "b/2.csv"] and files(tmp_path, "**/*.csv") == ["a/1.csv", "a/10.csv", "b/2.csv"]


@pytest.mark.parametrize("pattern", ["none.csv", "none/*.csv", "a**/x.csv", ".", "sub", "a\0b"])
def test_a_source_without_a_file_says_where_it_was_looked_for(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "sub").mkdir()
    with pytest.raises(UnreadableInput) as caught:
        files(tmp_path, pattern)
    assert str(caught.value).startswith("layers/x.toml › source.path: no file at ")


def test_a_reader_nobody_wrote_is_a_declaration_mistake(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="no reader named 'shapfile'; did you mean 'shapefile'"):
        source_files(tmp_path, Source(reader="shapfile", path="a.shp"), "layers/x.toml")


def test_a_link_that_leads_out_of_the_source_folder_is_refused(tmp_path: Path) -> None:
    outside = csv_file(tmp_path / "internal/ledger.csv", [["owner"], ["SECRET"]])
    root = tmp_path / "sources"
    (root / "sub").mkdir(parents=True)
    (root / "a.csv").symlink_to(outside)
    (root / "linked").symlink_to(outside.parent)
    for pattern in ("a.csv", "*.csv", "linked/ledger.csv", "*/ledger.csv"):
        with pytest.raises(UnreadableInput, match="leads out of the source folder"):
            files(root, pattern)
    (root / "sub/b.csv").write_text("a\n1\n")
    (root / "c.csv").symlink_to(root / "sub/b.csv")
    assert files(root, "c.csv") == ["c.csv"], "a link inside the folder is fine"


def test_a_table_that_is_a_link_out_of_the_source_folder_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "sources"
    shp = shapefile(root / "a.shp", [square(0, 0, 5)], {"name": ["open"]})
    ledger = dbf(tmp_path / "internal/ledger.dbf", {"owner": [b"SECRET"]})
    shp.with_suffix(".dbf").unlink()
    shp.with_suffix(".dbf").symlink_to(ledger)
    with pytest.raises(UnreadableInput, match=r"a\.dbf is a link that leads out"):
        files(root, "a.shp")


def test_crs_of_files_and_declaration_must_agree(tmp_path: Path, group: Readers) -> None:
    shapefile(tmp_path / "a.shp", [square(0, 0, 5)], {"n": ["1"]}, crs="EPSG:6674")
    shapefile(tmp_path / "b.shp", [square(0, 0, 5)], {"n": ["1"]}, crs="EPSG:6675")
    with pytest.raises(CrsError, match=r"the file says EPSG:6674, the layer says EPSG:6669") as caught:
        read_source(group, tmp_path, Source(reader="shapefile", path="a.shp", crs="EPSG:6669"), "layers/x.toml")
    assert caught.value.exit_status == 23
    with pytest.raises(CrsError, match=r"different coordinate systems: EPSG:6674, EPSG:6675"):
        read_source(group, tmp_path, Source(reader="shapefile", path="*.shp"), "layers/x.toml")
    assert read_source(group, tmp_path, Source(reader="shapefile", path="a.shp", crs="EPSG:6674"), "layers/x.toml").crs == "EPSG:6674"


def test_what_rfc_7946_implies_gives_way_to_a_declaration_but_a_stated_crs_does_not(tmp_path: Path, group: Readers) -> None:
    geojson(tmp_path / "plain.geojson", [shapely.Point(X, Y)], [{}])
    geojson(tmp_path / "stated.geojson", lonlat([shapely.Point(X, Y)]), [{}], crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6668"}})
    assert read_source(group, tmp_path, Source(reader="geojson", path="plain.geojson", crs="EPSG:6674"), "f").crs == "EPSG:6674"
    assert read_source(group, tmp_path, Source(reader="geojson", path="stated.geojson"), "f").crs == "EPSG:6668"
    with pytest.raises(CrsError):
        read_source(group, tmp_path, Source(reader="geojson", path="stated.geojson", crs="EPSG:6674"), "f")
