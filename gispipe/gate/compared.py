"""What stands in each file of a public draft, as numbers: a file of the same bytes need not be opened again to look for other values in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.arrow import buffers
from gispipe.finished import digest_of_file, finished
from gispipe.shelf import key_of
from gispipe.tiles.memory import DAMAGED

KINDS = (".json", ".pmtiles", ".csv")
"""Files that hold values; all others hold programs, pictures and words of the pages."""
COUNT = re.compile(r"\d+(\.\d+)?")
"""A plain number in a table of counts is no meter or house number, though one may look the same."""
_TOGETHER = 1 << 16  # texts that are numbered at a time


def rules() -> str:
    """Return a digest of the programs that find the texts of files and number them."""
    return key_of([], "gate", "tiles", "find", "ragged.py", "arrow.py")


def values_among(file: Path, texts: Collection[str]) -> Collection[str]:
    """Return those of a file's texts that may be values."""
    return {text for text in set(texts) if not COUNT.fullmatch(text)} if file.suffix == ".csv" else texts


def numbers_of(texts: Collection[str]) -> np.ndarray:
    """Return the sorted different 64-bit numbers (uint64) of texts: equal texts have equal numbers, in every process; different ones hardly ever."""
    every = list(texts)
    try:
        parts = [_numbered(pa.array(every[at:at + _TOGETHER], pa.large_string())) for at in range(0, len(every), _TOGETHER)]
    except UnicodeEncodeError:  # half a surrogate pair: no table can hold such a text, so it is equal to none of theirs
        return numbers_of([text for text in every if text.encode("utf-8", "replace").decode() == text])
    return ragged.distinct(np.zeros(0, np.uint64), *parts)


def _numbered(texts: pa.LargeStringArray) -> np.ndarray:
    """Return a number for each text: the sum of its bytes, each times a factor of its place."""
    start, data = buffers(texts)
    length = np.diff(start)
    place = np.arange(len(data)) - np.repeat(start[:-1], length)
    out, some = length.astype(np.uint64), np.flatnonzero(length)
    if len(some):
        out[some] += np.add.reduceat((data.astype(np.uint64) + np.uint64(1)) * _factors(int(length.max()))[place], start[:-1][some])
    return out


def _factors(count: int) -> np.ndarray:
    """Return a factor for each place, scattered over all 64 bits (the steps of SplitMix64)."""
    word = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ word >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ word >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return word ^ word >> np.uint64(31) | np.uint64(1)


class Compared:
    """The numbers of the texts of each file that may be values, by its digest, as of the draft compared last; `Compared(None)` remembers nothing.

    ``beside``: what was found already when the draft was inspected; it is taken from there and not remembered twice.
    """

    def __init__(self, path: Path | None, beside: Path | None = None) -> None:
        self._path = path
        self._before, self._beside = load_numbers(path), load_numbers(beside)
        self._now: dict[str, np.ndarray] = {}

    def numbers(self, file: Path, texts: Callable[[], Collection[str]], digest: str = "") -> np.ndarray:
        """Return the numbers of a file's values; its texts are asked for only when its bytes (of SHA-256 ``digest``, where that is known) are new."""
        name = file.suffix + (digest or digest_of_file(file))
        if name in self._beside:
            return self._beside[name]
        if name not in self._now:
            self._now[name] = self._before[name] if name in self._before else numbers_of(values_among(file, texts()))
        return self._now[name]

    def still(self, file: Path, digest: str) -> None:
        """Say that a file is there as it was: what is known of it, if anything, is kept."""
        if (name := file.suffix + digest) in self._before:
            self._now[name] = self._before[name]

    def save(self) -> None:
        """Remember the draft, now that all of it was compared."""
        if self._path is not None and self._now.keys() != self._before.keys():
            save_numbers(self._path, self._now)


def save_numbers(path: Path, found: Mapping[str, np.ndarray]) -> None:
    """Write numbers by name, complete or not at all."""
    every = list(found.values())
    with finished(path) as draft, draft.open("wb") as out:
        np.savez(out, rules=np.array(rules()), name=np.array(list(found), dtype=str), end=np.cumsum([len(one) for one in every], dtype=np.int64),
                 number=np.concatenate([*every, np.zeros(0, np.uint64)]))


def load_numbers(path: Path | None) -> dict[str, np.ndarray]:
    """Return what `save_numbers` wrote with the same programs; nothing when there is none or it cannot be read."""
    try:
        with np.load(path or "", allow_pickle=False) as held:
            if str(held["rules"]) != rules():
                return {}
            names = held["name"].tolist()
            return dict(zip(names, np.split(held["number"], held["end"][:-1])[:len(names)], strict=True))
    except DAMAGED:
        return {}
