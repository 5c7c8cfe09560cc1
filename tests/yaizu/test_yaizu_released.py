"""What left: tiles hold every feature of the source, and the public release nothing that is not public."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from example import Yaizu

from gispipe.geometry import present
from gispipe.intake import Readers, read_source
from gispipe.tiles.read import ArchiveFacts, decode_tile, iter_tiles, verify

DEEPEST = 16
COUNTED = {"shelter": "名称", "aed": "名称", "primary_school": "名称", "inland_flood": "最大浸水深", "neighborhood": None, "planned_road": None, "flooded_2025": None,
           "flooded_1999": None, "zoning_low1": None, "school_route_wada": None, "cultural_property": None, "beach_clean": None}
"""Layers counted in the tiles, with a source column that must come through complete."""


def archives(release: Path) -> list[Path]:
    return sorted((release / "tiles").glob("*.pmtiles"))


@pytest.fixture(scope="module")
def facts(yaizu: Yaizu) -> dict[str, list[ArchiveFacts]]:
    return {audience: [verify(path) for path in archives(yaizu.release(audience))] for audience in ("public", "internal")}


@pytest.fixture(scope="module")
def drawn(yaizu: Yaizu, facts: dict[str, list[ArchiveFacts]]) -> dict[str, tuple[set[int], set[str]]]:
    """Layer → ids and text values in the deepest tiles of the public release."""
    found: dict[str, tuple[set[int], set[str]]] = {}
    for path, one in zip(archives(yaizu.release("public")), facts["public"], strict=True):
        if not set(one.layers) & set(COUNTED):
            continue
        for (zoom, _, _), data in iter_tiles(path):
            for layer in decode_tile(data) if zoom == DEEPEST else ():
                ids, texts = found.setdefault(layer.name, (set(), set()))
                ids.update(layer.ids.tolist())
                texts.update(value for value in layer.values if isinstance(value, str))
    return found


@pytest.mark.parametrize("layer", list(COUNTED))
def test_every_feature_of_the_source_is_in_the_deepest_tiles(yaizu: Yaizu, drawn: dict[str, tuple[set[int], set[str]]], reader_pair: Readers,
                                                                 layer: str) -> None:
    delivered = read_source(reader_pair, yaizu.data, yaizu.catalogue.layers[layer].source, layer)
    ids, texts = drawn[layer]
    there = present(delivered.geometry)
    x, y = shapely.get_coordinates(shapely.centroid(delivered.geometry[there])).T
    there[there] = np.maximum(abs(x), abs(y)) < 1e9  # one cultural property was delivered at -1.8e308, which no map shows
    assert len(ids) == np.count_nonzero(there)
    column = COUNTED[layer]
    if column is not None:
        assert {str(value) for value in delivered.frame[column][there].dropna()} <= texts


def test_what_is_too_small_for_the_deepest_tiles_is_said(yaizu: Yaizu) -> None:
    tilesets = json.loads((yaizu.release("public") / "release.json").read_text("utf-8"))["tilesets"]
    said = {one["layer"]: one["count"] for one in (d for t in tilesets.values() for d in t.get("dropped", ())) if one["zoom"] == DEEPEST and one["reason"] != "attributes"}
    assert said == {"zoning_res1": 1, "farmland": 1}
    for layer, count in said.items():
        size = np.sort(shapely.area(yaizu.store.read(layer).geometry))
        assert (size[:count] < 1).all() and size[count] > size[:count].max(), "square metres: a sliver, nothing more"


def test_a_school_says_that_no_site_is_designated(drawn: dict[str, tuple[set[int], set[str]]]) -> None:
    assert {"指定なし", "想定区域外または未調査"} <= drawn["primary_school"][1]


def test_public_tiles_name_public_layers_and_public_columns_only(yaizu: Yaizu, facts: dict[str, list[ArchiveFacts]]) -> None:
    layers = yaizu.catalogue.layers
    for name, found in ((name, found) for one in facts["public"] for name, found in one.layers.items()):
        layer = layers[name] if name in layers else layers[name.removesuffix("_label")]
        assert layer.audience == "public" and found.names <= set(layer.public_columns()), name


def test_the_internal_release_has_what_the_public_one_lacks(facts: dict[str, list[ArchiveFacts]]) -> None:
    inside = {name: found.names for one in facts["internal"] for name, found in one.layers.items()}
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
    names = yaizu.names("public")
    assert {yaizu.catalogue.layers[layer].audience for layer, *_ in names} == {"public"} and len(names) > 1000
    assert {"焼津文化会館", "焼津東小学校"} <= {name for _, name, *_ in names}
