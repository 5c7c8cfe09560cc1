"""Names in other languages: the package's terms, the city's own, names on the thing, and what of them a release carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tinycity import declare, edit

from gispipe.build.documents import map_document, shown_texts, style_document, terms_document
from gispipe.build.tilesets import Tileset
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.catalogue.terms import package_terms
from gispipe.errors import DeclarationError
from gispipe.model import Audience

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"en", "zh", "ko", "easy"}
JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


def style_of(catalogue: Catalogue, audience: Audience) -> dict[str, Any]:
    """Return the style document of a release in which every layer has data."""
    drawn = tuple(layer.id for layer in catalogue.layers_for(audience) if layer.kind != "table")
    return style_document(catalogue, audience, [Tileset("all", "all.pmtiles", "vector", (10, 16), (136.0, 34.0, 137.0, 36.0), drawn, {}, drawn)])


def named(style: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Find everything in a style document that may have names of its own: Japanese text and names."""
    yield from ((one["title"], one.get("names", {})) for one in style["maps"].values())
    for layer in style["layers"].values():
        yield layer["title"], layer.get("names", {})
        look = layer["style"] or {"classes": [], "other": None}
        yield from ((one["label"], one.get("names", {})) for one in (*layer["popup"], *look["classes"], look["other"]) if one)


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_everything_the_demo_city_shows_has_a_name_in_every_language(audience: Audience) -> None:
    catalogue = load_catalogue(ROOT)
    style = style_of(catalogue, audience)
    own = dict(named(style))
    lacking = {text: sorted(LANGUAGES - {*catalogue.terms.get(text, {}), *own.get(text, {})}) for text in shown_texts(catalogue, style) if JAPANESE.search(text)}
    assert {text: langs for text, langs in lacking.items() if langs} == {}, "add them to gispipe/catalogue/terms.json or styles/terms.toml"


def test_every_term_of_the_package_has_all_languages_and_no_japanese_in_korean() -> None:
    for text, names in package_terms().items():
        assert JAPANESE.search(text) and set(names) == LANGUAGES and all(name and name == name.strip() for name in names.values()), text
        assert not JAPANESE.search(names["ko"]) and not JAPANESE.search(names["en"]) and not re.search("[\u3041-\u30ff]", names["zh"]), text


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    """The tiny city with two terms of its own; the package knows the first one."""
    city = declare(tmp_path / "tiny")
    (city / "styles/terms.toml").write_text('"河川" = { en = "Stream" }\n"ハザードマップ" = { en = "Hazards", ko = "재해 지도" }\n', "utf-8")
    return city


def test_own_names_win_over_the_citys_terms_and_those_over_the_packages(declared: Path) -> None:
    edit(declared / "styles/maps/hazard.toml", 'audience = "public"', 'audience = "public"\nnames = { en = "What may happen" }')
    catalogue = load_catalogue(declared)
    assert catalogue.layers["flood"].columns["river"].names == {**package_terms()["河川"], "en": "Stream"}
    assert catalogue.maps["hazard"].names == {"en": "What may happen", "ko": "재해 지도"}
    assert catalogue.layers["flood"].columns["rank"].names == package_terms()["想定浸水深"]
    style = style_of(catalogue, "public")
    assert style["maps"]["hazard"]["names"] == {"en": "What may happen"} and "names" not in style["layers"]["flood"]
    terms = terms_document(catalogue, style)
    assert terms["en"]["河川"] == "Stream" and terms["ko"] | {"ハザードマップ": "재해 지도"} == terms["ko"]
    (first,) = map_document(catalogue, "public", [])["maps"]  # type: ignore[misc, attr-defined]
    assert first["names"] == {"en": "What may happen", "ko": "재해 지도"}


def test_terms_of_what_only_the_office_sees_are_not_told_to_the_public(declared: Path) -> None:
    edit(declared / "styles/terms.toml", '"河川"', '"地番図" = { en = "Parcels of the office" }\n"所有者" = { en = "Who owns it" }\n"河川"')
    catalogue = load_catalogue(declared)
    public, internal = ({text for names in terms_document(catalogue, style_of(catalogue, audience)).values() for text in names} for audience in ("public", "internal"))
    assert {"地番図", "所有者"} <= internal and not {"地番図", "所有者"} & public and "河川" in public


@pytest.mark.parametrize(("wrong", "sentence"), [
    ('{ kr = "재해 지도" }', "styles/terms.toml › ハザードマップ.kr: 'kr' is not one of: en, zh, ko, easy"),
    ("{ en = 3 }", "styles/terms.toml › ハザードマップ.en: must be text in quotes"),
    ('"Hazards"', "styles/terms.toml › ハザードマップ: must be a table"),
    ("{ en = ", "styles/terms.toml: not valid TOML"),
])
def test_a_mistake_in_the_terms_is_one_sentence_with_its_place(declared: Path, wrong: str, sentence: str) -> None:
    (declared / "styles/terms.toml").write_text(f'"ハザードマップ" = {wrong}\n', "utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(declared)
    (mistake,) = map(str, caught.value.mistakes)
    assert mistake.startswith(sentence)
