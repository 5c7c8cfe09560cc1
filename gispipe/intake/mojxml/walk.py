"""Read a map element by element, however it is written: the general way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gispipe.intake.mojxml.parts import CORNERS, HEAD, PLACE, QUALITY, SHEET, TIZU, ZUMEN, Curves, Parts, Points, Sheet, Subject, Surfaces, texts
from gispipe.intake.xml import elements, local

if TYPE_CHECKING:
    from lxml.etree import _Element

SUBJECTS = {"基準点": ("名称", "基準点種別", "埋標区分"), "筆界点": ("点番名",), "筆界線": ("線種別",), "仮行政界線": ("線種別",), "筆": (*PLACE, *QUALITY)}
CONSTITUENTS = "筆界未定構成筆"
_T, _Z = f"{{{TIZU}}}", f"{{{ZUMEN}}}"
_PATCH = "/".join(_Z + name for name in ("GM_Surface.patch", "GM_Polygon", "GM_Polygon.boundary", "GM_SurfaceBoundary"))
_COLUMN, _REF, _SIGN, _PRIMITIVE = (_Z + name for name in ("GM_PointArray.column", "GM_PointRef.point", "GM_OrientablePrimitive.orientation",
                                                           "GM_OrientablePrimitive.primitive"))
_CURVE = {_COLUMN: 0, _REF: 1, f"{_Z}X": 2, f"{_Z}Y": 3, _SIGN: 0, _PRIMITIVE: 0}
_TAGS = {name: tuple(_T + column for column in columns) for name, columns in SUBJECTS.items()}


@dataclass
class _Lists:
    head: dict[str, str | None] = field(default_factory=dict)
    point: list[tuple] = field(default_factory=list)
    curve: list[tuple] = field(default_factory=list)
    position: list[tuple] = field(default_factory=list)
    surface: list[tuple] = field(default_factory=list)
    ring: list[tuple] = field(default_factory=list)
    side: list[tuple] = field(default_factory=list)
    subjects: dict[str, list[tuple]] = field(default_factory=lambda: {name: [] for name in SUBJECTS})
    sheets: list[Sheet] = field(default_factory=list)


def walk(path: Path, where: str) -> Parts:
    """Return the parts of a map; raises UnreadableInput for XML that is not well-formed or carries a DTD."""
    lists = _Lists()
    for element in elements(path, list(_TAKERS), where):
        taker = _TAKERS[element.tag]
        if element.getparent() is not None and element.getparent().tag == _T + taker[0]:
            taker[1](lists, element)
    return _parts(lists)


def _take_head(lists: _Lists, element: _Element) -> None:
    lists.head.setdefault(local(element), element.text)


def _xy(element: _Element) -> tuple[str | None, str | None]:
    return element.findtext(f"{_Z}X"), element.findtext(f"{_Z}Y")


def _take_point(lists: _Lists, element: _Element) -> None:
    position = element.find(f"{_Z}GM_Point.position/{_Z}DirectPosition")
    lists.point.append((element.get("id"), *(_xy(position) if position is not None else (None, None))))


def _take_curve(lists: _Lists, element: _Element) -> None:
    """Take the positions in document order, whether a point's id or numbers of their own; one pass, since curves are most of a file."""
    k, sign, primitive = len(lists.curve), None, None
    positions: list[list] = []
    for node in element.iter(*_CURVE):
        if node.tag == _COLUMN:
            positions.append([k, None, None, None])
        elif node.tag == _SIGN:
            sign = node.text
        elif node.tag == _PRIMITIVE:
            primitive = node.get("idref")
        elif positions:
            positions[-1][_CURVE[node.tag]] = node.get("idref") if node.tag == _REF else node.text
    lists.curve.append((element.get("id"), sign, primitive))
    lists.position += map(tuple, positions)


def _take_surface(lists: _Lists, element: _Element) -> None:
    k = len(lists.surface)
    lists.surface.append((element.get("id"),))
    boundaries = element.findall(_PATCH)
    for kind, hole in (("exterior", False), ("interior", True)):
        for ring in (ring for boundary in boundaries for ring in boundary.findall(f"{_Z}GM_SurfaceBoundary.{kind}/{_Z}GM_Ring")):
            lists.side += [(len(lists.ring), one.get("idref")) for one in ring.iterfind(f"{_Z}GM_CompositeCurve.generator")]
            lists.ring.append((k, hole))


def _take_subject(lists: _Lists, element: _Element) -> None:
    name = local(element)
    found: dict[str, _Element] = {}
    for child in element.iterchildren():
        found.setdefault(child.tag, child)
    row = tuple(found[tag].text if tag in found else None for tag in _TAGS[name])
    if name == "筆":
        row += (constituents(element), element.get("id"))
    shape = found.get(f"{_T}形状")
    lists.subjects[name].append((*row, shape.get("idref") if shape is not None else None))


def constituents(element: _Element) -> str | None:
    """Return the parcels among which no boundary is settled, as a JSON list of their codes, names and 地番."""
    found = [{local(part): part.text.strip() for part in one if part.text and part.text.strip()} for one in element.iterfind(_T + CONSTITUENTS)]
    return json.dumps(found, ensure_ascii=False) if found else None


def sheet(element: _Element) -> Sheet:
    """Return a 図郭 with the ids of the parcels drawn on it; dates as year-month-day, as far as they are given."""
    corners = [_xy(corner) if (corner := element.find(_T + name)) is not None else (None, None) for name in CORNERS]
    fields = {name: (element.findtext(_T + name) or "").strip() or None for name in SHEET}
    for name in ("地図作成年月日", "備付地図年月日"):
        parts = [element.findtext(f"{_T}{name}/{_T}{unit}") for unit in "年月日"]
        fields[name] = "-".join(part.strip().zfill(2) for part in parts if part and part.strip()) or None
    return Sheet(fields, corners, [one.get("idref") for one in element.iterfind(f"{_T}筆参照")])


def _take_sheet(lists: _Lists, element: _Element) -> None:
    lists.sheets.append(sheet(element))


_TAKERS: dict[str, tuple[str, Callable[[_Lists, _Element], None]]] = {
    **{_T + name: ("地図", _take_head) for name in HEAD}, _T + "図郭": ("地図", _take_sheet), **{_T + name: ("主題属性", _take_subject) for name in SUBJECTS},
    _Z + "GM_Point": ("空間属性", _take_point), _Z + "GM_Curve": ("空間属性", _take_curve), _Z + "GM_Surface": ("空間属性", _take_surface)}


def _columns(rows: list[tuple], width: int) -> Iterator[list]:
    return iter(map(list, zip(*rows, strict=True)) if rows else ([] for _ in range(width)))


def _parts(lists: _Lists) -> Parts:
    ids, signs, primitives = map(texts, _columns(lists.curve, 3))
    position = list(_columns(lists.position, 4))
    ring, side = list(_columns(lists.ring, 2)), list(_columns(lists.side, 2))
    return Parts({name: (text or "").strip() or None for name, text in lists.head.items()}, Points(*map(texts, _columns(lists.point, 3))),
                 Curves(ids, signs, primitives, np.array(position[0], np.int64), *map(texts, position[1:])),
                 Surfaces(texts([row[0] for row in lists.surface]), np.array(ring[0], np.int64), np.array(ring[1], bool), np.array(side[0], np.int64), texts(side[1])),
                 {name: _subject(name, rows) for name, rows in lists.subjects.items()}, lists.sheets)


def _subject(name: str, rows: list[tuple]) -> Subject:
    names = [*SUBJECTS[name], *((CONSTITUENTS, "id") if name == "筆" else ())]
    columns: list[pa.Array] = [texts(values) for values in _columns(rows, len(names) + 1)]
    return Subject(dict(zip(names, columns[:-1], strict=True)), columns[-1])
