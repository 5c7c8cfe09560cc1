"""Write 国土数値情報: archives with folders named in cp932, shapefiles and GeoJSON inside, and GML by reference."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import shapely

from gispipe.demo.tables import Table

FIXED = (2026, 4, 1, 0, 0, 0)
_MAPPED = 0x800


class _Cp932(zipfile.ZipInfo):
    """An entry whose name is stored in cp932, as the archivers of Japanese Windows do."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp932"), self.flag_bits & ~_MAPPED


def archive(members: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a zip of members (name, content) in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members:
            packed.writestr(_Cp932(name, FIXED), content, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def table_members(table: Table, name: str) -> list[tuple[str, bytes]]:
    """Return the files of a table (shapefile or GeoJSON) under `name`, a path without an ending."""
    from gispipe.demo.write import write_table

    with tempfile.TemporaryDirectory() as folder:
        written = write_table(Path(folder), table)
        return [(name + path.suffix, path.read_bytes()) for path in written]


def gml_file(name: str, geometry: np.ndarray, columns: Mapping[str, Sequence[object]], datum: str = "JGD2011") -> bytes:
    """Return features whose points, curves and surfaces stand before them and are referred to; geometry in degrees."""
    head = ('<?xml version="1.0" encoding="UTF-8"?>\n<ksj:Dataset gml:id="Dataset" xmlns:ksj="http://nlftp.mlit.go.jp/ksj/schemas/ksj-app" '
             'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
             f'<gml:boundedBy><gml:EnvelopeWithTimePeriod srsName="{datum} / (B, L)" frame="GC / JST">\n'
             "<gml:lowerCorner>20.0 122.0</gml:lowerCorner><gml:upperCorner>46.0 154.0</gml:upperCorner></gml:EnvelopeWithTimePeriod></gml:boundedBy>\n")
    parts = [head]
    rows = zip(*columns.values(), strict=True) if columns else [()] * len(geometry)
    for k, (shape, values) in enumerate(zip(geometry, rows, strict=True), 1):
        text, own = _shape(shape, k)
        fields = "".join(f"<ksj:{one}>{'' if value is None else escape(str(value))}</ksj:{one}>\n" for one, value in zip(columns, values, strict=True))
        parts.append(f'{text}<ksj:{name} gml:id="ft_{k}">\n<ksj:bounds xlink:href="#{own}"/>\n{fields}</ksj:{name}>\n')
    return b"\xef\xbb\xbf" + "".join([*parts, "</ksj:Dataset>\n"]).encode()


def _shape(shape: shapely.Geometry, k: int) -> tuple[str, str]:
    if shape.geom_type == "Point":
        return f'<gml:Point gml:id="pt_{k}"><gml:pos>{_positions(shape)}</gml:pos></gml:Point>\n', f"pt_{k}"
    if shape.geom_type == "LineString":
        return _curve(shape, f"cv_{k}"), f"cv_{k}"
    rings = shapely.get_rings(shape)
    curves = "".join(_curve(ring, f"cv_{k}_{n}") for n, ring in enumerate(rings))
    sides = "".join(f'<gml:{side}><gml:Ring><gml:curveMember xlink:href="#cv_{k}_{n}"/></gml:Ring></gml:{side}>\n'
                    for n, side in enumerate(["exterior"] + ["interior"] * (len(rings) - 1)))
    return f'{curves}<gml:Surface gml:id="sf_{k}"><gml:patches><gml:PolygonPatch>\n{sides}</gml:PolygonPatch></gml:patches></gml:Surface>\n', f"sf_{k}"


def _curve(line: shapely.Geometry, own: str) -> str:
    return (f'<gml:Curve gml:id="{own}"><gml:segments><gml:LineStringSegment><gml:posList>\n{_positions(line)}\n'
            "</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>\n")


def _positions(shape: shapely.Geometry) -> str:
    return "\n".join(f"{lat:.9f} {lon:.9f}" for lon, lat in shapely.get_coordinates(shape).tolist())
