"""Work done side by side, the most urgent first."""

from __future__ import annotations

import heapq
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import count, islice
from threading import Condition, Thread
from types import TracebackType
from typing import Any

_INTERVAL = 0.0005
"""Seconds after which a thread lets another run that waits for the interpreter, instead of Python's 0.005: between numpy's calls they need it shortly and often."""


class Crew:
    """Threads that take the task with the lowest number first, and of equal ones the one that came first.

    Threads are enough, as numpy, GEOS and the compressor let each other run. With one worker there is no thread: every task is done where it is asked for.
    """

    def __init__(self, workers: int) -> None:
        self._tasks: list[tuple[int, int, Future[Any], Callable[[], Any]]] = []
        self._number, self._news, self._over = count(), Condition(), False
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(workers if workers > 1 else 0)]

    def __enter__(self) -> Crew:
        if self._threads:
            self._interval = sys.getswitchinterval()
            sys.setswitchinterval(_INTERVAL)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._news:
            self._over = True
            if kind:
                self._tasks.clear()
            self._news.notify_all()
        for thread in self._threads:
            thread.join()
        if self._threads:
            sys.setswitchinterval(self._interval)

    def submit(self, number: int, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have ``work`` done; the lower ``number``, the sooner."""
        task: Future[Any] = Future()
        if not self._threads:
            task.set_result(work(*arguments))
            return task
        with self._news:
            heapq.heappush(self._tasks, (number, next(self._number), task, lambda: work(*arguments)))
            self._news.notify()
        return task

    def each(self, number: int, work: Callable[..., Any], items: Iterable[Any]) -> Iterator[Any]:
        """Yield what ``work`` gives for every item, in the items' order, with a few items under way."""
        if not self._threads:
            yield from map(work, items)
            return
        rest = iter(items)
        under_way = deque(self.submit(number, work, item) for item in islice(rest, 2 * len(self._threads)))
        while under_way:
            done = under_way.popleft().result()
            under_way.extend(self.submit(number, work, item) for item in islice(rest, 1))
            yield done

    def _work(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._tasks or self._over)
                if not self._tasks:
                    return
                _, _, task, work = heapq.heappop(self._tasks)
            _done(task, work)
            del task, work  # what they hold is free while this thread waits


def _done(task: Future[Any], work: Callable[[], Any]) -> None:
    try:
        task.set_result(work())
    except BaseException as error:  # noqa: BLE001 - given on to whoever asks for the result
        task.set_exception(error)
