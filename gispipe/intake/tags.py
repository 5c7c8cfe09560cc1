"""The elements of an XML document as columns: places, names, depths, texts and attributes, without an object for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa


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
        mark = name.encode()
        heads = self._heads(which)
        plain = re.findall(rb"[\s:]" + mark + rb"=\"([^\"&\n]*)\"", heads)
        if len(plain) != heads.count(mark):  # the name stands elsewhere too, or is written another way
            return {value for value in self._attribute(which, name) if value}
        return {one.decode("utf-8") for one in set(plain)} - {""}

    def _heads(self, which: np.ndarray) -> bytes:
        """Return opening tags, a line each where none holds a line end."""
        data = self.data
        return b"\n".join([data[a:b] for a, b in zip(self.begin[which].tolist(), self.inner[which].tolist(), strict=True)])

    def _plain(self, which: np.ndarray, name: str) -> list[bytes] | None:
        """Return an attribute that every one of the tags writes in the plain way, None when some do not."""
        heads = self._heads(which)
        if heads.count(b"\n") != max(len(which) - 1, 0):
            return None
        first = re.findall(rb"\n<[^\s>]*\s(?:[^\s=:>\"']+:)?" + name.encode() + rb"=\"([^\"&\n]*)\"", b"\n" + heads)
        if len(first) == len(which):
            return first
        plain = re.findall(rb"(?m)^<[^\s>]*\s(?:[^\n>]*?[\s:])??" + name.encode() + rb"=\"([^\"&\n]*)\"", heads)
        return plain if len(plain) == len(which) else None

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
