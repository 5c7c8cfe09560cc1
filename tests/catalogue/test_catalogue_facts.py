"""Check digits, schemas and examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tinycity import declare, edit

from gispipe.catalogue import load_catalogue
from gispipe.catalogue.agree import check_digit
from gispipe.catalogue.schema import FOLDER, schemas
from gispipe.checks.examples import failed_examples


@pytest.mark.parametrize("code", ["272035", "131016", "011002", "431001", "122271", "271004", "270008", "472018"])
def test_the_check_digit_of_a_municipality_code_is_the_published_one(code: str) -> None:
    assert check_digit(code[:5]) == code[5]


def test_one_wrong_digit_is_always_noticed() -> None:
    for place in range(5):
        for digit in "0123456789":
            changed = "27203"[:place] + digit + "27203"[place + 1:]
            assert (check_digit(changed) == "5") == (changed == "27203"), changed


def test_the_schemas_in_the_package_are_current() -> None:
    made = schemas()
    assert {path.name for path in FOLDER.glob("*.json")} == set(made), "run 'gispipe schema'"
    for name, text in made.items():
        assert (FOLDER / name).read_text("utf-8") == text, f"{name} is out of date: run 'gispipe schema'"


def test_the_schema_of_a_layer_refuses_unknown_keys_and_says_the_toml_spelling() -> None:
    layer = json.loads(schemas()["layer.schema.json"])
    assert layer["additionalProperties"] is False
    assert {"from", "in"} <= set(layer["$defs"]["Column"]["properties"]) and not {"from_", "in_"} & set(layer["$defs"]["Column"]["properties"])


def failed(city: Path) -> list[str]:
    return [str(one) for one in failed_examples(load_catalogue(city))]


def test_examples_that_hold_say_nothing(tmp_path: Path) -> None:
    assert failed(declare(tmp_path)) == []


def test_an_example_with_another_row_is_reported(tmp_path: Path) -> None:
    city = declare(tmp_path)
    edit(city / "layers/flood.toml", "out = { rank = 2,", "out = { rank = 3,")
    (one,) = failed(city)
    assert one.startswith("layers/flood.toml › example.0 (a rank comes through): expected") and "'rank': 2" in one


def test_an_example_whose_error_does_not_come_is_reported(tmp_path: Path) -> None:
    city = declare(tmp_path)
    edit(city / "layers/flood.toml", 'error = "GP31"', 'error = "GP33"')
    assert failed(city) == ["layers/flood.toml › example.1 (a rank outside the list is refused): expected GP33, got GP31, GP35"]


def test_an_example_that_expects_a_row_but_breaks_a_rule_is_reported(tmp_path: Path) -> None:
    city = declare(tmp_path)
    edit(city / "layers/flood.toml", 'in = { "浸水ランク" = "2",', 'in = { "浸水ランク" = "二",')
    (one,) = failed(city)
    assert "expected a row, got GP30" in one


def test_an_example_for_a_column_nobody_declared_is_reported(tmp_path: Path) -> None:
    city = declare(tmp_path)
    edit(city / "layers/flood.toml", '"浸水ランク" = "9"', '"ランク" = "9"')
    assert failed(city) == ["layers/flood.toml › example.1 (a rank outside the list is refused): no column is made from 'ランク'"]


def test_a_blank_cell_in_an_example_is_a_missing_value(tmp_path: Path) -> None:
    city = declare(tmp_path)
    edit(city / "layers/flood.toml", 'in = { "浸水ランク" = "9" }\nerror = "GP31"', 'in = { "浸水ランク" = " " }\nerror = "GP32"')
    assert failed(city) == []
