"""The difference of two versions: exact both ways, and the same as somebody finds who compares every row with every other."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
import shapely

from gispipe.compare.difference import Difference, NotThatVersion, difference, same_rows
from gispipe.compare.pairing import BESIDE, OVERLAP
from tests.compare.edits import Edited, edited, plain_rows, square, table

SEEDS = range(500)


def made(one: Edited) -> Difference:
    return difference(one.old, one.new, one.key, "shape")


@pytest.mark.parametrize("tens", range(10))
def test_old_and_difference_are_new_and_new_without_it_is_old(tens: int) -> None:
    for seed in SEEDS[tens * 50:tens * 50 + 50]:
        one = edited(seed)
        found = made(one)
        forth, back = found.apply(one.old), found.take_back(one.new)

        assert plain_rows(forth) == plain_rows(one.new) and plain_rows(back) == plain_rows(one.old), seed
        assert forth.schema.equals(one.new.schema, check_metadata=True) and back.schema.equals(one.old.schema, check_metadata=True)


@pytest.mark.parametrize("tens", range(10))
def test_nothing_is_said_to_differ_that_does_not_and_nothing_is_missed(tens: int) -> None:
    for seed in SEEDS[tens * 50:tens * 50 + 50]:
        one = edited(seed)
        found, old, new = made(one), plain_rows(one.old), plain_rows(one.new)
        alike = sum((Counter(old) & Counter(new)).values())

        assert found.same == alike, seed
        assert Counter(old) - Counter(new) == Counter(old[k] for k in found.old_at.tolist()) - Counter(), seed
        for (a, b), guess in zip(found.changed.tolist(), found.guessed.tolist(), strict=True):
            before, after = old[found.old_at[a]], new[found.new_at[b]]
            keyed = bool(one.key) and before[:2] == after[:2] and None not in before[:2]
            assert before != after and keyed != guess, seed
            if guess:
                assert same_ground(before[4], after[4]), seed
                assert before[2:4] == after[2:4] if one.key else before[:4] == after[:4] or before[4] == after[4], seed


@pytest.mark.parametrize("tens", range(10))
def test_no_pair_is_left_that_comparing_every_row_with_every_other_would_find(tens: int) -> None:
    for seed in SEEDS[tens * 50:tens * 50 + 50]:
        one = edited(seed)
        found, old, new = made(one), plain_rows(one.old), plain_rows(one.new)
        gone, came = [old[found.old_at[k]] for k in found.removed.tolist()], [new[found.new_at[k]] for k in found.added.tolist()]
        keys = Counter(row[:2] for row in old if None not in row[:2]) | Counter(row[:2] for row in new if None not in row[:2])
        for before in gone:
            for after in came:
                assert before != after, seed
                if one.key and before[:2] == after[:2] and None not in before[:2]:
                    assert keys[before[:2]] > 1, seed  # of several with one key those far apart are not one thing
                alike = before[2:4] == after[2:4] if one.key else before[:4] == after[:4] or before[4] == after[4]
                assert not (alike and same_ground(before[4], after[4])), seed


def same_ground(one: bytes | None, other: bytes | None) -> bool:
    if one is None or other is None:
        return False
    a, b = shapely.from_wkb(one), shapely.from_wkb(other)
    return a.intersection(b).area / max(a.area, b.area) >= OVERLAP


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
