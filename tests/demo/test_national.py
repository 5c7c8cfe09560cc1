"""What the state and PLATEAU deliver about the demo city is read back as the city has it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from gispipe.demo.city import Demo, make_city
from gispipe.demo.frame import SIZES
from gispipe.demo.national import FEATURES, HEIGHTS, OBJECTS, write_national
from gispipe.demo.write import lonlat
from gispipe.intake.fgd_dem import read_grid
from gispipe.intake import Readers
from gispipe.intake.source import read_source
from gispipe.model import Source


@pytest.fixture(scope="module")
def demo() -> Demo:
    return make_city(SIZES["small"], 20260401)


@pytest.fixture(scope="module")
def folder(sources: Path) -> Path:
    """The demo city's own folder, whose national files must be those of this city made anew."""
    return sources


def test_the_same_city_gives_the_same_bytes(demo: Demo, folder: Path, tmp_path: Path) -> None:
    files, rows = write_national(demo, tmp_path)
    assert {name: (tmp_path / name).read_bytes() == (folder / name).read_bytes() for name in rows} == {FEATURES: True, HEIGHTS: True, OBJECTS: True}
    assert len(files) == 3


@pytest.mark.parametrize(("layer", "count"), [("BldA", 1800), ("RdEdg", 43), ("AdmPt", 86)])
def test_a_class_is_read_out_of_the_archive_past_the_others(folder: Path, reader_pair: Readers, layer: str, count: int) -> None:
    got = read_source(reader_pair, folder, Source(reader="fgd", path=FEATURES, layer=layer), "layers/a.toml")
    assert (len(got), got.crs, got.notes) == (count, "EPSG:6668", ())


def test_buildings_stand_where_the_city_has_them_with_the_flood_at_them(demo: Demo, folder: Path, reader_pair: Readers) -> None:
    got = read_source(reader_pair, folder, Source(reader="citygml", path=OBJECTS, layer="Building"), "layers/a.toml")
    number = np.array([int(name[5:]) for name in got.frame["gml_id"]])
    assert len(got) == 1800 and got.geometry is not None
    assert shapely.area(shapely.symmetric_difference(got.geometry, lonlat(demo.buildings.shape[number]))).max() < 1e-12
    assert got.frame["storeysAboveGround"].astype(int).tolist() == demo.buildings.floors[number].tolist()
    assert set(got.frame["洪水_最大ランク"].dropna()) >= {1, 2}
    water = read_source(reader_pair, folder, Source(reader="citygml", path=OBJECTS, layer="WaterBody"), "layers/a.toml")
    assert water.frame["洪水_最大ランク"].tolist() == [2, 3]


def test_heights_are_those_of_the_ground(demo: Demo, folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(folder / HEIGHTS) as packed:
        packed.extractall(tmp_path)
    grids = [read_grid(path, path.name) for path in sorted(tmp_path.glob("*.xml"))]
    assert [grid.heights.shape for grid in grids] == [(150, 225)] * 11, "every tile with land"
    known = np.concatenate([grid.heights[~np.isnan(grid.heights)] for grid in grids])
    assert demo.water.ground.min() - 0.01 <= known.min() and known.max() <= demo.water.ground.max() + 0.01 and len(known) > 20_000
