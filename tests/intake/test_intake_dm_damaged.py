"""Damaged DM sheets end in one sentence that names the place; nothing is repaired in silence."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gispipe.demo.dm import SheetFrame, index_bytes, sheet_bytes
from gispipe.demo.dm_records import Element
from gispipe.errors import UnreadableInput
from gispipe.intake import Readers
from gispipe.intake.dm import read_dm
from gispipe.model import Source

FRAME = SheetFrame("06OC5708", 500, (-48800.0, -135300.0, -48400.0, -135000.0), unit=1)
SHEET = sheet_bytes(FRAME, [Element(1, "3001", ((0, 0), (0, 9000), (9000, 9000), (0, 0))), Element(2, "2101", ((0, 0), (5, 5)) * 5), Element(7, "8131", text="見本館")])
RECORD = 86


def line(number: int, change: Callable[[bytes], bytes], data: bytes = SHEET) -> bytes:
    """Change one record, counted from 1."""
    start = (number - 1) * RECORD
    return data[:start] + change(data[start:start + RECORD]) + data[start + RECORD:]


def put(column: int, text: bytes) -> Callable[[bytes], bytes]:
    """Write over a record from a column, counted from 1."""
    return lambda record: record[:column - 1] + text + record[column - 1 + len(text):]


DAMAGED = {
    "cut off inside a record": (SHEET[:-40], "has 4"),
    "cut off between two records": (SHEET[:-RECORD], "announces 1 data records, but only 0 follow"),
    "a record twice": (SHEET + SHEET[-RECORD:], "no element begins here"),
    "an element taken out": (line(7, lambda record: b"", line(8, lambda record: b"")), "no element begins here"),
    "a count that is no number": (line(7, put(32, b"  x1")), "no element begins here"),
    "a negative count": (line(7, put(32, b"  -1")), "no element begins here"),
    "an enormous count": (line(7, put(32, b"9999")), "announces 9,999 data records"),
    "more points than records hold": (line(7, put(28, b"  99")), "do not fit"),
    "letters in a coordinate": (line(8, put(1, b"12a4567")), "a coordinate is no number"),
    "a blank inside a coordinate": (line(8, put(1, b"12 4567")), "a coordinate is no number"),
    "corners that make no rectangle": (line(2, put(1, b"  99999")), "make no rectangle"),
    "an unknown unit": (line(2, put(45, b"  7")), "unit of coordinates"),
    "a level that is no number": (line(1, put(31, b"level")), "columns 31–35"),
    "ninety-nine revisions": (line(1, put(66, b"99")), "sheet record"),
    "a byte that is no character": (line(15, put(21, b"\x81\x20\xff")), "does not fit cp932"),
    "a line of another length": (SHEET.replace(b"E1", b"E1 ", 1), "has 85 bytes"),
    "no sheet record": (index_bytes(77, ["06OC5708"]), "no zone from 1 to 19"),
    "an index cut off": (index_bytes(6, ["06OC5708", "06OC5709"])[:RECORD * 2], "announces 2 sheet records"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_sheet_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    data, said = DAMAGED[name]
    (tmp_path / "s.dm").write_bytes(data)
    layer = {"a byte that is no character": "8131"}.get(name, "2101")
    with pytest.raises(UnreadableInput) as caught:
        read_dm(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer=layer), "s.dm")
    assert said in caught.value.what.en
    assert caught.value.where.startswith("s.dm") and caught.value.what.ja


def test_a_group_that_counts_its_own_way_is_only_a_fact_of_a_whole_sheet(tmp_path: Path) -> None:
    (tmp_path / "s.dm").write_bytes(line(6, put(34, b"  700")))
    delivered = read_dm(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer="2101"), "s.dm")
    assert delivered.facts["sheet 06OC5708"]["groups_that_disagree"] == 1  # type: ignore[index]


@pytest.mark.parametrize(("name", "data", "said"), [
    ("elements", line(2, put(29, b"      999")), "要素数 999 / 3"), ("group", line(6, put(34, b"  700"), line(2, put(38, b"      0"))), "グループ 6: 700"),
], ids=["elements", "group"])
def test_a_sheet_that_says_another_number_is_noted(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / "s.dm").write_bytes(data)
    delivered = read_dm(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer="2101"), "s.dm")
    assert [note.code for note in delivered.notes] == ["GP24"] and said in delivered.notes[0].detail, name


def test_a_sheet_without_its_last_element_is_read_and_noted(tmp_path: Path) -> None:
    (tmp_path / "s.dm").write_bytes(SHEET[:-2 * RECORD])
    delivered = read_dm(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer="3001"), "s.dm")
    assert delivered.facts["sheet 06OC5708"]["records"] == [10, 8]  # type: ignore[index]
    assert [(note.code, note.row) for note in delivered.notes] == [("GP24", 0)] and "レコード数 10 / 8" in delivered.notes[0].detail


def test_a_sheet_of_nothing_but_group_headers_is_done_in_no_time(tmp_path: Path) -> None:
    head = sheet_bytes(FRAME, [])
    group = b"H 3000" + b" " * 10 + b" 1" + b" " * 66 + b"\r\n"
    (tmp_path / "s.dm").write_bytes(line(2, put(38, b"      0"), head) + group * 40_000)
    began = time.perf_counter()
    assert len(read_dm(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer="3001"), "s.dm")) == 0
    assert time.perf_counter() - began < 2


def test_a_text_file_that_says_it_is_a_sheet_is_refused(group: Readers, tmp_path: Path) -> None:
    (tmp_path / "s.dm").write_bytes(b"name,lat,lon\r\na,1,2\r\n")
    with pytest.raises(UnreadableInput, match="csv"):
        group.read(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer="3001"), "s.dm")


def test_a_sheet_comes_through_a_reader_process(group: Readers, tmp_path: Path) -> None:
    (tmp_path / "s.dm").write_bytes(SHEET)
    delivered = group.read(tmp_path / "s.dm", Source(reader="dm", path="s.dm", layer="注記"), "s.dm")
    assert delivered.frame["文字列"].tolist() == ["見本館"]
    assert delivered.files[0].rows == 1 and delivered.crs == "EPSG:6674"
