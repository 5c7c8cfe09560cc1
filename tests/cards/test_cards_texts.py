"""Runs of numbers that are alike are one kind, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from gispipe import ragged
from gispipe.cards.texts import same


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
