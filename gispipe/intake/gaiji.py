"""Name characters of the user-defined area (外字): each office has its own, so on another machine they mean nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.intake.delivered import Delivered, Note

MOST_NOTES = 100_000
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_PATTERN = "[\\x{E000}-\\x{F8FF}\\x{F0000}-\\x{10FFFD}]"


def with_gaiji(delivered: Delivered) -> Delivered:
    """Return the table with a note (GP04) for every cell that holds such characters: column, code, row. None is replaced."""
    found = [(row, k, f"{name}: {', '.join(map(_code, characters))}", len(characters))
             for k, name in enumerate(delivered.names) for row, characters in _in_column(delivered, name)]
    if not found:
        return delivered
    notes = [Note("GP04", int(delivered.file[row]), int(delivered.place[row]), detail) for row, _, detail, _ in sorted(found)[:MOST_NOTES]]
    return replace(delivered, notes=(*delivered.notes, *notes), facts=delivered.facts | {"gaiji": sum(count for *_, count in found)})


def _in_column(delivered: Delivered, name: str) -> list[tuple[int, list[str]]]:
    texts, codes = _texts(delivered, name)
    if texts is None or not _may_hold_any(texts):
        return []
    hit = pc.match_substring_regex(texts, _PATTERN).fill_null(False).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(hit if codes is None else hit[codes] & (codes >= 0))
    return [(int(row), _PRIVATE.findall(texts[int(row if codes is None else codes[row])].as_py())) for row in rows]


def _texts(delivered: Delivered, name: str) -> tuple[pa.Array | None, np.ndarray | None]:
    """Return the texts of a column and, for a dictionary, the code of each row; None for columns without texts."""
    if isinstance(delivered.data, pd.DataFrame):
        values = [value if isinstance(value, str) else None for value in delivered.data[name]]
        return (pa.array(values, pa.large_string()), None) if any(values) else (None, None)
    column = delivered.data[name].combine_chunks()
    if pa.types.is_dictionary(column.type) and pa.types.is_large_string(column.type.value_type):
        return column.dictionary, column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return (column, None) if pa.types.is_large_string(column.type) else (None, None)


def _may_hold_any(texts: pa.Array) -> bool:
    """Tell by the first bytes in UTF-8, which are EE, EF 80–A3, F3 and F4, without looking at each text."""
    buffer = texts.buffers()[2]
    if buffer is None or not buffer.size:
        return False
    letters = np.frombuffer(buffer, np.uint8)
    high = letters >= 0xEE
    if not high.any():
        return False
    first = np.flatnonzero(high)
    kind, after = letters[first], letters[np.minimum(first + 1, len(letters) - 1)]
    return bool(((kind == 0xEE) | (kind >= 0xF3) | ((kind == 0xEF) & (after <= 0xA3))).any())


def _code(character: str) -> str:
    """Return U+E000 with its cp932 code F040 where it has one."""
    try:
        return f"{character.encode('cp932').hex().upper()} (U+{ord(character):04X})"
    except UnicodeEncodeError:
        return f"U+{ord(character):04X}"
