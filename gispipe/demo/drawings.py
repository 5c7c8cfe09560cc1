"""Write the small vector formats that other offices hand over: KML, DXF and TopoJSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

import numpy as np
import shapely

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'


def kml(folder: str, shapes: np.ndarray, columns: Mapping[str, Sequence[object]]) -> bytes:
    """Return placemarks of points, lines and polygons in longitude and latitude; `name` and `description` go to their own places."""
    rows = [{name: values[k] for name, values in columns.items()} for k in range(len(shapes))]
    marks = "".join(_placemark(shape, row) for shape, row in zip(shapes, rows, strict=True))
    return f"{_HEAD}<Folder><name>{escape(folder)}</name>\n{marks}</Folder>\n</Document>\n</kml>\n".encode()


def _placemark(shape: shapely.Geometry, row: Mapping[str, object]) -> str:
    data = "".join(f'<Data name="{escape(name)}"><value>{escape(str(value))}</value></Data>' for name, value in row.items() if name not in ("name", "description"))
    texts = "".join(f"<{name}>{escape(str(row[name]))}</{name}>" for name in ("name", "description") if name in row)
    return f"<Placemark>{texts}<ExtendedData>{data}</ExtendedData>{_kml_shape(shape)}</Placemark>\n"


def _kml_shape(shape: shapely.Geometry) -> str:
    if shape.geom_type == "Polygon":
        outer, *inner = (f"<LinearRing>{_coordinates(ring)}</LinearRing>" for ring in (shape.exterior, *shape.interiors))
        holes = "".join(f"<innerBoundaryIs>{ring}</innerBoundaryIs>" for ring in inner)
        return f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{holes}</Polygon>"
    if shape.geom_type in ("Point", "LineString"):
        return f"<{shape.geom_type}>{_coordinates(shape)}</{shape.geom_type}>"
    return f"<MultiGeometry>{''.join(_kml_shape(part) for part in shape.geoms)}</MultiGeometry>"


def _coordinates(shape: shapely.Geometry) -> str:
    return f"<coordinates>{' '.join(f'{x:.8f},{y:.8f},0' for x, y in shapely.get_coordinates(shape).tolist())}</coordinates>"


def dxf(layers: Mapping[str, np.ndarray], texts: Mapping[str, tuple[np.ndarray, Sequence[str]]]) -> bytes:
    """Return a drawing of 2000 (cp932): lines and closed outlines by layer, and texts at points by layer."""
    body = "".join(_polyline(layer, np.asarray(part.coords)) for layer, shapes in layers.items() for part in shapely.get_parts(shapes))
    body += "".join(_text(layer, x, y, text) for layer, (points, words) in texts.items() for (x, y), text in zip(shapely.get_coordinates(points).tolist(), words, strict=True))
    head = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\nANSI_932\n0\nENDSEC\n"
    return f"{head}0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n".replace("\n", "\r\n").encode("cp932")


def _polyline(layer: str, xy: np.ndarray) -> str:
    closed = len(xy) > 3 and bool((xy[0] == xy[-1]).all())
    rows = "".join(f"10\n{x:.4f}\n20\n{y:.4f}\n" for x, y in (xy[:-1] if closed else xy).tolist())
    return f"0\nLWPOLYLINE\n8\n{layer}\n90\n{len(xy) - closed}\n70\n{int(closed)}\n{rows}"


def _text(layer: str, x: float, y: float, text: str) -> str:
    return f"0\nTEXT\n8\n{layer}\n10\n{x:.4f}\n20\n{y:.4f}\n40\n2.5\n1\n{text}\n"


def topojson(name: str, shapes: np.ndarray, columns: Mapping[str, Sequence[object]], steps: int = 10_000_000) -> bytes:
    """Return a topology of polygons: borders that neighbours share stand once, places are whole steps of the frame.

    The polygons have to share the vertices of their borders.
    """
    low, high = np.array(shapely.total_bounds(shapes)).reshape(2, 2)
    scale = np.where(high > low, (high - low) / steps, 1.0)
    rings = [[_ring(ring, low, scale) for ring in (part.exterior, *part.interiors)] for part in shapes]
    arcs, references = _cut([ring for polygon in rings for ring in polygon])
    place = iter(references)
    members = [{"type": "Polygon", "arcs": [next(place) for _ in polygon], "properties": {key: values[k] for key, values in columns.items()}} for k, polygon in enumerate(rings)]
    document = {"type": "Topology", "transform": {"scale": scale.tolist(), "translate": low.tolist()},
                "objects": {name: {"type": "GeometryCollection", "geometries": members}}, "arcs": [_steps(arc) for arc in arcs]}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _ring(ring: shapely.LinearRing, low: np.ndarray, scale: np.ndarray) -> list[tuple[int, int]]:
    """Return a ring's whole steps, its first vertex at the end once more, no vertex twice in a row."""
    steps = np.rint((shapely.get_coordinates(ring) - low) / scale).astype(int)
    steps = steps[np.r_[True, (np.diff(steps, axis=0) != 0).any(axis=1)]]
    return [(int(x), int(y)) for x, y in steps]


def _cut(rings: list[list[tuple[int, int]]]) -> tuple[list[list[tuple[int, int]]], list[list[int]]]:
    """Cut rings where their neighbours change; return the arcs and for each ring its references (~n for backwards)."""
    beside: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for ring in rings:
        for one, other in pairwise(ring):
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
    arcs: list[list[tuple[int, int]]] = []
    known: dict[tuple[tuple[int, int], ...], int] = {}
    references = []
    for ring in rings:
        mine = []
        for part in _parts(ring, beside):
            forward, backward = tuple(part), tuple(reversed(part))
            if backward in known and forward not in known:
                mine.append(~known[backward])
                continue
            if forward not in known:
                known[forward] = len(arcs)
                arcs.append(part)
            mine.append(known[forward])
        references.append(mine)
    return arcs, references


def _parts(ring: list[tuple[int, int]], beside: Mapping[tuple[int, int], set[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Cut one ring at vertices where more than two lines meet; a ring alone is begun at its least vertex."""
    open_ring = ring[:-1]
    nodes = [k for k, vertex in enumerate(open_ring) if len(beside[vertex]) > 2]
    start = nodes[0] if nodes else min(range(len(open_ring)), key=lambda k: open_ring[k])
    turned = [*open_ring[start:], *open_ring[:start], open_ring[start]]
    cuts = [0, *(k for k in range(1, len(turned) - 1) if len(beside[turned[k]]) > 2), len(turned) - 1]
    return [turned[one:other + 1] for one, other in pairwise(cuts)]


def _steps(arc: list[tuple[int, int]]) -> list[list[int]]:
    """Return an arc as its first place and the step to each next one."""
    xy = np.array(arc)
    return np.vstack([xy[:1], np.diff(xy, axis=0)]).tolist()
