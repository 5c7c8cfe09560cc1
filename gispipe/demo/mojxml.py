"""Write register-office maps (地図XML) as they are delivered: points, a curve for every side, surfaces, parcels, sheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import numpy as np
import shapely

FIXED = (2026, 4, 1, 0, 0, 0)  # the date of every archive member; today's would change the bytes
_HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n<地図 xmlns="http://www.moj.go.jp/MINJI/tizuxml" xmlns:zmn="http://www.moj.go.jp/MINJI/tizuzumen" '
         'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.moj.go.jp/MINJI/tizuxml tizuxml.xsd">\n')
_LEVELS = ("大字", "丁目", "小字", "予備")


@dataclass(frozen=True)
class Place:
    """Codes (大字 3, 丁目 3, 小字 4, 予備 2 digits), names (None: not written) and 地番 of a parcel or of a part of one."""

    codes: tuple[str, str, str, str]
    names: tuple[str | None, str | None, str | None, str | None]
    number: str


@dataclass(frozen=True)
class Parcel:
    """A 筆: polygon (x east, y north, metres), where it is registered, and how well its points are known."""

    shape: shapely.Polygon
    place: Place
    accuracy: str | None = None
    by: str | None = None
    undecided: tuple[Place, ...] = ()
    on_points: bool = True      # sides refer to 筆界点; else they carry their coordinates


@dataclass(frozen=True)
class Sheet:
    """A 図郭: number, scale, class and kind of the map, corners, and the parcels (indices) drawn on it."""

    number: str
    scale: int
    category: str
    kind: str
    box: tuple[float, float, float, float]
    parcels: tuple[int, ...]


@dataclass(frozen=True)
class Map:
    """One file: its name, municipality (5 digits), 座標系, and what is on it."""

    name: str
    code: str
    city: str
    system: str
    parcels: Sequence[Parcel]
    sheets: Sequence[Sheet] = ()
    controls: Sequence[tuple[str, float, float, str, str]] = ()     # name, east, north, kind, marker
    survey: tuple[tuple[str, str], ...] = field(default=(("測地系判別", "測量"),))


def map_bytes(one: Map) -> bytes:
    """Return the map as 地図XML: UTF-8, CRLF, tabs, three decimals."""
    drawing = _Drawing(one)
    head = [("version", "ver1.0"), ("地図名", one.name), ("市区町村コード", one.code), ("市区町村名", one.city), ("座標系", one.system), *one.survey]
    lines = [_HEAD, *(f"\t{_leaf(*pair)}\n" for pair in head), "\t<空間属性>\n", *drawing.points(), *drawing.curves(), *drawing.surfaces(), "\t</空間属性>\n",
             "\t<主題属性>\n", *drawing.subjects(), "\t</主題属性>\n", *(_sheet(sheet) for sheet in one.sheets), "</地図>\n"]
    return "".join(lines).replace("\n", "\r\n").encode()


def archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of the members; the same members give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in members:
            packed.writestr(zipfile.ZipInfo(name, FIXED), data, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


class _Drawing:
    """Numbers for everything on a map: control points, corners shared by coordinate, one curve for every side of a ring."""

    def __init__(self, one: Map) -> None:
        self.map = one
        shapes = np.array([parcel.shape for parcel in one.parcels], object)
        self.parcel_of_ring = np.repeat(np.arange(len(shapes)), shapely.get_num_interior_rings(shapes) + 1)
        rings = shapely.get_rings(shapely.orient_polygons(shapes, exterior_cw=True))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        last = np.append(ring[1:] != ring[:-1], True)
        self.start, self.end, self.ring = np.flatnonzero(~last), np.flatnonzero(~last) + 1, ring[~last]
        texts = np.array([f"{y:.3f} {x:.3f}" for x, y in xy.tolist()])
        shared = np.array([parcel.on_points for parcel in one.parcels])[self.parcel_of_ring[ring]]
        self.corner, of = np.unique(texts[shared], return_inverse=True)
        self.text, self.number = texts, np.zeros(len(texts), int)
        self.number[shared] = of + 1 + len(one.controls)

    def points(self) -> Iterator[str]:
        where = [f"{north:.3f} {east:.3f}" for _, east, north, _, _ in self.map.controls] + self.corner.tolist()
        for k, text in enumerate(where, 1):
            x, y = text.split(" ")
            yield (f'\t\t<zmn:GM_Point id="P{k:09d}">\n\t\t\t<zmn:GM_Point.position>\n\t\t\t\t<zmn:DirectPosition>\n\t\t\t\t\t<zmn:X>{x}</zmn:X>\n'
                   f"\t\t\t\t\t<zmn:Y>{y}</zmn:Y>\n\t\t\t\t</zmn:DirectPosition>\n\t\t\t</zmn:GM_Point.position>\n\t\t</zmn:GM_Point>\n")

    def curves(self) -> Iterator[str]:
        columns = [_column(number, text) for number, text in zip(self.number.tolist(), self.text.tolist(), strict=True)]
        for k, (start, end) in enumerate(zip(self.start.tolist(), self.end.tolist(), strict=True), 1):
            yield (f'\t\t<zmn:GM_Curve id="C{k:09d}">\n\t\t\t<zmn:GM_OrientablePrimitive.orientation>+</zmn:GM_OrientablePrimitive.orientation>\n'
                   f'\t\t\t<zmn:GM_OrientablePrimitive.primitive idref="C{k:09d}"/>\n\t\t\t<zmn:GM_Curve.segment>\n\t\t\t\t<zmn:GM_LineString>\n'
                   f"\t\t\t\t\t<zmn:GM_LineString.controlPoint>\n{columns[start]}{columns[end]}\t\t\t\t\t</zmn:GM_LineString.controlPoint>\n"
                   "\t\t\t\t</zmn:GM_LineString>\n\t\t\t</zmn:GM_Curve.segment>\n\t\t</zmn:GM_Curve>\n")

    def surfaces(self) -> Iterator[str]:
        first = np.searchsorted(self.ring, np.arange(len(self.parcel_of_ring) + 1)).tolist()
        rings = [_ring(first[k], first[k + 1], k > 0 and self.parcel_of_ring[k] == self.parcel_of_ring[k - 1]) for k in range(len(self.parcel_of_ring))]
        begin = np.searchsorted(self.parcel_of_ring, np.arange(len(self.map.parcels) + 1)).tolist()
        for k in range(len(self.map.parcels)):
            yield (f'\t\t<zmn:GM_Surface id="F{k + 1:09d}">\n\t\t\t<zmn:GM_Surface.patch>\n\t\t\t\t<zmn:GM_Polygon>\n\t\t\t\t\t<zmn:GM_Polygon.boundary>\n'
                   f"\t\t\t\t\t\t<zmn:GM_SurfaceBoundary>\n{''.join(rings[begin[k]:begin[k + 1]])}\t\t\t\t\t\t</zmn:GM_SurfaceBoundary>\n"
                   "\t\t\t\t\t</zmn:GM_Polygon.boundary>\n\t\t\t\t</zmn:GM_Polygon>\n\t\t\t</zmn:GM_Surface.patch>\n\t\t</zmn:GM_Surface>\n")

    def subjects(self) -> Iterator[str]:
        for k, (name, _, _, kind, marker) in enumerate(self.map.controls, 1):
            yield (f'\t\t<基準点>\n\t\t\t{_leaf("名称", name)}\n\t\t\t<形状 idref="P{k:09d}"/>\n\t\t\t{_leaf("基準点種別", kind)}\n'
                   f'\t\t\t{_leaf("埋標区分", marker)}\n\t\t</基準点>\n')
        for k in range(len(self.corner)):
            yield f'\t\t<筆界点>\n\t\t\t<点番名>{k + 1}</点番名>\n\t\t\t<形状 idref="P{k + 1 + len(self.map.controls):09d}"/>\n\t\t</筆界点>\n'
        for k in range(len(self.start)):
            yield f'\t\t<筆界線>\n\t\t\t<形状 idref="C{k + 1:09d}"/>\n\t\t\t<線種別>筆界線</線種別>\n\t\t</筆界線>\n'
        for k, parcel in enumerate(self.map.parcels, 1):
            yield _parcel(k, parcel)


def _column(number: int, text: str) -> str:
    x, _, y = text.partition(" ")
    inside = (f'indirect>\n\t\t\t\t\t\t\t\t<zmn:GM_PointRef.point idref="P{number:09d}"/>\n\t\t\t\t\t\t\t</zmn:GM_Position.indirect>' if number else
              f"direct>\n\t\t\t\t\t\t\t\t<zmn:X>{x}</zmn:X>\n\t\t\t\t\t\t\t\t<zmn:Y>{y}</zmn:Y>\n\t\t\t\t\t\t\t</zmn:GM_Position.direct>")
    return f"\t\t\t\t\t\t<zmn:GM_PointArray.column>\n\t\t\t\t\t\t\t<zmn:GM_Position.{inside}\n\t\t\t\t\t\t</zmn:GM_PointArray.column>\n"


def _ring(first: int, end: int, hole: bool) -> str:
    side = f"GM_SurfaceBoundary.{'interior' if hole else 'exterior'}"
    sides = "".join(f'\t\t\t\t\t\t\t\t\t<zmn:GM_CompositeCurve.generator idref="C{k + 1:09d}"/>\n' for k in range(first, end))
    return f"\t\t\t\t\t\t\t<zmn:{side}>\n\t\t\t\t\t\t\t\t<zmn:GM_Ring>\n{sides}\t\t\t\t\t\t\t\t</zmn:GM_Ring>\n\t\t\t\t\t\t\t</zmn:{side}>\n"


def _leaf(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _place(place: Place) -> list[str]:
    codes = [_leaf(f"{level}コード", code) for level, code in zip(_LEVELS, place.codes, strict=True)]
    names = [_leaf(f"{level}名", name) for level, name in zip(_LEVELS, place.names, strict=True) if name is not None]
    return [*codes, *names, _leaf("地番", place.number)]


def _parcel(k: int, parcel: Parcel) -> str:
    rows = [*_place(parcel.place), f'<形状 idref="F{k:09d}"/>']
    rows += [_leaf(name, text) for name, text in (("精度区分", parcel.accuracy), ("座標値種別", parcel.by)) if text is not None]
    rows += [f"<筆界未定構成筆>{''.join(_place(part))}</筆界未定構成筆>" for part in parcel.undecided]
    return f'\t\t<筆 id="H{k:09d}">\n' + "".join(f"\t\t\t{row}\n" for row in rows) + "\t\t</筆>\n"


def _sheet(sheet: Sheet) -> str:
    west, south, east, north = sheet.box
    corners = (("左下", south, west), ("左上", north, west), ("右下", south, east), ("右上", north, east))
    rows = [_leaf("地図番号", sheet.number), _leaf("縮尺分母", str(sheet.scale)), _leaf("方位不明フラグ", "false"),
            *(f"<{name}座標>\n\t\t\t<zmn:X>{x:.3f}</zmn:X>\n\t\t\t<zmn:Y>{y:.3f}</zmn:Y>\n\t\t</{name}座標>" for name, x, y in corners),
            _leaf("地図種類", sheet.kind), _leaf("地図分類", sheet.category), _leaf("地図材質", "電磁的記録媒体"),
            "<地図作成年月日>\n\t\t\t<年>2020</年>\n\t\t\t<月>3</月>\n\t\t</地図作成年月日>", *(f'<筆参照 idref="H{k + 1:09d}"/>' for k in sheet.parcels)]
    return "\t<図郭>\n" + "".join(f"\t\t{row}\n" for row in rows) + "\t</図郭>\n"
