"""`gispipe new DIR` without a folder to look through: every theme declared, nothing of the demo city in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from gispipe.catalogue import load_catalogue
from gispipe.demo.frame import CITY, CODE
from gispipe.demo.naming import HEADS, SURNAMES
from gispipe.errors import NotFound
from gispipe.scan.template import PATTERN, write_template
from gispipe.scan.zones import jgd2011, zone_of_code, zone_of_place
from tinycity import command, csv_file, edit


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "新しい市"
    write_template(folder, "試験\"市\\", "222127")
    return folder


def test_a_new_city_has_every_theme_of_the_demo_and_no_mistake(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loaded, demo = load_catalogue(template), load_catalogue(PATTERN)
    assert len(loaded.layers) == len(demo.layers) and len(loaded.maps) == len(demo.maps) and set(loaded.styles) == set(demo.styles)
    assert loaded.city.name == "試験\"市\\" and loaded.city.code == "222127" and loaded.city.crs == "EPSG:6676"
    assert command(["check", "--city", str(template), "--declarations"]) == 0
    assert command(["check", "--city", str(template)]) == 0


def test_every_layer_waits_and_says_where_its_file_goes(template: Path) -> None:
    for layer in load_catalogue(template).layers.values():
        text = (template / f"layers/{layer.id}.toml").read_text("utf-8")
        assert f"sources/{layer.source.path}" in str(layer.pending) and text.startswith("# ") and f"置くもの: sources/{layer.source.path}" in text
        assert (template / "sources" / layer.source.path).parent.is_dir()


def test_nothing_of_the_demo_city_is_left(template: Path) -> None:
    canaries = tomllib.loads((PATTERN / "city.toml").read_text("utf-8"))["gate"]["canaries"]
    own = [CITY, CODE, "架空", "Mizuhono", "hoshise", "suzune", *canaries, *(head for head, _ in HEADS), *SURNAMES]
    for path in template.rglob("*.*"):
        said = path.name + (path.read_text("utf-8") if path.is_file() else "")
        assert not [word for word in own if word.lower() in said.lower()], path


def test_the_examples_still_run(template: Path) -> None:
    assert sum(len(layer.example) for layer in load_catalogue(template).layers.values()) == sum(len(one.example) for one in load_catalogue(PATTERN).layers.values()) > 10


def test_a_run_before_any_file_is_there_ends_in_one_sentence(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for what in (["run"], ["build", "internal"], ["build", "public"]):
        assert command([*what, "--city", str(template), "--quiet"]) == 40
        said = capsys.readouterr().err.strip()
        assert len(said.splitlines()) == 1 and "every layer is marked pending" in said


def test_one_file_is_enough_to_begin_with(page_assets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_template(tmp_path, None, "222127")
    csv_file(tmp_path / "sources/disaster/aed.csv", [["全国地方公共団体コード", "ID", "地方公共団体名", "名称", "所在地_連結表記", "緯度", "経度", "設置位置", "小児対応設備の有無"],
                                                     ["222127", "0000000001", "焼津市", "市役所", "本町1", "34.85", "138.3", "1階", "有"]])
    layer = tmp_path / "layers/aed.toml"
    layer.write_text("\n".join(line for line in layer.read_text("utf-8").splitlines() if not line.startswith("pending")).split("\n[columns]\n")[0]
                     + '\n[columns]\nname = { from = "名称", label = "名称", public = true }\naddress = { from = "所在地_連結表記", label = "住所", public = true }\n', "utf-8")
    for gone in ("key", "popup", "search", "label"):
        text = layer.read_text("utf-8")
        layer.write_text("\n".join(line for line in text.splitlines() if not line.startswith(gone)) + "\n", "utf-8")
    assert command(["run", "--city", str(tmp_path), "--quiet"]) == 0, capsys.readouterr().err
    from gispipe.releases import current

    import json

    site = json.loads((current(tmp_path / "output", "public") / "map.json").read_text("utf-8"))
    assert {one["id"] for one in site["maps"]} == {one.id for one in load_catalogue(tmp_path).maps_for("public")} and 0 < len(site["maps"]) < 5


def test_a_join_with_a_layer_that_waits_says_what_to_do(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_template(tmp_path)
    layer = tmp_path / "layers/shelter.toml"
    edit(layer, next(line for line in layer.read_text("utf-8").splitlines() if line.startswith("pending")) + "\n", "")
    csv_file(tmp_path / "sources/shelter/22212_1.csv", [["NO", "共通ID", "施設・場所名", "住所", "指定緊急避難場所との住所同一", "その他市町村長が必要と認める事項", "受入対象者", "緯度", "経度", "備考", "想定収容人数"],
                                                        ["1", "E2221200001111", "甲", "本町1", "", "", "", "34.85", "138.3", "", "10"]])
    ended = command(["run", "--city", str(tmp_path), "--quiet"])
    said = capsys.readouterr().err
    assert ended == 40 and "which has no data yet" in said and "[join" in said, said


def test_without_the_declarations_beside_it_the_program_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="--scan"):
        write_template(tmp_path / "city", pattern=tmp_path)


@pytest.mark.parametrize(("code", "crs"), [("131016", "EPSG:6677"), ("271004", "EPSG:6674"), ("222127", "EPSG:6676"), ("401307", "EPSG:6670"), ("472018", "EPSG:6683"),
                                           ("999997", None), (None, None)])
def test_a_prefecture_has_its_plane_system(code: str | None, crs: str | None) -> None:
    assert zone_of_code(code) == crs


@pytest.mark.parametrize(("place", "crs"), [((138.3, 34.9), "EPSG:6676"), ((135.5, 34.7), "EPSG:6674"), ((141.35, 43.06), "EPSG:6680"), ((127.7, 26.2), "EPSG:6683")])
def test_a_place_gets_a_plane_system_near_it(place: tuple[float, float], crs: str) -> None:
    assert zone_of_place(*place) == crs


def test_jgd2000_zones_have_their_jgd2011_ones() -> None:
    assert [jgd2011(crs) for crs in ("EPSG:2443", "EPSG:2450", "EPSG:6676", "EPSG:4326", "WKT…")] == ["EPSG:6669", "EPSG:6676", "EPSG:6676", None, None]
