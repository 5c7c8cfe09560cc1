"""House numbers and lots in files by stem and first number, each a few kilobytes: what one question looks at lies together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe import ragged
from gispipe.find.blocks import Blocks
from gispipe.find.columns import NumberColumns
from gispipe.find.digests import digests
from gispipe.find.namings import namings
from gispipe.web.files import Out

FILE_BYTES = 8000
"""About how many bytes a file has at most; numbers of one stem that begin alike stay together, however many they are."""
WHOLE = -2
"""Said instead of its first number where a file begins with all of a stem."""
_ROW_BYTES, _BLOCK_BYTES = 19, 60
_TEXT = pa.large_string()


@dataclass(frozen=True)
class Listed:
    """The towns in their order: their names, the numbers of their stems, and the register's rows of them (n,)."""

    name: list[str]
    group: list[int]
    row: np.ndarray


def write_numbers(out: Out, numbers: NumberColumns, towns: Listed, origin: tuple[int, int]) -> dict[str, Any]:
    """Write the files and return what the index says of them.

    start: where each begins, the number of its stem less that of the file before and the first number, in turn; kinds: 1 where it has house numbers, 2 lots,
    3 both; files: their digests.
    """
    if not len(numbers.town):
        return {"start": [], "kinds": "", "files": ""}
    place = np.zeros(int(towns.row.max()) + 1, np.int64)
    place[towns.row] = np.arange(len(towns.row))
    town = place[numbers.town]
    spelled = pc.if_else(pc.equal(numbers.number, ""), numbers.key, numbers.number)
    code, patterns = namings(numbers.name, pa.array(towns.name, _TEXT).take(pa.array(town)), numbers.key, spelled)
    file, start = _cut(np.array(towns.group, np.int64)[town], numbers, town, code)
    block = (town * 2 + numbers.kind) * (int(numbers.layer.max()) + 1) + numbers.layer
    order = np.lexsort((_rank(numbers.key), numbers.first, block, file))  # what is alike stays in the order of the register
    blocks = Blocks.of(numbers, order, np.append(True, (np.diff(block[order]) != 0) | (np.diff(file[order]) != 0)), town, code, patterns, towns.name, origin)
    begin = ragged.grouped(file[order]).tolist()
    has = [np.bincount(file, numbers.kind == kind, len(start) // 2) > 0 for kind in (0, 1)]
    return {"start": start, "kinds": "".join(map(str, (has[0] + 2 * has[1]).tolist())),
            "files": digests([out.put_named("search/", f"numbers{k}.json", blocks.file(a, b)) for k, (a, b) in enumerate(zip(begin, begin[1:], strict=False))])}


def _rank(texts: pa.LargeStringArray) -> np.ndarray:
    """Return the number of each text among the different ones, in the order of their bytes."""
    coded = texts.dictionary_encode()
    order = pc.array_sort_indices(coded.dictionary)
    rank = np.empty(len(order), np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    return rank[coded.indices.to_numpy()]


def _cut(stem: np.ndarray, numbers: NumberColumns, town: np.ndarray, code: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return the number of every row's file (n,), and stem and first number that each file begins with, in turn."""
    size = np.full(len(stem), _ROW_BYTES) + np.where(code < 0, pc.binary_length(numbers.name), 0) + pc.binary_length(numbers.number).to_numpy()
    cells, cell = np.unique(stem << 40 | numbers.first + 1, return_inverse=True)
    sizes = np.bincount(cell, size)
    columns = ragged.distinct(((stem << 24 | town) * 2 + numbers.kind) * (int(numbers.layer.max()) + 1) + numbers.layer)
    heads = np.bincount(columns // (int(numbers.layer.max()) + 1) >> 25) * _BLOCK_BYTES
    of, start, inside, before, led = [], [], 0.0, -1, 0
    for one, first, bytes_of in zip((cells >> 40).tolist(), ((cells & (1 << 40) - 1) - 1).tolist(), sizes.tolist(), strict=True):
        more = bytes_of + (int(heads[one]) if one != before else 0)
        if not start or inside + more > FILE_BYTES:
            start += [one - led, WHOLE if one != before else first]
            inside, more, led = 0.0, bytes_of + int(heads[one]), one
        inside += more
        before = one
        of.append(len(start) // 2 - 1)
    return np.array(of, np.int64)[cell], start
