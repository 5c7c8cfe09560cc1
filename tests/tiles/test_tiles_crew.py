"""The crew takes what is most urgent first, gives results in order, and hands on what went wrong."""

from __future__ import annotations

from threading import Event

import pytest

from gispipe.tiles.crew import Crew


def test_the_lowest_number_is_taken_first_and_of_equal_ones_the_first() -> None:
    held, taken = Event(), []
    with Crew(2) as crew:
        for _ in range(2):
            crew.submit(0, held.wait)  # both are busy while the others line up
        tasks = [crew.submit(number, taken.append, (number, name)) for number, name in ((5, "a"), (1, "b"), (5, "c"), (-3, "d"))]
        held.set()
        for task in tasks:
            task.result(10)
    assert sorted(taken) == [(-3, "d"), (1, "b"), (5, "a"), (5, "c")]
    assert taken.index((5, "c")) >= 2 and taken.index((5, "a")) >= 1


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    with Crew(workers) as crew:
        assert list(crew.each(0, lambda item: item * item, range(50))) == [item * item for item in range(50)]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_reaches_whoever_asks_and_ends_the_crew(workers: int) -> None:
    def work(item: int) -> int:
        if item == 7:
            raise ValueError("item 7")
        return item

    with pytest.raises(ValueError, match="item 7"), Crew(workers) as crew:
        list(crew.each(0, work, range(1000)))
