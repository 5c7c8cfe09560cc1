"""The quick form of the hazard proof: a tiny city in memory against the plain definition, and the judge against planted errors."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
import shapely

from tests.proof import stand_in, tiny
from tests.proof.answer import Answer, Truth, answer_of, settle
from tests.proof.brute import brute_truth
from tests.proof.points import random_points
from tests.proof.verdict import judge

LAYERS = tuple(tiny.zones())
SUBJECTS = (*tiny.subjects(), "points")
POINTS = 2_000


def engine() -> ModuleType:
    """Return the engine of the project."""
    if importlib.util.find_spec("gispipe.joins.zones") is None:
        pytest.skip("gispipe.joins.zones is not here yet")
    return importlib.import_module("gispipe.joins.zones")


def subjects(name: str) -> np.ndarray:
    return random_points(POINTS, [zones for zones, _ in tiny.zones().values()], 5) if name == "points" else tiny.subjects()[name]


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("layer", LAYERS)
def test_the_engine_tells_what_the_plain_definition_tells(layer: str, name: str) -> None:
    zones, rank = tiny.zones()[layer]
    asked = subjects(name)
    ours = engine()
    verdict = judge(brute_truth(asked, zones, rank), answer_of(ours.expose(asked, ours.prepare(zones, rank, None))))
    assert verdict.asked == len(asked)
    assert verdict.passed(), str(verdict)


@pytest.fixture(scope="module")
def truth() -> Truth:
    """The parcels of the tiny city in its overlapping slopes."""
    return brute_truth(tiny.subjects()["parcel"], *tiny.zones()["slope"])


def test_the_stand_in_is_found_right(truth: Truth) -> None:
    zones, rank = tiny.zones()["slope"]
    verdict = judge(truth, stand_in.expose(tiny.subjects()["parcel"], stand_in.prepare(zones, rank)))
    assert verdict.passed() and verdict.largest == 0 and verdict.asked == 82


def test_a_dropped_polygon_is_found_as_under_reported(truth: Truth) -> None:
    zones, rank = tiny.zones()["slope"]
    verdict = judge(truth, stand_in.expose(tiny.subjects()["parcel"], stand_in.prepare(zones[:-1], rank[:-1])))
    assert verdict.under > 0 and verdict.over == 0 and not verdict.passed()


def test_an_invented_polygon_is_found_as_over_reported(truth: Truth) -> None:
    zones, rank = tiny.zones()["slope"]
    more = np.append(zones, shapely.box(0, 0, 180, 10)), np.append(rank, 2)
    verdict = judge(truth, stand_in.expose(tiny.subjects()["parcel"], stand_in.prepare(*more)))
    assert verdict.over > 0 and verdict.under == 0


@pytest.mark.parametrize(("shift", "column"), [(-1, "under"), (1, "over")])
def test_a_rank_off_by_one_is_found(truth: Truth, shift: int, column: str) -> None:
    right = settle(truth)
    wrong = replace(right, rank=right.rank + shift, worst=np.where(right.worst >= 0, right.worst + shift, -1))
    verdict = judge(truth, wrong)
    assert getattr(verdict, column) >= np.count_nonzero(right.worst >= 0) > 0


def test_an_ignored_sliver_is_found_as_over_reported() -> None:
    zones, rank = tiny.zones()["contact"]
    asked = tiny.subjects()["parcel"]
    verdict = judge(brute_truth(asked, zones, rank), stand_in.expose(asked, stand_in.prepare(zones, rank), sliver=0.0))
    assert verdict.over > 0 and verdict.under == 0


def test_a_sliver_that_is_too_generous_is_found_as_under_reported() -> None:
    zones, rank = tiny.zones()["contact"]
    asked = tiny.subjects()["parcel"]
    verdict = judge(brute_truth(asked, zones, rank), stand_in.expose(asked, stand_in.prepare(zones, rank), sliver=1.0))
    assert verdict.under > 0 and verdict.over == 0


def first_area_more(right: Answer) -> Answer:
    return replace(right, area=right.area + np.where(np.arange(len(right.area)) == 0, 2e-4, 0))


def area_not_a_number(right: Answer) -> Answer:
    return replace(right, area=np.where(np.arange(len(right.area)) == 0, np.nan, right.area))


def row_twice(right: Answer) -> Answer:
    return Answer(np.append(right.owner, right.owner[0]), np.append(right.rank, right.rank[0]), np.append(right.area, right.area[0]), right.worst)


@pytest.mark.parametrize("spoil", [first_area_more, area_not_a_number, row_twice])
def test_one_wrong_row_is_found_as_different(truth: Truth, spoil: Callable[[Answer], Answer]) -> None:
    verdict = judge(truth, spoil(settle(truth)))
    assert (verdict.under, verdict.over, verdict.different) == (0, 0, 1)


def test_a_worst_rank_that_is_not_the_highest_row_is_found(truth: Truth) -> None:
    right = settle(truth)
    both = np.flatnonzero(np.bincount(right.owner, minlength=len(right.worst)) == 2)[0]
    worst = right.worst.copy()
    worst[both] = 1
    verdict = judge(truth, replace(right, worst=worst))
    assert verdict.under == 1 and verdict.different == 1


def test_ground_counted_twice_is_found_as_different(truth: Truth) -> None:
    right = settle(truth)
    above = truth.above[np.isin(truth.owner * 9 + truth.rank, right.owner * 9 + right.rank)]
    assert judge(truth, replace(right, area=above)).different > 0


def test_a_share_at_the_tolerance_is_counted_apart_whatever_is_answered() -> None:
    edge = Truth(np.array([0]), np.array([1]), np.array([0.1 + 5e-7]), np.array([0.1 + 5e-7]), np.array([50.0]))
    told = judge(edge, settle(edge))
    silent = judge(edge, Answer(np.empty(0, int), np.empty(0, int), np.empty(0), np.array([-1])))
    assert told.passed() and silent.passed() and told.undecidable == silent.undecidable == 1


def test_a_missed_contact_of_a_point_is_never_undecidable() -> None:
    touch = Truth(np.array([0]), np.array([1]), np.array([0.0]), np.array([0.0]), np.array([np.nan]))
    verdict = judge(touch, Answer(np.empty(0, int), np.empty(0, int), np.empty(0), np.array([-1])))
    assert (verdict.under, verdict.undecidable) == (1, 0)


def test_the_same_seed_asks_at_the_same_places() -> None:
    layers = [zones for zones, _ in tiny.zones().values()]
    one, again, other = random_points(500, layers, 1), random_points(500, layers, 1), random_points(500, layers, 2)
    assert shapely.equals_exact(one, again).all() and not shapely.equals_exact(one, other).all()
    corners = {tuple(xy) for zones in layers for xy in shapely.get_coordinates(zones)}
    assert sum(tuple(xy) in corners for xy in shapely.get_coordinates(one)) >= 50
