"""Write Fundamental Geospatial Data: features as JPGIS 2014 GML, heights as DEM tiles. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

WRITTEN = "2026-04-01"
_HEAD = (
    '<?xml version="1.0" encoding="{encoding}"?>\n'
    '<Dataset xsi:schemaLocation="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema FGD_GMLSchema.xsd"\n'
    '\txmlns:gml="http://www.opengis.net/gml/3.2"\n\txmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
    '\txmlns:xlink="http://www.w3.org/1999/xlink"\n\txmlns="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema"\n\tgml:id="Dataset1">\n'
    "<gml:description>架空の市の合成データ ID=fmdid:99-0000</gml:description>\n")
_WRAPPERS = {"Point": "pos", "LineString": "loc", "Polygon": "area"}
_CODECS = {"UTF-8": "utf-8", "Shift_JIS": "cp932"}


def feature_file(name: str, geometry: np.ndarray, columns: Mapping[str, np.ndarray], srs: str = "jgd2011", encoding: str = "UTF-8") -> bytes:
    """Return the features of one class as a file; geometry in degrees, x longitude, written latitude first."""
    geometry = np.asarray(geometry, object)
    kinds = np.array([shape.geom_type for shape in geometry], object)
    names = list(columns)
    rows = zip(*(_column(columns[one]) for one in names), strict=True) if names else [()] * len(geometry)
    parts = [_HEAD.format(encoding=encoding)]
    for k, (shape, values) in enumerate(zip(geometry, rows, strict=True), 1):
        own = f"F{k}"
        parts.append(f'<{name} gml:id="{own}">\n<fid>99201-{name}-{k}</fid>\n{_time("lfSpanFr", own, 1)}{_time("devDate", own, 2)}'
                     f"<orgGILvl>2500</orgGILvl>\n<vis>表示</vis>\n{_shape(shape, str(kinds[k - 1]), own, srs)}")
        parts += [f"<{one}>{value}</{one}>\n" for one, value in zip(names, values, strict=True) if value is not None]
        parts.append(f"</{name}>\n")
    parts.append("</Dataset>\n")
    return "".join(parts).encode(_CODECS[encoding])


def _column(values: np.ndarray) -> list[str | None]:
    from xml.sax.saxutils import escape

    return [None if value is None else escape(str(value)) for value in np.asarray(values, object).tolist()]


def _time(name: str, own: str, number: int) -> str:
    return f'<{name} gml:id="{own}-{number}">\n<gml:timePosition>{WRITTEN}</gml:timePosition>\n</{name}>\n'


def _lines(ring: shapely.Geometry) -> str:
    return "\n".join(f"{lat:.9f} {lon:.9f}" for lon, lat in shapely.get_coordinates(ring).tolist())


def _shape(shape: shapely.Geometry, kind: str, own: str, srs: str) -> str:
    tag, head = _WRAPPERS[kind], f'gml:id="{own}-g" srsName="fguuid:{srs}.bl"'
    if kind == "Point":
        return f"<{tag}>\n<gml:Point {head}>\n<gml:pos>{_lines(shape)}</gml:pos>\n</gml:Point>\n</{tag}>\n"
    if kind == "LineString":
        return f"<{tag}>\n<gml:Curve {head}>\n{_segments(shape)}</gml:Curve>\n</{tag}>\n"
    rings = "".join(_ring(ring, "interior" if n else "exterior", f"{own}-{n + 3}") for n, ring in enumerate(shapely.get_rings(shape)))
    return (f"<{tag}>\n<gml:Surface {head}>\n<gml:patches>\n<gml:PolygonPatch>\n{rings}</gml:PolygonPatch>\n</gml:patches>\n"
            f"</gml:Surface>\n</{tag}>\n")


def _ring(ring: shapely.Geometry, side: str, own: str) -> str:
    return (f'<gml:{side}>\n<gml:Ring>\n<gml:curveMember>\n<gml:Curve gml:id="{own}">\n{_segments(ring)}</gml:Curve>\n'
            f"</gml:curveMember>\n</gml:Ring>\n</gml:{side}>\n")


def _segments(line: shapely.Geometry) -> str:
    return f"<gml:segments>\n<gml:LineStringSegment>\n<gml:posList>\n{_lines(line)}\n</gml:posList>\n</gml:LineStringSegment>\n</gml:segments>\n"
