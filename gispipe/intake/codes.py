"""Codes kept as text: lost zeros put back and counted, damaged ones missing, check digits known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.intake.rows import Rows, texts

SCIENTIFIC = r"^\d(\.\d+)?E\+\d+$"
_WEIGHTS = np.array([6, 5, 4, 3, 2])


def check_digit(code: str) -> str:
    """Return the sixth digit of a municipality's five (the weights of the official list)."""
    total = int((np.array([int(digit) for digit in code[:5]]) * _WEIGHTS).sum())
    return str((11 - total % 11) % 10) if total >= 11 else str((11 - total) % 10)


def is_municipality(code: str) -> bool:
    """Tell whether six digits carry their right check digit."""
    return len(code) == 6 and code.isascii() and code.isdigit() and check_digit(code) == code[5]


def restore_zeros(rows: Rows, name: str, width: int) -> None:
    """Put the leading zeros of a code of fixed width back where digits lack them; counted in the facts, noted under GP06."""
    column = texts(rows.table[name])
    short = pc.and_(pc.less(pc.utf8_length(column), width), pc.match_substring_regex(column, r"^\d+$")).fill_null(False)
    count = pc.sum(short).as_py() or 0
    if not count:
        return
    rows.replace(name, pa.chunked_array([pc.if_else(short, pc.utf8_lpad(column, width, "0"), column)]))
    _count(rows, "lost_zeros", name, count)
    first = short.index(True).as_py()
    rows.note("GP06", [first], [f"{name}: {count:,} rows, the first {column[first].as_py()}"])


def restore_municipality(rows: Rows, name: str) -> None:
    """Put the leading zero of six-digit municipality codes back; five digits without one are left as they are."""
    column = texts(rows.table[name])
    short = [text for text in pc.unique(column).to_pylist() if text and len(text) == 5 and text.isdigit()]
    if short and all(is_municipality(f"0{text}") for text in short):
        restore_zeros(rows, name, 6)


def drop_fraction(rows: Rows, name: str) -> None:
    """Take off the `.0` that a number format has left on whole numbers; counted in the facts."""
    column = texts(rows.table[name])
    hit = pc.match_substring_regex(column, r"^\d+\.0$").fill_null(False)
    count = pc.sum(hit).as_py() or 0
    if count:
        rows.replace(name, pa.chunked_array([pc.if_else(hit, pc.replace_substring_regex(column, r"\.0$", ""), column)]))
        _count(rows, "whole_numbers_with_fraction", name, count)


def drop_damaged(rows: Rows, name: str) -> None:
    """Make codes that a spreadsheet has turned into 1.1E+11 missing; noted row by row under GP05."""
    column = texts(rows.table[name])
    hit = pc.match_substring_regex(column, SCIENTIFIC).fill_null(False)
    damaged = np.flatnonzero(hit.to_numpy(zero_copy_only=False))
    if len(damaged):
        rows.note("GP05", damaged, [f"{name}: {text}" for text in column.take(damaged).to_pylist()])
        rows.replace(name, pa.chunked_array([pc.if_else(hit, pa.scalar(None, pa.large_string()), column)]))
        _count(rows, "damaged_codes", name, len(damaged))


def note_doubled(rows: Rows, key: tuple[str, ...]) -> None:
    """Count keys that stand more than once, and note each later row under GP07."""
    code = np.zeros(len(rows.line), dtype=np.int64)
    for name in key:
        column = rows.table[name].combine_chunks()
        column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        part = column.indices.fill_null(len(column.dictionary)).to_numpy(zero_copy_only=False)
        code = np.unique(code * (len(column.dictionary) + 1) + part, return_inverse=True)[1]
    order = np.argsort(code, kind="stable")
    later = np.sort(order[1:][np.diff(code[order]) == 0])
    if len(later):
        rows.facts["doubled_keys"] = len(np.unique(code[later]))
        cells = [texts(rows.table[name]).take(later).to_pylist() for name in key]
        rows.note("GP07", later, ["+".join(key) + " = " + " ".join(map(str, row)) for row in zip(*cells, strict=True)])


def _count(rows: Rows, fact: str, name: str, count: int) -> None:
    rows.facts[fact] = {**rows.facts.get(fact, {}), name: count}  # type: ignore[dict-item]
