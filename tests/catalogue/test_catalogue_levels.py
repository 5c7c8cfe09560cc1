"""Levels of one thing: each zoom is drawn once, and every way to break that has its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tinycity import FLOOD, LAYERS, MAPS, STYLES, declare

from gispipe.build.documents import style_document
from gispipe.build.tilesets import Tileset
from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError


def level(name: str, zoom: str, told: str) -> str:
    """Return a layer file of the flood areas under another name, with its level."""
    return FLOOD.replace('id = "flood"', f'id = "{name}"\nlevel = {told}').replace("zoom = [10, 16]", f"zoom = {zoom}").replace('hazard = "flood"\n', "")


def declared(folder: Path, *levels: tuple[str, str, str]) -> Path:
    return declare(folder / "tiny", {**LAYERS, **{one[0]: level(*one) for one in levels}}, STYLES, MAPS)


def mistakes(city: Path) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(city)
    return [str(one) for one in caught.value.mistakes]


COARSE = ("a_10000", "[10, 13]", '{ scale = 10000, of = "house" }')
FINE = ("b_2500", "[14, 18]", '{ scale = 2500, of = "house" }')
PART = ("c_500", "[17, 18]", '{ scale = 500, of = "house", part = true }')


def test_levels_that_take_turns_have_no_mistake_and_a_part_lies_over_the_level_below(tmp_path: Path) -> None:
    catalogue = load_catalogue(declared(tmp_path, COARSE, FINE, PART))
    assert [catalogue.layers[name].level.scale for name in ("a_10000", "b_2500", "c_500")] == [10000, 2500, 500]  # type: ignore[union-attr]


@pytest.mark.parametrize(("levels", "sentence"), [
    ([COARSE, ("b_2500", "[13, 18]", FINE[2])],
     "layers/b_2500.toml › level: 'house' would be drawn twice from zoom 13 on: 'a_10000' (level 10000) goes to 13; let this one begin at 14"),
    ([COARSE, ("b_2500", "[15, 18]", FINE[2])],
     "layers/b_2500.toml › level: 'house' is drawn at no level at zoom 14: 'a_10000' (level 10000) ends at 13, this one begins at 15"),
    ([COARSE, ("b_2500", "[16, 18]", FINE[2])], "layers/b_2500.toml › level: 'house' is drawn at no level at zoom 14–15: 'a_10000' (level 10000) ends at 13, this one begins at 16"),
    ([COARSE, FINE, ("c_500", "[17, 18]", '{ scale = 500, of = "house" }')],
     "layers/c_500.toml › level: 'house' would be drawn twice from zoom 17 on: 'b_2500' (level 2500) goes to 18; let this one begin at 19"),
    ([COARSE, ("b_10000", "[14, 18]", COARSE[2])], "layers/b_10000.toml › level: 'a_10000' is level 10000 of 'house' too"),
    ([COARSE, PART], "layers/c_500.toml › level: covers a part of the city only, and no coarser level of 'house' is drawn at zoom 17–18 where it does not reach"),
])
def test_a_hole_or_a_double_between_levels_is_named(levels: list[tuple[str, str, str]], sentence: str, tmp_path: Path) -> None:
    assert mistakes(declared(tmp_path, *levels)) == [sentence]


@pytest.mark.parametrize(("told", "sentence"), [
    ("{ scale = 3000 }", "'3000' is not one of: 250, 500, 1000, 2500, 5000, 10000 or 25000"), ("{ of = \"house\" }", "scale: is missing"),
    ("{ scale = 2500, off = \"house\" }", "unknown key 'off'; did you mean 'of'? allowed: scale, of, part"), ("2500", "must be a table"),
    ("{ scale = 2500, part = 1 }", "part: must be true or false"),
])
def test_a_level_written_wrongly_is_told(told: str, sentence: str, tmp_path: Path) -> None:
    (first,) = mistakes(declared(tmp_path, ("b_2500", "[14, 18]", told)))
    assert first.startswith("layers/b_2500.toml › level") and sentence.replace(" or 25000", "") in first


def test_the_style_document_ends_a_level_where_the_next_begins_and_says_the_level(tmp_path: Path) -> None:
    city = declared(tmp_path, COARSE, ("b_2500", "[14, 16]", FINE[2]), ("c_500", "[17, 18]", '{ scale = 500, of = "house" }'))
    catalogue = load_catalogue(city)
    tileset = Tileset("t", "t-0.pmtiles", "vector", (10, 16), (135.4, 34.7, 135.6, 34.9), tuple(catalogue.layers), {}, ())
    layers = style_document(catalogue, "internal", [tileset])["layers"]
    assert [(layers[name]["minzoom"], layers[name]["maxzoom"]) for name in ("a_10000", "b_2500", "c_500")] == [(10, 13), (14, 16), (17, 22)]  # type: ignore[index]
    assert layers["b_2500"]["level"] == {"scale": 2500, "of": "house", "part": False} and layers["flood"]["level"] is None  # type: ignore[index]
