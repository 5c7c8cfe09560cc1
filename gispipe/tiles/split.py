"""Where the features and values of layer messages stand: many tiles together, as the fields of a city's tiles are millions.

A field says only how long it is, so that the next one is found behind it. Every byte that could begin a feature or a value is taken for one; what
follows it is then known for all of them, by steps that double. Which of them are fields is settled by following the chains from where a field is known to begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

FEATURE, VALUE = 0x12, 0x22
"""The first byte of each: fields 2 and 4 of a layer, length-delimited."""


@dataclass(frozen=True)
class Chains:
    """All places of some bytes (``at``, ascending) where a feature or value of less than 16 KB could begin, and which could be a ``value``; where its content begins and ends (``body``, ``end``);
    by power of two, which place is so many fields behind each (``ahead``; the last of a chain is behind itself)."""

    at: np.ndarray
    value: np.ndarray
    body: np.ndarray
    end: np.ndarray
    ahead: list[np.ndarray]

    @classmethod
    def of(cls, raw: np.ndarray) -> Chains:
        """Find the chains in ``raw`` (uint8)."""
        size = len(raw)
        at = np.flatnonzero((raw[:-2] == FEATURE) | (raw[:-2] == VALUE))
        low, high = raw[at + 1].astype(np.int64), raw[at + 2].astype(np.int64)
        long = low > 0x7F
        length = np.where(long, low & 0x7F | high << 7, low)
        body = at + 2 + long
        good = np.flatnonzero((body + length <= size) & ~(long & (high > 0x7F)))
        at, body, end = at[good], body[good], (body + length)[good]
        number = np.full(size + 1, -1, np.int32)
        number[at] = np.arange(len(at), dtype=np.int32)
        after = number[end]
        ahead = [np.where(after < 0, np.arange(len(at), dtype=np.int32), after)]
        while not np.array_equal(further := ahead[-1][ahead[-1]], ahead[-1]):
            ahead.append(further)
        return cls(at, raw[at] == VALUE, body, end, ahead)

    @cached_property
    def stop(self) -> np.ndarray:
        """Where the chain from each place ends."""
        return self.end[self.ahead[-1]]

    def number(self, place: int) -> int:
        """Return the number of a place, -1 when nothing can begin there."""
        k = int(np.searchsorted(self.at, place))
        return k if k < len(self.at) and self.at[k] == place else -1

    def fields(self, first: list[int]) -> np.ndarray:
        """Return the numbers of all places on the chains from some places, ascending."""
        on = np.zeros(len(self.at), bool)
        on[first] = True
        for ahead in reversed(self.ahead):
            on[ahead[np.flatnonzero(on)]] = True
        return np.flatnonzero(on)
