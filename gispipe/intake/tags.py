"""Read XML as columns: one pass proves it well-formed, then its tags are arrays, without an object for each element.

A tree of a large delivery costs more time than everything else; these files are millions of small, alike elements. The
proof is expat's: no DTD, no entities of one's own, no network, bounded depth. What follows may then trust the brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

import numpy as np

from gispipe.errors import UnreadableInput, XmlEntities
from gispipe.intake.text import BOM, codec, decode
from gispipe.intake.xml import AGAIN, broken
from gispipe.words import Words

if TYPE_CHECKING:
    import pyarrow as pa

DEEPEST = 64
LARGEST = 2**31 - 64
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)[\"'][^>]*\?>")
_ASIDE = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>", re.DOTALL)
_TAG = re.compile(rb"<[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>|>|[^<>]+")
_NAME = re.compile(rb"[^\s/>]+")
_CODED = 24  # bytes of a tag that are compared as three numbers; longer names are looked at one by one


@dataclass(frozen=True)
class Tags:
    """The elements of a document in its order, as (n,) arrays.

    data: UTF-8 without comments, instructions and CDATA marks; begin: place of the opening <; inner: place after its >;
    outer: place of the closing tag's <; name: index into `names` (local names); depth: 1 for the root; after: index of
    the first element that is not below this one; encoding and encoding_by: the file's own and how it is known.
    """

    data: bytes
    begin: np.ndarray
    inner: np.ndarray
    outer: np.ndarray
    name: np.ndarray
    names: list[str]
    depth: np.ndarray
    after: np.ndarray
    encoding: str
    encoding_by: str

    @cached_property
    def leaf(self) -> np.ndarray:
        """Whether an element holds nothing but text."""
        return self.after == np.arange(1, len(self.after) + 1)

    @cached_property
    def parent(self) -> np.ndarray:
        """The element above each; -1 for the root."""
        parent = np.full(len(self.depth), -1, np.int32)
        above = np.flatnonzero(self.depth == 1)
        for level in range(2, int(self.depth.max(initial=1)) + 1):
            here = np.flatnonzero(self.depth == level)
            parent[here] = above[np.searchsorted(above, here) - 1]
            above = here
        return parent

    def named(self, *names: str) -> np.ndarray:
        """Return the elements of these local names, in document order."""
        wanted = np.array([name in names for name in self.names], bool)
        return np.flatnonzero(wanted[self.name]) if len(self.names) else np.empty(0, np.int64)

    def count(self, which: np.ndarray) -> dict[str, int]:
        """Return how many elements have which name, in the order of first appearance."""
        codes, first, number = np.unique(self.name[which], return_index=True, return_counts=True)
        return {self.names[codes[k]]: int(number[k]) for k in np.argsort(first)}

    def raw(self, which: np.ndarray) -> list[bytes]:
        """Return the bytes inside elements."""
        data = self.data
        return [data[a:b] for a, b in zip(self.inner[which].tolist(), self.outer[which].tolist(), strict=True)]

    def texts(self, which: np.ndarray) -> list[str | None]:
        """Return the texts of elements, trimmed, None where there is none."""
        return [_text(one) for one in self.raw(which)]

    def column(self, which: np.ndarray) -> pa.Array:
        """Return the texts of elements as an Arrow array, trimmed, null where there is none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.spelled:
            return pa.array([_text(one) for one in self.raw(which)], pa.large_string())
        texts = pc.utf8_trim_whitespace(self._cut(which))
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.large_string()), texts)

    def _cut(self, which: np.ndarray) -> pa.Array:
        """Return what stands inside elements as an Arrow array: short texts by one gathering of bytes, long ones piece by piece."""
        import pyarrow as pa

        length = (self.outer[which] - self.inner[which]).astype(np.int64)
        offsets = np.concatenate([[0], np.cumsum(length)])
        if offsets[-1] > 64 * len(which):
            return pa.array(self.raw(which), pa.large_binary()).cast(pa.large_string())
        place = np.repeat(self.inner[which] - offsets[:-1], length) + np.arange(offsets[-1])
        letters = np.frombuffer(self.data, np.uint8)[place]
        return pa.LargeStringArray.from_buffers(len(which), pa.py_buffer(offsets), pa.py_buffer(letters))

    @cached_property
    def spelled(self) -> bool:
        """Whether any text is spelled with references or carriage returns."""
        return b"&" in self.data or b"\r" in self.data

    def attribute(self, which: np.ndarray, name: str) -> list[str | None]:
        """Return an attribute by its local name, None where it is absent."""
        plain = self._plain(which, name)
        return self._attribute(which, name) if plain is None else [one.decode("utf-8") or None for one in plain]

    def attribute_column(self, which: np.ndarray, name: str) -> pa.Array:
        """Return an attribute as an Arrow array."""
        import pyarrow as pa

        plain = self._plain(which, name)
        return pa.array(self._attribute(which, name), pa.large_string()) if plain is None else pa.array(plain, pa.large_binary()).cast(pa.large_string())

    def attribute_values(self, which: np.ndarray, name: str) -> set[str]:
        """Return every value of an attribute."""
        plain = self._plain(which, name)
        found = self._attribute(which, name) if plain is None else [one.decode("utf-8") for one in set(plain)]
        return {value for value in found if value}

    def _plain(self, which: np.ndarray, name: str) -> list[bytes] | None:
        """Return an attribute that every one of the tags writes in the plain way, None when some do not."""
        data = self.data
        heads = b"\n".join([data[a:b] for a, b in zip(self.begin[which].tolist(), self.inner[which].tolist(), strict=True)])
        plain = re.findall(rb"(?m)^<[^\s>]*\s(?:[^\n>]*?[\s:])??" + name.encode() + rb"=\"([^\"&\n]*)\"", heads)
        return plain if len(plain) == len(which) and heads.count(b"\n") == max(len(which) - 1, 0) else None

    def _attribute(self, which: np.ndarray, name: str) -> list[str | None]:
        pattern = re.compile(rb"[\s:]" + name.encode() + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
        data, found = self.data, []
        for a, b in zip(self.begin[which].tolist(), self.inner[which].tolist(), strict=True):
            hit = pattern.search(data, a, b)
            found.append(_text(hit.group(1) if hit.group(1) is not None else hit.group(2)) if hit else None)
        return found

    def line(self, which: int) -> int:
        """Return the line of an element, for messages (comments left out)."""
        return self.data.count(b"\n", 0, int(self.begin[which])) + 1

    def owner(self, holders: np.ndarray, which: np.ndarray) -> np.ndarray:
        """Return for each element the position in `holders` (in order, none inside another) of the one it is below, or -1."""
        if not len(holders):
            return np.full(len(which), -1)
        place = np.searchsorted(holders, which, "right") - 1
        return np.where((place >= 0) & (which < self.after[holders[place]]), place, -1)


def _text(raw: bytes) -> str | None:
    text = raw.decode("utf-8").strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        from xml.sax.saxutils import unescape

        text = re.sub(r"&#(x[0-9A-Fa-f]+|\d+);", lambda m: chr(int("0" + m[1] if m[1][0] == "x" else m[1], 16 if m[1][0] == "x" else 10)), text)
        text = unescape(text, {"&quot;": '"', "&apos;": "'"})
    return text or None


def read_tags(path: Path, where: str) -> Tags:
    """Read and prove a document; raises UnreadableInput when it is not XML, has a DTD, is too deep or too large."""
    if path.stat().st_size > LARGEST:
        raise UnreadableInput(where, Words("the XML is larger than 2 GB", "XML が 2 GB を超えています"),
                              Words("split the delivery", "分割して受け取ってください"))
    data, encoding, known_by = _utf8(path.read_bytes(), where)
    _prove(data, where)
    return _tags(data, encoding, known_by, where)


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


def _prove(data: bytes, where: str) -> None:
    def refuse(*_: object) -> None:
        raise XmlEntities(where, Words("the XML carries a DTD, which may define entities; it is refused", "XML に DTD（実体定義）があるため、受け付けません"),
                              Words("ask for a plain export", "DTD のない形で受け取り直してください"))

    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise broken(error, f"{where}:{error.lineno}") from None


def _brackets(data: bytes) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Return the document as nothing but tags and text, and the places of < and >.

    Comments and instructions go, CDATA becomes text, and a > that ends no tag is spelled out: seldom needed, so looked for first.
    """
    letters = np.frombuffer(data, np.uint8)
    low, high = (np.flatnonzero(letters == sign).astype(np.int32) for sign in (60, 62))
    if np.isin(letters[low + 1], (33, 63)).any():
        return _brackets(_ASIDE.sub(lambda m: b"" if m[1] is None else m[1].replace(b"&", b"&amp;").replace(b"<", b"&lt;"), data))
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
    for one in range(1, int(level.max(initial=0)) + 1):
        pairs = np.flatnonzero(level == one)
        closer[pairs[0::2]] = pairs[1::2]
    return closer


def _names(data: bytes, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return the code of each tag's local name and the names; alike tags are told by their first bytes as numbers."""
    import pyarrow as pa

    view: np.ndarray = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    masks = np.array([(1 << 8 * k) - 1 for k in range(9)], np.uint64)
    words, length = [], end - begin - 1
    for k in range(_CODED // 8):
        word, space = _until_space(view[begin + (1 + 8 * k)] & masks[np.clip(length - 8 * k, 0, 8)])
        words.append(word)
        length = np.where(space, 0, length)
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
