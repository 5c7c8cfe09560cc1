"""Text: every cp932 code exactly, everything else refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinycity import csv_file, dbf, shapefile, square

from gispipe.errors import UnreadableInput
from gispipe.intake.csv_table import read_csv
from gispipe.intake.dbf import read_dbf, read_header
from gispipe.intake.sandbox import Readers
from gispipe.intake.shapefile import read_shapefile
from gispipe.intake.text import decode
from gispipe.model import Source

CP932 = Source(reader="shapefile", path="x.shp", encoding="cp932")


def two_byte_codes() -> list[bytes]:
    """Return every two-byte code of Python's cp932."""
    codes = [bytes([lead, trail]) for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)) for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))]
    return [code for code in codes if _is_text(code)]


def _is_text(code: bytes) -> bool:
    try:
        return len(code.decode("cp932")) == 1
    except UnicodeDecodeError:
        return False


def table(path: Path, encoding: str) -> tuple[list[str | None], list[object]]:
    read = read_dbf(path, read_header(path, "t.dbf"), encoding, "t.dbf")
    return read.columns.column(0).to_pylist(), read.cuts


@pytest.mark.parametrize("stated", ["cp932", "Shift_JIS", "SJIS", "windows-31j", "932"])
def test_every_two_byte_code_of_cp932_survives_a_dbf(tmp_path: Path, stated: str) -> None:
    codes = two_byte_codes()
    assert len(codes) > 9_400
    path = dbf(tmp_path / "t.dbf", {"名称": [b"<" + code + b">" for code in codes]}, width=4)
    texts, cuts = table(path, stated)
    assert cuts == [] and texts == [f"<{code.decode('cp932')}>" for code in codes]


def test_the_characters_that_narrow_codecs_lose_are_kept(tmp_path: Path) -> None:
    words = ["①髙﨑", "能登町①髙﨑", "ｱﾊﾟｰﾄ", "ソ表能十", "～－∥￠￡￢", "㈱Ⅲ㎡"]
    path = dbf(tmp_path / "t.dbf", {"名称": [word.encode("cp932") for word in words]})
    assert table(path, "cp932")[0] == words


def test_a_text_cut_in_mid_character_is_kept_whole_and_named_with_its_row(tmp_path: Path) -> None:
    shapes = [square(10 * k, 0, 9) for k in range(4)]
    path = shapefile(tmp_path / "a.shp", shapes, {"注記": ["短い"] * 4})
    dbf(path.with_suffix(".dbf"), {"注記": ["短い".encode("cp932"), "消した行".encode("cp932"), "浸水した".encode("cp932"), b""]}, width=7, deleted=[1])
    delivered = read_shapefile(path, CP932, "a.shp")
    assert delivered.frame["注記"].tolist() == ["短い", "浸水し", None] and delivered.place.tolist() == [1, 3, 4]
    assert [(n.code, n.row, n.detail) for n in delivered.notes] == [("GP03", 3, "注記: 82")]


def test_a_byte_that_fits_nowhere_is_refused_with_row_and_field(tmp_path: Path) -> None:
    path = dbf(tmp_path / "t.dbf", {"名称": ["一".encode("cp932"), b"\x81\x20abc"]})
    with pytest.raises(UnreadableInput, match="row 2 名称: bytes 81"):
        table(path, "cp932")


def test_utf8_declared_as_cp932_is_refused_although_it_would_decode(tmp_path: Path) -> None:
    path = dbf(tmp_path / "t.dbf", {"name": ["豊かな町のハザード".encode()]}, encoding="utf-8")
    with pytest.raises(UnreadableInput, match="the text is UTF-8 but cp932 is declared"):
        table(path, "cp932")


def test_cp932_declared_as_utf8_is_refused(tmp_path: Path) -> None:
    path = dbf(tmp_path / "t.dbf", {"name": ["豊かな町".encode("cp932")]})
    with pytest.raises(UnreadableInput, match="do not fit the encoding utf-8"):
        table(path, "utf-8")


def test_without_cpg_and_declaration_japanese_is_refused_but_ascii_is_read(tmp_path: Path) -> None:
    bare = Source(reader="shapefile", path="a.shp")
    with pytest.raises(UnreadableInput, match="no .cpg and no encoding is declared"):
        read_shapefile(shapefile(tmp_path / "a.shp", [square(0, 0, 5)], {"name": ["豊かな町"]}), bare, "a.shp")
    assert read_shapefile(shapefile(tmp_path / "b.shp", [square(0, 0, 5)], {"name": ["plain"]}), bare, "b.shp").frame["name"].tolist() == ["plain"]


@pytest.mark.parametrize("cpg", ["UTF-8", "utf8", "65001", "\ufeffUTF-8\r\n"])
def test_a_cpg_tells_the_encoding(tmp_path: Path, cpg: str) -> None:
    path = shapefile(tmp_path / "a.shp", [square(0, 0, 5)], {"name": ["豊かな町"]}, encoding="utf-8")
    path.with_suffix(".cpg").write_text(cpg, "utf-8")
    delivered = read_shapefile(path, Source(reader="shapefile", path="a.shp"), "a.shp")
    assert delivered.frame["name"].tolist() == ["豊かな町"] and delivered.encoding == "utf-8"


def test_the_language_driver_of_a_dbf_tells_cp932(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", [square(0, 0, 5)], {"name": ["x"]})
    dbf(path.with_suffix(".dbf"), {"name": ["豊かな町".encode("cp932")]}, driver=0x13)
    assert read_shapefile(path, Source(reader="shapefile", path="a.shp"), "a.shp").frame["name"].tolist() == ["豊かな町"]


def test_an_encoding_nobody_knows_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="unknown encoding 'koi8'"):
        decode(b"abc", "koi8", "x.csv")


@pytest.mark.parametrize("kind", [b"I", b"O", b"@", b"+"])
def test_binary_fields_of_other_dialects_are_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(UnreadableInput, match="binary kind"):
        read_header(dbf(tmp_path / "t.dbf", {"n": [b"\x01\x00\x00\x00"]}, width=4, kind=kind), "t.dbf")


def test_dates_flags_and_starred_numbers_of_a_dbf_are_read(tmp_path: Path) -> None:
    assert table(dbf(tmp_path / "d.dbf", {"d": [b"20260401", b""]}, width=8, kind=b"D"), "ascii")[0] == ["2026-04-01", None]
    assert table(dbf(tmp_path / "l.dbf", {"l": [b"T", b"n", b"?"]}, width=1, kind=b"L"), "ascii")[0] == ["true", "false", None]
    assert table(dbf(tmp_path / "n.dbf", {"n": [b"  12", b"****"]}, width=4, kind=b"N"), "ascii")[0] == ["12", None]


def test_a_cp932_csv_without_a_declaration_is_refused_and_with_one_is_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [["名称"], ["髙﨑①"]], "cp932")
    with pytest.raises(UnreadableInput, match="not declared and not UTF-8"):
        read_csv(path, Source(reader="csv", path="a.csv"), "a.csv")
    assert read_csv(path, Source(reader="csv", path="a.csv", encoding="cp932"), "a.csv").frame["名称"].tolist() == ["髙﨑①"]


def test_the_line_of_the_first_wrong_byte_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("名称\r\n一\r\n".encode() + "髙﨑".encode("cp932") + b"\r\n")
    with pytest.raises(UnreadableInput, match=r"a\.csv:3: byte 0xEE does not fit the declared encoding utf-8"):
        read_csv(path, Source(reader="csv", path="a.csv", encoding="utf-8"), "a.csv")


@given(st.text(st.sampled_from("亜表ソ能①髙﨑ｱあア漢A1"), min_size=3, max_size=20))
def test_no_text_is_read_differently_under_the_wrong_encoding(text: str) -> None:
    data = text.encode("cp932")
    if data.isascii():
        return
    try:
        got, _ = decode(data, "utf-8", "x")
    except UnreadableInput:
        return
    assert got.encode("utf-8") == data, "read as UTF-8 only when the bytes are UTF-8"


def test_blank_cells_are_no_values(tmp_path: Path) -> None:
    assert table(dbf(tmp_path / "t.dbf", {"n": [b"", b"   ", b"\0\0", " 　".encode("cp932"), b"a"]}), "cp932")[0] == [None, None, None, None, "a"]
    assert np.array(table(dbf(tmp_path / "e.dbf", {"n": []}), "cp932")[0]).size == 0


def test_codes_that_cp932_has_twice_are_counted_in_a_dbf(tmp_path: Path) -> None:
    path = dbf(tmp_path / "t.dbf", {"name": ["髙".encode("cp932"), b"\xfb\xfc", "﨑".encode("cp932"), b"\x81\x5b"]})
    read = read_dbf(path, read_header(path, "t.dbf"), "cp932", "t.dbf")
    assert read.columns.column(0).to_pylist() == ["髙", "髙", "﨑", "ー"] and read.duplicates == 1


def test_user_defined_characters_of_any_format_are_named_with_column_and_row(tmp_path: Path, group: Readers) -> None:
    shapefile(tmp_path / "a.shp", [square(0, 0, 5), square(10, 0, 5)], {"氏名": ["田中", "\ue000橋"]})
    (tmp_path / "a.csv").write_text("氏名,x\n田中,\n\ue000橋,\n", "utf-8")
    for name, row in (("a.shp", 2), ("a.csv", 3)):
        delivered = group.read(tmp_path / name, Source(reader={"shp": "shapefile", "csv": "csv"}[name[2:]], path=name, encoding="cp932" if name == "a.shp" else None), name)
        assert [(n.code, n.row, n.detail) for n in delivered.notes] == [("GP04", row, "氏名: F040 (U+E000)")] and delivered.facts["gaiji"] == 1
