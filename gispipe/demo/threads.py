"""Two threads for slow work on many shapes; the results and their order are those of one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

WORKERS = 2  # fixed: a city office's machine has at least two cores, and each thread holds memory
PART = 8192

One = TypeVar("One")
Result = TypeVar("Result")


def each(work: Callable[[One], Result], items: Iterable[One]) -> list[Result]:
    """Return the result for every item, in order. GEOS and GDAL let go of the interpreter while they compute."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))


def in_parts(work: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """Return `work` on equally long arrays, done part by part."""
    cuts = range(0, len(arrays[0]), PART)
    done = each(lambda start: work(*(array[start:start + PART] for array in arrays)), cuts)
    return np.concatenate(done) if done else work(*arrays)
