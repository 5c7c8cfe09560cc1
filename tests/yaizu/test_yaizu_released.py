"""What left: tiles hold every feature of the source, and the public release nothing that is not public."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from example import Yaizu

from gispipe.geometry import present
from gispipe.intake import read_source, readers
from gispipe.tiles.read import decode_tile, iter_tiles, names_in_tiles

DEEPEST = 16
COUNTED = {"shelter": "名称", "aed": "名称", "primary_school": "名称", "inland_flood": "最大浸水深", "neighborhood": None, "planned_road": None, "flooded_2025": None,
           "flooded_1999": None, "zoning_low1": None, "school_route_wada": None, "cultural_property": None, "beach_clean": None}
"""Layers counted in the tiles, with a source column that must come through complete."""


def archives(release: Path) -> list[Path]:
    return sorted((release / "tiles").glob("*.pmtiles"))


@pytest.fixture(scope="module")
def drawn(yaizu: Yaizu) -> dict[str, tuple[set[int], set[str]]]:
    """Layer → ids and text values in the deepest tiles of the public release."""
    found: dict[str, tuple[set[int], set[str]]] = {}
    for path in archives(yaizu.release("public")):
        if not {layer for layer in names_in_tiles(path)} & set(COUNTED):
            continue
        for (zoom, _, _), data in iter_tiles(path):
            for layer in decode_tile(data) if zoom == DEEPEST else ():
                ids, texts = found.setdefault(layer.name, (set(), set()))
                ids.update(layer.ids.tolist())
                texts.update(value for value in layer.values if isinstance(value, str))
    return found


@pytest.mark.parametrize("layer", list(COUNTED))
def test_every_feature_of_the_source_is_in_the_deepest_tiles(yaizu: Yaizu, drawn: dict[str, tuple[set[int], set[str]]], layer: str) -> None:
    with readers(1) as group:
        delivered = read_source(group, yaizu.data, yaizu.catalogue.layers[layer].source, layer)
    ids, texts = drawn[layer]
    there = present(delivered.geometry)
    assert len(ids) == np.count_nonzero(there)
    column = COUNTED[layer]
    if column is not None:
        assert {str(value) for value in delivered.frame[column][there].dropna()} <= texts


def test_a_school_says_that_no_site_is_designated(drawn: dict[str, tuple[set[int], set[str]]]) -> None:
    assert "指定なし" in drawn["primary_school"][1] and "区域外" in drawn["primary_school"][1]


def test_public_tiles_name_public_layers_and_public_columns_only(yaizu: Yaizu) -> None:
    layers = yaizu.catalogue.layers
    for path in archives(yaizu.release("public")):
        for name, keys in names_in_tiles(path).items():
            layer = layers[name.removesuffix("_label")] if name not in layers else layers[name]
            assert layer.audience == "public" and keys <= set(layer.public_columns()), (name, keys)


def test_the_internal_release_has_what_the_public_one_lacks(yaizu: Yaizu) -> None:
    inside = {name: keys for path in archives(yaizu.release("internal")) for name, keys in names_in_tiles(path).items()}
    assert {"care_facility", "child_safe_house", "standard_lot", "similar_area"} <= set(inside)
    assert "no" in inside["shelter"] and "sauid" in inside["primary_district"]


def test_the_public_pages_know_nothing_of_internal_layers_and_columns(yaizu: Yaizu) -> None:
    release = yaizu.release("public")
    style = json.loads(next(release.glob("style-*.json")).read_text("utf-8"))
    internal = {layer.id for layer in yaizu.catalogue.layers.values() if layer.audience == "internal"}
    assert not internal & set(style["layers"]) and not {"staff", "valuation"} & set(style["maps"])
    shown = {(layer, one["column"]) for layer, entry in style["layers"].items() for one in entry["popup"]}
    assert all(column in yaizu.catalogue.layers[layer].public_columns() for layer, column in shown) and len(shown) > 300
    titles = [yaizu.catalogue.layers[layer].title for layer in internal]
    for path in release.rglob("*"):
        if path.suffix in (".html", ".json"):
            text = path.read_text("utf-8")
            assert not [word for word in (*internal, *titles, "sauid", "要配慮者施設") if word in text], path


def test_search_finds_public_layers_only_and_names_the_city_s_places(yaizu: Yaizu) -> None:
    entries = [one for path in (yaizu.release("public") / "search").glob("*.json") for one in json.loads(path.read_text("utf-8")).get("entries", [])]
    assert {yaizu.catalogue.layers[one["l"]].audience for one in entries} == {"public"} and len(entries) > 1000
    assert {"焼津文化会館", "焼津東小学校"} <= {one["n"] for one in entries}
