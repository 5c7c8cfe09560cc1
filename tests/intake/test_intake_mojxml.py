"""Register-office maps: both ways of reading agree, ids that lead astray are named, maps with axes of their own are never placed."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely

from gispipe.demo.mojxml import Map, Parcel, Place, Sheet, archive, map_bytes
from gispipe.errors import CrsError, UnreadableInput
from gispipe.intake.delivered import Delivered, NotWanted
from gispipe.intake.mojxml import KINDS, read_mojxml, template
from gispipe.intake.sandbox import Readers
from gispipe.intake.source import read_source
from gispipe.model import Source

SQUARE = shapely.box(100, 200, 110, 220)
HOLED = shapely.Polygon([(110, 200), (140, 200), (140, 230), (110, 230)], [[(120, 210), (125, 210), (125, 220), (120, 220)]])
TRIANGLE = shapely.Polygon([(100, 220), (110, 220), (100.001, 230.5)])


def place(number: str, oaza: str = "霧原") -> Place:
    return Place(("010", "000", "0000", "00"), (oaza, None, "髙﨑", None), number)


def small(system: str = "公共座標6系", **changes: object) -> Map:
    parcels = [Parcel(SQUARE, place("12-3W1"), "甲二", "測量成果"), Parcel(HOLED, place("道-4"), None, "図上測量", on_points=False),
               Parcel(TRIANGLE, place("筆界未定地-1"), "乙一", None, (place("8-1"), place("8-2"))), Parcel(SQUARE, Place(("000",) * 2 + ("0000", "00"), (None,) * 4, "地区外-001"))]
    sheets = [Sheet("L   35", 500, "法第14条1項地図", "地籍図", (0, 0, 300, 400), (0, 1)), Sheet("M 1", 1000, "法第14条1項地図", "地籍図", (300, 0, 600, 400), (1, 2))]
    return Map(**({"name": "試験", "code": "99201", "city": "みずほ野市", "system": system, "parcels": parcels, "sheets": sheets,
                   "controls": [("K1", 105.0, 205.0, "節点", "非埋標")]} | changes))  # type: ignore[arg-type]


def read(path: Path, layer: str | None = None, **more: str) -> Delivered:
    return read_mojxml(path, Source(reader="mojxml", path="x", layer=layer, **more), "a.xml")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "a.xml"
        path.write_bytes(data)
        return path
    return write


def changed(old: str, new: str, count: int = 1, system: str = "公共座標6系") -> bytes:
    """The small map with a piece of its text exchanged."""
    text = map_bytes(small(system)).decode()
    assert old in text
    return text.replace(old, new, count).encode()


def same(one: Delivered, other: Delivered) -> None:
    assert one.frame.equals(other.frame) and list(one.frame) == list(other.frame)
    assert (one.crs, one.notes, one.facts) == (other.crs, other.notes, other.facts)
    assert one.geometry is None or shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(other.geometry).tolist()


def test_parcels_come_with_codes_names_kind_sheets_and_their_polygons(write: Callable[[bytes], Path]) -> None:
    delivered = read(write(map_bytes(small())))
    frame = delivered.frame
    assert delivered.crs == "EPSG:2448" and delivered.encoding == "utf-8" and delivered.place.tolist() == [1, 2, 3, 4]
    assert frame["地番"].tolist() == ["12-3W1", "道-4", "筆界未定地-1", "地区外-001"] and frame["種別"].tolist() == ["筆", "道", "筆界未定地", "地区外"]
    assert frame["地番_結合用"].tolist() == ["12-3", None, None, None] and frame["大字コード"].tolist() == ["010", "010", "010", "000"]
    assert frame["小字名"].tolist() == ["髙﨑", "髙﨑", "髙﨑", None] and frame["精度区分"].tolist() == ["甲二", None, "乙一", None]
    assert frame["図郭番号"].tolist() == ["L   35", "L   35;M 1", "M 1", None] and frame["縮尺分母"].tolist() == ["500", "500;1000", "1000", None]
    assert [part["地番"] for part in json.loads(frame["筆界未定構成筆"][2])] == ["8-1", "8-2"] and frame["筆界未定構成筆"][0] is None
    assert shapely.equals(delivered.geometry, [SQUARE, HOLED, TRIANGLE, SQUARE]).all(), "x east, y north, the hole kept"
    np.testing.assert_allclose(frame["図上面積"].astype(float), [200, 850, TRIANGLE.area, 200], rtol=0, atol=1e-6)
    assert delivered.facts["kinds"] == {"筆": 1, "道": 1, "筆界未定地": 1, "地区外": 1} and delivered.facts["placed"] == 4


@pytest.mark.parametrize(("layer", "count", "kind"), [("基準点", 1, 0), ("筆界点", 5, 0), ("筆界線", 19, 1), ("仮行政界線", 0, 1), ("図郭", 2, 3)])
def test_other_themes_are_read_by_name(write: Callable[[bytes], Path], layer: str, count: int, kind: int) -> None:
    delivered = read(write(map_bytes(small())), layer)
    assert len(delivered) == count and set(shapely.get_type_id(delivered.geometry)) <= {kind}
    assert set(delivered.frame["市区町村コード"]) <= {"99201"}


def test_a_theme_that_does_not_exist_is_answered_with_those_that_do(write: Callable[[bytes], Path]) -> None:
    with pytest.raises(UnreadableInput, match="no theme '筆々'; there are: 筆, 基準点, 筆界点, 筆界線, 仮行政界線, 図郭, 任意座標"):
        read(write(map_bytes(small())), "筆々")


def test_the_usual_writing_is_read_by_patterns_and_the_general_way_finds_the_same(write: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(map_bytes(small()))
    assert template.read_template(path.read_bytes(), "筆") is not None
    quick = {kind: read(path, kind) for kind in KINDS[:-1]}
    monkeypatch.setattr("gispipe.intake.mojxml.read_template", lambda *_: None)
    for kind, delivered in quick.items():
        same(delivered, read(path, kind))


REWRITINGS: dict[str, Callable[[str], str]] = {
    "another prefix": lambda text: text.replace("zmn:", "z:").replace("xmlns:zmn", "xmlns:z"),
    "prefixes everywhere": lambda text: text.replace("<zmn:", "<ZMN:").replace("</zmn:", "</ZMN:").replace("<", "<t:").replace("t:ZMN:", "zmn:").replace("<t:/ZMN:", "</zmn:")
    .replace("<t:/", "</t:").replace("<t:?", "<?").replace("xmlns=", "xmlns:t="),
    "single quotes": lambda text: text.replace('"', "'"),
    "no blanks": lambda text: text.replace("\t", "").replace("\r\n", ""),
    "line feeds": lambda text: text.replace("\r\n", "\n"),
    "a comment": lambda text: text.replace("<空間属性>", "<!-- <空間属性> --><空間属性>"),
    "a comment in a point": lambda text: text.replace("<zmn:DirectPosition>", "<zmn:DirectPosition><!-- x -->"),
    "a character reference": lambda text: text.replace("12-3W1", "&#49;2-3W1"),
    "CDATA": lambda text: text.replace("12-3W1", "<![CDATA[12-3W1]]>"),
    "an attribute more": lambda text: text.replace('<zmn:GM_Point id=', '<zmn:GM_Point a="1" id='),
    "blanks in tags": lambda text: text.replace("</zmn:X>", "</zmn:X >").replace('"/>', '" />'),
    "blanks around values": lambda text: text.replace("<地番>", "<地番>\r\n\u3000").replace("<zmn:X>", "<zmn:X> "),
    "an instruction": lambda text: text.replace("<地図 ", '<?xml-stylesheet type="text/xsl" href="style.xsl"?><地図 '),
    "a byte order mark": lambda text: "\ufeff" + text,
    "another order": lambda text: text.replace("<基準点>", "<@>").replace("<筆 id", "<筆界点/><筆 id").replace("<@>", "<基準点>").replace("<筆界点/>", ""),
    "a name space declared again": lambda text: text.replace("<空間属性>", '<空間属性 xmlns:zmn="http://www.moj.go.jp/MINJI/tizuzumen">'),
    "texts that are empty": lambda text: text.replace("<予備コード>00</予備コード>", "<予備コード>00</予備コード><丁目名/>").replace("<地番>道", "<予備名></予備名><地番>道"),
    "themes of nothing": lambda text: text.replace("<主題属性>", "<主題属性><other/>"),
}


@pytest.mark.parametrize("name", REWRITINGS)
def test_the_same_map_written_otherwise_gives_the_same_table(write: Callable[[bytes], Path], name: str) -> None:
    data = map_bytes(small())
    expected = read(write(data))
    text = REWRITINGS[name](data.decode())
    assert text != data.decode() or name == "another order"
    same(expected, read(write(text.encode())))


def test_a_map_in_another_declared_encoding_gives_the_same_table(write: Callable[[bytes], Path]) -> None:
    text = map_bytes(small()).decode().replace("髙﨑", "高崎")
    expected, other = read(write(text.encode())), read(write(text.replace("UTF-8", "EUC-JP").encode("euc_jp")))
    assert other.encoding == "euc-jp" and other.frame.equals(expected.frame)


def test_a_name_space_that_only_looks_right_is_not_believed(write: Callable[[bytes], Path]) -> None:
    data = changed("tizuzumen\"", "tizuzumen/other\"")
    assert template.read_template(data, "筆") is None
    with pytest.raises(UnreadableInput, match="surface F000000001, which is not in the file"):
        read(write(data))


def test_maps_with_axes_of_their_own_are_counted_and_never_placed(write: Callable[[bytes], Path]) -> None:
    path = write(map_bytes(small("任意座標系", survey=())))
    for kind in KINDS[:-1]:
        delivered = read(path, kind)
        assert delivered.crs is None and all(shape is None for shape in delivered.geometry), kind
        assert delivered.facts["placed"] == 0 and delivered.facts["arbitrary"] == len(delivered)
    delivered = read(path)
    assert delivered.frame["任意座標"].tolist() == [True] * 4 and delivered.frame["図上面積"][0] == 200 and delivered.notes == ()


def test_the_drawing_of_such_a_map_is_text_that_no_map_takes_for_a_place(write: Callable[[bytes], Path]) -> None:
    path = write(map_bytes(small("任意座標系", survey=())))
    delivered = read(path, "任意座標")
    assert delivered.shapes is None and delivered.crs is None
    assert shapely.equals(shapely.from_wkt(delivered.frame["図形WKT"].to_numpy()[0]), SQUARE)
    with pytest.raises(UnreadableInput, match="axes of its own; EPSG:6674"):
        read(path, "任意座標", crs="EPSG:6674")
    with pytest.raises(NotWanted):
        read(write(map_bytes(small())), "任意座標")


def test_a_ring_may_run_along_a_curve_backwards(write: Callable[[bytes], Path]) -> None:
    text = map_bytes(small()).decode()
    first = text.index("<zmn:GM_Position")
    second = text.index("<zmn:GM_Position", first + 1)
    ends = [text[at:text.index("</zmn:GM_PointArray.column>", at)] for at in (first, second)]
    turned = text[:first] + ends[1] + text[first + len(ends[0]):second] + ends[0] + text[second + len(ends[1]):]
    assert turned != text
    same(read(write(text.encode())), read(write(turned.encode())))


def test_a_curve_may_have_more_than_two_positions(write: Callable[[bytes], Path]) -> None:
    column = "<zmn:GM_PointArray.column><zmn:GM_Position.direct><zmn:X>210.000</zmn:X><zmn:Y>95.000</zmn:Y></zmn:GM_Position.direct></zmn:GM_PointArray.column>"
    text = map_bytes(small()).decode()
    second = text.index("<zmn:GM_PointArray.column>", text.index("<zmn:GM_PointArray.column>") + 1)
    delivered = read(write((text[:second] + column + text[second:]).encode()))
    assert shapely.get_num_coordinates(delivered.geometry[0]) == 6 and shapely.equals(delivered.geometry[1:], [HOLED, TRIANGLE, SQUARE]).all()


def test_a_ring_that_crosses_itself_stays_as_drawn(write: Callable[[bytes], Path]) -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    delivered = read(write(map_bytes(small(parcels=[Parcel(bow, place("1"))], sheets=[]))))
    assert not shapely.is_valid(delivered.geometry[0]) and shapely.get_num_coordinates(delivered.geometry[0]) == 5 and delivered.notes == ()


def test_a_surface_of_two_sides_has_no_shape_and_is_noted(write: Callable[[bytes], Path]) -> None:
    text = map_bytes(small()).decode().replace('<zmn:GM_CompositeCurve.generator idref="C000000003"/>', "").replace('<zmn:GM_CompositeCurve.generator idref="C000000004"/>', "")
    begin = text.index('<zmn:GM_Curve id="C000000002">')
    ends = [text.index("idref=\"P", begin), text.index("idref=\"P", text.index("idref=\"P", begin) + 1)]
    first = text[text.index("idref=\"P"):][:18]
    delivered = read(write((text[:ends[1]] + first + text[ends[1] + 18:]).encode()))
    assert delivered.geometry[0] is None and [(note.code, note.row, note.detail) for note in delivered.notes] == [("GP11", 1, "F000000001: 2")]
    assert delivered.frame["図上面積"][0] is None and shapely.equals(delivered.geometry[1:], [HOLED, TRIANGLE, SQUARE]).all()


BROKEN = {
    "a curve to no point": ('point idref="P000000002"', 'point idref="P000099999"', "C00000000. refers to point P000099999, which is not in the file"),
    "a ring to no curve": ('generator idref="C000000002"', 'generator idref="C9"', "F000000001 refers to curve C9, which is not in the file"),
    "a parcel to no surface": ('形状 idref="F000000002"', '形状 idref="F7"', "H000000002 refers to surface F7, which is not in the file"),
    "a parcel to a point": ('形状 idref="F000000002"', '形状 idref="P000000002"', "H000000002 refers to surface P000000002, which is not in the file"),
    "a sheet to no parcel": ('筆参照 idref="H000000002"', '筆参照 idref="H9"', "L   35 refers to parcel H9, which is not in the file"),
    "a ring that leaps": ('generator idref="C000000002"', 'generator idref="C000000007"', "a ring of the surface F000000001 does not close: C000000001 and C000000007 do not meet"),
    "a curve drawn by another": ('primitive idref="C000000003"', 'primitive idref="C000000001"', "the curve C000000003 is drawn by another curve, C000000001"),
    "a point twice": ('GM_Point id="P000000002"', 'GM_Point id="P000000001"', "the id P000000001 is given to more than one point"),
    "a curve twice": ('GM_Curve id="C000000002"', 'GM_Curve id="C000000001"', "the id C000000001 is given to more than one curve|drawn by another"),
    "a surface twice": ('GM_Surface id="F000000002"', 'GM_Surface id="F000000001"', "the id F000000001 is given to more than one surface"),
    "a parcel twice": ('筆 id="H000000002"', '筆 id="H000000001"', "the id H000000001 is given to more than one parcel"),
    "a parcel without id": ('筆 id="H000000002"', "筆", "parcel 2 has no id"),
    "no number": ("<zmn:X>200.000<", "<zmn:X>二百<", "'二百' is no coordinate in metres"),
    "NaN": ("<zmn:X>200.000<", "<zmn:X>NaN<", "'NaN' is no coordinate in metres"),
    "infinity": ("<zmn:Y>110.000<", "<zmn:Y>inf<", "'inf' is no coordinate in metres"),
    "a number beyond the range": ("<zmn:X>200.000<", "<zmn:X>1000000.000<", "'1000000.000' is no coordinate in metres"),
    "a monstrous number": ("<zmn:X>200.000<", "<zmn:X>1e308<", "'1e308' is no coordinate in metres"),
    "no coordinate": ("<zmn:X>200.000</zmn:X>", "", "'None' is no coordinate in metres"),
    "an unknown system": ("公共座標6系", "公共座標20系", "座標系 '公共座標20系' is neither"),
    "no system": ("<座標系>公共座標6系</座標系>", "", "座標系 is missing"),
    "a document type": ("<地図 ", "<!DOCTYPE 地図 [<!ENTITY a 'b'>]><地図 ", "DTD"),
    "an entity": ("<地図名>試験", "<地図名>&ext;", "not well-formed XML"),
    "two outer rings": ("<zmn:GM_SurfaceBoundary.interior>", "<zmn:GM_SurfaceBoundary.exterior>", "not well-formed XML"),
    "a tag left open": ("</主題属性>", "", "not well-formed XML"),
    "a control character": ("霧原", "霧\x01原", "not well-formed XML"),
    "no character of XML": ("霧原", "霧\ufffe原", "not well-formed XML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_map_is_said_with_its_ids(write: Callable[[bytes], Path], name: str) -> None:
    old, new, message = BROKEN[name]
    with pytest.raises(UnreadableInput, match=message) as caught:
        read(write(changed(old, new)))
    assert caught.value.where.startswith("a.xml") and caught.value.what.ja != caught.value.what.en


def test_a_curve_of_one_position_is_refused(write: Callable[[bytes], Path]) -> None:
    text = map_bytes(small()).decode()
    at = text.index("<zmn:GM_PointArray.column>")
    with pytest.raises(UnreadableInput, match="the curve C000000001 has 1 positions"):
        read(write((text[:at] + text[text.index("</zmn:GM_PointArray.column>") + 27:]).encode()))


def test_two_outer_rings_and_none_are_refused(write: Callable[[bytes], Path]) -> None:
    swapped = map_bytes(small()).decode().replace("Boundary.interior>", "Boundary.exterior>")
    with pytest.raises(UnreadableInput, match="the surface F000000002 has 2 outer rings"):
        read(write(swapped.encode()))
    none = map_bytes(small()).decode().replace("Boundary.exterior>", "Boundary.interior>", 2)
    with pytest.raises(UnreadableInput, match="the surface F000000001 has 0 outer rings"):
        read(write(none.encode()))


def test_a_map_cut_off_anywhere_is_refused(write: Callable[[bytes], Path]) -> None:
    data = map_bytes(small())
    for stop in range(len(data) // 9, len(data) - 12, len(data) // 9):
        with pytest.raises(UnreadableInput, match="not well-formed XML"):
            read(write(data[:stop]))


def test_bytes_that_are_no_utf_8_are_refused(write: Callable[[bytes], Path]) -> None:
    with pytest.raises(UnreadableInput, match="not well-formed XML"):
        read(write(map_bytes(small()).replace("霧原".encode(), "霧原".encode("cp932"))))


def test_bytes_that_are_no_utf_8_are_refused_in_themes_that_are_not_asked_for(write: Callable[[bytes], Path]) -> None:
    for text in ("節点", "筆界線</線種別>"):
        broken = map_bytes(small()).replace(text.encode(), b"\xe7\xaf" + text[1:].encode())
        with pytest.raises(UnreadableInput, match="not well-formed XML"):
            read(write(broken))


def test_an_empty_map_is_an_empty_table(write: Callable[[bytes], Path]) -> None:
    text = map_bytes(small(sheets=[])).decode()
    bare = text[:text.index("<空間属性>")] + "<空間属性></空間属性><主題属性></主題属性></地図>"
    for layer in KINDS[:-1]:
        assert len(read(write(bare.encode()), layer)) == 0 and template.read_template(bare.encode(), layer) is not None


def test_the_same_maps_give_the_same_bytes_of_archive() -> None:
    assert archive([("99201-9901-1.xml", map_bytes(small()))]) == archive([("99201-9901-1.xml", map_bytes(small()))])


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """Exchange, drop or repeat a short piece of a file, or move one of its own pieces somewhere else."""
    at, length = int(rng.integers(len(data))), int(rng.integers(1, 40))
    other = int(rng.integers(len(data)))
    piece = [b"", bytes(rng.integers(0, 256, 1, dtype=np.uint8)), data[at:at + length] * 2, data[other:other + length], b"0", b"9" * 30, b"<", b'"', b"<!-- x -->", b"&amp;"]
    return data[:at] + piece[int(rng.integers(len(piece)))] + data[at + length * int(rng.integers(2)):]


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_map_is_refused_or_both_ways_of_reading_it_agree(write: Callable[[bytes], Path], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, data = np.random.default_rng(seed), map_bytes(small())
    quick = template.read_template
    for _ in range(40):
        path = write(damaged(data, rng))
        results = []
        for reader in (quick, lambda *_: None):
            monkeypatch.setattr("gispipe.intake.mojxml.read_template", reader)
            try:
                results.append(read(path))
            except UnreadableInput as error:
                results.append(str(error))
        assert isinstance(results[0], Delivered) == isinstance(results[1], Delivered), results
        if isinstance(results[0], Delivered):
            same(*results)


def test_a_map_of_many_degenerate_surfaces_ends_quickly(write: Callable[[bytes], Path]) -> None:
    text = map_bytes(small(sheets=[])).decode()
    begin, end = text.index("\t\t<zmn:GM_Surface"), text.index("\t</空間属性>")
    one = text[begin:text.index("</zmn:GM_Surface>") + 17]
    one = one[:one.index("<zmn:GM_CompositeCurve")] + '<zmn:GM_CompositeCurve.generator idref="LOOP"/>' + one[one.index("</zmn:GM_Ring>"):]
    curve = text[text.index("\t\t<zmn:GM_Curve"):text.index("</zmn:GM_Curve>") + 15].replace("C000000001", "LOOP").replace('P000000003', 'P000000002')
    curve = re.sub(r'point idref="P\d+"', 'point idref="P000000002"', curve)
    surfaces = "".join(one.replace("F000000001", f"F{k:09d}") for k in range(1, 20_001))
    delivered = read(write((text[:text.index("\t\t<zmn:GM_Surface")].replace("\t\t<zmn:GM_Curve", curve + "\t\t<zmn:GM_Curve", 1) + surfaces + text[end:]).encode()))
    assert len(delivered) == len(delivered.notes) == 4 and all(shape is None for shape in delivered.geometry)


def test_an_archive_of_archives_is_one_layer_whose_unplaced_maps_do_not_contradict_it(tmp_path: Path, group: Readers) -> None:
    maps = [small(name="一"), small("任意座標系", name="二", survey=()), small(name="三"), small("任意座標系", name="四", survey=())]
    inner = [(f"99201-9901-{k}.zip", archive([(f"99201-9901-{k}.xml", map_bytes(one))])) for k, one in enumerate(maps, 1)]
    (tmp_path / "99201-9901.zip").write_bytes(archive(inner))
    delivered = read_source(group, tmp_path, Source(reader="mojxml", path="99201-9901.zip"), "layers/x.toml")
    assert delivered.crs == "EPSG:2448" and delivered.frame["地図名"].tolist() == [name for name in "一二三四" for _ in range(4)]
    assert shapely.is_missing(delivered.geometry).tolist() == delivered.frame["任意座標"].tolist() == ([False] * 4 + [True] * 4) * 2
    drawings = read_source(group, tmp_path, Source(reader="mojxml", path="99201-9901.zip", layer="任意座標"), "layers/x.toml")
    assert drawings.shapes is None and drawings.frame["地図名"].tolist() == [name for name in "二四" for _ in range(4)]


def test_maps_of_two_zones_in_one_source_are_refused(tmp_path: Path, group: Readers) -> None:
    for k in (6, 7):
        (tmp_path / f"{k}.xml").write_bytes(map_bytes(small(f"公共座標{k}系")))
    with pytest.raises(CrsError, match="different coordinate systems: EPSG:2448, EPSG:2449"):
        read_source(group, tmp_path, Source(reader="mojxml", path="*.xml"), "layers/x.toml")


FILES = {"12103-0400-76": (1, 606, 4, 4, 0, 21, "EPSG:2451"), "46505-3411-1": (8, 25, 139, 282, 0, 4, "EPSG:2444"),
         "13113-0110-44": (328, 10, 988, 2482, 22, 4, "EPSG:2451"), "13113-0110-1": (353, 0, 1065, 2589, 11, 4, None)}


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The four real maps as plain files."""
    folder, found = tmp_path_factory.mktemp("moj"), {}
    for name in FILES:
        packed = shared_data / f"moj_xml/{name}.zip"
        if packed.is_file():
            with zipfile.ZipFile(packed) as opened:
                opened.extract(f"{name}.xml", folder)
        found[name] = folder / f"{name}.xml" if packed.is_file() else shared_data / f"moj_xml/{name}.xml"
    return found


@pytest.mark.parametrize("name", FILES)
def test_everything_in_a_real_map_is_counted(real: dict[str, Path], name: str) -> None:
    assert template.read_template(real[name].read_bytes(), "筆界線") is not None, "the usual writing"
    found = [read(real[name], kind) for kind in KINDS[:-1]]
    assert (*map(len, found), found[0].crs) == FILES[name] and not any(one.notes for one in found)


@pytest.mark.parametrize("name", FILES)
def test_both_ways_of_reading_a_real_map_agree(real: dict[str, Path], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = read(real[name])
    monkeypatch.setattr("gispipe.intake.mojxml.read_template", lambda *_: None)
    slow = read(real[name])
    assert len(slow) == len(quick) > 0
    same(quick, slow)


def test_the_areas_and_kinds_of_real_parcels_are_known(real: dict[str, Path]) -> None:
    one, eight = read(real["12103-0400-76"]), read(real["46505-3411-1"])
    assert one.frame[["大字名", "地番", "縮尺分母"]].values.tolist() == [["作草部町", "194-1", "500"]] and round(one.frame["図上面積"][0], 2) == 3.46
    assert [round(float(area), 2) for area in eight.frame["図上面積"][:2]] == [172_612.96, 4_541.58]
    assert eight.facts["kinds"] == {"筆": 2, "地区外": 5, "別図": 1} and eight.frame["図郭番号"][0] == "L   35;L   45;M   31;M   41"
    assert shapely.is_valid(eight.geometry).all() and (one.frame["測地系判別"][0], eight.frame["測地系判別"][0]) == ("測量", "変換")


def test_the_registered_position_of_a_real_parcel_falls_inside_its_polygon(real: dict[str, Path], shared_data: Path) -> None:
    from pyproj import Transformer

    found = sorted(shared_data.rglob("mt_parcel_pos_city465054*"))
    if not found:
        pytest.skip("the registry's positions are not beside this checkout")
    delivered = read(real["46505-3411-1"])
    keys = {row["筆ID"]: shape for row, shape in zip(delivered.frame.to_dict("records"), delivered.geometry, strict=True) if row["地番"] == "2740-2"}
    rows = [row for row in csv.DictReader(lines_of(found[0])) if row["moj_map_brushid"] in keys and row["prc_id"] == "027400000200000"]
    assert rows
    at = Transformer.from_crs("EPSG:6668", "EPSG:6670", always_xy=True)
    points = [shapely.Point(at.transform(float(row["rep_lon"]), float(row["rep_lat"]))) for row in rows]
    (shape,) = keys.values()
    near = [point for point in points if shape.distance(point) < 0.05]
    assert len(near) == 1 and near[0].distance(shapely.point_on_surface(shape)) < 0.06


def lines_of(path: Path) -> list[str]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as opened:
            return opened.read(opened.namelist()[0]).decode().splitlines()
    return path.read_text("utf-8").splitlines()
