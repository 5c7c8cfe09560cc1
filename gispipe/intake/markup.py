"""Read XML as columns: one pass proves it well-formed, another makes arrays of its tags.

A tree of a large delivery costs more time than everything else; these files are millions of small, alike elements. The
proof is expat's: no DTD, no entities of one's own, no network, bounded depth. What comes of a document counts only when its proof is done.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.proof import Proof
from gispipe.intake.tags import Tags
from gispipe.intake.text import BOM, codec, decode
from gispipe.intake.xml import AGAIN
from gispipe.words import Words

DEEPEST = 64
LARGEST = 2**31 - 64
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)[\"'][^>]*\?>")
_ASIDE = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>", re.DOTALL)
_TAG = re.compile(rb"<[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>|>|[^<>]+")
_NAME = re.compile(rb"[^\s/>]+")
_CODED = 24  # bytes of a tag that are compared as three numbers; longer names are looked at one by one


def read_tags(path: Path, where: str) -> Tags:
    """Read and prove a document; raises UnreadableInput when it is not XML, has a DTD, is too deep or too large."""
    with proven_tags(path, where) as (tags, _):
        return tags


@contextlib.contextmanager
def proven_tags(path: Path, where: str) -> Iterator[tuple[Tags, Proof]]:
    """Give the tags of a document while its proof is still under way; leaving the block concludes it and raises as `read_tags`.

    What is not XML may make any work on its tags fail in any way; the proof then says what it is.
    """
    if path.stat().st_size > LARGEST:
        raise UnreadableInput(where, Words("the XML is larger than 2 GB", "XML が 2 GB を超えています"),
                              Words("split the delivery", "分割して受け取ってください"))
    data, encoding, known_by = _utf8(path.read_bytes(), where)
    proof = Proof(path, data, encoding == "utf-8", where)
    try:
        yield _tags(data, encoding, known_by, where), proof
    finally:
        proof.conclude()


def _utf8(data: bytes, where: str) -> tuple[bytes, str, str]:
    """Return the document in UTF-8 without its declaration, its encoding and how that is known; cp932 where it says Shift_JIS."""
    marked = data.startswith(BOM)
    data = data.removeprefix(BOM)
    declared = _DECLARED.match(data[:400])
    name = codec(declared.group(1).decode("ascii"), where) if declared else "utf-8"
    known_by = "BOM" if marked else "XML declaration" if declared else "XML default"
    if marked and name != "utf-8":
        raise UnreadableInput(where, Words(f"a UTF-8 mark, but {name} is declared", f"UTF-8 の目印（BOM）があるのに {name} と宣言されています"), AGAIN)
    if name not in ("utf-8", "ascii"):
        text, name = decode(data, name, where)
        data = text.encode()
    end = data.find(b"?>", 0, 400) + 2 if data[:400].lstrip().startswith(b"<?xml") else 0
    return b"".join([b"\n" * data.count(b"\n", 0, end), memoryview(data)[end:], b" " * (_CODED + 8)]), name, known_by


def _brackets(data: bytes) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Return the document as nothing but tags and text, and the places of < and >.

    Comments and instructions go, CDATA becomes text, and a > that ends no tag is spelled out: seldom needed, so looked for first.
    """
    letters = np.frombuffer(data, np.uint8)
    signs = np.flatnonzero((letters == 60) | (letters == 62)).astype(np.int32)
    opens = letters[signs] == 60
    low, high = signs[opens], signs[~opens]
    after = letters[low + 1]
    if ((after == 33) | (after == 63)).any():
        plain = _ASIDE.sub(lambda m: b"" if m[1] is None else m[1].replace(b"&", b"&amp;").replace(b"<", b"&lt;"), data)
        if plain == data:
            raise ValueError("markup that is neither a comment nor CDATA")  # the proof says what it is
        return _brackets(plain)
    if len(low) != len(high):
        parts = (b"<" + t[1:-1].replace(b">", b"&gt;") + b">" if t[:1] == b"<" else t.replace(b">", b"&gt;") for t in _TAG.findall(data))
        return _brackets(b"".join(parts))
    return data, low, high


def _tags(data: bytes, encoding: str, known_by: str, where: str) -> Tags:
    data, low, high = _brackets(data)
    letters = np.frombuffer(data, np.uint8)
    closing = letters[low + 1] == 47
    empty = (letters[high - 1] == 47) & ~closing
    step = np.ones(len(low), np.int8)
    step[closing] = -1
    step[empty] = 0
    depth = np.cumsum(step, dtype=np.int32)
    if depth.max(initial=0) > DEEPEST:
        raise UnreadableInput(where, Words("nested deeper than any format here", "入れ子が深すぎます"), AGAIN)
    closer = _closers(depth, closing, empty)
    opening = np.flatnonzero(~closing)
    count = np.cumsum(~closing, dtype=np.int32)
    inner = high[opening] + 1
    alone = empty[opening]
    name, names = _names(data, low[opening], high[opening])
    return Tags(data, low[opening], inner, np.where(alone, inner, low[closer[opening]]), name, names,
                (depth + empty)[opening], np.where(alone, count[opening], count[closer[opening]]), encoding, known_by)


def _closers(depth: np.ndarray, closing: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Return for each opening tag its closing tag: at one depth they alternate."""
    closer = np.arange(len(depth), dtype=np.int32)
    level = np.where(empty, 0, depth + closing).astype(np.int8)
    order = np.argsort(level, kind="stable").astype(np.int32)  # by depth, in document order: opening, closing, opening, closing …
    pairs = order[np.count_nonzero(level == 0):]
    closer[pairs[0::2]] = pairs[1::2]
    return closer


def _names(data: bytes, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return the code of each tag's local name and the names; alike tags are told by their first bytes as numbers."""
    import pyarrow as pa

    view: np.ndarray = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    masks = np.array([(1 << 8 * k) - 1 for k in range(9)], np.uint64)
    words, length = [], end - begin - 1
    left = np.arange(len(begin))  # tags whose name goes on after the words so far
    for k in range(_CODED // 8):
        part, space = _until_space(view[begin[left] + (1 + 8 * k)] & masks[np.minimum(length[left] - 8 * k, 8)])
        word = np.zeros(len(begin), np.uint64)
        word[left] = part
        words.append(word)
        left = left[~space & (length[left] > 8 * (k + 1))]
    mixed = words[0] * np.uint64(0x9E3779B97F4A7C15) ^ words[1] * np.uint64(0xC2B2AE3D27D4EB4F) ^ words[2] * np.uint64(0x165667B19E3779F9)
    code = pa.array(mixed).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    first = np.empty(code.max(initial=-1) + 1, np.int64)
    first[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    known: dict[bytes, int] = {}
    found = [_NAME.match(data, b + 1).group() for b in begin[first].tolist()]  # type: ignore[union-attr]
    name = np.fromiter((known.setdefault(one, len(known)) for one in found), np.int32, len(found))[code]
    for row in _doubtful(words, first, code, np.array([len(one) >= _CODED for one in found], bool)):
        name[row] = known.setdefault(_NAME.match(data, int(begin[row]) + 1).group(), len(known))  # type: ignore[union-attr]
    return _local(name, list(known))


def _until_space(word: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eight bytes as a number with a space and all after it blotted out, and whether there was one (exact for the first)."""
    ones, tops = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
    apart = word ^ np.uint64(0x2020202020202020)
    flag = (apart - ones) & ~apart & tops
    lowest = flag & (~flag + np.uint64(1))
    return word & ((lowest >> np.uint64(7)) - np.uint64(1)), flag != 0


def _doubtful(words: list[np.ndarray], first: np.ndarray, code: np.ndarray, long: np.ndarray) -> np.ndarray:
    """Return the tags whose name the first bytes do not settle: long names, and the near impossible like mix of unlike bytes."""
    doubt = long[code]
    for word in words:
        doubt |= word != word[first][code]
    return np.flatnonzero(doubt)


def _local(name: np.ndarray, qualified: list[bytes]) -> tuple[np.ndarray, list[str]]:
    names: dict[str, int] = {}
    short = [names.setdefault(one.rpartition(b":")[2].decode("utf-8"), len(names)) for one in qualified]
    return np.array(short, np.int32)[name], list(names)
