"""National lists of evacuation sites and shelters: two kinds in law, told apart and never mixed up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from tinycity import csv_file, geojson

from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered
from gispipe.intake.shelters import read_gsi_shelter
from gispipe.model import Source

SITE = ["NO", "共通ID", "施設・場所名", "住所", "洪水", "崖崩れ、土石流及び地滑り", "高潮", "地震", "津波", "大規模な火事", "内水氾濫", "火山現象", "指定避難所との住所同一", "緯度", "経度", "備考"]
SHELTER = ["NO", "共通ID", "施設・場所名", "住所", "指定緊急避難場所との住所同一", "その他市町村長が必要と認める事項", "受入対象者", "緯度", "経度", "備考"]
ROW = ["1", "E9920100001201", "見本公園", "みずほ野市1", "1", "", "", "1", "", "", "", "", "", "34.785301", "135.479578", "null"]


def read(path: Path, layer: str | None = None) -> Delivered:
    return read_gsi_shelter(path, Source(reader="gsi_shelter", path=path.name, layer=layer), path.name)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("extra", [[], ["市町村コード", "都道府県名及び市町村名"]], ids=["city", "nation"])
def test_flags_points_and_null_texts_of_a_list_are_read(tmp_path: Path, encoding: str, extra: list[str]) -> None:
    path = csv_file(tmp_path / "a.csv", [[*extra, *SITE], [*["99201"] * len(extra), *ROW]], encoding)
    delivered = read(path)
    row = delivered.frame.iloc[0].to_dict()
    assert (row["洪水"], row["津波"], row["備考"]) == ("1", None, None) and delivered.geometry[0].wkt == "POINT (135.479578 34.785301)"
    assert delivered.facts["kind"] == "指定緊急避難場所" and delivered.crs == "EPSG:6668" and delivered.notes == ()


def test_the_two_kinds_are_told_by_their_columns_and_never_taken_for_each_other(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [SHELTER, ["1", "E9920100001111", "見本小学校", "x", "1", "", "", "34.8", "135.5", ""]])
    assert read(path, "指定避難所").facts["kind"] == "指定避難所"
    with pytest.raises(UnreadableInput, match="the file lists 指定避難所, but the layer asks for 指定緊急避難場所"):
        read(path, "指定緊急避難場所")


@pytest.mark.parametrize("identity", ["E9920100001301", "1.1E+11", "E992010000120", "e9920100001201", "E9920100001200", ""])
def test_a_common_id_out_of_form_is_noted(tmp_path: Path, identity: str) -> None:
    path = csv_file(tmp_path / "a.csv", [SITE, ROW, [ROW[0], identity, *ROW[2:]]])
    assert [(n.code, n.row, n.detail) for n in read(path).notes] == [("GP05", 3, f"共通ID: {identity}")]


@pytest.mark.parametrize(("lat", "lon", "reason"), [("", "", "no coordinates"), ("135.5", "34.8", "swapped"), ("北緯34度47分", "東経135度28分", "degrees"), ("0", "0", "outside Japan"), ("x", "135", "not a number")])
def test_a_row_without_a_usable_place_says_why(tmp_path: Path, lat: str, lon: str, reason: str) -> None:
    path = csv_file(tmp_path / "a.csv", [SITE, [*ROW[:13], lat, lon, ""]])
    delivered = read(path)
    (note,) = delivered.notes
    assert delivered.geometry[0] is None and note.code == "GP11" and note.row == 2 and reason in note.detail


def test_the_same_list_as_geojson_gives_the_same_kind(tmp_path: Path) -> None:
    properties = [dict(zip(SITE[:13], ROW[:13], strict=True)) | {"備考": "null"}, dict(zip(SITE[:13], ROW[:13], strict=True))]
    delivered = read(geojson(tmp_path / "a.json", [shapely.Point(135.5, 34.8), None], properties))
    assert delivered.facts["kind"] == "指定緊急避難場所" and delivered.frame["備考"].tolist() == [None, None] and [(n.code, n.row) for n in delivered.notes] == [("GP11", 2)]


def test_the_answer_that_there_are_no_data_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"type": "unavailable", "code": "999997", "message": "公開されていません。"}, ensure_ascii=False), "utf-8")
    with pytest.raises(UnreadableInput, match="an answer that they are not available: 公開されていません"):
        read(path)


@pytest.mark.parametrize("content", ["名称,緯度,経度\na,34,135\n", "名称,住所\na,b\n", '{"a": 1}', '{"type":"FeatureCollection","features":[]}', "", "<a/>"])
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(UnreadableInput):
        read(path)


REAL = {"emergency/272035": 272, "evacuation/272035": 167, "emergency/302015": 273, "evacuation/222127": 56, "emergency/222127": 31, "evacuation/465054": 48}


@pytest.mark.parametrize("name", REAL)
def test_real_lists_have_every_facility(shared_data: Path, name: str) -> None:
    delivered = read(shared_data / f"gsi_shelters/{name}.json")
    assert len(delivered) == REAL[name] and delivered.notes == () and delivered.facts["kind"] == ("指定緊急避難場所" if name.startswith("em") else "指定避難所")


def test_the_real_answer_without_data_is_refused(shared_data: Path) -> None:
    with pytest.raises(UnreadableInput, match="not available"):
        read(shared_data / "gsi_shelters/negative_unavailable_131130.json")


def test_the_real_table_of_a_city_is_read(shared_data: Path) -> None:
    delivered = read(shared_data / "gsi_shelters/27203_shitei-kinkyu-hinanbasho_EXCERPT28.csv")
    assert len(delivered) == 28 and delivered.notes == () and set(delivered.frame["洪水"]) == {"1", None}
