"""The demo city's register-office maps read back: lots to the millimetre, the old drawings nowhere, every special parcel there."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gispipe.intake import Delivered, Readers, read_source
from gispipe.model import Source


@pytest.fixture(scope="module")
def maps(sources: Path, reader_pair: Readers) -> Delivered:
    return read_source(reader_pair, sources, Source(reader="mojxml", path="moj/99201-9901.zip"), "layers/moj_parcel.toml")


def test_the_archive_holds_one_map_in_each_inner_archive(sources: Path) -> None:
    with zipfile.ZipFile(sources / "moj/99201-9901.zip") as outer:
        names = outer.namelist()
        inner = [zipfile.ZipFile(BytesIO(outer.read(name))).namelist() for name in names]
    assert names == [f"99201-9901-{k}.zip" for k in range(1, 7)] and inner == [[f"99201-9901-{k}.xml"] for k in range(1, 7)]


def test_three_towns_have_a_place_and_three_have_none(maps: Delivered) -> None:
    assert maps.crs == "EPSG:2448" and len(maps.files) == 6
    local = maps.frame["任意座標"].to_numpy(bool)
    assert (shapely.is_missing(maps.geometry) == local).all() and shapely.is_valid(maps.geometry[~local]).all()
    assert maps.frame["大字名"][local].notna().all() and len(set(maps.frame["地図名"])) == 6


def test_every_kind_of_special_parcel_is_there(maps: Delivered) -> None:
    kinds = set(maps.frame["種別"])
    assert kinds == {"筆", "道", "水", "地区外", "別図", "筆界未定地"}
    assert maps.frame["地番"].str.contains(r"W\d$").sum() == 2 and maps.frame["筆界未定構成筆"].notna().sum() == 1
    assert shapely.get_num_interior_rings(maps.geometry[maps.frame["種別"] == "道"]).max() > 5


def test_lots_come_back_as_the_city_draws_them(maps: Delivered, sources: Path) -> None:
    table = pyogrio.read_dataframe(sources / "parcel/parcel.shp", encoding="cp932")
    lots = dict(zip(zip(table["町名"], table["地番"], strict=True), table.geometry, strict=True))
    towns = maps.frame["大字名"] + maps.frame["丁目名"].fillna("")
    pairs = [(shape, lots[key]) for key, shape in zip(zip(towns, maps.frame["地番"], strict=True), maps.geometry, strict=True) if key in lots and shape is not None]
    assert len(pairs) > 400
    apart = shapely.hausdorff_distance(*np.array(pairs, object).T)
    assert np.count_nonzero(apart > 0.002) == 1, "all but the lot with the pond"
