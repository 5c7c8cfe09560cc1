"""A file of the search index read by place: its entries are written one way, so what stands between two quotes says what it is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe import ragged
from gispipe.arrow import buffers

_HEAD, _TAIL = b'{"entries":[', b"]}\n"
_QUOTE, _OPEN, _COLON = ord('"'), ord("{"), ord(":")
_KEYS = "nlcsfk"
_WORDS = ("n", None, "l", None, "c", "s", None, "f", "k", None)
"""What stands between quotes in an entry, one after the other; None for a text. Those from `_SHORT` on may be missing."""
_SHORT, _C, _F = 8, _WORDS.index("c"), _WORDS.index("f")
_BETWEEN = (":", ",", ":", ",", None, ":", ",", None, ":", None)
"""What follows each of them outside of quotes; None for a number, or the end of an entry."""
_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_PLACES, _IDS, _END = rf"^(:\[{_NUMBER},{_NUMBER}\],)*$", r"^(:-?(0|[1-9][0-9]*))*$", b"},{"


def texts_of_entries(content: bytes) -> list[str] | None:
    """Return the different strings of a file of the search index, keys included: several times faster than a JSON reader, and as strict; None of any other
    document, and of one with escapes in its texts."""
    if not (content.startswith(_HEAD + b"{") and content.endswith(b"}" + _TAIL)) or b"\\" in content:
        return None
    whole = np.frombuffer(content, np.uint8)
    if (whole[:-1] < 0x20).any():
        return None
    body = np.append(whole[len(_HEAD):-len(_TAIL)], np.frombuffer(b",{", np.uint8))  # the last entry ends as all others do
    quotes = np.flatnonzero(body == _QUOTE)
    if len(quotes) % 2 or not len(quotes) or quotes[0] != 1:
        return None
    start, stop = quotes[::2] + 1, quotes[1::2]
    after = np.append(start[1:] - 1, len(body))  # where what follows each ends
    head = np.flatnonzero(body[start - 2] == _OPEN)
    count = np.diff(np.append(head, len(start)))
    if not np.isin(count, (_SHORT, len(_WORDS))).all():
        return None
    longer = count == len(_WORDS)
    texts = []
    for k, (word, between) in enumerate(zip(_WORDS, _BETWEEN, strict=True)):
        of = (head[longer] if k >= _SHORT else head) + k
        if word is None:
            texts.append(of)
        elif (stop[of] - start[of] != 1).any() or (body[start[of]] != ord(word)).any():
            return None
        if between is not None and ((after[of] - stop[of] != 2).any() or (body[stop[of] + 1] != ord(between)).any()):
            return None
    if not _numbers_fit(body, stop + 1, after, head, longer):
        return None
    of = np.concatenate(texts)
    try:
        return ["entries", *_KEYS, *pc.unique(_cut(body, start[of], stop[of])).cast(pa.large_string()).to_pylist()]
    except pa.ArrowInvalid:  # no UTF-8
        return None


def _numbers_fit(body: np.ndarray, start: np.ndarray, stop: np.ndarray, head: np.ndarray, longer: np.ndarray) -> bool:
    """Return whether places and ids are numbers as JSON writes them, and entries end where they must; ``start``, ``stop``: of what follows each word."""
    last = np.append(head[1:], len(start)) - 1
    ends = stop[last] - len(_END)
    if (ends < start[last]).any() or any((body[ends + k] != byte).any() for k, byte in enumerate(_END)):
        return False
    if (ends[longer] != start[last[longer]]).any():
        return False
    behind = np.where(longer, stop[head + _F] - 1, ends)  # an id is followed by a comma, or by the end
    if (body[behind[longer]] != ord(",")).any() or (behind < start[head + _F]).any():
        return False
    return all(_each_fits(_cut(body, start[head + k], stop), pattern) for k, stop, pattern in ((_C, stop[head + _C], _PLACES), (_F, behind, _IDS)))


def _each_fits(some: pa.LargeBinaryArray, pattern: str) -> bool:
    """Return whether some runs of bytes, one after the other, are what a pattern says, and each begins with a colon and has no other: all are looked at in one go."""
    at, data = buffers(some)
    colons = np.flatnonzero(data == _COLON)
    return np.array_equal(colons, at[:-1]) and bool(pc.all(pc.match_substring_regex(pa.array([data.tobytes()], pa.large_binary()), pattern)).as_py())


def _cut(body: np.ndarray, start: np.ndarray, stop: np.ndarray) -> pa.LargeBinaryArray:
    """Return the bytes between some places."""
    length = stop - start
    return pa.Array.from_buffers(pa.large_binary(), len(start), [None, pa.py_buffer(ragged.offsets(length)), pa.py_buffer(body[ragged.spans(start, length)])])
