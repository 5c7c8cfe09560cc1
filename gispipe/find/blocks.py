"""Blocks of numbers as JSON: one for each town, kind and layer of a file, with its columns.

Keys are one text of heads and tails (1|14,15;2|1 is 1-14, 1-15, 2-1), places and rows differences to the one before, names the pattern they are made by.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.arrow import buffers
from gispipe.find.columns import NumberColumns

_TEXT = pa.large_string()
_OTHERWISE = r'[|,;"\\\x00-\x1f]|-$'
"""What a key that is written with the others of its block cannot have."""


class _Texts:
    """Texts of which runs are taken as bytes."""

    def __init__(self, texts: pa.LargeStringArray) -> None:
        self._at, data = buffers(texts)
        self._data = data.tobytes()

    def run(self, start: int, stop: int) -> bytes:
        return self._data[self._at[start]:self._at[stop]]


@dataclass(frozen=True)
class Blocks:
    """All numbers in the order in which they are written. start: offsets of blocks (b + 1,); the rest by block or by row."""

    start: list[int]
    heads: list[tuple[int, int, int]]
    keys: pa.LargeStringArray
    written: _Texts
    odd: np.ndarray
    columns: tuple[_Texts, ...]
    pattern: np.ndarray
    patterns: list[str]
    names: pa.LargeStringArray
    numbers: pa.LargeStringArray
    towns: list[str]

    @classmethod
    def of(cls, numbers: NumberColumns, order: np.ndarray, begins: np.ndarray, town: np.ndarray, pattern: np.ndarray, patterns: list[str], towns: list[str], origin: tuple[int, int]) -> Blocks:
        """Return blocks of numbers. order: of rows; begins: mask of the ordered rows that begin a block; town, pattern: of every row as given."""
        start = np.append(np.flatnonzero(begins), len(order))
        rows = order[start[:-1]]
        heads = list(zip(town[rows].tolist(), numbers.kind[rows].tolist(), numbers.layer[rows].tolist(), strict=True))
        keys, names, spelled = (column.take(pa.array(order)) for column in (numbers.key, numbers.name, numbers.number))
        odd = np.add.reduceat(np.array(pc.match_substring_regex(keys, _OTHERWISE)), start[:-1]) > 0
        columns = tuple(_differences(values[order], begins, base) for values, base in ((numbers.lon, origin[0]), (numbers.lat, origin[1]), (numbers.feature, 0)))
        return cls(start.tolist(), heads, keys, _heads_and_tails(keys, begins), odd, columns, pattern[order], patterns, names, spelled, towns)

    def file(self, first: int, last: int) -> bytes:
        """Return a file of the rows from one block's beginning to another's."""
        at = np.searchsorted(self.start, [first, last])
        towns = {str(town): self.towns[town] for town, _, _ in self.heads[at[0]:at[1]]}
        patterns: dict[int, int] = {}
        blocks = b",\n".join(self._block(k, patterns) for k in range(*at.tolist()))
        return b'{"towns":%b,"patterns":%b,"blocks":[\n%b\n]}\n' % (_json(towns), _json([self.patterns[k] for k in patterns]), blocks)

    def _block(self, k: int, patterns: dict[int, int]) -> bytes:
        a, b = self.start[k], self.start[k + 1]
        keys = _json(self.keys[a:b].to_pylist()) if self.odd[k] else b'"%b"' % self.written.run(a, b).lstrip(b";")
        columns = b",".join(b"[%b]" % column.run(a, b)[:-1] for column in self.columns)
        return b"[%b,%b,%b,%b,%b]" % (_json(self.heads[k])[1:-1], keys, columns, _json(self._named(a, b, patterns)), _json(self._spelled(a, b)))

    def _named(self, a: int, b: int, patterns: dict[int, int]) -> int | list[int | str]:
        """Return the number of the pattern of a block, or a pattern or a name for each row."""
        every = [patterns.setdefault(one, len(patterns)) if one >= 0 else -1 for one in self.pattern[a:b].tolist()]
        if every[0] >= 0 and len(set(every)) == 1:
            return every[0]
        return [one if one >= 0 else self.names[a + k].as_py() for k, one in enumerate(every)]

    def _spelled(self, a: int, b: int) -> dict[str, str] | int:
        """Return the numbers that are spelled otherwise than their key by row, 0 where none is."""
        some = {str(k): one for k, one in enumerate(self.numbers[a:b].to_pylist()) if one}
        return some or 0


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _differences(values: np.ndarray, begins: np.ndarray, base: int) -> _Texts:
    """Return every value as its difference to the one before, the first of a block to a base, each with a comma behind."""
    moved = np.diff(values, prepend=0)
    moved[begins] = values[begins] - base
    return _Texts(pc.binary_join_element_wise(pa.array(moved).cast(_TEXT), pa.scalar(",", _TEXT), pa.scalar("", _TEXT)))


def _heads_and_tails(keys: pa.LargeStringArray, begins: np.ndarray) -> _Texts:
    head = pc.replace_substring_regex(keys, "-.*$", "")
    coded = np.asarray(head.dictionary_encode().indices)
    fresh = begins | np.append(True, np.diff(coded) != 0)
    tail = pc.replace_substring_regex(keys, "^[^-]*-?", "")
    opened = pc.binary_join_element_wise(pa.scalar(";", _TEXT), head, pa.scalar("|", _TEXT), pa.scalar("", _TEXT))
    return _Texts(pc.binary_join_element_wise(pc.if_else(pa.array(fresh), opened, pa.scalar(",", _TEXT)), tail, pa.scalar("", _TEXT)))
