"""The declarations of the example: every folder of the city is there, grouped as a city would."""

from __future__ import annotations

from pathlib import Path

import pytest
from example import EXAMPLE

from gispipe.catalogue import Catalogue, load_catalogue

PENDING = {"昔の焼津と比べてみよう", "路線網図"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(EXAMPLE)


def test_every_folder_is_declared_and_the_two_without_data_wait(catalogue: Catalogue, yaizu_data: Path) -> None:
    folders = {path.name for path in yaizu_data.iterdir() if path.is_dir()}
    declared: dict[str, list[str]] = {}
    for layer in catalogue.layers.values():
        declared.setdefault(layer.source.path.split("/")[0], []).append(layer.id)
    assert set(declared) == folders and len(folders) == 195
    assert {folder: ids for folder, ids in declared.items() if len(ids) > 1} == {"小学校区": ["ground", "primary_district"]}
    waiting = {layer.source.path.split("/")[0] for layer in catalogue.layers.values() if layer.pending}
    assert waiting == PENDING


def test_a_waiting_folder_really_has_no_data(yaizu_data: Path) -> None:
    for folder in PENDING:
        assert not [path for path in (yaizu_data / folder).iterdir() if path.suffix in (".shp", ".geojson", ".csv") and path.name != "attributes.csv"]


def test_every_drawn_layer_stands_in_a_map(catalogue: Catalogue) -> None:
    shown = {name for one in catalogue.maps.values() for name in one.all_layers()}
    assert {layer.id for layer in catalogue.layers.values() if layer.kind == "vector"} == shown


def test_the_maps_are_those_of_a_city(catalogue: Catalogue) -> None:
    groups = {one.group for one in catalogue.maps_for("public")}
    assert groups == {"防災", "避難", "浸水履歴", "都市計画", "道路", "公共施設", "学校区", "自治会", "産業・観光", "イベント"}
    assert {one.id for one in catalogue.maps.values() if one.audience == "internal"} == {"staff", "valuation"}
    assert all(one.base[-1] == "ground" for one in catalogue.maps.values())


def test_lists_of_people_who_need_help_and_valuation_stay_inside(catalogue: Catalogue) -> None:
    assert {layer.id for layer in catalogue.layers.values() if layer.audience == "internal"} == {"care_facility", "child_safe_house", "standard_lot", "similar_area"}


def test_flood_depth_has_the_colours_of_the_guideline_shallow_first(catalogue: Catalogue) -> None:
    style = catalogue.styles["inland_depth"]
    assert [one.fill for one in style.class_] == ["#FFFFB3", "#F7F5A9", "#F8E1A6", "#FFD8C0", "#FFB7B7", "#FF9191"]


def test_every_layer_says_whose_data_it_is(catalogue: Catalogue) -> None:
    of_the_police = {f"accident_{year}" for year in (2019, 2020, 2021, 2022)}
    for layer in catalogue.layers.values():
        whose = "警察庁「交通事故統計情報のオープンデータ（本票）」" if layer.id in of_the_police else "焼津市オープンデータ（CC BY 4.0）"
        assert whose in layer.source.attribution and "加工して作成" in layer.source.attribution and layer.source.license == "CC-BY-4.0", layer.id
