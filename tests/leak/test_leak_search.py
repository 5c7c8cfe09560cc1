"""Wall 6 for search files, which write names in parts: the gate reads them in the words that a page shows."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tinycity import CANARY

from gispipe.address import CityName, begin_register, finish_register, write_columns
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.errors import LeakStopped
from gispipe.find.columns import register_columns
from gispipe.find.write import write_columns as write_files
from gispipe.gate import compare_values, inspect_release
from gispipe.gate.artefacts import strings_of
from gispipe.web.files import Out

PLACES = ([135.0, 135.1, 135.2], [34.0, 34.1, 34.2])
PLANTED = {
    "name of a town": ("town", {"names": 1, "towns": 1}), "reading of a town": ("town", {"kana": 1}), "name of a house": ("address", {"names": 1}), "town of a house": ("address", {"towns": 1}),
    "house number": ("address", {"numbers": 1}), "lot number": ("lot", {"numbers": 1}), "name of a lot": ("lot", {"names": 1}), "name of a facility": ("facility", {"names": 1}),
    "reading of a facility": ("facility", {"kana": 1}), "town of a facility": ("facility", {"towns": 1}), "number of a facility": ("facility", {"numbers": 1}),
}


@pytest.fixture
def catalogue(finished_city: Path) -> Catalogue:
    return load_catalogue(finished_city)


def draft(folder: Path, kind: str, planted: dict[str, int], text: str) -> Path:
    """Write search files of a register with a text in one column of one kind."""
    connection = sqlite3.connect(":memory:")
    begin_register(connection, CityName("架空県", "見本市"))
    columns: dict[str, dict[str, list[str]]] = {
        "town": {"names": ["霧原谷一丁目", "霧原谷二丁目", "月夜野"], "towns": ["霧原谷一丁目", "霧原谷二丁目", "月夜野"], "numbers": [""] * 3, "kana": ["きり1", "きり2", "つき"]},
        "address": {"names": ["霧原谷一丁目1番2号", "霧原谷一丁目1番3号", "霧原谷二丁目1番2号"], "towns": ["霧原谷一丁目", "霧原谷一丁目", "霧原谷二丁目"], "numbers": ["1-2", "1-3", "1-2"], "kana": [""] * 3},
        "lot": {"names": ["月夜野7-1", "月夜野7-2", "月夜野8"], "towns": ["月夜野"] * 3, "numbers": ["7-1", "7-2", "8"], "kana": [""] * 3},
        "facility": {"names": ["霧原公園", "月夜会館", "港"], "towns": [""] * 3, "numbers": [""] * 3, "kana": ["きりはらこうえん", "", ""]},
    }
    for column, row in planted.items():
        columns[kind][column][row] = text
    for one, told in columns.items():
        write_columns(connection, one, one, told["names"], told["towns"], told["numbers"], *PLACES, range(3), told["kana"])
    finish_register(connection)
    assert write_files(Out(folder), register_columns(connection), [], {}) is not None
    return folder


@pytest.mark.parametrize("where", PLANTED)
@pytest.mark.parametrize("text", [CANARY, f"霧原谷一丁目{CANARY}", f"{CANARY}-5", f"12{CANARY}"], ids=["alone", "behind", "before", "in numbers"])
def test_a_planted_string_in_any_column_of_the_register_is_found(tmp_path: Path, catalogue: Catalogue, where: str, text: str) -> None:
    with pytest.raises(LeakStopped, match="planted in internal data") as caught:
        inspect_release(draft(tmp_path, *PLANTED[where], text), catalogue, "public")
    assert caught.value.where.startswith("search/") and CANARY not in str(caught.value)


@pytest.mark.parametrize("where", ["name of a town", "name of a house", "name of a lot", "name of a facility", "reading of a facility", "lot number"])
def test_an_internal_value_in_the_register_is_found_without_a_canary(tmp_path: Path, catalogue: Catalogue, where: str) -> None:
    folder = draft(tmp_path, *PLANTED[where], "持主003太郎")
    inspect_release(folder, catalogue, "public")
    with pytest.raises(LeakStopped, match="a value of an internal column was found"):
        compare_values(folder, catalogue)


def test_a_canary_that_a_name_has_in_two_parts_is_found_whole(tmp_path: Path, catalogue: Catalogue) -> None:
    """Its parts stand at the ends of a stem and of an ending, or of a head and of a tail: no string of the file has it."""
    planted = catalogue.city.gate.canaries
    assert CANARY in planted
    half = len(CANARY) // 2
    folder = tmp_path / "search"
    folder.mkdir()
    (folder / "index-0.json").write_text(json.dumps({"endings": [["", "", 0], [CANARY[half:], "", 1]], "towns": [[CANARY[:half], "", [0, 1]]]}, ensure_ascii=False) + "\n", "utf-8")
    assert any(CANARY in text for text in strings_of(folder / "index-0.json", "search/index-0.json"))
    numbers = {"towns": {"3": CANARY[:half]}, "patterns": [f"^{CANARY[half:]}#"], "blocks": [[3, 0, 0, "1|", [0], [0], [0], 0, 0]]}
    (folder / "numbers0-0.json").write_text(json.dumps(numbers, ensure_ascii=False) + "\n", "utf-8")
    assert CANARY + "1" in strings_of(folder / "numbers0-0.json", "search/numbers0-0.json")
    with pytest.raises(LeakStopped, match="planted"):
        inspect_release(tmp_path, catalogue, "public")


@pytest.mark.parametrize("document", ['{"towns":{},"patterns":[],"blocks":[[1]]}', '{"blocks":7}', "[]", '{"towns":{"1":"a"},"patterns":[],"blocks":[[1,0,0,"1|2",[0],[0],[0],5,0]]}',
                                      '{"towns":{"1":7},"patterns":["^"],"blocks":[[1,0,0,"1|2",[0],[0],[0],0,0]]}', "{", '{"towns":{"1":"a"},"patterns":["##"],"blocks":[[1,0,0,"1|",[0],[0],[0],0,0]]}'])
def test_a_search_file_that_no_page_could_read_may_not_leave(tmp_path: Path, catalogue: Catalogue, document: str) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search/numbers0-0.json").write_text(document + "\n", "utf-8")
    with pytest.raises(LeakStopped, match="cannot read this file"):
        inspect_release(tmp_path, catalogue, "public")


def test_a_house_number_alone_is_no_internal_value(tmp_path: Path, catalogue: Catalogue) -> None:
    """Any table may have a number like one of a house; its name and its town say whose it is."""
    folder = draft(tmp_path, "address", {"numbers": 1}, "1234-5")
    assert "1234-5" not in {text for path in (folder / "search").iterdir() for text in strings_of(path, path.name)}
    assert any("1234-5" in text for path in (folder / "search").iterdir() for text in strings_of(path, path.name))
