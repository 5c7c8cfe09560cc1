"""The demo city's base map as DM sheets: what was put in comes out seamless, to the unit of each level."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from gispipe.intake.delivered import Delivered
from gispipe.intake.stack import stack
from gispipe.intake.dm import list_classes, merge_sheets, read_dm
from gispipe.model import Source


@lru_cache(maxsize=8)
def layer(sources: Path, level: int, asked: str) -> Delivered:
    source = Source(reader="dm", path=f"dm/{level}/*.dm", layer=asked)
    return merge_sheets(stack([read_dm(path, source, path.name) for path in sorted(sources.glob(source.path))]), source)


def test_every_sheet_is_whole_and_in_the_citys_zone(sources: Path) -> None:
    sheets = sorted(sources.glob("dm/*/*.dm"))
    assert len(sheets) >= 9
    for path in sheets:
        assert read_dm(path, Source(reader="dm", path=path.name, layer="図郭"), path.name).crs == "EPSG:6674"
        assert sum(list_classes(path, path.name).values()) > 1


def test_the_index_names_every_sheet(sources: Path) -> None:
    for folder in sources.glob("dm/*"):
        index = read_dm(folder / "INDEX.idx", Source(reader="dm", path="INDEX.idx", layer="2101"), "INDEX.idx")
        assert index.facts["index INDEX.idx"] == {"zone": 6, "sheets": sorted(path.stem for path in folder.glob("*.dm"))}


def test_nothing_ends_at_an_edge_of_the_base_map(sources: Path) -> None:
    for level, asked in ((2500, "線:2101|2203"), (2500, "線:7101|7102"), (2500, "線:2301"), (500, "線:2101|2203"), (500, "面:3001|3002"), (10000, "面:3001|3002")):
        assert [note.detail for note in layer(sources, level, asked).notes] == []


def test_the_railway_is_one_line_through_all_its_sheets(sources: Path) -> None:
    rail = layer(sources, 2500, "線:2301")
    assert len(rail) == 1 and rail.geometry[0].is_simple and ";" in rail.frame["図郭識別番号"][0]


def test_buildings_of_level_500_are_those_of_the_ledger_to_the_millimetre(sources: Path) -> None:
    drawn = layer(sources, 500, "面:3001|3002").geometry
    frame = shapely.union_all(layer(sources, 500, "図郭").geometry)
    known = pyogrio.read_dataframe(sources / "base/building.shp", encoding="cp932").geometry.to_numpy()
    known = known[shapely.intersects(known, frame)]
    inside = known[shapely.covered_by(known, shapely.buffer(frame, -0.01))]
    assert len(inside) > 1000
    nearest = drawn[shapely.STRtree(drawn).nearest(shapely.point_on_surface(inside))]
    assert shapely.hausdorff_distance(inside, nearest).max() < 0.0015
    assert abs(shapely.area(drawn).sum() - shapely.area(shapely.intersection(known, frame)).sum()) < 0.5


def test_contours_have_the_heights_of_the_ground(sources: Path) -> None:
    contours = layer(sources, 2500, "線:7101|7102").frame
    assert set(contours["高さ"] % 5) == {0.0}
    index = contours["分類コード"] == "7101"
    assert set(contours["高さ"][index] % 25) == {0.0}
    assert contours["計曲線標高"][index].tolist() == [f"{height:.0f}" for height in contours["高さ"][index]]
    assert contours["計曲線標高"][~index].isna().all()


def test_the_small_scale_keeps_less(sources: Path) -> None:
    fine, coarse = layer(sources, 500, "面:3001|3002"), layer(sources, 10000, "面:3001|3002")
    assert len(coarse) < len(fine) and np.all(shapely.area(coarse.geometry) > 50)
    assert (shapely.get_coordinates(coarse.geometry) % 1 == 0).all()


def test_the_names_on_the_map_are_whole(sources: Path) -> None:
    notes = layer(sources, 2500, "注記").frame
    assert {"夕凪湾", "夕凪電鉄本線"} <= set(notes["文字列"]) and set(notes["分類名"]) == {"山地", "水部", "鉄道の路線名"}


def test_names_on_the_map_lie_along_rivers_and_the_railway_and_are_as_large_as_their_kind(sources: Path) -> None:
    names = layer(sources, 2500, "注記").frame
    angle = {kind: names["角度"][names["分類名"] == kind].astype(float).tolist() for kind in ("山地", "水部", "鉄道の路線名")}
    size = {kind: set(names["字大"][names["分類名"] == kind].astype(float)) for kind in angle}
    assert set(angle["山地"]) == {0.0} and all(0 < (turn + 180) % 360 - 180 <= 45 or -45 <= (turn + 180) % 360 - 180 < 0 for turn in angle["鉄道の路線名"])
    assert any(turn not in (0.0,) for turn in angle["水部"]), "rivers"
    assert size == {"山地": {7.5}, "水部": {10.0, 15.0}, "鉄道の路線名": {6.25}}, "0.1 mm on the map times 2500"
