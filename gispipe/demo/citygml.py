"""Write PLATEAU CityGML: buildings with their hazards, flooded areas as triangles. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np
import shapely

from gispipe.demo.fgd import WRITTEN

Risk = dict[str, object]
"""One hazard at a building: kind (RiverFlooding, Tsunami, HighTide, InlandFlooding, ReservoirFlooding, LandSlide) and its elements."""

_UNITS = {"depth": "m", "duration": "hour"}
_SPACES = {"core": "http://www.opengis.net/citygml/2.0", "gml": "http://www.opengis.net/gml", "gen": "http://www.opengis.net/citygml/generics/2.0",
           "bldg": "http://www.opengis.net/citygml/building/2.0", "wtr": "http://www.opengis.net/citygml/waterbody/2.0",
           "uro": "https://www.geospatial.jp/iur/uro/3.1"}


def building_file(footprint: np.ndarray, ground: np.ndarray, height: np.ndarray, usage: Sequence[str], storeys: Sequence[int],
                  risks: Sequence[Sequence[Risk]], ids: Sequence[str], edge: str = "lod0RoofEdge") -> bytes:
    """Return buildings; footprint (n,) in degrees, ground and height in metres; `edge` names the element of the plan, "" for none."""
    rings = [[shapely.get_coordinates(ring) for ring in shapely.get_rings(shape)] for shape in footprint]
    parts = [_head(footprint, float(np.max(ground + height, initial=0.0)))]
    for k, outline in enumerate(rings):
        low, high = float(ground[k]), float(ground[k] + height[k])
        plan = f"<bldg:{edge}>\n<gml:MultiSurface>\n{_surface(outline, 0.0)}</gml:MultiSurface>\n</bldg:{edge}>\n" if edge else ""
        parts.append(
            f'<core:cityObjectMember>\n<bldg:Building gml:id="{ids[k]}">\n<core:creationDate>{WRITTEN}</core:creationDate>\n'
            f'<bldg:usage codeSpace="../../codelists/Building_usage.xml">{usage[k]}</bldg:usage>\n'
            f'<bldg:measuredHeight uom="m">{height[k]:.1f}</bldg:measuredHeight>\n<bldg:storeysAboveGround>{storeys[k]}</bldg:storeysAboveGround>\n'
            f"{plan}{_solid(outline, low, high)}{''.join(map(_risk, risks[k]))}</bldg:Building>\n</core:cityObjectMember>\n")
    return "".join([*parts, "</core:CityModel>\n"]).encode()


def flood_file(areas: Sequence[np.ndarray], names: Sequence[str], risks: Sequence[Risk], ids: Sequence[str], level: float = 0.0) -> bytes:
    """Return flooded areas; areas: (triangles, 3, 2) corners in degrees for each."""
    flat = np.concatenate([area.reshape(-1, 2) for area in areas])
    parts = [_head(shapely.points(flat), level)]
    for own, name, area, risk in zip(ids, names, areas, risks, strict=True):
        kind, inner = str(risk["kind"]), "".join(_element(one, value) for one, value in risk.items() if one != "kind")
        parts.append(
            f'<core:cityObjectMember>\n<wtr:WaterBody gml:id="{own}">\n<gml:name>{escape(name)}</gml:name>\n'
            '<wtr:class codeSpace="../../codelists/WaterBody_class.xml">1140</wtr:class>\n<wtr:lod1MultiSurface>\n<gml:MultiSurface>\n'
            f"{''.join(_surface([_closed(corners)], level) for corners in area)}</gml:MultiSurface>\n</wtr:lod1MultiSurface>\n"
            f"<uro:floodingRiskAttribute>\n<uro:{kind}RiskAttribute>\n{inner}</uro:{kind}RiskAttribute>\n</uro:floodingRiskAttribute>\n"
            "</wtr:WaterBody>\n</core:cityObjectMember>\n")
    return "".join([*parts, "</core:CityModel>\n"]).encode()


def triangles(shape: shapely.Geometry) -> np.ndarray:
    """Return (n, 3, 2) triangles that fill a polygon: Delaunay's, those whose middle lies inside."""
    parts = shapely.get_parts(shapely.constrained_delaunay_triangles(shape))
    return shapely.get_coordinates(parts).reshape(-1, 4, 2)[:, :3]


def _head(shapes: np.ndarray, top: float) -> str:
    west, south, east, north = shapely.total_bounds(shapes)
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in _SPACES.items())
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<core:CityModel {spaces}>\n<gml:boundedBy>\n'
            '<gml:Envelope srsName="http://www.opengis.net/def/crs/EPSG/0/6697" srsDimension="3">\n'
            f"<gml:lowerCorner>{south:.10f} {west:.10f} 0</gml:lowerCorner>\n<gml:upperCorner>{north:.10f} {east:.10f} {top:.3f}</gml:upperCorner>\n"
            "</gml:Envelope>\n</gml:boundedBy>\n")


def _closed(corners: np.ndarray) -> np.ndarray:
    return corners if (corners[0] == corners[-1]).all() else np.vstack([corners, corners[:1]])


def _positions(ring: np.ndarray, height: float | np.ndarray) -> str:
    heights = np.broadcast_to(height, len(ring)).tolist()
    return " ".join(f"{lat:.10f} {lon:.10f} {z:.3f}" for (lon, lat), z in zip(ring.tolist(), heights, strict=True))


def _surface(rings: list[np.ndarray], height: float | np.ndarray) -> str:
    sides = "".join(f"<gml:{side}>\n<gml:LinearRing>\n<gml:posList>{_positions(ring, height)}</gml:posList>\n</gml:LinearRing>\n</gml:{side}>\n"
                    for side, ring in zip(("exterior", *("interior",) * (len(rings) - 1)), rings, strict=True))
    return f"<gml:surfaceMember>\n<gml:Polygon>\n{sides}</gml:Polygon>\n</gml:surfaceMember>\n"


def _solid(rings: list[np.ndarray], low: float, high: float) -> str:
    """Return the block: floor, walls, roof."""
    walls = "".join(_surface([np.array([a, b, b, a, a])], np.array([low, low, high, high, low])) for ring in rings for a, b in zip(ring[:-1], ring[1:], strict=True))
    return ("<bldg:lod1Solid>\n<gml:Solid>\n<gml:exterior>\n<gml:CompositeSurface>\n"
            f"{_surface([ring[::-1] for ring in rings], low)}{walls}{_surface(rings, high)}"
            "</gml:CompositeSurface>\n</gml:exterior>\n</gml:Solid>\n</bldg:lod1Solid>\n")


def _risk(risk: Risk) -> str:
    inner = "".join(_element(name, value) for name, value in risk.items() if name != "kind")
    return (f"<uro:bldgDisasterRiskAttribute>\n<uro:{risk['kind']}RiskAttribute>\n{inner}</uro:{risk['kind']}RiskAttribute>\n"
            "</uro:bldgDisasterRiskAttribute>\n")


def _element(name: str, value: object) -> str:
    unit = f' uom="{_UNITS[name]}"' if name in _UNITS else ""
    return f"<uro:{name}{unit}>{escape(str(value))}</uro:{name}>\n"
