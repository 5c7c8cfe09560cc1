"""Tables: bulk and exact readers agree, every code of cp932 is exact, no wrong encoding is read in silence."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from tinycity import csv_file

from gispipe.errors import UnreadableInput
from gispipe.intake.csv_exact import exact
from gispipe.intake.csv_fast import fast
from gispipe.intake.csv_table import read_csv
from gispipe.intake.delivered import Delivered
from gispipe.intake.gaiji import with_gaiji
from gispipe.intake.text import decode, duplicates
from gispipe.model import Source

WORDS = ["名称", "髙﨑①", "ソ能表", "ｱﾊﾟｰﾄ", "みずほ野市", "一丁目", "蛍池", "A-1", "0012", "35.1", "", " 前", "後　", "〜", "塚"]


def read(path: Path, **more: object) -> Delivered:
    return read_csv(path, Source(reader="csv", path=path.name, **more), path.name)


def made(seed: int) -> bytes:
    """Return a table that a plain writer could have made: some with blanks, CRLF, blank rows, quotes, ragged rows."""
    chance = random.Random(seed)
    width, end = chance.randint(1, 6), chance.choice(["\n", "\r\n"])
    head = [f"列{k}" for k in range(width)]
    rows = [[chance.choice(WORDS) for _ in range(width)] for _ in range(chance.randint(0, 30))]
    if chance.random() < 0.2 and rows:
        rows[chance.randrange(len(rows))] = [""] * width
    if chance.random() < 0.2 and rows:
        rows[chance.randrange(len(rows))].append("余り")
    if chance.random() < 0.2 and rows:
        rows[-1][0] = '"引用, あり"'
    text = end.join(",".join(row) for row in [head, *rows]) + (end if chance.random() < 0.8 else "")
    return text.encode()


def both(data: bytes, at: int) -> tuple[object, object] | None:
    bulk = fast(data, at, "t.csv")
    if bulk is None:
        return None
    table, lines, notes, _ = exact(data.decode(), at, False, "t.csv")
    assert notes == []
    plain = {name: bulk[0][name].to_pylist() for name in bulk[0].column_names}
    return (plain, bulk[1].tolist()), ({name: table[name].to_pylist() for name in table.column_names}, lines.tolist())


def test_bulk_and_exact_readers_agree_on_five_hundred_tables() -> None:
    results = [both(made(seed), seed % 3) for seed in range(500)]
    taken = [result for result in results if result is not None]
    assert all(one == other for one, other in taken) and 150 < len(taken) < 450


@pytest.mark.parametrize("content", ['a,b\n"1",2\n', "a,b\r1,2\r", "a,b\n1\n", "a,b\n1,2,3\n", "a,b\n\n1,2\n", "a,b\n,\n", "a,b\n1,\x002\n", "a,b\n" + "1" * 1_000_001 + ",2\n"],
                         ids=["quotes", "lone CR", "short row", "long row", "blank line", "blank row", "zero byte", "long cell"])
def test_whatever_is_doubtful_is_left_to_the_exact_reader(content: str) -> None:
    assert fast(content.encode(), 1, "t.csv") is None


def test_a_cell_of_a_million_characters_is_refused_not_swallowed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1" * 1_000_001 + ",2\n")
    with pytest.raises(UnreadableInput, match="field larger than"):
        read(path)


def test_names_may_stand_on_a_later_line_or_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("#LINK,\n#lang,ja\n#property,name\n1,東\n2,西\n", "utf-8")
    later = read(path, header=3)
    assert later.frame.to_dict("list") == {"#property": ["1", "2"], "name": ["東", "西"]} and later.place.tolist() == [4, 5]
    path.write_text('01101,"060  "\n01102,"064"\n')
    bare = read(path, header=0)
    assert bare.frame.to_dict("list") == {"column_1": ["01101", "01102"], "column_2": ["060", "064"]} and bare.place.tolist() == [1, 2]


def test_all_codes_of_cp932_are_exact_in_a_table(tmp_path: Path) -> None:
    codes = [bytes([code]) for code in range(0xA1, 0xE0)]
    codes += [bytes([lead, trail]) for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)) for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)) if _is_code(lead, trail)]
    assert len(codes) == 63 + 9_604
    path = tmp_path / "a.csv"
    path.write_bytes("名称,値\r\n".encode("cp932") + b"".join(b"<" + code + b">,1\r\n" for code in codes))
    delivered = with_gaiji(read(path, encoding="cp932"))
    assert delivered.frame["名称"].tolist() == [f"<{code.decode('cp932')}>" for code in codes]
    gaiji = [note for note in delivered.notes if note.code == "GP04"]
    assert len(gaiji) == delivered.facts["gaiji"] == 1_880 and (gaiji[0].detail, gaiji[-1].detail) == ("名称: F040 (U+E000)", "名称: F9FC (U+E757)")
    assert delivered.facts["cp932_duplicates"] == 398 and len({note.row for note in gaiji}) == 1_880


def _is_code(lead: int, trail: int) -> bool:
    try:
        return len(bytes([lead, trail]).decode("cp932")) == 1
    except UnicodeDecodeError:
        return False


def test_characters_with_two_codes_are_counted_wherever_they_stand() -> None:
    data = b"a\x87\x90\xb1\xed\x40\xfa\x5c\n\x87\x90"
    text = data.decode("cp932")
    assert duplicates(data, text) == 3 and duplicates(text.encode("cp932"), text) == 0


@pytest.mark.parametrize("byte", [0x80, 0xA0, 0xFD, 0xFE, 0xFF])
def test_single_bytes_without_a_character_are_refused_with_their_line(byte: int) -> None:
    data = "名称\n一".encode("cp932") + bytes([byte]) + b"\n"
    with pytest.raises(UnreadableInput, match=rf"x\.csv:2: byte 0x{byte:02X} does not fit"):
        decode(data, "cp932", "x.csv")


TOWNS = ["岡町", "桜の町", "さくら公園", "コミュニティセンター", "髙﨑", "蛍池北町", "熊野田", "服部緑地", "ひので小学校", "南の浜", "アパート", "一番館", "二ノ切", "みどり台"]


def test_no_table_under_a_wrong_encoding_is_read_in_silence() -> None:
    pairs = [("cp932", "utf-8"), ("utf-8", "cp932"), ("cp932", None), ("euc_jp", None), ("euc_jp", "cp932"), ("euc_jp", "utf-8"), ("cp932", "euc-jp"), ("utf-8", "euc-jp")]
    silent = []
    for seed in range(1000):
        chance = random.Random(seed)
        written, declared = pairs[seed % len(pairs)]
        text = "名称,所在地\n" + "".join(f"{chance.choice(TOWNS)},{chance.choice(TOWNS)}{chance.randint(1, 99)}番地\n" for _ in range(chance.randint(1, 8)))
        data = text.replace("髙﨑", "高崎").encode(written)
        try:
            got, _ = decode(data, declared, "x.csv")
        except UnreadableInput:
            continue
        silent.append((seed, got))
    assert silent == []


@pytest.mark.parametrize("really", ["cp932", "utf-8"])
def test_a_file_converted_twice_is_refused_by_name(tmp_path: Path, really: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("全国地方公共団体コード,名称\n992011,みずほ野市役所\n".encode(really).decode("latin-1").encode("utf-8"))
    for declared in (None, "utf-8"):
        with pytest.raises(UnreadableInput, match=f"converted twice: {really} bytes were read as latin-1") as caught:
            read(path, encoding=declared)
        assert f'encoding = "{really}"' in caught.value.todo.en and "文字化け" in caught.value.what.ja


def test_a_byte_order_mark_before_broken_utf8_is_no_proof() -> None:
    with pytest.raises(UnreadableInput, match=r"x\.csv:2: byte 0xE3 does not fit the stated \(BOM\) encoding utf-8"):
        decode(b"\xef\xbb\xbfa,b\n\xe3\x81,1\n", None, "x.csv")


@pytest.mark.parametrize("text", ["café,naïve\nÀ,É\n", "名称,é\nà,ö\n", "¥,§\n"])
def test_latin_letters_are_no_conversion_error(text: str) -> None:
    assert decode(text.encode(), "utf-8", "x.csv")[0] == text


@pytest.mark.parametrize("text", ["ﾃｽﾄ", "ﾃｽ,1", "ﾆｰｽﾞ,ﾄｲﾚ"])
def test_half_width_kana_is_trusted_as_declared_although_its_bytes_are_utf8_too(text: str) -> None:
    assert decode(text.encode("cp932"), "cp932", "x.csv")[0] == text


@pytest.mark.parametrize("text", ["〜", "名称\n塚\n", "①", "50㎡", "ゟ", "𠮷野家"])
def test_utf8_declared_as_cp932_is_refused_however_short(text: str) -> None:
    with pytest.raises(UnreadableInput, match="UTF-8 but cp932 is declared"):
        decode(text.encode(), "cp932", "x.csv")


def test_the_reason_for_an_encoding_is_a_fact(tmp_path: Path) -> None:
    names = {"utf-8-sig": "BOM", "utf-8": "proven UTF-8", "cp932": "declared"}
    for encoding, reason in names.items():
        path = csv_file(tmp_path / f"{encoding}.csv", [["名称"], ["東"]], encoding)
        assert read(path, encoding="cp932" if encoding == "cp932" else None).facts["encoding_by"] == reason
    assert read(csv_file(tmp_path / "a.csv", [["n"], ["1"]])).facts["encoding_by"] in ("only ASCII", "BOM")


def test_private_characters_of_utf8_are_named_with_column_and_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称,備考\n東,\n\ue000田,\uf8ff\U000f0001\n", "utf-8")
    delivered = with_gaiji(read(path))
    assert [(n.code, n.row, n.detail) for n in delivered.notes] == [("GP04", 3, "名称: F040 (U+E000)"), ("GP04", 3, "備考: U+F8FF, U+F0001")]
    assert delivered.frame["名称"].tolist() == ["東", "\ue000田"]


@pytest.mark.parametrize("cell", ["nan", "inf", "-Infinity", "1e999", "0x10", "1_0", "１３５．５", "135,5", "東経135度", "--1", ""])
def test_only_decimal_numbers_are_coordinates(tmp_path: Path, cell: str) -> None:
    path = csv_file(tmp_path / "a.csv", [["x", "y"], ["135.5", "34.8"], [cell, "34.8"]])
    delivered = read(path, x="x", y="y")
    assert delivered.geometry[0].wkt == "POINT (135.5 34.8)" and delivered.geometry[1] is None and [n.row for n in delivered.notes] == [3]


@pytest.mark.parametrize("content", ["a\n" + "\n" * 200_000, "a,b\n" + "1\n" * 200_000], ids=["blank", "ragged"])
def test_a_flood_of_bad_rows_ends_in_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(UnreadableInput, match="blank or ragged rows"):
        read(path)


def test_columns_come_as_text_in_arrow_and_blank_cells_as_null(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("コード,値\n" + "".join(f"{k:06d}, {k % 7} \n" for k in range(5000)) + "x,　\n", "utf-8")
    delivered = read(path)
    assert [str(field.type) for field in delivered.data.schema] == ["large_string", "dictionary<values=large_string, indices=int32, ordered=0>"]
    assert delivered.data["値"].null_count == 1 and delivered.data["値"][3].as_py() == "3" and np.array_equal(delivered.place, np.arange(2, 5003))


REAL = [("muni_csv/kobe/okunaihinanjyo.csv", "cp932", 1, 338, {"GP22": 8}), ("muni_csv/wakayama/wakayamazeniki.csv", None, 1, 3301, {}), ("muni_csv/misc/japanpost_KENALL_01HOKKAI.CSV", "cp932", 0, 8252, {}),
        ("muni_csv/takamatsu/old_0002_aed.csv", None, 7, 516, {}), ("muni_csv/wakayama/tanabeshi.csv", None, 1, 276, {"GP21": 276}), ("muni_csv/misc/uwajima_P20_derived.csv", None, 1, 645, {})]


@pytest.mark.parametrize(("name", "encoding", "header", "rows", "notes"), REAL, ids=[one[0].rsplit("/", 1)[1] for one in REAL])
def test_real_tables_are_read_row_by_row(shared_data: Path, name: str, encoding: str | None, header: int, rows: int, notes: dict[str, int]) -> None:
    delivered = read(shared_data / name, encoding=encoding, header=header)
    assert len(delivered) == rows and {code: sum(n.code == code for n in delivered.notes) for code in {n.code for n in delivered.notes}} == notes


def test_the_real_file_converted_twice_is_refused(shared_data: Path) -> None:
    with pytest.raises(UnreadableInput, match="converted twice: cp932 bytes"):
        read(shared_data / "muni_csv/ishikawa/170003_aed.csv")
