"""Whatever a column, a file or a title is called, what the scan writes loads again and means the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gispipe.model import City, Layer, Source
from gispipe.scan.cityfile import city_text
from gispipe.scan.emit import layer_text
from gispipe.scan.files import walk
from gispipe.scan.guess import Guess, guess
from gispipe.scan.look import pattern_of
from gispipe.scan.sidecar import Sidecar, read_sidecar
from gispipe.scan.terms import layer_id
from gispipe.scan.toml import remark, text, writable
from hypothesis import given, settings
from hypothesis import strategies as st

ODD = st.sampled_from(['"', "'", "\\", "\n", "\r", "\t", "\x00", "\x1f", "\x7f", "\x85", "\u2028", "\ufeff", "😀", "\ud800", "#", "=", "[", "]", "*", "?", "{", "}", "髙", "①", "０", "氏名", "名称", " "])
WORDS = st.lists(ODD | st.characters(), max_size=12).map("".join)
VALUES = st.none() | st.booleans() | st.integers(-2**40, 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8) | st.sampled_from(["01", "1,200", "８００", "2025-01-31", "1e5"])


def declared(title: str, found: Guess, path: str, doubts: list[str]) -> str:
    return layer_text(identity=layer_id(title, path, set()), title=remark(title), kind="table", guess=found, source=Source(reader="csv", path=path), audience="internal", style=None,
                      group=remark(title), tileset=None, zoom=(10, 16), accept={}, facts=[path], doubts=doubts, pending=title or None)


@settings(max_examples=50)
@given(st.lists(WORDS.filter(writable), unique=True, min_size=1, max_size=6), st.lists(VALUES, min_size=6, max_size=6), WORDS.filter(writable), st.booleans())
def test_any_column_titles_give_a_layer_that_loads(titles: list[str], values: list[object], title: str, public: bool) -> None:
    frame = pd.DataFrame({name: np.array([values[k], values[k - 1], None], dtype=object) for k, name in enumerate(titles)}, dtype=object)
    found = guess(frame, None, Source(reader="csv", path="a.csv"), Sidecar(), public)
    layer = Layer.model_validate(tomllib.loads(declared(title, found, "a.csv", titles)))
    assert [column.from_ for column in layer.columns.values()] == titles


@given(WORDS.map(lambda name: name.replace("/", "").replace("\x00", "").strip(".")).filter(lambda name: name and writable(name)))
def test_any_file_name_that_is_not_refused_is_a_path_that_loads(name: str) -> None:
    if ":" in name or name.startswith(("~", "\\")) or ".." in name.replace("\\", "/").split("/"):
        return
    path = pattern_of(f"{name}.csv")
    layer = Layer.model_validate(tomllib.loads(declared(name, Guess({}, (), None, (), None, ()), path, [name])))
    assert layer.source.path == path


@given(WORDS)
def test_any_text_that_toml_can_hold_comes_back_the_same(words: str) -> None:
    if writable(words):
        assert tomllib.loads(f"a = {text(words)}")["a"] == words
    assert tomllib.loads(f"# {remark(words)}\na = 1") == {"a": 1}


@given(WORDS, WORDS)
def test_any_name_of_a_city_loads(name: str, sources: str) -> None:
    name, sources = remark(name), remark(sources)
    city = City.model_validate(tomllib.loads(city_text(name=name, code="271004", crs="EPSG:6674", bounds=(135.0, 34.0, 136.0, 35.0), sources=sources, doubts={"name": name})))
    assert (city.name, city.sources) == (name, sources)


@pytest.mark.parametrize("name", ["a[1].csv", "b*.csv", "c?.csv", "**.csv", "[!x].csv", "d\ne.csv"])
def test_a_pattern_finds_the_file_it_was_made_from_and_no_other(tmp_path: Path, name: str) -> None:
    for one in (name, "a1.csv", "bb.csv", "cc.csv", "xx.csv", "y.csv"):
        (tmp_path / one).write_text("x", "utf-8")
    assert [p.name for p in tmp_path.glob(pattern_of(name))] == [name]


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_damaged_description_beside_the_data_gives_nothing_worse_than_nothing(tmp_path_factory: pytest.TempPathFactory, config: bytes, table: bytes) -> None:
    folder = tmp_path_factory.mktemp("sidecar")
    (folder / "config.yml").write_bytes(b"name: " + config)
    (folder / "attributes.csv").write_bytes(b"original_name,display_name,label_flag\n" + table)
    read = read_sidecar(folder)
    assert read.title is None or read.title
    assert walk(folder).described == [folder]
