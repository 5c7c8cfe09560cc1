"""How the names of house numbers are made of town and key, so that a file says it once: ^#番#号 is 霧原谷一丁目1番14号 for town 霧原谷一丁目 and key 1-14.

In a pattern ^ stands for the town, # for the next part of the key, = for the number as it is spelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe import ragged
from gispipe.arrow import buffers, of_buffers

_MARKS = re.compile(r"[\^#=]")
_DIGITS = re.compile(r"[0-9]+")
_TEXT = pa.large_string()


def namings(names: pa.LargeStringArray, towns: pa.LargeStringArray, keys: pa.LargeStringArray, numbers: pa.LargeStringArray) -> tuple[np.ndarray, list[str]]:
    """Return for every name the number of its pattern (n,), -1 for one that has none, and the patterns. numbers: as spelled."""
    rest, led = _behind(names, towns)
    said = pc.replace_substring_regex(rest, "[0-9]+", "#")
    runs = pc.utf8_trim(pc.replace_substring_regex(rest, "[^0-9]+", "-"), "-")
    spelled = np.array(pc.equal(rest, numbers)) & led
    by_key = np.array(pc.equal(runs, keys)) & led & ~np.array(pc.match_substring_regex(rest, r"[\^#=]"))
    pattern = pc.if_else(pa.array(spelled), pa.scalar("=", _TEXT), said).dictionary_encode()
    patterns = [f"^{one}" for one in pattern.dictionary.to_pylist()]
    code = np.where(spelled | by_key, np.asarray(pattern.indices), -1)
    return _with_ends(code, patterns, names, keys)


def _behind(names: pa.LargeStringArray, towns: pa.LargeStringArray) -> tuple[pa.LargeStringArray, np.ndarray]:
    """Return what stands in names behind their towns, and which have them in front; the others are as they are."""
    (at, data), (before, other) = buffers(names), buffers(towns)
    size = np.minimum(np.diff(before), np.diff(at))
    head = of_buffers(pa.large_binary(), ragged.offsets(size), data[ragged.spans(at[:-1], size)])
    led = np.array(pc.equal(head, of_buffers(pa.large_binary(), before, other)))
    cut = np.where(led, size, 0)
    return of_buffers(_TEXT, ragged.offsets(np.diff(at) - cut), data[ragged.spans(at[:-1] + cut, np.diff(at) - cut)]), led


def _with_ends(code: np.ndarray, patterns: list[str], names: pa.LargeStringArray, keys: pa.LargeStringArray) -> tuple[np.ndarray, list[str]]:
    """Give patterns to names that have the key behind other text, such as the whole address: 見本市本町2丁目#番#号."""
    number = {one: k for k, one in enumerate(patterns)}
    for row in np.flatnonzero(code < 0).tolist():
        pattern = _ending(names[row].as_py(), keys[row].as_py())
        if pattern is not None:
            code[row] = number.setdefault(pattern, len(number))
    used, again = np.unique(code, return_inverse=True)
    known = [list(number)[k] for k in used.tolist() if k >= 0]
    return again - (len(used) - len(known)), known


def _ending(name: str, key: str) -> str | None:
    atoms = key.split("-")
    runs = list(_DIGITS.finditer(name))[-len(atoms):]
    if _MARKS.search(name) or [run.group() for run in runs] != atoms:
        return None
    for run in reversed(runs):
        name = f"{name[:run.start()]}#{name[run.end():]}"
    return name


def maker(pattern: str, town: str) -> Callable[..., str]:
    """Return what makes a name of the parts of a key, given one by one, and the number as it is spelled (`number`)."""
    escaped = pattern.replace("{", "{{").replace("}", "}}").replace("#", "{}").replace("=", "{number}")
    return escaped.replace("^", town.replace("{", "{{").replace("}", "}}")).format
