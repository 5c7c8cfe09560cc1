"""Inhabitants and ponds of the demo city: the standard's columns, numbers that agree, floods that begin at the hills and stay sound."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from gispipe.catalogue import load_catalogue
from gispipe.demo.people import HEADER

ROOT = Path(__file__).resolve().parents[2]


def people(sources: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((sources / "population/population.csv").read_bytes().decode("utf-8-sig"))))


def test_every_town_has_its_inhabitants_by_age_and_sex(sources: Path) -> None:
    rows, towns = people(sources), pyogrio.read_dataframe(sources / "town/town.shp", encoding="cp932")
    assert tuple(rows[0]) == HEADER and len(HEADER) == 46
    assert [row["地域コード"] for row in rows] == towns["町字番号"].tolist()
    for row in rows:
        ages = [int(value) for name, value in row.items() if "歳" in name]
        assert sum(ages) == int(row["総人口"]) == int(row["男性"]) + int(row["女性"]), row["地域名"]
    assert any(int(row["総人口"]) > 500 for row in rows)


def test_households_are_those_of_the_neighbourhood_associations_and_live_where_addresses_are(sources: Path) -> None:
    rows, around = people(sources), pyogrio.read_dataframe(sources / "town/jichikai.shp", encoding="cp932")
    assert sum(int(row["世帯数"]) for row in rows) == around["世帯数"].sum()
    addresses = list(csv.DictReader(io.StringIO((sources / "address/address.csv").read_bytes().decode("cp932"))))
    lived = {row["町名"] for row in addresses}
    for row in rows:
        assert (int(row["総人口"]) > 0) == (row["地域名"] in lived), row["地域名"]
        assert int(row["世帯数"]) <= int(row["総人口"]) <= 3 * int(row["世帯数"])


def test_ponds_flood_in_classes_of_their_own_below_the_hills(sources: Path) -> None:
    ponds = pyogrio.read_dataframe(sources / "hazard/pond.shp", encoding="cp932")
    assert ponds["ため池名"].nunique() == 4 and set(ponds["ランク"]) == {1, 2, 3, 4, 5, 6}
    style, layer = (load_catalogue(ROOT).styles["pond_depth"], load_catalogue(ROOT).layers["pond_flood"])
    assert dict(zip(ponds["ランク"], ponds["浸水深"], strict=True)) == {one.value: one.label for one in style.class_}
    assert [one.depth for one in style.class_] == [(0.0, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 5.0), (5.0,)]
    assert layer.columns["rank"].values == {str(one.value): one.label for one in style.class_}
    forest = pyogrio.read_dataframe(sources / "base/landcover.shp", encoding="cp932").query("種別 == '森林'").geometry.to_numpy()
    for _, parts in ponds.groupby("ため池名"):
        shapes = parts.geometry.to_numpy()
        assert shapely.distance(shapely.union_all(forest), shapely.union_all(shapes)) < 30
        assert shapely.area(shapely.union_all(shapes)) > 10_000
        assert shapely.area(shapes).sum() - shapely.area(shapely.union_all(shapes)) < 0.1 * len(shapes)


def test_a_flooded_pond_stays_in_the_city_and_out_of_the_rivers(sources: Path) -> None:
    ponds = pyogrio.read_dataframe(sources / "hazard/pond.shp", encoding="cp932").geometry.to_numpy()
    city = pyogrio.read_dataframe(sources / "base/city_area.shp", encoding="cp932").geometry.to_numpy()[0]
    water = pyogrio.read_dataframe(sources / "base/water.shp", encoding="cp932").geometry.to_numpy()
    assert shapely.area(shapely.difference(ponds, city)).max() < 1
    assert np.sum(shapely.area(shapely.intersection(ponds[:, None], water[None, :]))) < 1
