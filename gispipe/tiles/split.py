"""Where the features and values of layer messages stand: many tiles together, as the fields of a city's tiles are millions.

A field says only how long it is, so that the next one is found behind it. Every byte that could begin a feature or a value is taken for one when what
would stand behind it could begin a field as well. Nearly all that are left are fields, and each is followed by the next: such runs are walked
through together, by steps that double. Which of the places are fields is settled by following the chains from where a field is known to begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gispipe import ragged

FEATURE, VALUE = 0x12, 0x22
"""The first byte of each: fields 2 and 4 of a layer, length-delimited."""


_BEHIND = np.isin(np.arange(256), [0x0A, FEATURE, 0x1A, VALUE, 0x28, 0x78])
"""Whether a byte can stand behind a feature or value: it begins another field of the layer, or the next layer. Where it stands before none of these, a field is read by itself."""


@dataclass(frozen=True)
class Chains:
    """All places of some bytes (``at``, ascending) where a feature or value of less than 16 KB could begin, and which could be a ``value``; where its content begins and ends (``body``, ``end``).

    ``numbers``: of every byte the number of its place, -1 without one. A run is places that follow each other: ``run`` of every place, the ``last`` place of every run,
    ``onto`` the place behind that (-1 at the end of a chain), and, by power of two, which run is so many behind each (``ahead``; the last of a chain is behind itself).
    """

    at: np.ndarray
    value: np.ndarray
    body: np.ndarray
    end: np.ndarray
    numbers: np.ndarray
    run: np.ndarray
    last: np.ndarray
    onto: np.ndarray
    ahead: list[np.ndarray]

    @classmethod
    def of(cls, raw: np.ndarray) -> Chains:
        """Find the chains in ``raw`` (uint8)."""
        size = len(raw)
        assert size < 2**31, "tiles that are read together are a few megabytes"
        at = np.flatnonzero((raw[:-2] == FEATURE) | (raw[:-2] == VALUE)).astype(np.int32)
        low, high = raw[at + 1], raw[at + 2]
        long = low > 0x7F
        body = at + np.where(long, np.int32(3), np.int32(2))
        end = body + np.where(long, low & 0x7F | high.astype(np.int32) << 7, low)
        good = (end <= size) & ~(long & (high > 0x7F))
        good &= (end >= size) | _BEHIND[raw[np.minimum(end, size - 1)]]
        at, body, end = at[good], body[good], end[good]
        numbers = np.full(size + 1, -1, np.int32)
        numbers[at] = np.arange(len(at), dtype=np.int32)
        after = numbers[end]
        last = np.flatnonzero(after != np.arange(1, len(at) + 1)).astype(np.int32)
        run = np.repeat(np.arange(len(last), dtype=np.int32), np.diff(last, prepend=-1))
        onto = after[last]
        ahead = [np.where(onto < 0, np.arange(len(last), dtype=np.int32), run[onto] if len(at) else onto)]
        while not np.array_equal(further := ahead[-1][ahead[-1]], ahead[-1]):
            ahead.append(further)
        return cls(at, raw[at] == VALUE, body, end, numbers, run, last, onto, ahead)

    @cached_property
    def stop(self) -> np.ndarray:
        """Where the chain from each place ends."""
        return self.end[self.last[self.ahead[-1]]][self.run]

    def number(self, place: int) -> int:
        """Return the number of a place, -1 when nothing can begin there."""
        return int(self.numbers[place])

    def fields(self, first: list[int]) -> np.ndarray:
        """Return the numbers of all places on the chains from some places, ascending."""
        begin = np.array(first, np.int64)
        on = np.zeros(len(self.last), bool)
        on[self.run[begin]] = True
        for ahead in reversed(self.ahead):
            on[ahead[np.flatnonzero(on)]] = True
        met = np.flatnonzero(on)
        onto = self.onto[met]
        begin = np.concatenate([begin, onto[onto >= 0]])
        entry = np.full(len(self.last), len(self.at), np.int64)
        np.minimum.at(entry, self.run[begin], begin)
        return ragged.spans(entry[met], self.last[met] - entry[met] + 1)
