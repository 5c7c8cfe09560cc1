"""Write elevation tiles of the national base map: 225 × 150 cells of 0.2 seconds, one file a third mesh."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gispipe.demo.fgd import WRITTEN

COLUMNS, ROWS = 225, 150
_WIDTH, _HEIGHT = 1 / 80, 1 / 120  # a third mesh in degrees


def mesh_of(lon: float, lat: float) -> str:
    """Return the third mesh (8 digits) of a place."""
    y, x = int(lat * 120 + 1e-9), int((lon - 100) * 80 + 1e-9)
    return f"{y // 80}{x // 80:02d}{y // 10 % 8}{x // 10 % 8}{y % 10}{x % 10}"


def corner_of(mesh: str) -> tuple[float, float]:
    """Return the south-west corner (lon, lat) of a third mesh."""
    y = int(mesh[:2]) * 80 + int(mesh[4]) * 10 + int(mesh[6])
    x = int(mesh[2:4]) * 80 + int(mesh[5]) * 10 + int(mesh[7])
    return 100 + x * _WIDTH, y * _HEIGHT


def meshes_of(west: float, south: float, east: float, north: float) -> list[str]:
    """Return the third meshes that cover a rectangle, by number."""
    columns = np.arange(np.floor((west - 100) * 80), np.ceil((east - 100) * 80))
    rows = np.arange(np.floor(south * 120), np.ceil(north * 120))
    return sorted(mesh_of(100 + (x + 0.5) * _WIDTH, (y + 0.5) * _HEIGHT) for x in columns for y in rows)


def centres(mesh: str, columns: int = COLUMNS, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes (rows, columns) of the middles of the cells, north-west first."""
    west, south = corner_of(mesh)
    lon = west + (np.arange(columns) + 0.5) * _WIDTH / columns
    lat = south + _HEIGHT - (np.arange(rows) + 0.5) * _HEIGHT / rows
    return np.meshgrid(lon, lat)


def tile_file(mesh: str, heights: np.ndarray, kind: Callable[[np.ndarray], np.ndarray] | None = None, srs: str = "jgd2011", date: str = WRITTEN,
              type: str = "5mメッシュ（標高）", short: bool = True) -> bytes:
    """Return one tile; heights (rows, columns), north first, NaN without one.

    With `short` the list begins at the first cell that has a height and ends with the last, as real tiles do.
    """
    rows, columns = heights.shape
    west, south = corner_of(mesh)
    flat = heights.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    first, last = (int(known[0]), int(known[-1]) + 1) if short and len(known) else (0, len(flat))
    kinds = (kind(flat) if kind else np.where(np.isnan(flat), "データなし", "地表面"))[first:last].tolist()
    tuples = "\n".join(f"{name},{'-9999.' if np.isnan(value) else f'{value:.2f}'}" for name, value in zip(kinds, flat[first:last].tolist(), strict=True))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Dataset xmlns:gml="http://www.opengis.net/gml/3.2" xmlns="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema" gml:id="Dataset1">
<DEM gml:id="DEM001">
<fid>99201-{mesh}</fid>
<lfSpanFr gml:id="DEM001-1"><gml:timePosition>{date}</gml:timePosition></lfSpanFr>
<orgGILvl>0</orgGILvl>
<type>{type}</type>
<mesh>{mesh}</mesh>
<coverage gml:id="DEM001-3">
<gml:boundedBy><gml:Envelope srsName="fguuid:{srs}.bl">
<gml:lowerCorner>{south:.9f} {west:.9f}</gml:lowerCorner>
<gml:upperCorner>{south + _HEIGHT:.9f} {west + _WIDTH:.9f}</gml:upperCorner>
</gml:Envelope></gml:boundedBy>
<gml:gridDomain><gml:Grid dimension="2" gml:id="DEM001-4"><gml:limits><gml:GridEnvelope>
<gml:low>0 0</gml:low>
<gml:high>{columns - 1} {rows - 1}</gml:high>
</gml:GridEnvelope></gml:limits><gml:axisLabels>x y</gml:axisLabels></gml:Grid></gml:gridDomain>
<gml:rangeSet><gml:DataBlock><gml:rangeParameters><gml:QuantityList uom="DEM構成点"/></gml:rangeParameters>
<gml:tupleList>
{tuples}
</gml:tupleList>
</gml:DataBlock></gml:rangeSet>
<gml:coverageFunction><gml:GridFunction><gml:sequenceRule order="+x-y">Linear</gml:sequenceRule>
<gml:startPoint>{first % columns} {first // columns}</gml:startPoint></gml:GridFunction></gml:coverageFunction>
</coverage>
</DEM>
</Dataset>
""".encode()
