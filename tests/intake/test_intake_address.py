"""The address base registry and the reference points of towns: codes as text, each row in its own coordinate system."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake import read_source
from gispipe.intake.abr import read_abr, read_isj
from gispipe.intake.codes import check_digit, is_municipality
from gispipe.intake.delivered import Delivered
from gispipe.intake.sandbox import Readers
from gispipe.model import Source

TOWN = "lg_code,machiaza_id,machiaza_type,pref,city,oaza_cho,chome,chome_number,rsdt_addr_flg"
TOWN_POS = "lg_code,machiaza_id,rsdt_addr_flg,rep_lon,rep_lat,rep_srid,rep_scale"
PARCEL = "lg_code,machiaza_id,prc_id,city,oaza_cho,prc_num1,prc_num2,prc_num3"


def read(path: Path, text: str, layer: str | None = None, encoding: str = "utf-8") -> Delivered | list[Delivered]:
    path.write_bytes(text.encode(encoding))
    return read_abr(path, Source(reader="abr", path=path.name, layer=layer), path.name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mt.csv"


@pytest.mark.parametrize("code", ["272035", "131016", "011002", "431001", "122271", "271004", "270008", "472018", "992011"])
def test_check_digits_of_municipalities_are_known(code: str) -> None:
    assert check_digit(code) == code[5] and is_municipality(code) and not is_municipality(code[:5] + str((int(code[5]) + 1) % 10))


@pytest.mark.parametrize(("header", "table"), [
    (TOWN, "mt_town"), (TOWN + ",alias_oaza", "mt_town_fullset"), (TOWN_POS, "mt_town_pos"), (PARCEL, "mt_parcel"), ("lg_code,machiaza_id,prc_id,rep_lon,rep_lat,rep_srid", "mt_parcel_pos"),
    ("lg_code,pref,pref_kana", "mt_pref"), ("lg_code,pref,city,ward", "mt_city"), ("lg_code,rep_lon,rep_lat,rep_srid", "mt_city_pos"),
    ("lg_code,machiaza_id,blk_id,city,blk_num", "mt_rsdtdsp_blk"), ("lg_code,machiaza_id,blk_id,rep_lon,rep_lat,rep_srid", "mt_rsdtdsp_blk_pos"),
    ("lg_code,machiaza_id,blk_id,rsdt_id,rsdt2_id,blk_num,rsdt_num", "mt_rsdtdsp_rsdt"), ("lg_code,machiaza_id,blk_id,rsdt_id,rsdt2_id,rep_lon,rep_lat,rep_srid", "mt_rsdtdsp_rsdt_pos"),
])
def test_a_table_is_told_by_its_columns(path: Path, header: str, table: str) -> None:
    sample = {"lg_code": "272035", "rep_lon": "135.5", "rep_lat": "34.8", "rep_srid": "EPSG:6668", "machiaza_id": "0001000", "prc_id": "000010000000000"}
    delivered = read(path, header + "\n" + ",".join(sample.get(name, "001") for name in header.split(",")) + "\n")
    assert isinstance(delivered, Delivered) and delivered.facts["table"] == table and (delivered.crs == "EPSG:6668") == ("rep_lon" in header) and delivered.notes == ()


def test_positions_of_prefectures_are_told_by_their_codes(path: Path) -> None:
    assert read(path, "lg_code,rep_lon,rep_lat,rep_srid\n270008,135.5,34.7,EPSG:6668\n010006,141.3,43.1,EPSG:6668\n").facts["table"] == "mt_pref_pos"


def test_a_table_of_another_kind_lists_its_columns(path: Path) -> None:
    with pytest.raises(UnreadableInput, match="not a table of the address base registry; its columns are: 名称, 住所"):
        read(path, "名称,住所\na,b\n")


def test_lost_zeros_come_back_and_are_counted(path: Path) -> None:
    delivered = read(path, PARCEL + "\n11002,1001,600000000000,札幌市,x,60,,\n11002,1001,80001500000,札幌市,x,8,15,\n011002,0001001,100,札幌市,x,1,,\n")
    assert delivered.frame[["lg_code", "machiaza_id", "prc_id"]].to_numpy().tolist() == [
        ["011002", "0001001", "000600000000000"], ["011002", "0001001", "000080001500000"], ["011002", "0001001", "000000000000100"]]
    assert delivered.facts["lost_zeros"] == {"lg_code": 2, "machiaza_id": 2, "prc_id": 3}
    assert [(n.code, n.row, n.detail) for n in delivered.notes] == [("GP06", 2, "lg_code: 2 rows, the first 11002"), ("GP06", 2, "machiaza_id: 2 rows, the first 1001"),
                                                                    ("GP06", 2, "prc_id: 3 rows, the first 600000000000")]


def test_five_digits_that_lack_their_check_digit_stay_as_they_are(path: Path) -> None:
    delivered = read(path, PARCEL + "\n27203,0001001,000600000000000,豊中市,x,60,,\n")
    assert delivered.frame["lg_code"].tolist() == ["27203"] and "lost_zeros" not in delivered.facts


def test_the_edition_of_2021_gets_the_names_and_codes_of_today(path: Path) -> None:
    delivered = read(path, ",全国地方公共団体コード,町字id,町字区分コード,都道府県名,市区町村名,大字・町名,丁目名,丁目名_数字,住居表示フラグ,郵便番号\n7,272035,1001,2,大阪府,豊中市,北桜塚,一丁目,1.0,1,5600022.0\n")
    row = delivered.frame.iloc[0].to_dict()
    assert (row["lg_code"], row["machiaza_id"], row["chome_number"], row["post_code"], row["oaza_cho"]) == ("272035", "0001001", "1", "5600022", "北桜塚")
    assert delivered.facts["edition"] == "2021" and delivered.facts["whole_numbers_with_fraction"] == {"chome_number": 1, "post_code": 1}


def test_a_doubled_key_is_named_at_its_later_rows_and_the_flag_belongs_to_it(path: Path) -> None:
    rows = ["302015,0001000,1,和歌山県,和歌山市,葵町,,,0", "302015,0001000,1,和歌山県,和歌山市,葵町,,,1", "302015,0001000,1,和歌山県,和歌山市,葵町,,,1", "302015,0001000,1,和歌山県,和歌山市,葵町,,,1"]
    delivered = read(path, "\n".join([TOWN, *rows]) + "\n")
    assert [(n.code, n.row) for n in delivered.notes] == [("GP07", 4), ("GP07", 5)] and delivered.facts["doubled_keys"] == 1
    assert delivered.notes[0].detail == "lg_code+machiaza_id+rsdt_addr_flg = 302015 0001000 1"


MIXED = TOWN_POS + "\n302015,0001000,1,135.163085,34.213480,EPSG:4612,25000\n302015,0002000,0,135.2,34.2,EPSG:6668,25000\n302015,0003000,0,135.3,34.3,EPSG:4612,25000\n302015,0004000,0,,,,\n"


def test_rows_in_two_coordinate_systems_come_in_two_parts(path: Path) -> None:
    parts = read(path, MIXED)
    assert isinstance(parts, list) and [(part.crs, len(part), part.place.tolist()) for part in parts] == [("EPSG:4612", 3, [2, 4, 5]), ("EPSG:6668", 1, [3])]
    assert parts[0].geometry[0].wkt == "POINT (135.163085 34.21348)" and parts[0].geometry[2] is None and [n.row for n in parts[0].notes] == [5] and parts[1].notes == ()
    assert [part.files[0].rows for part in parts] == [3, 1]


def test_a_layer_may_take_one_coordinate_system_only(path: Path) -> None:
    one = read(path, MIXED, layer="EPSG:6668")
    assert isinstance(one, Delivered) and one.crs == "EPSG:6668" and one.frame["machiaza_id"].tolist() == ["0002000"]
    with pytest.raises(UnreadableInput, match="no position in EPSG:2448; there are: EPSG:4612, EPSG:6668"):
        read(path, MIXED, layer="EPSG:2448")


def test_both_systems_arrive_as_one_layer_with_each_row_in_its_own(path: Path, group: Readers) -> None:
    path.write_text(MIXED, "utf-8")
    delivered = read_source(group, path.parent, Source(reader="abr", path=path.name), "layers/x.toml")
    assert len(delivered) == 4 and delivered.crs_of is not None and sorted(delivered.crs_of[:4].tolist()) == ["EPSG:4612"] * 3 + ["EPSG:6668"]


def test_swapped_positions_are_named_not_swapped_back(path: Path) -> None:
    delivered = read(path, TOWN_POS + "\n302015,0001000,1,34.21,135.16,EPSG:6668,25000\n302015,0002000,1,0,0,EPSG:6668,25000\n")
    assert delivered.geometry.tolist() == [None, None] and "swapped" in delivered.notes[0].detail and "outside Japan" in delivered.notes[1].detail


ISJ = '"都道府県コード","都道府県名","市区町村コード","市区町村名","大字町丁目コード","大字町丁目名","緯度","経度","原典資料コード","大字・字・丁目区分コード"\r\n"30","和歌山県","30201","和歌山市","302010001000","葵町","34.213480","135.163085","0","1"\r\n'


def test_reference_points_of_towns_are_cp932_by_their_format(tmp_path: Path) -> None:
    path = tmp_path / "30_2023.csv"
    for encoding, known in (("cp932", "format"), ("utf-8-sig", "BOM")):
        path.write_bytes(ISJ.encode(encoding))
        delivered = read_isj(path, Source(reader="isj", path=path.name), path.name)
        assert delivered.geometry[0].wkt == "POINT (135.163085 34.21348)" and delivered.facts["encoding_by"] == known and delivered.crs == "EPSG:6668"


def test_reference_points_in_an_archive_that_divides_folders_by_backslash_are_read(tmp_path: Path, group: Readers) -> None:
    with zipfile.ZipFile(tmp_path / "30000-17.0b.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("30000-17.0b\\30_2023.csv"), ISJ.encode("cp932"))
        archive.writestr(zipfile.ZipInfo("30000-17.0b\\format_2023.html"), "<html></html>")
    delivered = read_source(group, tmp_path, Source(reader="isj", path="30000-17.0b.zip"), "layers/x.toml")
    assert delivered.frame["大字町丁目名"].tolist() == ["葵町"]


def test_reference_points_of_blocks_are_read_and_other_tables_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('"都道府県名","市区町村名","大字・丁目名","小字・通称名","街区符号・地番","座標系番号","Ｘ座標","Ｙ座標","緯度","経度"\r\n"大阪府","豊中市","岡町","","3","6","-134000","-48000","34.7","135.4"\r\n'.encode("cp932"))
    assert read_isj(path, Source(reader="isj", path="a.csv"), "a.csv").facts["table"] == "街区レベル"
    path.write_bytes("名称,緯度,経度\na,35,135\n".encode("cp932"))
    with pytest.raises(UnreadableInput, match="not a table of reference points"):
        read_isj(path, Source(reader="isj", path="a.csv"), "a.csv")


def unpacked(shared: Path, name: str, folder: Path) -> Path:
    with zipfile.ZipFile(shared / name) as archive:
        (member,) = [one for one in archive.infolist() if one.filename.endswith(".csv")]
        path = folder / "one.csv"
        path.write_bytes(archive.read(member))
    return path


REAL = [("mt_parcel_city465054", 84_418, 0), ("mt_parcel_pos_city465054", 83_514, 0), ("mt_parcel_city302015", 367_519, 0), ("mt_parcel_pos_city302015", 117_836, 0), ("mt_rsdtdsp_rsdt_pref30", 34_015, 0),
        ("mt_rsdtdsp_rsdt_pos_pref30", 34_016, 1), ("mt_town_pref30", 3_544, 0), ("mt_city_all", 1_918, 0), ("mt_pref_pos_all", 47, 0)]


@pytest.mark.parametrize(("name", "rows", "doubled"), REAL, ids=[one[0] for one in REAL])
def test_real_tables_of_the_registry_have_every_row(shared_data: Path, tmp_path: Path, name: str, rows: int, doubled: int) -> None:
    path = unpacked(shared_data, f"abr/{name}.csv.zip", tmp_path)
    delivered = read_abr(path, Source(reader="abr", path=path.name), name)
    assert isinstance(delivered, Delivered) and len(delivered) == rows and delivered.facts.get("doubled_keys", 0) == doubled
    assert (name in ("mt_pref_pos_all",) or str(delivered.facts["table"]) in name) and (delivered.geometry is None or not shapely.is_missing(delivered.geometry).any())


def test_real_positions_of_towns_come_in_their_two_systems(shared_data: Path, tmp_path: Path) -> None:
    path = unpacked(shared_data, "abr/mt_town_pos_pref30.csv.zip", tmp_path)
    parts = read_abr(path, Source(reader="abr", path=path.name), "pos")
    assert [(part.crs, len(part)) for part in parts] == [("EPSG:4612", 2_014), ("EPSG:6668", 1_523)]


def test_the_real_export_of_2021_gets_its_zeros_back(shared_data: Path) -> None:
    path = shared_data / "abr/abr_2021_Osaka_town_pandas-reexport.csv"
    delivered = read_abr(path, Source(reader="abr", path=path.name), path.name)
    toyonaka = delivered.frame["lg_code"] == "272035"
    assert len(delivered) == 9_220 and toyonaka.sum() == 376 and delivered.facts["lost_zeros"] == {"machiaza_id": 9_220}
    assert set(delivered.frame["machiaza_id"].str.len()) == {7} and not delivered.frame["chome_number"].dropna().str.contains(".", regex=False).any()


@pytest.mark.parametrize(("name", "rows"), [("30000", 1_918), ("45000", 1_308), ("47000", 1_228)])
def test_real_reference_points_have_every_row(shared_data: Path, tmp_path: Path, name: str, rows: int) -> None:
    path = unpacked(shared_data, f"isj/{name}-17.0b.zip", tmp_path)
    delivered = read_isj(path, Source(reader="isj", path=path.name), name)
    assert len(delivered) == rows and np.all(shapely.get_y(delivered.geometry) < 46)
