"""Columns of the store as tiles, search and statistics take them: what pandas says of the same table, without it."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gispipe.arrow import as_numbers
from gispipe.audience import InternalTable
from gispipe.build.features import read_column, stable_ids
from gispipe.model import Column, Layer, Source
from gispipe.store import Store

COLUMNS = {
    "text": pd.Series(["a", None, "a", "", "日"], dtype=object), "whole": pd.array([7, None, 7, -(2**60), 0], "Int64"), "real": pd.array([1.5, None, 2.0, 1e20, 1.5], "Float64"),
    "flag": pd.array([True, None, False, True, None], "boolean"), "joined": [1.0, float("nan"), 2.5, 1.0, -0.5], "kind": pd.Categorical(["b", None, "a", "b", "b"], categories=["a", "z", "b"]),
    "empty": [None] * 5, "typed": [3, 1, 3, 2, 1],
}


def layer(**columns: Column) -> Layer:
    return Layer(id="thing", title="物", geometry="point", source=Source(reader="geojson", path="x"), columns={**{name: Column() for name in COLUMNS}, **columns})


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pa.Table]:
    """The table as pandas and as Arrow reads it."""
    store = Store(tmp_path_factory.mktemp("city"), "internal")
    version = store.write(InternalTable("thing", pd.DataFrame(COLUMNS), None), "EPSG:6674")
    store.commit({"thing": {"version": version}})
    return store.read("thing").frame, store.read_packed("thing")[0]


@pytest.mark.parametrize("name", COLUMNS)
def test_values_and_their_numbers_are_those_of_pandas(stored: tuple[pd.DataFrame, pa.Table], name: str) -> None:
    frame, table = stored
    column = read_column(table, layer(), name)
    code, found = pd.factorize(frame[name])
    assert column.code.tolist() == code.tolist()
    plain = [value.item() if isinstance(value, np.generic) else value for value in found.to_numpy(dtype=object).tolist()]
    assert [(type(value), value) for value in column.found.values] == [(type(value), value) for value in plain]


def test_meanings_stand_for_values_and_for_what_is_missing(stored: tuple[pd.DataFrame, pa.Table]) -> None:
    told = layer(whole=Column(type="int", values={"7": "七"}, absent="なし"))
    assert read_column(stored[1], told, "whole").plain().tolist() == ["七", "なし", "七", str(-(2**60)), "0"]
    assert read_column(stored[1], told, "whole", raw=True).plain().tolist() == [7, None, 7, -(2**60), 0]


@pytest.mark.parametrize("key", [(name,) for name in COLUMNS] + [("text", "whole"), ("real", "flag", "kind")], ids="+".join)
def test_ids_of_keys_are_those_of_their_texts_in_pandas(stored: tuple[pd.DataFrame, pa.Table], key: tuple[str, ...]) -> None:
    frame, table = stored
    parts = [frame[name].astype("str").fillna("nan").tolist() for name in key]
    texts = pd.Series(["\x1f".join(row) for row in zip(*parts, strict=True)])
    again = texts.groupby(texts).cumcount()
    texts = texts.where(again == 0, texts + "\x1f" + again.astype("str"))
    plain = pa.table({"text": pa.array(texts.tolist(), pa.string())})
    one = layer()
    assert stable_ids(one.model_copy(update={"key": key}), table, None).tolist() == stable_ids(one.model_copy(update={"key": ("text",)}), plain, None).tolist()


def test_numbers_are_read_from_whatever_stands_there(stored: tuple[pd.DataFrame, pa.Table]) -> None:
    frame, table = stored
    for name in ("whole", "real", "flag", "joined", "typed", "empty"):
        np.testing.assert_array_equal(as_numbers(table[name]), pd.to_numeric(frame[name], errors="coerce").to_numpy(float, na_value=np.nan))
    texts = [" 3 ", "1,000", "1_0", "0x10", "1e3", "", None, "３", "12", "-4.5"]
    np.testing.assert_array_equal(as_numbers(pa.chunked_array([pa.array(texts)])), pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy(float, na_value=np.nan))
    coded = pa.chunked_array([pa.array(["1", None, "1"]).dictionary_encode()])
    assert as_numbers(coded)[0] == 1 and math.isnan(as_numbers(coded)[1])


_BUILD = """
import sys
from pathlib import Path
from gispipe.cli.main import main
sys.argv = ["gispipe", "build", "internal", "--city", sys.argv[1], "--json"]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print("pandas" in sys.modules)
import pandas as pd, pyarrow as pa
print(pa.table({"a": ["x", None]}).to_pandas()["a"].tolist()[0], pa.array(pd.Series([1, 2])).to_pylist())
"""


def test_a_build_whose_tables_changed_needs_no_pandas_and_whoever_wants_it_later_gets_it(run_city: Path) -> None:
    for path in (run_city / "output/store/internal").glob("kept-*/*"):
        if path.is_file() and not path.name.startswith("folium"):  # which makes the frame of a page, and brings pandas
            path.unlink()
    done = subprocess.run([sys.executable, "-c", _BUILD, str(run_city)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["False", "x [1, 2]"], done.stdout
