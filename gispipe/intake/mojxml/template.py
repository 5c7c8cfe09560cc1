"""Read a map that is written the way the register offices write it: patterns over the bytes instead of an XML tree.

The way is open only when every byte of the file is accounted for: each part must match its pattern from its first byte
to its last, and what is left over (the head and the sheets) is parsed as XML. Tags, quotes and characters a pattern
lets through are well-formed by themselves, so that a match proves the file to be XML and proves what it says. Anything
else (other prefixes, an attribute more, a comment, an entity, another encoding) gives None, and the general way is taken.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gispipe.intake.mojxml.parts import HEAD, TIZU, ZUMEN, Curves, Parts, Points, Subject, Surfaces, marks, texts
from gispipe.intake.mojxml.patterns import Patterns, space_patterns, theme_pattern
from gispipe.intake.mojxml.walk import CONSTITUENTS, SUBJECTS, constituents, sheet

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE, _THEME = "空間属性".encode(), "主題属性".encode()


class _Other(Exception):
    """The file is written another way."""


def read_template(data: bytes, wanted: str) -> Parts | None:
    """Return the parts of a map written in the usual way with the wanted theme alone, or None; the other themes are gone through all the same."""
    collecting = gc.isenabled()
    gc.disable()  # half a million tuples that live to the end: looking through them again and again takes a third of the time
    try:
        return _read(data, wanted)
    except (_Other, pa.ArrowInvalid):  # the latter: a text that is not UTF-8
        return None
    finally:
        if collecting:
            gc.enable()


def _read(data: bytes, wanted: str) -> Parts:
    theme = _between(data, _THEME, len(data))
    space = _between(data, _SPACE, theme.start)
    root = _rest(data[:space.start] + data[space.stop:theme.start] + data[theme.stop:])
    prefix = _prefix(root)
    curve, surface = (_first(data, f"<{prefix}:{name} ".encode(), space) for name in ("GM_Curve", "GM_Surface"))
    curve = min(curve, surface)
    patterns = space_patterns(prefix)
    point = _columns(patterns.point, data, space.start, curve)
    tags = {f"{{{TIZU}}}{name}": name for name in HEAD}
    head = {tags[child.tag]: (child.text or "").strip() or None for child in reversed(root) if child.tag in tags}
    return Parts(head, Points(*map(marks, point)), _curves(_columns(patterns.curve, data, curve, surface)), _surfaces(patterns, data, surface, space.stop),
                 _subjects(data, theme, wanted), [sheet(one) for one in root.iterfind(f"{{{TIZU}}}図郭")])


def _between(data: bytes, name: bytes, stop: int) -> slice:
    """Return the inside of the last element of a name before `stop`; that it is one is proved by what is left when it is taken out."""
    last = data.rfind(b"</" + name + b">", 0, stop)
    first = data.find(b"<" + name + b">", 0, last) if name == _SPACE else data.rfind(b"<" + name + b">", 0, last)
    if first < 0 or last < first:
        raise _Other
    return slice(first + len(name) + 2, last)


def _first(data: bytes, mark: bytes, part: slice) -> int:
    found = data.find(mark, part.start, part.stop)
    return part.stop if found < 0 else found


def _rest(data: bytes) -> _Element:
    """Parse what is left of the file without the two parts; it must be plain XML in UTF-8 whose two parts are empty and stand under the root."""
    from lxml import etree

    if b"<!" in data:
        raise _Other
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True))
    except etree.XMLSyntaxError:
        raise _Other from None
    parts = [child for child in root if child.tag in (f"{{{TIZU}}}空間属性", f"{{{TIZU}}}主題属性")]
    if root.tag != f"{{{TIZU}}}地図" or len(parts) != 2 or any(part.nsmap != root.nsmap or len(part) or (part.text or "").strip() for part in parts):
        raise _Other
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() != "UTF-8":
        raise _Other
    return root


def _prefix(root: _Element) -> str:
    found = [prefix for prefix, space in root.nsmap.items() if space == ZUMEN and prefix]
    if len(found) != 1 or root.nsmap.get(None) != TIZU or not found[0].isascii():
        raise _Other
    return str(found[0])


def _columns(pattern: re.Pattern[bytes], data: bytes, start: int, stop: int) -> list[Sequence[bytes]]:
    """Return the groups of every match as columns; raises _Other unless the matches fill the span."""
    found = pattern.findall(data, start, stop)
    if found and found[-1][-1] and found.pop()[-1].strip(b"\t\r\n "):
        raise _Other
    columns: list[Sequence[bytes]] = [*zip(*found, strict=True)] or [()] * pattern.groups
    return columns[:-1]


def _curves(columns: list[Sequence[bytes]]) -> Curves:
    """Return the curves, two positions each."""
    ids, signs, primitives = map(marks, columns[:3])
    ends = [marks(column, absent=True) for column in columns[3:]]
    count = len(ids)
    order = pa.array(np.arange(2 * count).reshape(2, count).T.ravel())
    position = [pa.concat_arrays([one, other]).take(order) for one, other in zip(ends[:3], ends[3:], strict=True)]
    return Curves(ids, signs, primitives, np.repeat(np.arange(count), 2), *position)


def _surfaces(patterns: Patterns, data: bytes, start: int, stop: int) -> Surfaces:
    """Return the surfaces, the rings of each together, the outer one first."""
    ids, outer, holes = _columns(patterns.surface, data, start, stop)
    rings, surface, hole = list(outer), np.arange(len(outer)), np.zeros(len(outer), bool)
    for k in (k for k, text in enumerate(holes) if text):
        inner = patterns.ring.findall(holes[k])
        rings += inner
        surface, hole = np.append(surface, np.full(len(inner), k)), np.append(hole, np.ones(len(inner), bool))
    order = np.argsort(surface, kind="stable")
    rings = [rings[k] for k in order.tolist()]
    side = np.repeat(np.arange(len(rings)), [text.count(b"=") for text in rings])
    return Surfaces(marks(ids), surface[order].astype(np.int64), hole[order], side.astype(np.int64), marks(re.findall(rb'"([^"]++)"', b"".join(rings))))


def _subjects(data: bytes, theme: slice, wanted: str) -> dict[str, Subject]:
    """Return the wanted theme; each stands in one run, in whatever order the runs are."""
    openings = {name: f"<{name}{' ' if name == '筆' else '>'}".encode() for name in SUBJECTS}
    starts = sorted((at, name) for name, mark in openings.items() if (at := data.find(mark, theme.start, theme.stop)) >= 0)
    if data[theme.start:starts[0][0] if starts else theme.stop].strip(b"\t\r\n "):
        raise _Other
    stops = [at for at, _ in starts][1:] + [theme.stop]
    found = {name: _subject(name, data, at, stop, wanted) for (at, name), stop in zip(starts, stops, strict=False)}
    return {name: subject for name in SUBJECTS if (subject := found.get(name) or _subject(name, b"", 0, 0, name))}


def _subject(name: str, data: bytes, start: int, stop: int, wanted: str) -> Subject | None:
    """Return a theme; None for one that is not wanted, once it is found to be as it should."""
    names, pattern, run = theme_pattern(name)
    if name not in (wanted, "筆"):
        if run.match(data, start, stop).end() < stop or not _is_utf8(data[start:stop]):  # type: ignore[union-attr]
            raise _Other
        return None
    columns = dict(zip(names, _columns(pattern, data, start, stop), strict=True))
    shape = texts(columns.pop("形状"))
    if name == "筆":
        columns[CONSTITUENTS] = [_constituents(block) if block else b"" for block in columns[CONSTITUENTS]]
    order = [*SUBJECTS[name], *((CONSTITUENTS, "id") if name == "筆" else ())]
    return Subject({column: texts(columns[column]) for column in order}, shape)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _constituents(block: bytes) -> bytes:
    from lxml import etree

    try:
        found = constituents(etree.fromstring(f'<r xmlns="{TIZU}">'.encode() + block + b"</r>"))
    except etree.XMLSyntaxError:
        raise _Other from None
    return (found or "").encode()
