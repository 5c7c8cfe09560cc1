"""Small deliveries in formats other than the usual ones: walking courses (KML), park outlines (DXF), polling districts (TopoJSON)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from gispipe.demo.city import Demo
from gispipe.demo.drawings import dxf, kml, topojson
from gispipe.demo.places import reserved, stem
from gispipe.demo.towns import dissolve
from gispipe.demo.write import lonlat, plane


def write_office_files(demo: Demo, dest: Path) -> tuple[list[Path], dict[str, int]]:
    """Write the three deliveries below `dest`; return the files and their rows."""
    files, counts = [], {}
    for name, (content, rows) in {"health/walking.kml": _courses(demo), "park/outline.dxf": _parks(demo), "election/district.topojson": _districts(demo)}.items():
        path = dest / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        files.append(path)
        counts[name] = rows
    return files, counts


def _courses(demo: Demo) -> tuple[bytes, int]:
    """Return one walking course through every third district, along its collector streets."""
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(demo.collectors)))
    lines = lines[(shapely.get_type_id(lines) == 1) & (shapely.length(lines) > 250)][::3]
    town = shapely.STRtree(demo.towns.shape).nearest(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    names = [f"{stem(demo.towns.name[t])}コース{k + 1}" for k, t in enumerate(town)]
    length = np.round(shapely.length(lines)).astype(int).tolist()
    return kml("健康ウォーキング", lonlat(lines), {"name": names, "description": [f"片道約{m}m<br>歩道のある道です。" for m in length], "延長": length}), len(lines)


def _parks(demo: Demo) -> tuple[bytes, int]:
    """Return park outlines as a drawing in plane coordinates, names beside them."""
    places = reserved(demo, "park", "公園", "こうえん")
    blocks = demo.lots.block[demo.lots.block_kind == "park"]
    outlines = shapely.get_exterior_ring(plane(blocks))
    return dxf({"公園区域": outlines}, {"公園名": (plane(places.point), places.name.tolist())}), len(outlines) + len(places.name)


def _districts(demo: Demo) -> tuple[bytes, int]:
    """Return polling districts of two neighbourhoods each."""
    group = demo.towns.neighborhood // 2
    areas = dissolve(demo.towns.shape, group, int(group.max()) + 1)
    parts, of = shapely.get_parts(lonlat(areas), return_index=True)
    parts = shapely.orient_polygons(parts)
    return topojson("投票区", parts, {"番号": [int(k) + 1 for k in of], "名称": [f"第{int(k) + 1}投票区" for k in of], "枝番": list(range(1, len(parts) + 1))}), len(parts)
