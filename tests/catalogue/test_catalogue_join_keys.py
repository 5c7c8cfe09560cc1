"""Keys of joins: what they may name, and that nothing public is chosen by what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tinycity import declare, edit

from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError

SURVEY = '\nsurvey = { from = "調査番号", type = "str" }'
OWNER = 'owner = { from = "所有者氏名", type = "str", label = "所有者" }'


def house(on: str, columns: str, more: str = "") -> str:
    return f'[join.house]\non = {on}\n{more}[join.house.source]\nreader = "csv"\npath = "internal/house.csv"\n[join.house.columns]\n{columns}\n'


def mistakes(city: Path) -> list[str]:
    try:
        load_catalogue(city)
    except DeclarationError as caught:
        return [str(one) for one in caught.mistakes]
    return []


@pytest.fixture
def parcel(tmp_path: Path) -> Path:
    """The parcel layer of the tiny city, whose tax ledger brings a survey number."""
    city = declare(tmp_path / "tiny")
    edit(city / "layers/parcel.toml", OWNER, OWNER + SURVEY)
    return city / "layers/parcel.toml"


def after(parcel: Path, text: str) -> list[str]:
    edit(parcel, "[join.depth]\n", text + "[join.depth]\n")
    return mistakes(parcel.parents[1])


def before(parcel: Path, text: str) -> list[str]:
    edit(parcel, "[join.ledger]\n", text + "[join.ledger]\n")
    return mistakes(parcel.parents[1])


def test_a_key_may_be_what_an_earlier_join_brought(parcel: Path) -> None:
    assert after(parcel, house('["survey"]', 'survey = { from = "番号", type = "str" }\nstructure = { from = "構造" }')) == []
    assert after(parcel, house('["structure"]', 'grade = { from = "等級" }').replace("house", "grades")) == []


def test_a_key_may_be_what_a_join_by_place_brought(parcel: Path) -> None:
    edit(parcel, "[join.depth.columns]", "[join.depth.columns]\nriver_name = { from = \"river\", public = true }")
    assert before(parcel, "") == []
    parcel.write_text(parcel.read_text("utf-8") + house('["river_name"]', 'note = { from = "備考", public = true }'), "utf-8")
    assert mistakes(parcel.parents[1]) == []


def test_a_key_that_a_later_join_brings_is_told_with_the_order_that_would_do(parcel: Path) -> None:
    assert before(parcel, house('["survey"]', 'structure = { from = "構造" }')) == [
        "layers/parcel.toml › join.house.on: 'survey' is brought by join 'ledger', which stands later in the file; move [join.ledger] before [join.house]"]


def test_a_key_that_nothing_brings_is_told_with_the_nearest_name(parcel: Path) -> None:
    assert after(parcel, house('["surwey"]', 'structure = { from = "構造" }')) == ["layers/parcel.toml › join.house.on: no column named 'surwey'; did you mean 'survey'?"]


def test_a_join_does_not_bring_its_own_key(parcel: Path) -> None:
    assert after(parcel, house('["number"]', 'number = { from = "番号" }\nstructure = { from = "構造" }')) == ["layers/parcel.toml › join.house.on: no column named 'number'"]


LEAK = "layers/parcel.toml › join.house.on: 'structure' is public, but its rows are chosen by '{}', which is not"


def test_a_public_column_may_not_be_chosen_by_a_joined_key_that_is_not(parcel: Path) -> None:
    assert after(parcel, house('["survey"]', 'structure = { from = "構造", public = true }')) == [LEAK.format("survey")]


def test_one_closed_part_of_a_key_is_enough_to_refuse(parcel: Path) -> None:
    assert after(parcel, house('["lot", "survey"]', 'structure = { from = "構造", public = true }')) == [LEAK.format("survey")]


def test_a_public_column_may_not_be_chosen_by_a_closed_column_of_the_layer(parcel: Path) -> None:
    edit(parcel, "[join.ledger]\n", 'use = { from = "地目", type = "str" }\n[join.ledger]\n')
    assert after(parcel, house('["use"]', 'structure = { from = "構造", public = true }')) == [LEAK.format("use")]


def test_calling_the_key_public_in_the_second_ledger_opens_nothing(parcel: Path) -> None:
    columns = 'survey = { from = "番号", type = "str", public = true }\nstructure = { from = "構造", public = true }'
    assert after(parcel, house('["survey"]', columns)) == [LEAK.format("survey")]
    edit(parcel, 'structure = { from = "構造", public = true }', 'structure = { from = "構造" }')
    layer = load_catalogue(parcel.parents[1]).layers["parcel"]
    assert not layer.all_columns()["survey"].public and layer.public_columns() == ("lot", "worst")


def test_a_chain_stays_closed_to_its_end(parcel: Path) -> None:
    assert after(parcel, house('["survey"]', 'structure = { from = "構造" }') + house('["structure"]', 'grade = { from = "等級", public = true }').replace("house", "grades")) == [
        "layers/parcel.toml › join.grades.on: 'grade' is public, but its rows are chosen by 'structure', which is not"]


def test_an_internal_layer_may_join_by_anything(parcel: Path) -> None:
    edit(parcel, 'audience = "public"', 'audience = "internal"')
    edit(parcel.parents[1] / "styles/maps/hazard.toml", 'base = ["parcel"]\n', "")
    assert after(parcel, house('["survey"]', 'structure = { from = "構造", public = true }')) == []


def test_a_public_key_may_choose_public_columns(parcel: Path) -> None:
    assert after(parcel, house('["lot"]', 'structure = { from = "構造", public = true }')) == []


@pytest.mark.parametrize(("more", "sentence"), [
    ('match = "adress"\n', "match: 'adress' is not one of: text, lot, address, number; did you mean 'address'?"),
    ("rooms = true\n", 'rooms belongs to match = "address"'),
    ('match = "address"\nrooms = "yes"\n', "rooms: must be true or false"),
])
def test_a_form_that_does_not_fit_is_told(parcel: Path, more: str, sentence: str) -> None:
    assert any(sentence in one for one in after(parcel, house('["lot"]', 'structure = { from = "構造" }', more)))


def test_an_address_stands_in_one_column(parcel: Path) -> None:
    assert any("compares one column that holds the whole address" in one for one in after(parcel, house('["lot", "survey"]', 'x = { from = "x" }', 'match = "address"\n')))


def test_a_join_by_place_has_no_form(parcel: Path) -> None:
    edit(parcel, 'how = "worst"', 'how = "worst"\nmatch = "lot"')
    assert any("belong to a join by key" in one for one in mistakes(parcel.parents[1]))
