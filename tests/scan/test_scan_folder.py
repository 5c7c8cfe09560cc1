"""Looking through a folder: every file is declared or named with its reason, and what was guessed stays closed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.errors import NotFound
from gispipe.model import Layer
from gispipe.scan import scan_city
from gispipe.scan.city import ScanReport
from handed_over import STRANGE, placed
from tinycity import CRS, command, csv_file, gispipe


def layer_of(catalogue: Catalogue, path: str) -> Layer:
    """Return the layer whose source is this file, its brackets and stars written as a glob needs them."""
    return next(one for one in catalogue.layers.values() if one.source.path == path)


def head(city: Path, catalogue: Catalogue, layer: Layer) -> str:
    return (city / catalogue.files[f"layer:{layer.id}"]).read_text("utf-8").split("[columns]")[0]


@pytest.fixture(scope="session")
def catalogue(scanned: tuple[Path, ScanReport]) -> Catalogue:
    return load_catalogue(scanned[0])


def test_what_a_scan_writes_loads_without_a_mistake(scanned: tuple[Path, ScanReport], catalogue: Catalogue) -> None:
    assert set(catalogue.layers) == set(scanned[1].layers)
    assert catalogue.city.crs == CRS and catalogue.city.code == "271004"


def test_every_file_is_declared_or_named_with_a_reason(everything: Path, scanned: tuple[Path, ScanReport], catalogue: Catalogue) -> None:
    named = dict(scanned[1].unreadable)
    assert set(named) == {"一覧.zip", "写真/壊れ.tif", "写真/空.tif", "区域/途中まで.shp", "台帳.xlsx", "名前/a:b.csv", "外.csv", "文章.geojson", "本体なし.dbf", "空.csv", "設定.json",
                          "説明だけ/", "よそ見.geojson"}
    declared = {source.relative_to(everything).as_posix() for one in catalogue.layers.values() for source in everything.glob(one.source.path)}
    data = {p.relative_to(everything).as_posix() for p in everything.rglob("*") if p.suffix in (".csv", ".shp", ".geojson", ".json", ".tif")}
    assert declared | set(named) >= data and not declared & set(named)
    listed = (scanned[0] / "unreadable.txt").read_text("utf-8")
    assert all(name in listed and why in listed for name, why in named.items())


@pytest.mark.parametrize(("name", "reason"), [
    ("一覧.zip", "archive"), ("台帳.xlsx", "archive"), ("空.csv", "the file is empty"), ("設定.json", "JSON, but not GeoJSON"),
    ("文章.geojson", "plain text"), ("外.csv", "leads out of the folder"), ("名前/a:b.csv", "rename"), ("本体なし.dbf", ".shp is missing"), ("説明だけ/", "holds none that can be read"),
    ("よそ見.geojson", "vrt")])
def test_the_reason_says_what_a_person_can_do(scanned: tuple[Path, ScanReport], name: str, reason: str) -> None:
    assert reason in dict(scanned[1].unreadable)[name]


def test_everything_is_internal_unless_the_folder_is_open_data(catalogue: Catalogue, opened: Path) -> None:
    assert {one.audience for one in catalogue.layers.values()} == {"internal"} == {one.audience for one in catalogue.maps.values()}
    assert not any(column.public for one in catalogue.layers.values() for column in one.columns.values())
    assert layer_of(load_catalogue(opened), "避難/施設.csv").audience == "public"


def test_a_column_that_sounds_personal_stays_closed_even_in_open_data(opened: Path) -> None:
    loaded = load_catalogue(opened)
    layer = layer_of(loaded, "避難/施設.csv")
    closed = {column.label for column in layer.columns.values() if not column.public}
    assert closed == {"代表者氏名"} and "代表者氏名" in head(opened, loaded, layer)


def test_a_file_about_which_something_was_guessed_stays_closed_even_in_open_data(opened: Path) -> None:
    loaded = load_catalogue(opened)
    for path in ("学校/施設.csv", "区域/座標系なし.shp", "区域/度.shp"):
        layer = layer_of(loaded, path)
        assert layer.audience == "internal" and "要確認" in head(opened, loaded, layer), path


def test_a_guessed_encoding_and_a_guessed_crs_are_said(scanned: tuple[Path, ScanReport], catalogue: Catalogue) -> None:
    school, area, degrees = (layer_of(catalogue, path) for path in ("学校/施設.csv", "区域/座標系なし.shp", "区域/度.shp"))
    assert school.source.encoding == "cp932" and "encoding: 推定" in head(scanned[0], catalogue, school)
    assert area.source.crs == CRS and "座標系がありません" in head(scanned[0], catalogue, area)
    assert degrees.source.crs == "EPSG:6668" and "緯度・経度と見て" in head(scanned[0], catalogue, degrees)


def test_codes_keep_their_leading_zeros_and_numbers_become_numbers(catalogue: Catalogue) -> None:
    types = {column.label: column.type for column in layer_of(catalogue, "避難/施設.csv").columns.values()}
    assert types == {"名称": "str", "市区町村コード": "int", "郵便番号": "str", "収容人数": "int", "代表者氏名": "str", "番号": "int"}
    assert {c.label: c.type for c in layer_of(catalogue, "区域/座標系なし.shp").columns.values()}["区分"] == "str"


def test_columns_of_mixed_kinds_are_text(catalogue: Catalogue) -> None:
    types = {column.label: column.type for column in layer_of(catalogue, "mixed.geojson").columns.values()}
    assert types == {"値": "str", "真偽": "bool", "入れ子": "str"}


def test_known_defects_are_accepted_with_their_exact_count(catalogue: Catalogue) -> None:
    accepted = {code: one.rows for code, one in layer_of(catalogue, "区域/座標系なし.shp").accept.items()}
    assert accepted == {"GP11": 1, "GP12": 1}
    assert {code: one.rows for code, one in layer_of(catalogue, "mixed.geojson").accept.items()} == {"GP16": 1}


def test_what_no_run_could_read_waits(catalogue: Catalogue) -> None:
    assert "座標系" in str(layer_of(catalogue, "写真/位置なし.tif").pending) or "位置情報" in str(layer_of(catalogue, "写真/位置なし.tif").pending)
    assert "1行もデータがありません" in str(layer_of(catalogue, "見出しだけ.csv").pending)
    assert layer_of(catalogue, "写真/空中写真.tif").source.crs == CRS


def test_a_table_without_degrees_is_a_table_and_says_why(scanned: tuple[Path, ScanReport], catalogue: Catalogue) -> None:
    assert layer_of(catalogue, "統計.csv").kind == "table"
    plane = layer_of(catalogue, "平面座標.csv")
    assert plane.kind == "table" and {c.label for c in plane.columns.values()} == {"名称", "X座標", "Y座標"} and "緯度・経度の数値ではない" in head(scanned[0], catalogue, plane)


def test_a_header_of_numbers_is_doubted(scanned: tuple[Path, ScanReport], catalogue: Catalogue) -> None:
    assert "見出し行がない" in head(scanned[0], catalogue, layer_of(catalogue, "住所欄なし.csv"))


def test_files_with_one_name_get_titles_that_differ(catalogue: Catalogue) -> None:
    assert {layer_of(catalogue, f"{folder}/施設.csv").title for folder in ("避難", "学校")} == {"施設（避難）", "施設（学校）"}
    assert len({one.title for one in catalogue.layers.values()}) == len(catalogue.layers)


def test_a_strange_name_finds_its_own_file_and_no_other(everything: Path, catalogue: Catalogue) -> None:
    for name in STRANGE:
        found = [one.source.path for one in catalogue.layers.values() if [p.name for p in everything.glob(one.source.path)] == [name]]
        assert len(found) == 1, name


def test_run_works_on_what_a_scan_wrote_and_says_that_nothing_is_public(scanned: tuple[Path, ScanReport], page_assets: Path, tmp_path: Path) -> None:
    city = Path(shutil.copytree(scanned[0], scanned[0].parent / "run"))
    ended = gispipe("run", "--city", str(city), "--json")
    assert ended.returncode == 0, ended.stderr
    assert list(json.loads(ended.stdout)["releases"]) == ["internal"] and not (city / "output/public/current").exists()
    site = json.loads((city / "output/internal/current/map.json").read_text("utf-8"))
    assert site["maps"]
    spoken = gispipe("build", "public", "--city", str(city))
    assert spoken.returncode == 40 and "no public map" in spoken.stderr


def test_a_scan_inside_its_own_folder_leaves_itself_and_older_output_out(tmp_path: Path) -> None:
    placed(tmp_path / "data/a.csv")
    for made in ("data/old/output/reports/x.csv", "data/.hidden/y.csv"):
        csv_file(tmp_path / made, [["a"], ["1"]])
    (tmp_path / "data/old/city.toml").write_text("", "utf-8")
    report = scan_city(tmp_path / "data", tmp_path / "data/new")
    assert len(report.layers) == 1 and load_catalogue(tmp_path / "data/new").city.sources == ".."


def test_a_folder_with_something_in_it_is_refused(scanned: tuple[Path, ScanReport], everything: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p: p.read_bytes() for p in scanned[0].rglob("*.toml")}
    assert command(["new", str(scanned[0]), "--scan", str(everything)]) == 21
    assert "not empty" in capsys.readouterr().err and before == {p: p.read_bytes() for p in scanned[0].rglob("*.toml")}


def test_a_folder_without_data_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/list.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises(NotFound, match="nothing in the archive"):
        scan_city(tmp_path / "empty", tmp_path / "city")
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize(("code", "says"), [("27100", "271004"), ("271005", "271004"), ("大阪", "six digits")])
def test_a_wrong_municipality_code_is_a_wrong_argument(tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, says: str) -> None:
    assert command(["new", str(tmp_path / "city"), "--code", code]) == 2
    assert says in capsys.readouterr().err and not (tmp_path / "city").exists()


def test_several_codes_and_names_in_the_data_are_left_to_a_person(tmp_path: Path) -> None:
    placed(tmp_path / "data/a.csv", {"市区町村コード": ["271004", "271004", "141003"], "市区町村名": ["甲市", "甲市", "乙市"]})
    scan_city(tmp_path / "data", tmp_path / "city")
    text = (tmp_path / "city/city.toml").read_text("utf-8")
    assert 'code = "271004"' in text and "271004、141003" in text and "甲市、乙市" in text


@pytest.mark.skipif(sys.platform != "linux", reason="only some file systems hold names that are not UTF-8")
def test_a_name_that_is_no_utf8_is_reported(tmp_path: Path) -> None:
    placed(tmp_path / "data/a.csv")
    subprocess.run(["touch", str(tmp_path / "data").encode() + b"/\x93\xfa\x96{.csv"], check=True)
    report = scan_city(tmp_path / "data", tmp_path / "city")
    assert [why for _, why in report.unreadable] == ["the name is not UTF-8; rename the file"]
