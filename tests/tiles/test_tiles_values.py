"""Columns numbered together are written as each of their values alone, and nothing but what tiles need is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gispipe.tiles.values import distinct, value_field

NAN = float("nan")


def objects(*values: object) -> np.ndarray:
    return np.array([*values, None], dtype=object)[:-1]


@pytest.mark.parametrize("column", [
    objects("a", None, "b", "a", "", "日本", "x" * 20_000), objects("a", NAN, None, "a"), objects(1, -1, None, 0, 127, 128, 2**40, -(2**63), 1), objects(2**63, 2**64 - 1, -5, 2**63),
    objects(0.5, NAN, float("nan"), None, 0.5, 0.0, -1e300), objects(True, None, False, True), objects(1, True, 1.0, None, "1", 0, False, 0.0, np.int64(7)), objects("a", 1.5, "a", NAN),
    objects(None, None), objects(), np.array(["a", "b", "a"]), np.arange(40)[::2] - 9, np.array([2**64 - 1, 5, 5], np.uint64), np.array([NAN, 1.0, NAN, 0.0, 1.0])[::2],
    np.array([1.0, NAN], np.float32), np.array([NAN, NAN]), np.array([True, False, True]), np.array([False, False]), np.array([], bool), np.array([], np.int16),
], ids=repr)
def test_every_feature_gets_the_field_of_its_own_value(column: np.ndarray) -> None:
    found = distinct(column)
    fields = [None if code < 0 else found.wire[code].as_py() for code in found.code.tolist()]
    assert fields == [None if value is None or value != value else value_field(value) for value in column.tolist()]  # noqa: PLR0124 — NaN
    assert len(set(found.wire.to_pylist())) == len(found.wire) == len(set(fields) - {None})


@pytest.mark.parametrize("column", [objects(2**64), objects(-(2**63) - 1, 1), objects("\udc00"), objects(object()), objects(["a"]), np.array(["2020-01-01"], "M8[D]")],
                         ids=["beyond uint64", "below int64", "half a character", "an object", "a list", "a date"])
def test_what_no_tile_can_hold_is_refused(column: np.ndarray) -> None:
    with pytest.raises((TypeError, ValueError)):
        distinct(column)


_BUILD = """
import sys
from pathlib import Path
import numpy as np, shapely
from gispipe.tiles.encode import TileLayer, build_archive
from gispipe.tiles.read import verify
columns = {"text": np.array(["a", None, "日"], object), "whole": np.array([1, None, -2], object), "real": np.array([0.5, np.nan, 2.0]), "flag": np.array([True, None, False], object),
           "mixed": np.array([1, "x", None], object), "typed": np.arange(3), "on": np.arange(3) > 1, "fixed": np.array(["p", "q", "p"])}
points = shapely.points(15_400_000 + np.arange(3) * 500.0, np.full(3, 4_140_000.0))
path = Path(sys.argv[1])
build_archive(path, [TileLayer("thing", "point", points, np.arange(3), columns, (8, 12))], name="a", attribution="", memory=path.with_name("kept"))
facts = verify(path).layers["thing"]
print({name: sorted(types) for name, types in sorted(facts.keys.items())}, "pandas" in sys.modules)
"""


def test_an_archive_of_numpy_columns_is_made_and_judged_without_pandas(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _BUILD, str(tmp_path / "made.pmtiles")], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == ("{'fixed': ['str'], 'flag': ['bool'], 'mixed': ['int', 'str'], 'on': ['bool'], 'real': ['float'], 'text': ['str'], 'typed': ['int'], "
                                   "'whole': ['int']} False")
