"""What stands in each file of a public draft, as numbers: a file of the same bytes need not be opened again to look for other values in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np

from gispipe.finished import digest_of_file, finished
from gispipe.tiles.memory import DAMAGED


def numbers_of(texts: Collection[str]) -> np.ndarray:
    """Return the sorted different 64-bit numbers (uint64) of texts: equal texts have equal numbers, in every process."""
    import pandas as pd

    different = set(texts)
    try:
        held = np.array([*different, None], dtype=object)[:-1]
        return np.unique(pd.util.hash_array(held, categorize=False))
    except UnicodeEncodeError:  # half a surrogate pair: no table can hold such a text, so it is equal to none of theirs
        return numbers_of([text for text in different if text.encode("utf-8", "replace").decode() == text])


class Compared:
    """The numbers of the texts of each file, by its digest, as of the draft compared last; `Compared(None, …)` remembers nothing.

    ``rules``: a digest of the programs that find the texts; other ones forget all.
    """

    def __init__(self, path: Path | None, rules: str) -> None:
        self._path, self._rules = path, rules
        self._before = self._load()
        self._now: dict[str, np.ndarray] = {}

    def numbers(self, file: Path, texts: Callable[[], Collection[str]]) -> np.ndarray:
        """Return the numbers of a file's texts, which are asked for only when its bytes are new."""
        digest = file.suffix + digest_of_file(file)
        if digest not in self._now:
            self._now[digest] = self._before[digest] if digest in self._before else numbers_of(texts())
        return self._now[digest]

    def save(self) -> None:
        """Remember the draft, now that all of it was compared."""
        if self._path is None or self._now.keys() == self._before.keys():
            return
        every = list(self._now.values())
        with finished(self._path) as draft, draft.open("wb") as out:
            np.savez(out, rules=np.array(self._rules), digest=np.array(list(self._now)), end=np.cumsum([len(one) for one in every], dtype=np.int64),
                     number=np.concatenate([*every, np.zeros(0, np.uint64)]))

    def _load(self) -> dict[str, np.ndarray]:
        try:
            with np.load(self._path or "", allow_pickle=False) as held:
                if str(held["rules"]) != self._rules:
                    return {}
                return dict(zip(held["digest"].tolist(), np.split(held["number"], held["end"][:-1]), strict=True))
        except DAMAGED:
            return {}
