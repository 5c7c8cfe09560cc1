"""Bad input: one sentence with file, place, what and what to do; the right exit status; the old release still current."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from tinycity import FLOOD, X, Y, command, csv_file, edit, geojson, gispipe, lonlat, shapefile, square

from gispipe import releases


def missing_file(city: Path) -> None:
    (city / "sources/shelter.csv").unlink()


def wrong_crs(city: Path) -> None:
    edit(city / "layers/flood.toml", 'crs = "EPSG:6674"', 'crs = "EPSG:6669"')


def contradicting_crs(city: Path) -> None:
    shapefile(city / "sources/flood/flood.shp", [square(0, 0, 300)], {"浸水ランク": [1], "河川名": ["川"], "庁内メモ": ["x"]}, crs="EPSG:6675")


def no_crs(city: Path) -> None:
    edit(city / "layers/flood.toml", 'crs = "EPSG:6674"\n', "")


def swapped_coordinates(city: Path) -> None:
    edit(city / "layers/shelter.toml", 'x = "経度"\ny = "緯度"', 'x = "緯度"\ny = "経度"')


def tokyo_datum(city: Path) -> None:
    edit(city / "layers/parcel.toml", 'crs = "EPSG:6668"', 'crs = "EPSG:4301"')


def cp932_as_utf8(city: Path) -> None:
    edit(city / "layers/flood.toml", 'encoding = "cp932"', 'encoding = "utf-8"')


def utf8_as_cp932(city: Path) -> None:
    edit(city / "layers/shelter.toml", 'path = "shelter.csv"', 'path = "shelter.csv"\nencoding = "cp932"')


def cut_shapefile(city: Path) -> None:
    path = city / "sources/flood/flood.shp"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty_file(city: Path) -> None:
    (city / "sources/parcel.geojson").write_bytes(b"")


def virtual_format(city: Path) -> None:
    (city / "sources/parcel.geojson").write_text("<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>internal/ledger.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>")


def cut_photo(city: Path) -> None:
    path = city / "sources/photo/photo.tif"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def photo_without_place(city: Path) -> None:
    (city / "sources/photo/photo.tfw").unlink()


def ragged_csv(city: Path) -> None:
    path = city / "sources/shelter.csv"
    path.write_bytes(path.read_bytes() + "西公園,135.47,34.78,5\r\n".encode())


def ragged_ledger(city: Path) -> None:
    path = city / "sources/internal/ledger.csv"
    path.write_bytes(path.read_bytes() + "77-1,名前,余計\r\n".encode("cp932"))


def doubled_ledger(city: Path) -> None:
    path = city / "sources/internal/ledger.csv"
    path.write_bytes(path.read_bytes() + "1-1,もう一人\r\n".encode("cp932"))


def missing_column(city: Path) -> None:
    edit(city / "layers/shelter.toml", 'from = "名称"', 'from = "名前"')


def missing_ledger_column(city: Path) -> None:
    edit(city / "layers/parcel.toml", 'from = "所有者氏名"', 'from = "所有者"')


def two_layers_one_id(city: Path) -> None:
    (city / "layers/flood_copy.toml").write_text(FLOOD, "utf-8")


def value_without_class(city: Path) -> None:
    path = city / "styles/depth.toml"
    path.write_text(path.read_text("utf-8").split("[[class]]\nvalue = 3")[0], "utf-8")


def invalid_shape(city: Path) -> None:
    bow = shapely.Polygon([(X, Y), (X + 90, Y + 90), (X + 90, Y), (X, Y + 90)])
    geojson(city / "sources/parcel.geojson", lonlat([bow]), [{"地番": "1-1"}])


def doubled_key(city: Path) -> None:
    geojson(city / "sources/parcel.geojson", lonlat([square(0, 0, 9), square(20, 0, 9)]), [{"地番": "1-1"}, {"地番": "1-1"}])


def no_rows(city: Path) -> None:
    csv_file(city / "sources/shelter.csv", [["名称", "経度", "緯度", "想定収容人数", "管理者電話"]])


def failing_example(city: Path) -> None:
    edit(city / "layers/flood.toml", "out = { rank = 2,", "out = { rank = 1,")



CASES: list[tuple[Callable[[Path], None], int, str]] = [
    (missing_file, 21, "layers/shelter.toml › source.path: no file at shelter.csv under .* — put the file there or correct the path"),
    (wrong_crs, 23, r"layers/flood.toml › flood/flood.shp: GP02 with this coordinate system most of the layer lies far from the city \[EPSG:6669: 3 / 3"),
    (contradicting_crs, 23, "flood/flood.shp: the file says EPSG:6675, the layer says EPSG:6674 — correct crs in layers/flood.toml"),
    (no_crs, 23, "layers/flood.toml › flood/flood.shp: GP01 the coordinate system is neither in the file nor declared — write crs"),
    (swapped_coordinates, 23, "layers/shelter.toml › shelter.csv: GP02"),
    (tokyo_datum, 23, "layers/parcel.toml › parcel.geojson: the data are on the old Tokyo datum; without its grid .* worse than 1 m — put TKY2JGD.par"),
    (cp932_as_utf8, 21, "flood/flood.shp: the field name [0-9A-F ]+ does not fit the encoding utf-8 — correct encoding in"),
    (utf8_as_cp932, 21, 'shelter.csv: the text is UTF-8 but cp932 is declared — write encoding = "utf-8"'),
    (cut_shapefile, 21, r"flood/flood.shp \(.shp\): cut off: [\d,]+ bytes stated, [\d,]+ there — copy or request all parts again"),
    (empty_file, 21, "parcel.geojson: the file is empty — ask for it again"),
    (virtual_format, 21, "parcel.geojson: the content is a virtual format"),
    (cut_photo, 21, "photo/photo.tif: the picture"),
    (photo_without_place, 21, "photo/photo.tif: the picture has no position and no world file"),
    (ragged_csv, 22, r"layers/shelter.toml › shelter.csv:5: GP21 a row has more or fewer cells than the header \[4 / 5\] — check commas"),
    (ragged_ledger, 22, r"layers/parcel.toml › join.ledger › internal/ledger.csv:\d+: GP21"),
    (doubled_ledger, 24, r"layers/parcel.toml › join.ledger › internal/ledger.csv: the key lot = '1-1' stands more than once \(rows 2, 25; 1 such keys\) — delete or merge"),
    (missing_column, 20, "layers/shelter.toml › columns.name: no column '名前' in shelter.csv; there are: 名称, 経度"),
    (missing_ledger_column, 20, "layers/parcel.toml › join.ledger.columns.owner: no column '所有者' in internal/ledger.csv; did you mean '所有者氏名'"),
    (two_layers_one_id, 20, "layers/flood_copy.toml › id: two layers have the id 'flood'"),
    (value_without_class, 22, r"layers/flood.toml › flood/flood.shp:2: GP35 the style has no class for a value that occurs \[rank=3 \(depth\)\] — add a \[\[class\]\]"),
    (invalid_shape, 22, "layers/parcel.toml › parcel.geojson:1: GP12"),
    (doubled_key, 22, r"layers/parcel.toml › parcel.geojson:2: GP34 the key stands more than once \[lot=1-1\]"),
    (no_rows, 22, "layers/shelter.toml › shelter.csv: GP17 there is not a single row"),
    (failing_example, 20, r"layers/flood.toml › example.0 \(a rank comes through\): expected"),
]


@pytest.mark.parametrize(("spoil", "status", "sentence"), CASES, ids=[case[0].__name__ for case in CASES])
def test_bad_input_is_one_sentence_and_the_old_release_stays(run_city: Path, spoil: Callable[[Path], None], status: int, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = [releases.current(run_city / "output", one) for one in ("public", "internal")]  # type: ignore[arg-type]
    spoil(run_city)
    assert command(["run", "--city", str(run_city), "--quiet"]) == status
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and re.search(sentence, lines[0]), lines
    assert [releases.current(run_city / "output", one) for one in ("public", "internal")] == before  # type: ignore[arg-type]
    assert not list((run_city / "output").glob(".ingest-*"))


def test_several_bad_inputs_are_all_named_and_in_the_report(run_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for spoil in (cut_shapefile, empty_file, ragged_csv):
        spoil(run_city)
    assert command(["run", "--city", str(run_city), "--json"]) == 21
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 3
    document = json.loads(said.out)
    assert [one["exit"] for one in document["error"]["failures"]] == [21, 21, 22] and document["error"]["failures"][0]["what"]["ja"]
    report = sorted((run_city / "output/reports").iterdir())[-1]
    findings = json.loads((report / "findings.json").read_text("utf-8"))
    assert {f["code"] for f in findings["findings"]} == {"GP21"} and len(findings["failures"]) == 2
    page = (report / "index.html").read_text("utf-8")
    assert "GP21" in page and "shelter.csv" in page and "途中で切れています" in page and "cut off" in page


def test_the_report_does_not_run_what_data_say(run_city: Path) -> None:
    path = run_city / "sources/shelter.csv"
    path.write_bytes(path.read_bytes().replace("1,200".encode(), b"<script>alert(1)</script>"))
    assert command(["check", "--city", str(run_city), "--quiet"]) == 22
    page = (sorted((run_city / "output/reports").iterdir())[-1] / "index.html").read_text("utf-8")
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page


def test_a_failed_join_is_in_the_report_too(run_city: Path) -> None:
    doubled_ledger(run_city)
    assert command(["ingest", "--city", str(run_city), "--quiet"]) == 24
    report = sorted((run_city / "output/reports").iterdir())[-1]
    (failure,) = json.loads((report / "findings.json").read_text("utf-8"))["failures"]
    assert failure["exit"] == 24 and "1-1" in failure["text"]


@pytest.mark.parametrize(("language", "sentence"), [("ja", "parcel.geojson: ファイルが空です — 受け取り直してください"), ("en", "parcel.geojson: the file is empty — ask for it again")])
def test_a_person_reads_it_in_their_language_without_a_traceback(run_city: Path, language: str, sentence: str) -> None:
    empty_file(run_city)
    ended = gispipe("check", "--city", str(run_city), "--quiet", env={"GISPIPE_LANG": language})
    assert ended.returncode == 21 and ended.stderr == sentence + "\n" and ended.stdout == ""
