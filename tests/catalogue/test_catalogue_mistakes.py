"""Every way a declaration can be wrong, and the sentence it gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from tinycity import FLOOD, LAYERS, MAPS, PARCEL, STYLES, declare, edit

from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError, NotFound


def mistakes(city: Path) -> list[str]:
    """Load and return the mistakes as printed."""
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(city)
    assert caught.value.exit_status == 20
    return [str(one) for one in caught.value.mistakes]


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    return declare(tmp_path / "tiny")


def test_the_tiny_city_has_no_mistake(declared: Path) -> None:
    catalogue = load_catalogue(declared)
    assert set(catalogue.layers) == set(LAYERS) and set(catalogue.maps) == set(MAPS)


def test_an_unknown_key_is_named_with_the_allowed_ones(declared: Path) -> None:
    edit(declared / "layers/flood.toml", "public = true, required", "pubilc = true, required")
    (first,) = mistakes(declared)
    assert first.startswith("layers/flood.toml › columns.rank: unknown key 'pubilc'; ")
    assert "did you mean 'public'?" in first and "allowed: from, type, label, public, required, in" in first


def test_a_missing_style_is_named_with_the_nearest_one(declared: Path) -> None:
    edit(declared / "layers/flood.toml", 'style = "depth"', 'style = "deptj"')
    assert mistakes(declared) == ["layers/flood.toml: no style named 'deptj'; did you mean 'depth'?"]


@pytest.mark.parametrize(("where", "sentence"), [
    ('popup = ["owner"]', "layers/parcel.toml: popup shows 'owner', which is not public"),
    ('label = "owner"', "layers/parcel.toml: label shows 'owner', which is not public"),
])
def test_a_public_layer_may_not_show_a_closed_column(declared: Path, where: str, sentence: str) -> None:
    edit(declared / "layers/parcel.toml", 'key = ["lot"]', f'key = ["lot"]\n{where}')
    assert mistakes(declared) == [sentence]


def test_search_may_not_go_through_a_closed_column(declared: Path) -> None:
    edit(declared / "layers/parcel.toml", 'search = ["lot"]', 'search = ["lot", "owner"]')
    assert mistakes(declared) == ["layers/parcel.toml: search shows 'owner', which is not public"]


def test_a_public_layer_may_not_be_drawn_by_a_closed_column(declared: Path) -> None:
    edit(declared / "layers/flood.toml", 'label = "想定浸水深", public = true', 'label = "想定浸水深"')
    assert "layers/flood.toml: layer is drawn by 'rank', which is not public" in mistakes(declared)


def test_a_public_label_may_not_be_turned_by_a_closed_column(declared: Path) -> None:
    edit(declared / "styles/spots.toml", '[text]', '[text]\nangle_column = "phone"')
    assert mistakes(declared) == ["layers/shelter.toml: layer is turned by 'phone', which is not public"]


def test_a_closed_layer_may_show_its_closed_columns(declared: Path) -> None:
    edit(declared / "styles/maps/hazard.toml", 'base = ["parcel"]\n', "")
    edit(declared / "layers/parcel.toml", 'audience = "public"', 'audience = "internal"')
    edit(declared / "layers/parcel.toml", 'key = ["lot"]', 'key = ["lot"]\npopup = ["lot", "owner"]')
    assert load_catalogue(declared).layers["parcel"].popup == ("lot", "owner")


def test_a_public_map_may_not_name_an_internal_layer(declared: Path) -> None:
    edit(declared / "layers/shelter.toml", 'audience = "public"\n', "")
    assert mistakes(declared) == ["styles/maps/hazard.toml: layers names 'shelter', which is not a public layer"]


def test_a_join_may_not_make_a_closed_column_public(declared: Path) -> None:
    edit(declared / "layers/parcel.toml", 'worst = { from = "rank"', 'worst = { from = "memo"')
    assert mistakes(declared) == ["layers/parcel.toml › join.depth.columns.worst: public, but 'memo' of layer 'flood' is not"]


def test_public_columns_may_not_be_chosen_by_a_closed_column(declared: Path) -> None:
    edit(declared / "layers/parcel.toml", 'by = "rank"', 'by = "memo"')
    assert mistakes(declared) == ["layers/parcel.toml › join.depth: chooses rows for public columns by 'memo' of layer 'flood', which is not public"]


def test_a_join_key_stays_as_closed_as_the_layer_declares_it(declared: Path) -> None:
    closed = PARCEL.replace('label = "地番", public = true', 'label = "地番"').replace('search = ["lot"]\n', "")
    opened_by_join = closed.replace('lot = { from = "地番", type = "str" }', 'lot = { from = "地番", type = "str", public = true }')
    declare(declared, {**LAYERS, "parcel": opened_by_join})
    assert load_catalogue(declared).layers["parcel"].public_columns() == ("worst",)


@pytest.mark.parametrize("value", ['"yes"', '"true"', "1", '"on"'])
def test_only_true_opens_a_column(declared: Path, value: str) -> None:
    edit(declared / "layers/flood.toml", 'label = "メモ"', f'label = "メモ", public = {value}')
    assert mistakes(declared) == ["layers/flood.toml › columns.memo.public: must be true or false"]


def test_what_does_not_say_public_is_internal(declared: Path) -> None:
    (declared / "layers/flood.toml").write_text(FLOOD.replace('audience = "public"\n', ""), "utf-8")
    edit(declared / "styles/maps/hazard.toml", '["shelter", "flood"]', '["shelter"]')
    edit(declared / "layers/parcel.toml", ', label = "最大浸水ランク", public = true', "")
    catalogue = load_catalogue(declared)
    assert catalogue.layers["flood"].audience == "internal" and catalogue.layers["flood"].public_columns() == ()


def test_joins_that_go_round_are_named_on_every_layer_of_the_circle(declared: Path) -> None:
    edit(declared / "layers/flood.toml", "[[example]]\nname = \"a rank comes", '[join.back]\nhow = "within"\nlayer = "parcel"\n[join.back.columns]\nlot = { from = "lot" }\n[[example]]\nname = "a rank comes')
    assert [m for m in mistakes(declared) if "circle" in m] == ["layers/flood.toml › join: joins go round in a circle", "layers/parcel.toml › join: joins go round in a circle"]


def test_two_joins_may_not_make_one_column(declared: Path) -> None:
    edit(declared / "layers/parcel.toml", "[join.depth.columns]", '[join.depth.columns]\nowner = { from = "river", public = true }')
    assert mistakes(declared) == ["layers/parcel.toml › join.depth.columns.owner: 'owner' already comes from join 'ledger'"]


@pytest.mark.parametrize("source", ["@distance", "@count", "@owner"])
def test_only_what_a_join_derives_can_be_asked_of_it(declared: Path, source: str) -> None:
    edit(declared / "layers/parcel.toml", 'worst = { from = "rank"', f'worst = {{ from = "{source}"')
    assert f"no column named '{source}'" in mistakes(declared)[0]


def test_two_layers_with_one_id_name_both_files(declared: Path) -> None:
    (declared / "layers/flood_copy.toml").write_text(FLOOD, "utf-8")
    assert mistakes(declared) == ["layers/flood_copy.toml › id: two layers have the id 'flood': layers/flood.toml and layers/flood_copy.toml"]


def test_every_mistake_is_reported_at_once(declared: Path) -> None:
    edit(declared / "layers/flood.toml", 'title = "洪水浸水想定区域"', 'titel = "洪水浸水想定区域"')
    edit(declared / "layers/shelter.toml", 'style = "spots"', 'style = "spotz"')
    edit(declared / "styles/lots.toml", "#444444", "444444")
    edit(declared / "city.toml", 'code = "999997"', 'code = "999996"')
    text = "\n".join(mistakes(declared))
    for part in ("layers/flood.toml: unknown key 'titel'; did you mean 'title'?", "layers/flood.toml › title: is missing", "layers/shelter.toml: no style named 'spotz'",
                 "styles/lots.toml › class.0.stroke: '444444' does not have the form", "city.toml › code: check digit of '999996' is wrong; '999997' would be right"):
        assert part in text


def test_what_follows_from_a_mistake_is_not_said_again(declared: Path) -> None:
    edit(declared / "layers/flood.toml", "geometry = \"polygon\"", "geometry = \"polygone\"")
    assert mistakes(declared) == ["layers/flood.toml › geometry: 'polygone' is not one of: point, line, polygon; did you mean 'polygon'?"]


def test_broken_toml_names_file_and_line(declared: Path) -> None:
    edit(declared / "layers/flood.toml", 'geometry = "polygon"', 'geometry = polygon')
    (only,) = mistakes(declared)
    assert only.startswith("layers/flood.toml: ")
    assert "not valid TOML" in only and "line 4" in only


def test_a_declaration_in_cp932_is_named(declared: Path) -> None:
    path = declared / "styles/depth.toml"
    path.write_bytes(path.read_text("utf-8").encode("cp932"))
    assert any(m.startswith("styles/depth.toml: not UTF-8 at byte") for m in mistakes(declared))


@pytest.mark.parametrize("path", ["../other.csv", "a/../../b.csv", "/etc/passwd", "/vsizip/a.zip/b.shp", "/vsicurl/http://x/y", "http://host/x.geojson", "C:/x.csv",
                                  "C:\\\\x.csv", "\\\\\\\\host\\\\share", "~/x.csv", "..\\\\x.csv", ""])
def test_a_source_path_stays_inside(declared: Path, path: str) -> None:
    edit(declared / "layers/shelter.toml", 'path = "shelter.csv"', f'path = "{path}"')
    assert any(m.startswith("layers/shelter.toml › source.path: a path must stay inside the city's source folder") for m in mistakes(declared))


def test_the_paths_of_joined_sources_stay_inside_too(declared: Path) -> None:
    edit(declared / "layers/parcel.toml", 'path = "internal/ledger.csv"', 'path = "../ledger.csv"')
    assert any(m.startswith("layers/parcel.toml › join.ledger.source.path: a path must stay inside") for m in mistakes(declared))


def test_keys_of_a_column_named_like_a_key_are_still_listed(declared: Path) -> None:
    edit(declared / "layers/flood.toml", "[columns]", '[columns]\ntype = { from = "河川名", pubic = true }')
    assert "unknown key 'pubic'; did you mean 'public'? allowed: from, type, label, public" in mistakes(declared)[0]


def test_a_pattern_must_be_a_regular_expression(declared: Path) -> None:
    edit(declared / "layers/parcel.toml", 'label = "地番", public', 'pattern = "(", label = "地番", public')
    assert mistakes(declared) == ["layers/parcel.toml › columns.lot.pattern: '(' is not a regular expression"]


def test_a_list_of_values_must_fit_the_type(declared: Path) -> None:
    edit(declared / "layers/flood.toml", "in = [1, 2, 3]", 'in = [1, "2", 3]')
    assert mistakes(declared) == ["layers/flood.toml › columns.rank.in: '2' is not of type int"]


def test_a_style_with_classes_must_say_by_what(declared: Path) -> None:
    edit(declared / "styles/depth.toml", 'by = "rank"\n', "")
    assert any("must name the column they go by" in m for m in mistakes(declared))


def test_a_value_may_not_stand_in_two_classes(declared: Path) -> None:
    edit(declared / "styles/depth.toml", "value = 2", "value = 1")
    assert mistakes(declared) == ["styles/depth.toml › class.1: value 1 stands in two classes"]


def test_a_symbol_nobody_drew_is_named(declared: Path) -> None:
    edit(declared / "styles/spots.toml", '"shelter"', '"sheltr"')
    assert mistakes(declared) == ["styles/spots.toml › class.0.symbol: no symbol named 'sheltr'; did you mean 'shelter'?"]


def test_a_folder_without_city_toml_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        load_catalogue(tmp_path)
    assert caught.value.exit_status == 40 and "city.toml" in str(caught.value)


def test_mistakes_are_said_in_japanese_too(declared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(declared / "layers/flood.toml", 'style = "depth"', 'style = "deptj"')
    monkeypatch.setenv("GISPIPE_LANG", "ja")
    assert mistakes(declared) == ["layers/flood.toml: 「deptj」というスタイルはありません（「depth」の誤りではありませんか）"]


def test_the_catalogue_cannot_be_changed(declared: Path) -> None:
    catalogue = load_catalogue(declared)
    with pytest.raises(TypeError):
        catalogue.layers["x"] = catalogue.layers["flood"]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        catalogue.layers["flood"].audience = "internal"  # type: ignore[misc]


def test_styles_of_the_tiny_city_are_all_used() -> None:
    assert {text.split('style = "')[1].split('"')[0] for text in LAYERS.values() if "style = " in text} == set(STYLES)


def test_a_layer_may_not_take_the_name_of_another_layers_labels(city: Path) -> None:
    text = (city / "layers" / "parcel.toml").read_text("utf-8")
    (city / "layers" / "parcel_label.toml").write_text(text.replace('"parcel"', '"parcel_label"', 1), "utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(city)
    assert "parcel_label" in str(caught.value) and "take another id" in str(caught.value)
