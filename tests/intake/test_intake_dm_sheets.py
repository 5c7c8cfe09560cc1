"""Sheets put together: what the edge cut is whole again, what does not meet is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gispipe.demo.dm import SheetFrame, sheet_bytes
from gispipe.demo.dm_records import Element
from gispipe.demo.dm_sheets import Class, elements, frames, sheet_id
from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered
from gispipe.intake.stack import stack
from gispipe.intake.dm import merge_sheets, read_dm
from gispipe.model import Source

WEST = SheetFrame("06OC5708", 500, (-48800.0, -135300.0, -48400.0, -135000.0), unit=1)
EAST = SheetFrame("06OC5709", 500, (-48400.0, -135300.0, -48000.0, -135000.0), unit=1)
SOUTH = SheetFrame("06OC5718", 500, (-48800.0, -135600.0, -48400.0, -135300.0), unit=1)
EDGE = 400_000


def merged(folder: Path, sheets: Sequence[tuple[SheetFrame, Sequence[Element]]], layer: str) -> Delivered:
    parts, source = [], Source(reader="dm", path="*.dm", layer=layer)
    for frame, found in sheets:
        path = folder / f"{frame.id}.dm"
        path.write_bytes(sheet_bytes(frame, found))
        parts.append(read_dm(path, source, path.name))
    return merge_sheets(stack(parts), source)


def line(*points: tuple[int, int], code: str = "2101", **more: object) -> Element:
    return Element(2, code, points, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("back", [False, True], ids=["drawn onwards", "drawn back"])
def test_a_line_cut_by_an_edge_is_one_line_again(tmp_path: Path, back: bool) -> None:
    beyond = ((1000, 0), (1500, 5000))
    table = merged(tmp_path, [(WEST, [line((0, 390_000), (1000, EDGE))]), (EAST, [line(*beyond[::-1 if back else 1])])], "2101")
    assert [one.wkt for one in table.geometry] == ["LINESTRING (-48410 -135300, -48400 -135299, -48395 -135298.5)"]
    assert (table.frame["図郭識別番号"][0], table.frame["レコード番号"][0]) == ("06OC5708;06OC5709", "7")
    assert [note.code for note in table.notes] == []


def test_a_ring_through_three_sheets_closes(tmp_path: Path) -> None:
    table = merged(tmp_path, [
        (WEST, [line((0, 399_000), (1000, EDGE), code="7102", value=5000), line((0, 398_000), (9000, 398_500), (9000, EDGE), code="7102", value=5000)]),
        (EAST, [line((1000, 0), (5000, 3000), (9000, 0), code="7102", value=5000)]),
        (SOUTH, [line((300_000, 399_000), (299_000, 398_500), (300_000, 398_000), code="7102", value=5000)])], "7102")
    assert len(table) == 1 and table.geometry[0].is_closed and table.geometry[0].is_simple
    assert table.frame["図郭識別番号"].tolist() == ["06OC5708;06OC5709;06OC5718"]


def test_contours_of_another_height_or_class_do_not_join_and_both_ends_are_named(tmp_path: Path) -> None:
    table = merged(tmp_path, [(WEST, [line((0, 390_000), (1000, EDGE), code="7102", value=5000)]), (EAST, [line((1000, 0), (1500, 5000), code="7102", value=6000)])], "7102")
    assert len(table) == 2
    assert [(note.code, note.file, note.detail) for note in table.notes] == [
        ("GP36", 0, "06OC5708 | 06OC5709: X=-135299.000 Y=-48400.000"), ("GP36", 1, "06OC5709 | 06OC5708: X=-135299.000 Y=-48400.000")]


@pytest.mark.parametrize(("gap", "rows"), [(50, 1), (60, 2)])
def test_ends_may_lie_a_tenth_of_a_millimetre_of_the_map_apart(tmp_path: Path, gap: int, rows: int) -> None:
    table = merged(tmp_path, [(WEST, [line((0, 390_000), (1000, EDGE))]), (EAST, [line((1000 + gap, 0), (1500, 5000))])], "2101")
    assert len(table) == rows


def test_a_line_that_would_turn_back_is_another_line(tmp_path: Path) -> None:
    table = merged(tmp_path, [(WEST, [line((0, 399_000), (1000, EDGE))]), (EAST, [line((1000, 0), (-5000, 10))])], "2101")
    assert len(table) == 2


def test_of_two_lines_at_one_place_the_straighter_goes_on(tmp_path: Path) -> None:
    table = merged(tmp_path, [(WEST, [line((1000, 390_000), (1000, EDGE))]), (EAST, [line((1000, 0), (9000, 9000)), line((1000, 0), (1000, 9000))])], "2101")
    assert [one.length for one in table.geometry if one.length == 19.0] == [19.0] and len(table) == 2


def test_slopes_join_only_the_way_they_were_drawn(tmp_path: Path) -> None:
    west = line((0, 390_000), (1000, EDGE), code="6101", figure=11)
    onwards, back = line((1000, 0), (1500, 5000), code="6101", figure=11), line((1500, 5000), (1000, 0), code="6101", figure=11)
    assert len(merged(tmp_path, [(WEST, [west]), (EAST, [onwards])], "6101")) == 1
    assert len(merged(tmp_path, [(WEST, [west]), (EAST, [back])], "6101")) == 2


def test_an_end_at_the_edge_of_the_delivery_is_no_mistake(tmp_path: Path) -> None:
    table = merged(tmp_path, [(WEST, [line((0, 5), (1000, 0))]), (EAST, [])], "2101")
    assert (len(table), table.notes) == (1, ())


def area(south: int, west: int, north: int, east: int, code: str = "3001") -> Element:
    return Element(1, code, ((south, west), (south, east), (north, east), (north, west), (south, west)))


def test_an_area_cut_by_an_edge_is_one_area_again(tmp_path: Path) -> None:
    table = merged(tmp_path, [(WEST, [area(0, 390_000, 9000, EDGE), area(0, 1000, 9000, 2000)]), (EAST, [area(0, 0, 9000, 5000), area(0, 7000, 9000, 8000)])], "3001")
    assert sorted(one.area for one in table.geometry) == [9.0, 9.0, 135.0]
    assert table.frame["図郭識別番号"][0] == "06OC5708;06OC5709" and table.notes == ()


def test_areas_of_another_class_or_only_a_corner_in_common_stay_two(tmp_path: Path) -> None:
    table = merged(tmp_path, [(WEST, [area(0, 390_000, 9000, EDGE)]), (EAST, [area(0, 0, 9000, 5000, "3002"), area(9000, 0, 12_000, 5000)])], "建物")
    assert len(table) == 3
    assert [note.detail.split(":")[0] for note in table.notes] == ["06OC5708 | 06OC5709", "06OC5709 | 06OC5708", "06OC5709 | 06OC5708"]


def test_neighbours_within_one_sheet_are_never_dissolved(tmp_path: Path) -> None:
    table = merged(tmp_path, [(WEST, [area(0, 390_000, 9000, 395_000), area(0, 395_000, 9000, 399_000)]), (EAST, [])], "3001")
    assert len(table) == 2


def test_an_annotation_on_the_edge_stands_once(tmp_path: Path) -> None:
    both = [(WEST, [Element(7, "8114", at=(500, EDGE), text="見本町")]), (EAST, [Element(7, "8114", at=(500, 0), text="見本町"), Element(7, "8114", at=(500, 0), text="別町")])]
    assert merged(tmp_path, both, "8114").frame["文字列"].tolist() == ["見本町", "別町"]


def test_the_same_sheet_in_two_files_is_refused(tmp_path: Path) -> None:
    source = Source(reader="dm", path="*.dm", layer="2101")
    for name in ("a.dm", "b.dm"):
        (tmp_path / name).write_bytes(sheet_bytes(WEST, [line((0, 0), (5, 5))]))
    with pytest.raises(UnreadableInput, match="also in a"):
        merge_sheets(stack([read_dm(tmp_path / name, source, name) for name in ("a.dm", "b.dm")]), source)


def test_merging_in_another_order_of_files_gives_the_same_shapes(tmp_path: Path) -> None:
    sheets = [(WEST, [line((0, 390_000), (1000, EDGE))]), (EAST, [line((1000, 0), (1500, 5000))])]
    one, other = merged(tmp_path, sheets, "2101"), merged(tmp_path, sheets[::-1], "2101")
    assert shapely.equals(shapely.normalize(one.geometry[0]), shapely.normalize(other.geometry[0]))
    assert one.facts["merged"]["rows_merged_away"] == 1  # type: ignore[index]


STEP = st.integers(-3_000, 3_000)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.tuples(STEP, STEP), min_size=2, max_size=12), start=st.tuples(st.integers(-3_000, 3_000), st.integers(-3_000, 3_000)))
def test_a_line_over_four_sheets_comes_back_as_it_was(tmp_path: Path, turns: list, start: tuple[int, int]) -> None:
    centre = np.array([-48400.0, -135300.0])
    xy = centre + np.cumsum([start, *turns], axis=0) / 1000
    drawn = shapely.LineString(xy)
    assume(drawn.is_simple and not drawn.is_closed and shapely.length(drawn) > 0)
    assume((np.abs(xy - centre) > 0.1).all())  # a corner of the line on the edge itself belongs to both sheets
    assume(shapely.distance(drawn, shapely.Point(centre)) > 0.2)
    four = [WEST, EAST, SOUTH, SheetFrame("06OC5719", 500, (-48400.0, -135600.0, -48000.0, -135300.0), unit=1)]
    for old in tmp_path.glob("*.dm"):
        old.unlink()
    sheets = [(frame, elements(frame, [Class("2101", np.array([drawn], dtype=object))])) for frame in four]
    table = merged(tmp_path, sheets, "2101")
    assert len(table) == 1 and table.notes == ()
    assert shapely.hausdorff_distance(table.geometry[0], drawn) < 0.0015


@pytest.mark.parametrize(("level", "zone", "west", "south", "name"), [
    (500, 6, -48800, -135300, "06OC5708"), (2500, 2, 44000, 9000, "02JF613"), (2500, 6, 46000, -244500, "06SF112")])
def test_sheets_are_named_by_their_place_in_the_national_grid(level: int, zone: int, west: int, south: int, name: str) -> None:
    assert sheet_id(level, zone, west, south) == name
    (frame, *_) = frames(level, zone, (west + 1, south + 1, west + 2, south + 2), "")
    assert frame.id == name and frame.corners[:2] == (west, south)


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(radii=st.lists(st.integers(2_000, 20_000), min_size=5, max_size=14), shift=st.tuples(st.integers(-1_500, 1_500), st.integers(-1_500, 1_500)), yard=st.booleans())
def test_an_area_over_four_sheets_comes_back_as_it_was(tmp_path: Path, radii: list[int], shift: tuple[int, int], yard: bool) -> None:
    turn = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    xy = np.column_stack([np.cos(turn), np.sin(turn)]) * np.array(radii)[:, None] + shift
    drawn = shapely.Polygon(np.round(xy + 0.5) / 1000 + [-48400.0, -135300.0])
    assume(drawn.is_valid and drawn.buffer(-0.4).contains(shapely.Point(-48400, -135300)))
    if yard:
        drawn = drawn.difference(shapely.box(-48400.2, -135300.2, -48399.9, -135299.9))
    for old in tmp_path.glob("*.dm"):
        old.unlink()
    four = [WEST, EAST, SOUTH, SheetFrame("06OC5719", 500, (-48400.0, -135600.0, -48000.0, -135300.0), unit=1)]
    table = merged(tmp_path, [(frame, elements(frame, [Class("3001", np.array([drawn], dtype=object))])) for frame in four], "3001")
    assert len(table) == 1 and table.notes == ()
    assert len(table.geometry[0].interiors) == yard
    assert shapely.area(shapely.symmetric_difference(table.geometry[0], drawn)) < 0.003 * shapely.length(drawn)
