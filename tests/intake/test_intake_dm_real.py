"""The DM reader on records of a real sheet (left out where the data are not beside the checkout)."""

from __future__ import annotations

from pathlib import Path

from gispipe.intake.delivered import Delivered
from gispipe.intake.dm import read_dm
from gispipe.model import Source

NAME = "02JF613_EXCERPT_oita.dm"


def excerpt(shared_data: Path, layer: str) -> Delivered:
    return read_dm(shared_data / "dm" / NAME, Source(reader="dm", path=NAME, layer=layer), NAME)


def test_an_excerpt_is_no_whole_sheet(shared_data: Path) -> None:
    (note,) = [note for note in excerpt(shared_data, "2101").notes if note.code == "GP24"]
    assert note.detail == "レコード数 80,920 / 59, 要素数 26,332 / 23" or note.detail.startswith("レコード数 80,920 / 59")


def test_road_edges_keep_their_points_and_places(shared_data: Path) -> None:
    roads = excerpt(shared_data, "2101")
    assert [len(one.coords) for one in roads.geometry] == [80, 31, 13, 2, 4, 2, 10]
    assert roads.geometry[0].coords[0] == (44634.31, 10106.38)
    assert roads.frame["取得年月"].unique().tolist() == ["2017-03"]
    assert set(roads.frame["図形区分"]) == {10, 15}


def test_annotations_have_their_angles_and_sizes(shared_data: Path) -> None:
    notes = excerpt(shared_data, "注記")
    assert len(notes) == 8 and "texts_of_other_length" not in notes.facts["sheet 02JF613"]  # type: ignore[operator]
    assert notes.frame["角度"].tolist().count(0.0) == 5
    assert set(notes.frame["字大"]) == {2.5, 3.0, 3.5} and notes.frame["縦横"].tolist().count("縦") == 1


def test_spot_heights_stand_where_their_headers_say(shared_data: Path) -> None:
    heights = excerpt(shared_data, "注記:7312")
    assert heights.frame["文字列"].tolist() == ["412.7", "415.5", "418.5"]
    assert heights.geometry[0].coords[0] == (45190.343, 9943.689)


def test_zone_and_datum_come_from_the_sheet(shared_data: Path) -> None:
    roads = excerpt(shared_data, "2101")
    assert roads.crs == "EPSG:2444" and "zone 2" in str(roads.facts["crs_by"])
    assert roads.facts["sheet 02JF613"]["line_end"] == "LF"  # type: ignore[index]
