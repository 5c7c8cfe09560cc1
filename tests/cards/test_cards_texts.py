"""Runs of numbers that are alike are one kind, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from gispipe import ragged
from gispipe.cards import walks
from gispipe.cards.texts import beside, same


@pytest.mark.parametrize("seed", range(6))
def test_runs_are_one_kind_when_all_their_numbers_are_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    start = ragged.offsets(random.integers(0, 9, 8000))
    numbers = random.integers(-2, 4, int(start[-1]))
    first, kind = same((numbers, start))
    known: dict[tuple[int, ...], int] = {}
    runs = [tuple(numbers[begin:end].tolist()) for begin, end in zip(start[:-1], start[1:], strict=True)]
    assert kind.tolist() == [known.setdefault(run, len(known)) for run in runs]
    assert [runs[one] for one in first.tolist()] == list(known)


def test_runs_side_by_side_are_what_they_are_one_by_one() -> None:
    random = np.random.default_rng(1)
    count = 500
    ragged_ones = [(random.integers(-9, 99, int(start[-1])), start) for start in (ragged.offsets(random.integers(0, most, count)) for most in (1, 4, 30))]
    parts = [random.integers(0, 9, count), ragged_ones[2], random.integers(0, 9, (count, 3)).astype(np.int8), ragged_ones[0], ragged_ones[1], np.zeros((count, 0), np.int64)]
    numbers, start = beside(*parts)
    assert numbers.dtype == np.int64
    for number in range(count):
        one_by_one = [part[0][part[1][number]:part[1][number + 1]] if isinstance(part, tuple) else np.atleast_1d(part[number]) for part in parts]
        assert numbers[start[number]:start[number + 1]].tolist() == np.concatenate(one_by_one).tolist()


@pytest.mark.parametrize("most", [9, 2**40])
def test_packed_numbers_stand_in_the_order_of_their_keys(most: int) -> None:
    """The larger ones do not fit into one number side by side."""
    random = np.random.default_rng(2)
    keys = [random.integers(-1, 3, (40, 6)) * (most // 3) for _ in range(3)]
    keys = [np.maximum(key, -1) for key in keys]
    packed = walks._packed(*keys).reshape(-1)
    told = list(zip(*(key.reshape(-1).tolist() for key in keys), strict=True))
    for one in range(0, len(told), 7):
        assert [(a > b) - (a < b) for a, b in ((told[one], other) for other in told)] == np.sign(packed[one] - packed).tolist()


@pytest.mark.parametrize("wide", [0, 1, 7])
def test_values_of_a_line_are_told_apart_in_their_order(wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "_AT_ONCE", 16)
    values = np.random.default_rng(4).integers(-1, 5, (50, wide))
    which, different, start = walks.told_apart(values)
    for number, line in enumerate(values.tolist()):
        listed = sorted({one for one in line if one >= 0})
        assert which[number].tolist() == [listed.index(one) if one >= 0 else -1 for one in line]
        own = different[start[number]:start[number + 1]]
        assert (own // max(wide, 1) == number).all() and values.reshape(-1)[own].tolist() == listed
