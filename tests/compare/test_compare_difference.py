"""The difference of two versions: exact both ways, and the same as somebody finds who compares every row with every other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pytest
import shapely

from gispipe.compare.difference import Difference, NotThatVersion, difference, same_rows
from gispipe.compare.pairing import BESIDE
from tests.compare.edits import edited, square, table
from tests.proof.edits import made, wrong

SEEDS = range(60)
"""The long proof is `python -m tests.proof.edits --n 500`."""


def test_a_difference_is_exact_both_ways_and_what_somebody_finds_who_compares_every_row_with_every_other() -> None:
    for seed in SEEDS:
        one = edited(seed)

        assert wrong(one, made(one)) == [], seed


@pytest.mark.parametrize(("spoiled", "told"), [
    (lambda found: replace(found, new=found.new.take(list(range(len(found.new)))[::-1])), "the old and the difference are not the new"),
    (lambda found: replace(found, old=found.old.take(list(range(len(found.old)))[::-1])), "the new without the difference is not the old"),
    (lambda found: replace(found, guessed=~found.guessed), "are no pair"),
    (lambda found: replace(found, changed=found.changed[1:], guessed=found.guessed[1:]), "are a pair"),
])
def test_the_proof_finds_a_difference_that_is_none(spoiled: Callable[[Difference], Difference], told: str) -> None:
    every = [(one, made(one)) for one in map(edited, SEEDS)]
    spoilt = [wrong(one, spoiled(found)) for one, found in every if len(found.changed) > 1]

    assert len(spoilt) > 10 and sum(any(told in line for line in amiss) for amiss in spoilt) > len(spoilt) * 0.7


def test_a_lot_with_a_new_number_on_the_same_ground_is_a_guess() -> None:
    old = table([("東", "1", "宅地", 1.0, square(0, 0)), ("東", "2", "田", 1.0, square(20, 0))])
    new = table([("東", "1-1", "宅地", 1.0, square(0.2, 0)), ("東", "2", "畑", 1.0, square(20, 0))])
    found = difference(old, new, ("town", "lot"), "shape")

    assert found.changed.tolist() == [[0, 0], [1, 1]] and found.guessed.tolist() == [True, False]
    assert found.differing("lot").tolist() == [True, False] and found.differing("use").tolist() == [False, True] and found.differing("shape").tolist() == [True, False]


def test_a_lot_divided_in_two_is_one_gone_and_two_come() -> None:
    old = table([("東", "1", "宅地", 1.0, square(0, 0))])
    new = table([("東", "1-1", "宅地", 1.0, shapely.to_wkb(shapely.box(0, 0, 5, 10))), ("東", "1-2", "宅地", 1.0, shapely.to_wkb(shapely.box(5, 0, 10, 10)))])
    found = difference(old, new, ("town", "lot"), "shape")

    assert (len(found.removed), len(found.added), len(found.changed)) == (1, 2, 0)


@pytest.mark.parametrize(("away", "paired"), [(BESIDE * 0.9, True), (BESIDE * 1.1, False)])
def test_a_point_with_a_new_name_beside_its_old_place_is_a_guess(away: float, paired: bool) -> None:
    old = table([("東", "A", None, None, shapely.to_wkb(shapely.Point(0, 0)))])
    new = table([("東", "B", None, None, shapely.to_wkb(shapely.Point(away, 0)))])

    assert len(difference(old, new, ("town", "lot"), "shape").changed) == paired


def test_a_column_that_came_or_went_or_is_of_another_type_is_carried_whole() -> None:
    old = table([("東", "1", "宅地", 1.0, square(0, 0)), ("東", "2", "田", 2.0, square(20, 0))])
    new = table([("東", "2", "田", 2.5, square(20, 0))]).drop_columns(["use"]).append_column("road", pa.array([4])).set_column(2, "area", pa.array(["2.5"]))
    found = difference(old, new, ("town", "lot"), "shape")

    assert found.lost.column_names == ["use", "area"] and found.gained.column_names == ["area", "road"] and found.same == 1
    assert found.apply(old).equals(new) and same_rows(found.take_back(new), old)


def test_a_column_that_was_empty_everywhere_is_not_another_column() -> None:
    old = table([("東", "1", None, 1.0, None)]).set_column(2, "use", pa.nulls(1))
    new = table([("東", "1", "田", 1.0, None)])
    found = difference(old, new, ("town", "lot"), "shape")

    assert found.gained.column_names == [] and found.differing("use").tolist() == [True]
    assert found.apply(old).equals(new) and found.take_back(new).equals(old)


def test_a_table_without_shapes_is_compared_by_its_key() -> None:
    old, new = (pa.table({"id": [1, 2, 3], "name": names}) for names in (["a", "b", "c"], ["a", "x", "c"]))
    found = difference(old, new, ("id",), None)

    assert (found.same, len(found.changed), found.differing("name").tolist()) == (2, 1, [True])


def test_another_table_is_refused() -> None:
    one = edited(3)
    other = table([("南", "9", "田", 1.0, square(0, 0))] * len(one.old))
    found = made(one)

    with pytest.raises(NotThatVersion):
        found.apply(other if len(found.old_at) else other.slice(1))
    with pytest.raises(NotThatVersion):
        found.apply(one.old.slice(1))
