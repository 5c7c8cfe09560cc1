"""Municipal standard data sets in the spellings cities use, and the workbooks they come in."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from tinycity import csv_file

from gispipe.demo.workbook import workbook
from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered
from gispipe.intake.standard import read_standard
from gispipe.intake.standard_columns import current, dataset_of
from gispipe.intake.workbook import read_workbook
from gispipe.model import Source

AED = ["全国地方公共団体コード", "ID", "名称", "所在地_連結表記", "緯度", "経度", "設置位置", "小児対応設備の有無"]
ROW = ["992011", "0001", "市役所", "みずほ野市1", "34.8", "135.5", "1階", "有"]


def read(path: Path, **more: object) -> Delivered:
    return read_standard(path, Source(reader="standard", path=path.name, **more), path.name)


def sheet(path: Path, **more: object) -> Delivered:
    return read_workbook(path, Source(reader="xlsx", path=path.name, **more), path.name)


@pytest.mark.parametrize(("written", "meant"), [
    ("所在地_連結標記", "所在地_連結表記"), ("住所", "所在地_連結表記"), ("建物名等（方書）", "建物名等(方書)"), ("方書", "建物名等(方書)"), ("名称_英語", "名称_英字"), ("名称_ｶﾅ", "名称_カナ"),
    ("都道府県コ―ド又は市区町村コ―ド", "全国地方公共団体コード"), ("NO", "ID"), ("№", "ID"), ("No.", "ID"), ("緯度：北緯（世界測地系10進法）", "緯度"), ("経度：東経（世界測地系10進法）", "経度"), ("latitude", "緯度"),
    ("多機能トイレ数", "バリアフリートイレ数"), ("男性トイレ数(小便器)", "男性トイレ数（小便器）"), ("緊急避難場所レベル", "緊急避難場所レベル"),
])
def test_every_spelling_of_a_column_gets_its_current_name(written: str, meant: str) -> None:
    assert current([written]) == [meant]


def test_a_former_name_stays_beside_the_current_one() -> None:
    assert current(["NO", "ID", "住所", "所在地_連結表記"]) == ["NO", "ID", "住所", "所在地_連結表記"]
    assert current(["所在地", "住所"]) == ["所在地_連結表記", "住所"]


@pytest.mark.parametrize(("columns", "dataset"), [(["小児対応設備の有無"], "AED設置箇所一覧"), (["災害種別_洪水"], "指定緊急避難場所一覧"), (["種別", "口径"], "消防水利施設一覧"), (["口径"], None), (["SSID"], "公衆無線LANアクセスポイント一覧"), (["男性トイレ総数"], "公衆トイレ一覧")])
def test_a_data_set_is_told_by_its_columns(columns: list[str], dataset: str | None) -> None:
    assert dataset_of(columns) == dataset


def test_a_former_data_set_comes_under_current_names(tmp_path: Path) -> None:
    head = ["都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "名称", "住所", "方書", "経度", "緯度", "設置位置", "小児対応設備の有無", ""]
    path = csv_file(tmp_path / "a.csv", [head, ["11002", "1", "北海道", "札幌市", "市役所", "札幌市1", "", "141.3", "43.1", "1階", "有", ""]], "cp932")
    delivered = read(path, encoding="cp932", layer="AED設置箇所一覧")
    row = delivered.frame.iloc[0].to_dict()
    assert (row["全国地方公共団体コード"], row["ID"], row["地方公共団体名"], row["所在地_連結表記"]) == ("011002", "1", "北海道札幌市", "札幌市1")
    assert delivered.geometry[0].wkt == "POINT (141.3 43.1)" and delivered.facts["empty_columns"] == 1 and "column_12" not in delivered.names
    assert delivered.facts["renamed"]["住所"] == "所在地_連結表記" and [n.code for n in delivered.notes] == ["GP06"]


def test_another_data_set_than_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="the columns are those of AED設置箇所一覧, but the layer asks for 公衆トイレ一覧"):
        read(csv_file(tmp_path / "a.csv", [AED, ROW]), layer="公衆トイレ一覧")


def test_empty_cells_at_the_end_of_rows_are_counted_others_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(row) for row in [AED, [*ROW, "", ""], [*ROW, "x"], ROW[:-1]]) + "\n", "utf-8")
    delivered = read(path)
    assert delivered.facts["rows_with_empty_cells_at_the_end"] == 1 and [(n.code, n.row) for n in delivered.notes] == [("GP21", 3), ("GP21", 4)]


def test_identifiers_a_spreadsheet_destroyed_are_missing_and_named(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [[*AED, "法人番号", "町字ID"], [*ROW, "5.22001E+12", "0008-001"], ["992011", "1.1E+11", *ROW[2:], "5000020022012", "0008002"]])
    delivered = read(path)
    assert delivered.frame["ID"].tolist() == ["0001", None] and delivered.frame["法人番号"].tolist() == [None, "5000020022012"] and delivered.frame["町字ID"].tolist() == ["0008001", "0008002"]
    assert sorted((n.code, n.row, n.detail) for n in delivered.notes) == [("GP05", 2, "法人番号: 5.22001E+12"), ("GP05", 3, "ID: 1.1E+11")] and delivered.facts["town_codes_with_hyphen"] == 1


def test_coordinates_given_twice_are_compared(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [["名称", "緯度", "経度", "緯度", "経度"], ["a", "34.8", "135.5", "34.9", "135.5"], ["b", "", "", "34.7", "135.4"]])
    delivered = read(path)
    assert [point.wkt for point in delivered.geometry] == ["POINT (135.5 34.8)", "POINT (135.4 34.7)"] and delivered.facts["coordinates_twice"] == {"taken_from_second": 1, "different": 1}


def test_cells_that_slid_under_other_headers_are_named_once_a_column(tmp_path: Path) -> None:
    head = ["名称", "連絡先メールアドレス", "市区町村コード", "災害種別_洪水", "災害種別_地震", "緯度", "経度"]
    path = csv_file(tmp_path / "a.csv", [head, ["a", "石川県", "1", "1", "", "36.5", "136.6"], ["b", "石川県", "1", "", "1", "36.6", "136.6"]])
    assert [(n.code, n.row, n.detail) for n in read(path).notes] == [("GP23", 2, "連絡先メールアドレス: 2 / 2, '石川県'"), ("GP23", 2, "市区町村コード: 2 / 2, '1'")]


def test_line_breaks_inside_cells_are_kept(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [AED, [*ROW[:6], "1階\r\n受付\r横", "有"], ROW])
    delivered = read(path)
    assert delivered.frame["設置位置"].tolist() == ["1階\r\n受付\r横", "1階"] and len(delivered) == 2


def test_the_same_table_as_a_workbook_gives_the_same_values(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook({"一覧": [AED, ROW]}))
    one, other = read(tmp_path / "a.xlsx"), read(csv_file(tmp_path / "a.csv", [AED, ROW]))
    assert one.frame.equals(other.frame) and one.geometry[0].equals(other.geometry[0]) and one.facts["dataset"] == other.facts["dataset"]


CELLS = [["番号", "", "住所", None, "日付"], [1, 1.5, "001", True, dt.date(2026, 4, 1)], [None, "", None, None, None], [123456789012345, -0.25, " 髙﨑 ", False, dt.datetime(2026, 4, 1, 8, 30)],
         [1234567890123456789, 0, "a<&>\"b", None, dt.time(8, 30)]]


def test_cells_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook({"台帳": CELLS}))
    delivered = sheet(tmp_path / "a.xlsx")
    assert delivered.names == ["番号", "column_2", "住所", "column_4", "日付"] and delivered.place.tolist() == [2, 4, 5]
    assert delivered.frame.to_numpy().tolist() == [["1", "1.5", "001", "true", "2026-04-01"], ["123456789012345", "-0.25", "髙﨑", "false", "2026-04-01T08:30:00"], ["1234567890123456768", "0", "a<&>\"b", None, "08:30"]]
    assert [(n.code, n.row) for n in delivered.notes] == [("GP22", 3), ("GP05", 5)] and delivered.facts["sheet"] == "台帳"


def test_a_sheet_is_named_where_there_are_several(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook({"表紙": [["題"]], "台帳": [["表題"], ["番号", "値"], [1, 2]]}))
    with pytest.raises(UnreadableInput, match="2 sheets inside: 表紙, 台帳"):
        sheet(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableInput, match="no sheet '台張'; there are: 表紙, 台帳"):
        sheet(tmp_path / "a.xlsx", layer="台張")
    with pytest.raises(UnreadableInput, match="no row 9 of names"):
        sheet(tmp_path / "a.xlsx", layer="台帳", header=9)
    assert sheet(tmp_path / "a.xlsx", layer="台帳", header=2).frame.to_dict("list") == {"番号": ["1"], "値": ["2"]}


def test_merged_cells_of_a_header_name_every_column_they_cover(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook({"台帳": [["番号", "災害", None], [None, "洪水", "地震"], [1, "○", "×"]]}, merged=("A1:A2", "B1:C1")))
    assert sheet(tmp_path / "a.xlsx", header=2).names == ["番号", "洪水", "地震"] and sheet(tmp_path / "a.xlsx", header=1).names == ["番号", "災害", "災害_"]


def changed(path: Path, member: str, old: str, new: str) -> Path:
    """Write a workbook with one text of one part exchanged."""
    source = zipfile.ZipFile(path)
    parts = {info.filename: source.read(info) for info in source.infolist()}
    source.close()
    assert old.encode() in parts[member]
    parts[member] = parts[member].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "a.xlsx").write_bytes(workbook({"台帳": [["番号", "値"], [1, 2]]}))
    return tmp_path / "a.xlsx"


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("old", "new", "said"), [
    ('r="B2"', 'r="XFD1048576"', "the cells span 1,048,576 rows by 16,384 columns"), ('r="B2"', 'r="B99999999999"', "the cells span"),
    ("<worksheet", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet", "carries a DTD"), ("</worksheet>", " " * 40_000_000 + "</worksheet>", "inflate|compression bomb"), ("<sheetData>", "<sheetData", "cannot be read"),
], ids=["far cell", "absurd row", "DTD", "bomb", "broken XML"])
def test_a_hostile_sheet_is_refused(book: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said):
        sheet(changed(book, SHEET, old, new))


def test_errors_and_formulas_without_a_value_are_counted(book: Path) -> None:
    changed(book, SHEET, '<c r="B2"><v>2</v></c>', '<c r="B2"><f>1+1</f></c><c r="C2" t="e"><v>#REF!</v></c><c r="D2"><f>1+2</f><v>3</v></c>')
    delivered = sheet(book)
    assert delivered.facts["formulas_without_value"] == 1 and delivered.facts["error_cells"] == 1 and delivered.frame.iloc[0].tolist() == ["1", None, None, "3"]


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_cut_workbook_is_refused(book: Path, share: float) -> None:
    book.write_bytes(book.read_bytes()[: int(book.stat().st_size * share)])
    with pytest.raises(UnreadableInput):
        sheet(book)


REAL = [("muni_csv/ishikawa/170003_evacuation_space.csv", 1_528, "指定緊急避難場所一覧", {"GP11": 3, "GP23": 1}), ("muni_csv/ishikawa/170003_public_toilet.csv", 103, "公衆トイレ一覧", {"GP11": 1}),
        ("muni_csv/wakayama/wakayamazeniki.csv", 3_301, None, {}), ("muni_csv/takamatsu/evacuation_space/data.xlsx", 195, None, {}), ("muni_csv/wakayama/katsuragicho.csv", 64, None, {"GP11": 1, "GP21": 1, "GP22": 3}),
        ("city_yaizu/AED設置箇所一覧/222127_aed.csv", 82, "AED設置箇所一覧", {}), ("city_yaizu/消防水利施設一覧/222127_fire_hydrant.csv", 193, "消防水利施設一覧", {}), ("city_yaizu/公衆トイレ一覧/222127_public_toilet.csv", 112, "公衆トイレ一覧", {})]


@pytest.mark.parametrize(("name", "rows", "dataset", "notes"), REAL, ids=[one[0].rsplit("/", 2)[-2] + "-" + one[0].rsplit("/", 1)[1] for one in REAL])
def test_real_data_sets_are_read_with_their_defects_named(shared_data: Path, name: str, rows: int, dataset: str | None, notes: dict[str, int]) -> None:
    delivered = read(shared_data / name)
    assert len(delivered) == rows and delivered.facts["dataset"] == dataset and {code: sum(n.code == code for n in delivered.notes) for code in {n.code for n in delivered.notes}} == notes
    assert delivered.geometry is not None and sum(point is not None for point in delivered.geometry) == rows - notes.get("GP11", 0)
