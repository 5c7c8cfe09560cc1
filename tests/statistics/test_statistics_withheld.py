"""Small numbers of people and households are not shown to the public, and nothing that is shown tells them (秘匿)."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely
from countedcity import table
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tinycity import X, Y, edit, gispipe

from gispipe.audience import InternalTable, publish
from gispipe.build.documents import _layer
from gispipe.build.features import read_column
from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError
from gispipe.model import Card, Column, Layer, Source, Statistics
from gispipe.statistics.withheld import hidden_cells
from gispipe.store import Store
from gispipe.web import words
from gispipe.withheld import MARK, flag, hidden_areas

PEOPLE = "人口の推計（人）"


def range_of(known: np.ndarray, least: np.ndarray, equations: list[tuple[np.ndarray, float]], cell: int) -> tuple[float, float]:
    """Return the smallest and the largest number that a cell can be, by all that is published: known ones (nan: hidden), the least that hidden ones can be, sums."""
    bounds = [(low, None) if np.isnan(value) else (value, value) for value, low in zip(known, least, strict=True)]
    found = []
    for sign in (1, -1):
        aim = np.zeros(len(known))
        aim[cell] = sign
        ended = linprog(aim, A_eq=np.array([left for left, _ in equations]), b_eq=[right for _, right in equations], bounds=bounds)
        assert ended.status in (0, 3), ended.message
        found.append(ended.x[cell] if ended.status == 0 else sign * -np.inf)
    return found[0], found[1]


def told(tables: list[np.ndarray], masks: list[np.ndarray], fewest: int) -> list[str]:
    """Return which small numbers somebody can work out who solves all equations of all the tables together, the city's last among them."""
    values = [np.column_stack([cells, cells.sum(axis=1)]) for cells in tables]
    starts = np.cumsum([0, *(one.size for one in values)])
    known, least, equations = np.full(starts[-1], np.nan), np.zeros(starts[-1]), []
    number = [np.arange(a, b).reshape(one.shape) for a, b, one in zip(starts[:-1], starts[1:], values, strict=True)]
    for one, mask, at in zip(values, masks, number, strict=True):
        known[at[~mask]] = one[~mask]
        least[at] = 0 if masks[-1][0, :-1].all() else 1  # where zeros are shown, what is hidden is none

    def equal(left: np.ndarray, right: np.ndarray) -> None:
        row = np.zeros(starts[-1])
        np.add.at(row, left, 1)
        np.add.at(row, right, -1)
        equations.append((row, 0.0))

    for at in number:
        for row in at:
            equal(row[:-1], row[-1:])
        for column, city in zip(at.T, number[-1][0], strict=True):
            equal(column, np.array([city]))
    found = []
    for one, mask, at in zip(values, masks, number, strict=True):
        for row, column in zip(*np.nonzero(mask & (one > 0) & (one < fewest)), strict=True):
            low, high = range_of(known, least, equations, int(at[row, column]))
            if high - low < 0.5:
                found.append(f"{one[row, column]} in row {row}, class {column}")
    return found


sizes = st.sampled_from([0, 0, 0, 1, 2, 3, 7, 9, 10, 11, 30, 250])


@st.composite
def cities(draw: st.DrawFn) -> tuple[list[np.ndarray], list[bool], int]:
    """Tables of towns, of districts and of the city with the same sums by class; towns have none or enough inhabitants, as the door leaves them."""
    fewest, classes = draw(st.sampled_from([2, 3, 10])), draw(st.integers(1, 4))
    towns = np.array(draw(st.lists(st.lists(sizes, min_size=classes, max_size=classes), min_size=1, max_size=5)), dtype=np.int64)
    towns[(towns.sum(axis=1) > 0) & (towns.sum(axis=1) < fewest), -1] += fewest
    shares = draw(st.lists(st.integers(0, 4), min_size=3 * classes, max_size=3 * classes))
    whole = towns.sum(axis=0)
    districts = np.floor(whole * np.array(shares).reshape(3, classes) / 12).astype(np.int64)
    districts[2] += whole - districts.sum(axis=0)
    return [towns, districts, whole[None]], [True, False, True], fewest


def wholes(tables: list[np.ndarray]) -> list[np.ndarray]:
    return [cells.sum(axis=1) for cells in tables]


def of_city(cells: np.ndarray) -> list[np.ndarray]:
    """Return a table and that of its city."""
    return [cells, cells.sum(axis=0)[None]]


@settings(max_examples=120)
@given(cities())
def test_no_small_number_can_be_worked_out_from_all_tables_together(city: tuple[list[np.ndarray], list[bool], int]) -> None:
    tables, fixed, fewest = city
    masks = hidden_cells(tables, wholes(tables), fixed, fewest)
    for cells, mask in zip(tables, masks, strict=True):
        whole = np.column_stack([cells, cells.sum(axis=1)])
        assert mask.shape == whole.shape and not (~mask & (whole > 0) & (whole < fewest)).any(), "a small number is shown"
        assert not mask[whole.sum(axis=1) == 0, -1].any(), "nobody is nobody"
    if sum(int(cells.sum()) for cells in tables[:1]) >= fewest and (tables[0] > 0).any(axis=0).sum() > 1:
        assert told(tables, masks, fewest) == []


def test_how_a_table_lies_in_memory_changes_nothing() -> None:
    cells = np.array([[4, 30, 20], [40, 25, 60], [3, 20, 70], [50, 60, 80]])
    masks = [hidden_cells([of(table) for table in of_city(cells)], wholes(of_city(cells)), [False, True], 10) for of in (np.ascontiguousarray, np.asfortranarray)]
    assert masks[0][0].sum() > 2 and all((one == other).all() for one, other in zip(*masks, strict=True))


def test_the_solver_finds_what_is_not_protected() -> None:
    cells = np.array([[3, 40], [20, 30]])
    only = np.array([[True, False, False], [False, False, False]])
    assert told(of_city(cells), [only, np.zeros((1, 3), bool)], 10) == ["3 in row 0, class 0"], "by its row and by its column"
    row = np.array([[True, True, False], [False, False, False]])
    assert told(of_city(cells), [row, np.zeros((1, 3), bool)], 10) == ["3 in row 0, class 0"], "by its column"
    assert told(of_city(cells), hidden_cells(of_city(cells), wholes(of_city(cells)), [True, True], 10), 10) == []


def test_no_hazard_layer_shows_the_total_that_another_hides() -> None:
    """The same districts, the first with 5 inhabitants; rounded otherwise in one layer, where the second has fewer than the third."""
    whole = np.array([5, 40, 41, 900])
    one, other = np.array([[5, 0], [0, 40], [30, 11], [450, 450]]), np.array([[0, 5], [20, 22], [41, 0], [450, 448]])
    masks = [hidden_cells(of_city(cells), [whole, whole.sum()[None]], [False, True], 10)[0] for cells in (one, other)]
    assert [mask[:, -1].tolist() for mask in masks] == [[True, True, False, False]] * 2
    assert hidden_cells(of_city(other), wholes(of_city(other)), [False, True], 10)[0][:, -1].tolist() == [True, False, True, False], "what it would choose alone"


def test_what_is_hidden_is_small_or_what_a_small_number_hides_behind_and_zero_is_shown() -> None:
    cells = np.array([[3, 40, 0], [20, 30, 0], [50, 60, 70], [80, 0, 90]])
    mask, city = hidden_cells(of_city(cells), wholes(of_city(cells)), [True, True], 10)
    assert not city.any() and mask[0].tolist() == [True, True, False, False] and mask[1].tolist() == [True, True, False, False]
    assert not mask[2:].any(), "more than is needed"
    assert not hidden_cells(of_city(cells), wholes(of_city(cells)), [True, True], 3)[0].any()


def test_a_city_with_few_in_a_class_shows_its_areas_only() -> None:
    cells = np.array([[3, 40, 0], [0, 30, 0]])
    mask, city = hidden_cells(of_city(cells), wholes(of_city(cells)), [True, True], 10)
    assert mask.tolist() == [[True, True, True, False]] * 2 and city.tolist() == [[True, True, True, False]]


counts = st.lists(st.tuples(sizes, sizes, st.sampled_from([-1, 0, 1, 2, 3, 40])), max_size=8)


@settings(max_examples=200)
@given(counts, st.randoms(use_true_random=False))
def test_areas_with_few_are_hidden_with_others_that_make_them_many(rows: list[tuple[int, int, int]], random: object) -> None:
    values, fewest = np.array(rows, dtype=np.int64).reshape(-1, 3), np.array([10, 10, 3])
    hidden = hidden_areas(values, fewest)
    small = (values > 0) & (values < fewest)
    assert hidden[small.any(axis=1)].all() and (small.any() or not hidden.any())
    for column, least in zip(values.T, fewest, strict=True):
        together = column[hidden & (column > 0)]
        assert not len(together) or (len(together) > 1 and together.sum() >= least) or not (column[~hidden] > 0).any()
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert (hidden_areas(values[order], fewest) == hidden[order]).all(), "the order of the areas tells nothing"


def town(**columns: Column) -> Layer:
    return Layer(id="town", title="町", audience="public", kind="vector", geometry="point", style="s", key=("code",), source=Source(reader="csv", path="x.csv"),
                 card=Card(role="town", name=("code",), population="people"),
                 columns={"code": Column(public=True), "people": Column(type="int", public=True), "homes": Column(type="int", public=True, counts="households"), "area": Column(type="int", public=True), **columns})


def towns(*rows: tuple[str, int | None, int, int]) -> InternalTable:
    frame = pd.DataFrame(rows, columns=["code", "people", "homes", "area"]).astype({"people": "Int64", "homes": "Int64", "area": "Int64"})
    return InternalTable("town", frame, np.array([shapely.Point(X + k, Y) for k in range(len(rows))], dtype=object))


def test_the_door_lets_no_small_count_through_and_says_where_there_was_one() -> None:
    out = publish(towns(("a", 7, 4, 5), ("b", 0, 0, 5), ("c", 90, 2, 5), ("d", 300, 120, 5), ("a", 7, 4, 5), ("e", None, 50, 5)), town()).frame.set_index("code")
    assert out.loc["a", "people"].isna().all() and out.loc["a", "homes"].isna().all() and pd.isna(out.loc["c", "people"]) and pd.isna(out.loc["c", "homes"])
    assert out.loc["b", "people"] == 0 and out.loc["d", "people"] == 300 and not out.loc["b", flag("people")] and pd.isna(out.loc["e", "people"]) and not out.loc["e", flag("people")]
    assert out.loc["c", flag("homes")] and out.loc["a", flag("people")].all() and (out["area"] == 5).all() and flag("area") not in out


def test_where_nothing_is_small_or_all_may_be_shown_nothing_is_marked() -> None:
    rows = (("a", 70, 40, 5), ("b", 0, 0, 5))
    assert not [name for name in publish(towns(*rows), town()).frame if name.endswith("_withheld")]
    few = (("a", 7, 1, 5), ("b", 20, 9, 5))
    assert publish(towns(*few), town(), Statistics(fewest_people=1, fewest_households=1)).frame["people"].tolist() == [7, 20]
    assert publish(towns(*few), town()).frame["people"].isna().all()


@pytest.mark.parametrize(("file", "old", "new", "said"), [
    ("layers/town.toml", 'people = { from = "総人口", type = "int"', 'people = { from = "総人口", type = "float", counts = "people"', r"layers/town.toml › join.people.columns.people.counts: .*type int"),
    ("layers/town.toml", 'code = { type = "str", public = true }\nname', 'people_withheld = { from = "code" }\ncode = { type = "str", public = true }\nname', r"layers/town.toml › columns.people_withheld: this name is kept"),
    ("city.toml", 'id = "tiny"', 'statistics = { fewest_people = 0 }\nid = "tiny"', r"city.toml › statistics.fewest_people"),
    ("city.toml", 'id = "tiny"', 'statistics = { fewest_persons = 5 }\nid = "tiny"', r"did you mean 'fewest_people'"),
    ("layers/school.toml", 'name = { type = "str", public = true }', 'name = { type = "str", public = true }\n[join.town]\nhow = "within"\nlayer = "town"\n[join.town.columns]\nfew = { from = "code", type = "int", public = true, counts = "many" }',
     r"layers/school.toml › join.town.columns.few.counts: 'many' is not one of: people, households"),
])
def test_a_wrong_declaration_is_named_with_its_place(ingested: Path, tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    city = tmp_path / "city"
    shutil.copytree(ingested, city, ignore=shutil.ignore_patterns("output", "sources"))
    edit(city / file, old, new)
    with pytest.raises(DeclarationError, match=said):
        load_catalogue(city)


def test_a_count_may_not_leave_its_layer_by_another(ingested: Path, tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(ingested, city, ignore=shutil.ignore_patterns("output", "sources"))
    edit(city / "layers/town.toml", 'name = { type = "str", public = true }', 'name = { type = "str", public = true }\nhomes = { type = "int", public = true, counts = "households" }')
    edit(city / "layers/school.toml", 'name = { type = "str", public = true }', 'name = { type = "str", public = true }\n[join.town]\nhow = "within"\nlayer = "town"\n[join.town.columns]\nhomes = { type = "int", public = true }')
    with pytest.raises(DeclarationError, match=r"layers/school.toml › join.town.columns.homes: 'homes' of layer 'town' counts people or households"):
        load_catalogue(city)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def test_public_tables_show_no_small_number_and_the_internal_ones_all(public: Path, internal: Path) -> None:
    """三丁目 has 7 inhabitants: 二丁目, the next, hides them; their sum is in no total."""
    shown, whole = table(public / "flood_town.csv"), table(internal / "flood_town.csv")
    assert whole["三丁目", "計"][PEOPLE] == "7" and whole["二丁目", "計"][PEOPLE] == "58"
    for town_name in ("三丁目", "二丁目"):
        assert {row[PEOPLE] for (name, _), row in shown.items() if name == town_name} == {MARK}
    assert shown["'=一丁目", "計"][PEOPLE] == "101" and table(public / "flood_city.csv")["小さな市", "計"][PEOPLE] == "101"
    for path in public.glob("*.csv"):
        assert not [row for row in rows(path) if row[PEOPLE] != MARK and 0 < int(row[PEOPLE]) < 10], path.name
        assert not [row for row in rows(internal / path.name) if row[PEOPLE] == MARK]
        for at, row in table(path).items():
            inside = table(internal / path.name)[at]
            assert {name: inside[name] for name in row if name != PEOPLE} == {name: row[name] for name in row if name != PEOPLE}, "houses and ground are no people"


def test_the_list_explains_the_mark_in_every_language_and_counts_it(public: Path, internal: Path) -> None:
    said = json.loads((public / "index.json").read_text("utf-8"))
    assert said["withheld"]["mark"] == MARK and said["withheld"]["fewest_people"] == 10 and set(said["withheld"]["meaning"]) == set(words.LANGUAGES)
    assert said["withheld"]["meaning"]["ja"] == "×：数が少ないため表示しません（秘匿）" and len(set(said["withheld"]["meaning"].values())) == 5
    for layer in said["layers"]:
        for one in layer["files"]:
            assert one["withheld"] == sum(row[PEOPLE] == MARK for row in rows(public / one["path"]))
    inside = json.loads((internal / "index.json").read_text("utf-8"))
    assert "withheld" not in inside and not any("withheld" in one for layer in inside["layers"] for one in layer["files"])


def test_the_public_store_does_not_know_what_it_must_not_tell(ingested: Path) -> None:
    out = Store(ingested / "output", "public").read("town").frame.set_index("name")
    assert pd.isna(out.loc["三丁目", "people"]) and out.loc["三丁目", flag("people")] and pd.isna(out.loc["二丁目", "people"]) and out.loc["=一丁目", "people"].tolist() == [101, 101]
    assert sorted(set(Store(ingested / "output", "internal").read("town").frame["people"])) == [7, 58, 101]


def test_popups_and_answers_have_the_mark_and_what_it_means(ingested: Path) -> None:
    catalogue = load_catalogue(ingested)
    packed, _ = Store(ingested / "output", "public").read_packed("town")
    column = read_column(packed, catalogue.layers["town"], "people")
    assert dict(zip(packed["name"].to_pylist(), [str(column.found.texts[int(k)]) for k in column.code], strict=True)) == {"=一丁目": "101", "二丁目": MARK, "三丁目": MARK}
    told = {audience: _layer(catalogue.layers["town"], None, SimpleNamespace(id="town"), audience, False, catalogue.terms)["popup"][-1] for audience in ("public", "internal")}  # type: ignore[arg-type,index]
    assert told["public"]["column"] == "people" and told["public"]["withheld"] == MARK and "withheld" not in told["internal"]
    asked = [(audience, gispipe("lookup", "34.78333,135.47650", "--audience", audience, "--city", str(ingested), *more)) for audience in ("public", "internal") for more in (["--json"], [])]
    assert not [ended.stderr for _, ended in asked if ended.returncode]
    found = [next(layer for layer in json.loads(ended.stdout)["layers"] if layer["id"] == "town")["features"][0] for _, ended in asked[::2]]
    assert found[0]["values"]["people"] is None and found[0]["withheld"] == ["people"] and found[1]["values"]["people"] == 58 and "withheld" not in found[1]
    assert "people × (not shown because the number is small)" in asked[1][1].stdout and "people 58" in asked[3][1].stdout
