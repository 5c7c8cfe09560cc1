"""DM sheets: what our own writer puts in comes out, to the unit, in every variant of the format."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gispipe.demo.dm import SheetFrame, index_bytes, sheet_bytes
from gispipe.demo.dm_records import Element
from gispipe.errors import CrsError, UnreadableInput
from gispipe.intake.delivered import Delivered
from gispipe.intake.dm import list_classes, read_dm
from gispipe.model import Source

FRAME = SheetFrame("06OC5708", 500, (-48800.0, -135300.0, -48400.0, -135000.0), "見本中央", "見本図", 1)
SQUARE = ((0, 0), (0, 9000), (9000, 9000), (9000, 0), (0, 0))
YARD = ((2000, 2000), (2000, 4000), (4000, 4000), (4000, 2000), (2000, 2000))


def read(folder: Path, elements: Sequence[Element], layer: str | None, frame: SheetFrame = FRAME, crs: str | None = None,
         declared: str | None = None, **variant: object) -> Delivered:
    path = folder / "sheet.dm"
    path.write_bytes(sheet_bytes(frame, elements, **variant))  # type: ignore[arg-type]
    return read_dm(path, Source(reader="dm", path="sheet.dm", layer=layer, crs=crs, encoding=declared), "sheet.dm")


def own(delivered: Delivered) -> dict:
    return next(value for key, value in delivered.facts.items() if key.startswith("sheet "))


STEPS = st.integers(0, 299_999)
PLANE = st.tuples(STEPS, STEPS)
SPACE = st.tuples(STEPS, STEPS, st.integers(-99_999, 999_999))


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.one_of(st.lists(PLANE, min_size=2, max_size=14), st.lists(SPACE, min_size=2, max_size=9)), min_size=1, max_size=6),
       unit=st.sampled_from([1, 10, 999]), end=st.sampled_from([b"\r\n", b"\n"]), mark=st.booleans())
def test_lines_come_back_to_the_unit(tmp_path: Path, lines: list, unit: int, end: bytes, mark: bool) -> None:
    frame = dataclasses.replace(FRAME, unit=unit)
    delivered = read(tmp_path, [Element(2, "2101", points) for points in lines], "2101", frame, end=end, mark=mark)
    for geometry, points in zip(delivered.geometry, lines, strict=True):
        xyz = shapely.get_coordinates(geometry, include_z=len(points[0]) == 3)
        steps = np.round((xyz - [-48800.0, -135300.0, 0.0][:xyz.shape[1]]) / frame.step).astype(int)
        assert steps[:, [1, 0, *range(2, xyz.shape[1])]].tolist() == [list(point) for point in points]


def test_a_courtyard_becomes_a_hole_of_the_building_around_it(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(1, "3001", SQUARE), Element(2, "3001", YARD, figure=31), Element(1, "3002", YARD)], "建物")
    assert [shapely.area(one) for one in delivered.geometry] == [77.0, 4.0]
    assert own(delivered)["holes"] == 1


def test_a_courtyard_of_another_class_or_outside_stays_an_area_and_is_counted(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(1, "3001", SQUARE), Element(1, "3002", YARD, figure=31)], "建物")
    assert [shapely.area(one) for one in delivered.geometry] == [81.0, 4.0]
    assert own(delivered)["courtyards_without_building"] == 1


def test_closed_lines_of_an_area_layer_are_areas_and_open_ones_are_counted(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(2, "3001", SQUARE), Element(2, "3001", SQUARE[:3])], "3001")
    assert [one.geom_type for one in delivered.geometry] == ["Polygon"]
    assert (own(delivered)["closed_lines_promoted"], own(delivered)["open_lines_left_out"]) == (1, 1)


def test_a_ring_left_open_is_closed(tmp_path: Path) -> None:
    assert read(tmp_path, [Element(1, "3001", SQUARE[:-1])], "3001").geometry[0].area == 81.0


def test_an_invalid_area_stays_as_drawn(tmp_path: Path) -> None:
    bow = ((0, 0), (9000, 9000), (0, 9000), (9000, 0), (0, 0))
    assert not read(tmp_path, [Element(1, "3001", bow)], "3001").geometry[0].is_valid


def test_an_area_of_two_points_is_kept_without_a_shape_and_noted(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(1, "3001", SQUARE[:2])], "3001")
    assert delivered.geometry.tolist() == [None]
    assert [(note.code, note.row) for note in delivered.notes] == [("GP11", 7)]


def test_a_point_at_the_corner_of_the_sheet_is_a_point(tmp_path: Path) -> None:
    assert read(tmp_path, [Element(5, "4215", at=(0, 0))], "4215").geometry[0].wkt == "POINT (-48800 -135300)"


def test_edge_fractions_move_the_corner_of_a_sheet(tmp_path: Path) -> None:
    frame = dataclasses.replace(FRAME, corners=(-48800.256, -135300.568, -48400.0, -135000.0))
    assert read(tmp_path, [Element(5, "4215", at=(1000, 2000))], "4215", frame).geometry[0].wkt == "POINT (-48798.256 -135299.568)"


def test_heights_come_from_the_attribute_or_from_the_points(tmp_path: Path) -> None:
    flat, solid = ((0, 0), (5000, 5000)), ((0, 0, 31_500), (5000, 5000, 31_500))
    delivered = read(tmp_path, [Element(2, "7101", flat, value=25_000), Element(2, "7102", solid), Element(2, "7102", flat, value=None)], "等高線")
    assert delivered.frame["高さ"].tolist() == [25.0, 31.5, None]


def test_a_missing_height_is_no_height(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(2, "2101", ((0, 0, -999_000), (1, 1, 2_000)))], "2101")
    assert (delivered.frame["最低高さ"][0], delivered.frame["最高高さ"][0]) == (2.0, 2.0)
    assert delivered.frame["高さ"][0] is None


def test_circles_and_arcs_keep_within_a_centimetre_and_their_radius(tmp_path: Path) -> None:
    three = ((280_000, 200_000), (290_000, 210_000), (280_000, 220_000))
    delivered = read(tmp_path, [Element(3, "4231", three), Element(4, "4231", three)], "線:4231")
    assert delivered.frame["半径"].tolist() == [10.0, 10.0]
    whole, half = delivered.geometry
    assert whole.is_closed and abs(whole.length - 20 * np.pi) < 0.03 and abs(half.length - 10 * np.pi) < 0.02
    assert half.coords[0] == (-48600.0, -135020.0) and half.coords[-1] == (-48580.0, -135020.0)
    centre = shapely.Point(-48590, -135020)
    assert all(9.99 <= shapely.distance(centre, part) <= 10 for part in (whole, half))


def test_a_circle_of_three_points_in_a_row_has_no_shape(tmp_path: Path) -> None:
    assert read(tmp_path, [Element(3, "4231", ((0, 0), (1, 1), (2, 2)))], "線:4231").geometry.tolist() == [None]


def test_symbols_turn_by_the_second_point_of_each_pair(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(6, "5241", ((0, 0), (0, 1000), (5000, 0), (6000, 0)))], "5241")
    assert delivered.frame["角度"].tolist() == [0.0, 90.0]
    assert [one.wkt for one in delivered.geometry] == ["POINT (-48800 -135300)", "POINT (-48800 -135295)"]
    assert delivered.place.tolist() == [7, 7]


def test_annotations_have_text_angle_and_size_on_the_ground(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(7, "8131", at=(120_000, 140_000), text="見本小学校", angle=-30), Element(7, "8173", text="31.4", vertical=True)], "注記")
    frame = delivered.frame
    assert frame["文字列"].tolist() == ["見本小学校", "31.4"]
    assert (frame["角度"].tolist(), frame["字大"].tolist(), frame["縦横"].tolist()) == ([330.0, 0.0], [1.25, 1.25], ["横", "縦"])


def test_a_text_cut_in_the_middle_of_a_character_is_joined_before_it_is_decoded(tmp_path: Path) -> None:
    text = "x" + "あ" * 40 + "終"
    assert read(tmp_path, [Element(7, "8181", text=text)], "8181").frame["文字列"].tolist() == [text]


@pytest.mark.parametrize(("variant", "declared", "by"), [
    ({}, None, "DM standard (Shift_JIS), read as cp932"), ({}, "shift_jis", "declared"), ({"encoding": "utf-8"}, None, "proven UTF-8"),
    ({"encoding": "utf-8-sig"}, None, "BOM"), ({"end": b"\n", "mark": True}, "cp932", "declared")])
def test_texts_are_the_same_in_every_encoding(tmp_path: Path, variant: dict, declared: str | None, by: str) -> None:
    delivered = read(tmp_path, [Element(7, "8131", text="髙橋①館")], "8131", declared=declared, **variant)
    assert delivered.frame["文字列"].tolist() == ["髙橋①館"]
    assert delivered.facts["encoding_by"] == by


def test_kanji_written_in_seven_bits_are_recognised_by_their_count(tmp_path: Path) -> None:
    seven = bytes(byte & 0x7F for byte in "見本川".encode("euc_jp"))
    frame = dataclasses.replace(FRAME, name="", title="")
    data = sheet_bytes(frame, [Element(7, "8151", text="見本川")]).replace("見本川".encode("cp932"), seven).replace("架空測量株式会社".encode("cp932"), b" " * 16)
    path = tmp_path / "sheet.dm"
    path.write_bytes(data)
    delivered = read_dm(path, Source(reader="dm", path="sheet.dm", layer="8151"), "sheet.dm")
    assert delivered.frame["文字列"].tolist() == ["見本川"]
    assert own(delivered)["texts_in_7_bit_kanji"] == 1


def test_attribute_records_stay_with_the_element_before_them(tmp_path: Path) -> None:
    raw = (b"LOT 12".ljust(84), "名称".encode("cp932"))
    delivered = read(tmp_path, [Element(5, "4215"), Element(8, "4215", raw=raw), Element(5, "4215", at=(5, 5))], "4215")
    assert delivered.frame["属性"].tolist() == ["LOT 12" + " " * 78 + "名称", None]


def test_superseded_elements_and_drawing_aids_are_left_out_and_counted(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(1, "3001", SQUARE, dates=(2401, 0, 2504)), Element(1, "3001", SQUARE, figure=99),
                                Element(1, "3001", SQUARE, figure=35), Element(1, "3001", SQUARE, dates=(9803, 1703, 0))], "3001")
    assert (delivered.frame["取得年月"].tolist(), delivered.frame["更新年月"].tolist()) == (["1998-03"], ["2017-03"])
    facts = own(delivered)
    assert [facts[name] for name in ("superseded_left_out", "drawing_aids_left_out", "building_parts_left_out")] == [1, 1, 1]


def test_gaps_and_displacements_are_columns(tmp_path: Path) -> None:
    frame = read(tmp_path, [Element(2, "2101", SQUARE, broken=3, shifted=-2, figure=15)], "2101").frame
    assert (frame["間断区分"][0], frame["転位区分"][0], frame["図形区分"][0], frame["精度区分"][0]) == (3, -2, 15, 23)


def test_a_local_class_comes_through_without_a_name(tmp_path: Path) -> None:
    frame = read(tmp_path, [Element(2, "2198", SQUARE)], "2198").frame
    assert (frame["分類コード"][0], frame["分類名"][0], frame["グループ"][0]) == ("2198", None, "道路")


def test_grids_are_passed_over_by_their_count_and_named(tmp_path: Path) -> None:
    data = sheet_bytes(FRAME, [Element(5, "4215")])
    grid = (b"G 7501" + b" " * 20 + b"   2").ljust(84) + b"\r\n" + (b" 1 2 3".ljust(84) + b"\r\n") * 2
    (tmp_path / "g.dm").write_bytes((data + grid).replace(b"      2  1", b"      5  1"))
    delivered = read_dm(tmp_path / "g.dm", Source(reader="dm", path="g.dm", layer="4215"), "g.dm")
    assert own(delivered)["grids_and_tins_skipped"] == [1, 2]


def test_revised_sheets_are_read_behind_all_their_generations(tmp_path: Path) -> None:
    frame = dataclasses.replace(FRAME, revisions=2, courses=3)
    assert len(read(tmp_path, [Element(5, "4215")], "4215", frame)) == 1


@pytest.mark.parametrize(("layer", "codes"), [
    ("3001", ["3001"]), ("普通建物", ["3001"]), ("建物", ["3001", "3002"]), ("30", ["3001", "3002"]), ("3001|3002", ["3001", "3002"]),
    ("面:*", ["3001", "3002"]), ("線:2101", ["2101"]), ("線:*", ["2101"]), ("点:7312", ["7312"]), ("注記:7312", ["7312"]), ("注記", ["8131"])])
def test_a_layer_takes_classes_by_code_name_or_group(tmp_path: Path, layer: str, codes: list[str]) -> None:
    elements = [Element(1, "3001", SQUARE), Element(1, "3002", SQUARE), Element(2, "2101", SQUARE[:3]), Element(5, "7312"),
                Element(7, "7312", text="1.5"), Element(7, "8131", text="館")]
    assert read(tmp_path, elements, layer).frame["分類コード"].tolist() == codes


@pytest.mark.parametrize(("layer", "said"), [
    (None, "3001 普通建物 (1)"), ("建築物", "no class '建築物'"), ("多角形:3001", "no kind of geometry"), ("未分類", "several classes: 1100, 2100"),
    ("3001|2101", "mixes kinds")])
def test_a_layer_that_names_nothing_clear_is_told_what_there_is(tmp_path: Path, layer: str | None, said: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(tmp_path, [Element(1, "3001", SQUARE)], layer)
    assert said in caught.value.what.en


def test_owners_names_are_only_read_when_named(tmp_path: Path) -> None:
    elements = [Element(7, "8264", text="架空太郎"), Element(7, "8263", text="宅地")]
    for layer in ("測量記録等", "注記:*"):
        delivered = read(tmp_path, elements, layer)
        assert delivered.frame["文字列"].tolist() == ["宅地"] and own(delivered)["sensitive_left_out"] == 1
    named = read(tmp_path, elements, "8264").frame
    assert (named["文字列"].tolist(), named["非公開"].tolist()) == (["架空太郎"], [True])


@pytest.mark.parametrize(("sheet", "result", "declared", "crs"), [
    ("06OC5708", 2, None, "EPSG:6674"), ("06OC5708", 1, None, "EPSG:2448"), ("06OC5708", 1, "EPSG:6674", "EPSG:6674"), ("1", 2, "EPSG:6674", "EPSG:6674"),
    ("1", 2, None, None), ("06AA0000", 2, None, None)])
def test_the_zone_is_in_the_sheet_id_when_the_corners_agree(tmp_path: Path, sheet: str, result: int, declared: str | None, crs: str | None) -> None:
    frame = dataclasses.replace(FRAME, id=sheet, result=result)
    assert read(tmp_path, [Element(5, "4215")], "4215", frame, declared).crs == crs


def test_a_layer_that_says_another_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="zone 6"):
        read(tmp_path, [Element(5, "4215")], "4215", crs="EPSG:6675")


def test_a_sheet_can_be_read_as_its_own_frame(tmp_path: Path) -> None:
    delivered = read(tmp_path, [Element(5, "4215")], "図郭")
    assert delivered.geometry[0].bounds == FRAME.corners
    assert delivered.frame.iloc[0].tolist() == ["06OC5708", "見本中央", "見本図", 500, "2026-04", 1]


def test_an_index_is_a_table_without_rows_and_names_zone_and_sheets(tmp_path: Path) -> None:
    (tmp_path / "INDEX.idx").write_bytes(index_bytes(6, ["06OC5708", "06OC5709"]))
    delivered = read_dm(tmp_path / "INDEX.idx", Source(reader="dm", path="INDEX.idx", layer="3001"), "INDEX.idx")
    assert (len(delivered), delivered.crs, delivered.facts["index INDEX.idx"]) == (0, "EPSG:6674", {"zone": 6, "sheets": ["06OC5708", "06OC5709"]})


def test_an_index_before_the_sheet_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "s.dm").write_bytes(index_bytes(6, ["06OC5708"]) + sheet_bytes(FRAME, [Element(5, "4215")]))
    assert len(read_dm(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer="4215"), "s.dm")) == 1


def test_what_a_sheet_holds_is_listed_as_a_layer_would_ask_for_it(tmp_path: Path) -> None:
    elements = [Element(2, "3001", SQUARE), Element(1, "3001", SQUARE), Element(2, "2101", SQUARE[:3]), Element(5, "7312"), Element(7, "8264", text="架空太郎")]
    (tmp_path / "s.dm").write_bytes(sheet_bytes(FRAME, elements))
    listed = list_classes(tmp_path / "s.dm", "s.dm")
    assert listed == {"図郭": 1, "線:2101": 1, "面:3001": 2, "点:7312": 1}
    for layer, count in listed.items():
        assert len(read_dm(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer=layer), "s.dm")) == count
