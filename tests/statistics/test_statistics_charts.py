"""Charts: everything inside the picture at any number of towns, nothing on top of another, colours and hatches of the style."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gispipe.answers.opened import answer_files
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.catalogue import Catalogue
from gispipe.statistics.bars import MOST, Bars, Panel, bars_of
from gispipe.statistics.chart import draw
from gispipe.statistics.counted import Counted, Counting
from gispipe.statistics.ink import CONTRAST, _grey, ink_of


@pytest.fixture(scope="module")
def flood(counted: Catalogue) -> Counted:
    counting = Counting.of(answer_files(counted, "internal"))
    return counting.zone(ZoneLayer(counted.layers["flood"], counted.styles["depth"]))


def many(flood: Counted, towns: int, name: str) -> Counted:
    """Return the same hazard in a city of so many towns."""
    areas, measures = flood.by_area[0]
    rng = np.random.default_rng(1)
    counts = np.vstack([rng.integers(0, 90_000, (towns, len(flood.rows.listed))), np.zeros((1, len(flood.rows.listed)), np.int64)])
    more = replace(areas, names=tuple(f"{name}{k}丁目" for k in range(towns)), codes=tuple(map(str, range(towns))))
    return replace(flood, by_area=((more, measures | {"address": counts}), *flood.by_area[1:]))


@pytest.mark.parametrize(("towns", "name"), [(1, "緑"), (20, "緑"), (21, "東緑ヶ丘"), (400, "とても長い名前の大字と小字をつないだ町の名前のつづき")])
def test_nothing_is_cut_off_at_any_number_of_towns(flood: Counted, counted: Catalogue, tmp_path: Path, towns: int, name: str) -> None:
    path = draw(many(flood, towns, name), counted.city, tmp_path / "chart.png")
    assert path is not None
    grey = np.asarray(Image.open(path).convert("L"))
    for edge in (grey[:12], grey[-12:], grey[:, :12], grey[:, -12:]):
        assert (edge == 255).all()
    assert (grey < 128).sum() > 2_000


def test_the_worst_towns_are_shown_and_the_others_put_together_without_losing_any(flood: Counted) -> None:
    bars = bars_of(many(flood, 400, "緑"))
    assert bars is not None
    panel = bars.panels[0]
    assert len(panel.names) == MOST + 1 and panel.names[-1] == "その他（380）"
    assert panel.counts.sum() == many(flood, 400, "緑").by_area[0][1]["address"].sum()
    weight = panel.counts[:MOST, bars.inside] @ np.arange(1, bars.inside.sum() + 1)
    assert (np.diff(weight) <= 0).all()


def test_ground_outside_of_every_town_has_a_bar_of_its_own_when_something_stands_there(flood: Counted) -> None:
    bars = bars_of(flood)
    assert isinstance(bars, Bars) and all(isinstance(panel, Panel) for panel in bars.panels)
    assert [panel.names[-1] for panel in bars.panels] == ["（町丁目の外）", "（小学校区の外）"]


def test_every_class_has_its_own_colour_and_hatch_that_can_be_told_in_grey(flood: Counted) -> None:
    inks = [ink_of(row) for row in flood.rows.listed if row.kind != "unspread"]
    assert len({(ink.fill, ink.hatch) for ink in inks}) == len(inks)
    assert all(abs(_grey(ink.fill) - _grey(ink.edge)) >= CONTRAST for ink in inks)
    assert [ink.fill for ink in inks[:3]] == ["#F7F5A9", "#FFD8C0", "#FFB7B7"]


def test_a_picture_carries_no_date_and_no_name_of_a_program(internal: Path) -> None:
    with Image.open(internal / "flood.png") as picture:
        assert picture.info == {} and picture.mode == "RGB"
