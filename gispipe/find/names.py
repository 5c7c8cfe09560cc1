"""Facilities and other named things in files by short runs of letters, so that any part of a name or reading leads to one file of some kilobytes.

A row stands in the file of every pair of letters that it has. A pair that more rows have than a file holds is cut: its file has only those that are listed
first for it, and the rest stand under runs of three letters and more. Runs are in their order, as many to a file as it holds; a small filter says of most
pairs that nothing has them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from gispipe.find.columns import FacilityRow
from gispipe.find.digests import digests
from gispipe.web.files import Out, canonical

FILE_BYTES = 9000
"""About how many bytes a file has at most."""
LISTED = 60
"""Rows that are looked at for an answer: what a cut run keeps."""
BITS, PROBES = 8, 3
"""Bits of the filter for each pair, and how many of them are asked: about one pair in thirty is there by chance."""


def write_names(out: Out, kind: str, rows: Sequence[FacilityRow], layers: Sequence[str], origin: tuple[int, int], beside: bool = False) -> dict[str, Any]:
    """Write the files, named by their kind, and return what the index says of them: the run that each begins with, runs that are cut, digests, and the filter.

    beside: of layers beside the register; they are asked for only where the register has no house, so they have no filter, and numbers are found from
    their first digit on.
    """
    ordered = sorted(rows, key=lambda one: (one.key, layers[one.layer], one.feature))
    texts = [canonical(_row(one, origin))[:-1] for one in ordered]
    runs = _Runs(ordered, [len(text) + 2 for text in texts], pairs_outside if beside else pairs_of)
    start, files = [], []
    for first, inside in runs.files():
        start.append(first)
        files.append(out.put_named("search/", f"{kind}{len(files)}.json", b'{"names":[\n%b\n]}\n' % b",\n".join(texts[k] for k in sorted(inside))))
    # runs are one text: a part of a name by itself is no value, though one like it may stand in any table
    return {"start": "\n".join(start), "cut": "\n".join(runs.cut), "files": digests(files), "filter": base64.urlsafe_b64encode(_filter(runs.pairs)).decode() if not beside else ""}


def _row(one: FacilityRow, origin: tuple[int, int]) -> list[Any]:
    row = [one.layer, one.feature, one.lon - origin[0], one.lat - origin[1], one.name, one.kana, one.town, one.number]
    while row[-1] == "":
        row.pop()
    return row


def pairs_of(key: str) -> set[str]:
    """Return the pairs of letters of a key; a key of one letter has that."""
    return {a + b for a, b in pairwise(key)} or ({key} if key else set())


_INSIDE = re.compile(r"(?<=[0-9])[0-9](?=[0-9])")


def pairs_outside(key: str) -> set[str]:
    """Return the pairs of a key but those inside of numbers: thousands of roads are numbered, and nobody looks for one by its last digits."""
    inside = {match.start() for match in _INSIDE.finditer(key)}
    return {key[k:k + 2] for k in range(len(key) - 1) if k not in inside} if inside else pairs_of(key)


class _Runs:
    """The runs of letters of all rows, and the rows that stand under each. size: bytes of a row in a file; pairs: of a key."""

    def __init__(self, rows: Sequence[FacilityRow], size: Sequence[int], pairs: Callable[[str], set[str]]) -> None:
        self.rows, self.size = rows, size
        self.having: dict[str, list[int]] = {}
        self.cut: list[str] = []
        for k, one in enumerate(rows):
            for pair in pairs(one.key) | pairs(one.kana_key):
                self.having.setdefault(pair, []).append(k)
        self.pairs = sorted(self.having)
        for pair in self.pairs:
            self._divide(pair)
        self.cut.sort()

    def _divide(self, run: str) -> None:
        """Cut a run that too many rows have, and those that go on from it."""
        inside = self.having[run]
        if sum(self.size[k] for k in inside) <= FILE_BYTES or len(inside) <= LISTED:
            return
        longer: dict[str, set[int]] = {}
        for k in inside:
            for key in (self.rows[k].key, self.rows[k].kana_key):
                at = key.find(run)
                while at >= 0:
                    if at + len(run) < len(key):
                        longer.setdefault(key[at:at + len(run) + 1], set()).add(k)
                    at = key.find(run, at + 1)
        self.cut.append(run)
        self.having[run] = sorted(inside, key=lambda k: self._listed(k, run))[:LISTED]
        for one, some in longer.items():
            self.having[one] = sorted(some)
            self._divide(one)

    def _listed(self, k: int, run: str) -> tuple[bool, bool, int, int]:
        """Return what the rows that have a run are listed by: what is called so, what begins so, then short names; rows are in the order of their keys."""
        one = self.rows[k]
        return run not in (one.key, one.kana_key), not (one.key.startswith(run) or one.kana_key.startswith(run)), len(one.key), k

    def files(self) -> list[tuple[str, set[int]]]:
        """Return the first run and the rows of every file."""
        found: list[tuple[str, set[int]]] = []
        room = 0
        for run in sorted(self.having):
            fresh = [k for k in self.having[run] if not found or k not in found[-1][1]]
            size = sum(self.size[k] for k in fresh)
            if found and size <= room:
                found[-1][1].update(fresh)
                room -= size
            else:
                found.append((run, set(self.having[run])))
                room = FILE_BYTES - sum(self.size[k] for k in self.having[run])
        return found


def _filter(pairs: Sequence[str]) -> bytes:
    bits = bytearray(-(-max(len(pairs) * BITS, 24) // 24) * 3)
    for pair in pairs:
        for at in probes(pair, len(bits) * 8):
            bits[at // 8] |= 1 << at % 8
    return bytes(bits)


def probes(pair: str, size: int) -> list[int]:
    """Return which bits of a filter are asked for a pair of letters (FNV-1a over its code points, then steps)."""
    number = 0x811C9DC5
    for letter in pair:
        number = (number ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
    step = (number >> 15 | 1) & 0xFFFF
    return [(number + k * step) % size for k in range(PROBES)]
