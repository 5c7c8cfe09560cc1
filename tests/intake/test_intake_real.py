"""The readers on a real city's open data (left out where the data are not beside the checkout)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.csv_table import read_csv
from gispipe.intake.delivered import Delivered
from gispipe.intake.geojson import read_geojson
from gispipe.intake.shapefile import read_shapefile
from gispipe.model import Source


@dataclass(frozen=True)
class Delivery:
    shapes: dict[str, Delivered]
    tables: dict[str, Delivered]


@pytest.fixture(scope="module")
def yaizu(shared_data: Path) -> Delivery:
    """Everything the city publishes, read with cp932 where nothing else is stated."""
    root = shared_data / "city_yaizu"
    shapes = all_of(root, "*.shp", "shapefile", read_shapefile) | all_of(root, "*.geojson", "geojson", read_geojson)
    return Delivery(shapes, all_of(root, "*.csv", "csv", read_csv))


def all_of(root: Path, pattern: str, reader: str, read: Callable[[Path, Source, str], Delivered]) -> dict[str, Delivered]:
    found = {}
    for path in sorted(root.rglob(pattern)):
        name = path.relative_to(root).as_posix()
        if path.name == "attributes.csv":
            continue
        try:
            found[name] = read(path, Source(reader=reader, path=name), name)
        except UnreadableInput as error:
            assert "declared" in error.what.en, error
            found[name] = read(path, Source(reader=reader, path=name, encoding="cp932"), name)
    return found


def test_every_file_is_read_and_every_feature_counted(yaizu: Delivery) -> None:
    assert Counter(name.rsplit(".", 1)[1] for name in yaizu.shapes) == {"shp": 110, "geojson": 11}
    assert len(yaizu.tables) == 72
    assert sum(map(len, yaizu.shapes.values())) == 10_712


def test_the_known_defects_are_found_and_none_is_mended(yaizu: Delivery) -> None:
    invalid = null = duplicate = 0
    for one in yaizu.shapes.values():
        assert one.geometry is not None
        there = ~(shapely.is_missing(one.geometry) | shapely.is_empty(one.geometry))
        null += np.count_nonzero(~there)
        invalid += np.count_nonzero(~shapely.is_valid(one.geometry[there]))
        duplicate += np.count_nonzero(pd.Series(shapely.to_wkb(one.geometry[there])).duplicated())
    assert (invalid, null, duplicate) == (17, 2, 140)


def test_every_coordinate_system_is_recognised(yaizu: Delivery) -> None:
    assert {one.crs for one in yaizu.shapes.values()} == {"EPSG:2450", "EPSG:6668", "EPSG:4612", "EPSG:4326"}


def test_no_text_is_mojibake(yaizu: Delivery) -> None:
    odd = re.compile("[\ufffd\u0080-\u009f]|繧|縺|\uff8e\uff9f\uff70")
    for name, one in (yaizu.shapes | yaizu.tables).items():
        for column in one.frame.columns:
            assert not odd.search(column), (name, column)
            texts = [value for value in one.frame[column] if isinstance(value, str)]
            assert not any(map(odd.search, texts)), (name, column)
