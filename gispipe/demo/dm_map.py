"""The demo city's base map as DM sheets: level 2500 for the whole city, 500 around the city hall, 10000 generalised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from gispipe.demo.base_tables import contours, road_edges
from gispipe.demo.city import Demo
from gispipe.demo.dm import SheetFrame, write_sheets
from gispipe.demo.dm_records import Element
from gispipe.demo.dm_sheets import Class, elements, frames
from gispipe.demo.facility_tables import names_on_the_map
from gispipe.demo.frame import NOTICE, generator
from gispipe.demo.write import plane

ZONE = 6
ROAD, BRIDGE, RAIL, HOUSE, SOLID, INDEX, CONTOUR, SPOT = "2101", "2203", "2301", "3001", "3002", "7101", "7102", "7312"
NAMES = {"山": "8171", "河川": "8151", "海": "8151", "鉄道": "8123"}
_LETTERS = {"山": 30, "河川": 40, "海": 60, "鉄道": 25}
"""Height of the letters of a name on the map, 0.1 mm."""
_LARGE = 250.0


def write_base_map(demo: Demo, dest: Path) -> tuple[list[Path], dict[str, int]]:
    """Write the sheets below dm/500, dm/2500 and dm/10000; return the files and the elements by path."""
    edge, kind = road_edges(demo)
    roads = {ROAD: plane(edge[kind == "車道"]), BRIDGE: plane(edge[kind != "車道"])}
    houses = {HOUSE: plane(demo.buildings.shape[~demo.buildings.solid]), SOLID: plane(demo.buildings.shape[demo.buildings.solid])}
    files: list[Path] = []
    counts: dict[str, int] = {}
    for level, area, classes in ((2500, _extent(demo), _whole(demo, roads)), (500, _hall(demo), _lines(roads) + _lines(houses)),
                                 (10000, _extent(demo), _coarse(demo, houses))):
        sheets = [(frame, elements(frame, classes)) for frame in frames(level, ZONE, area, f"基本図{level} {NOTICE}")]
        sheets = [(frame, found) for frame, found in sheets if found]
        files += write_sheets(dest / "dm" / str(level), ZONE, sheets)
        counts |= _counted(level, sheets)
    return files, counts


def _counted(level: int, sheets: list[tuple[SheetFrame, list[Element]]]) -> dict[str, int]:
    return {f"dm/{level}/{frame.id}.dm": len(found) for frame, found in sheets}


def _lines(shapes: dict[str, np.ndarray]) -> list[Class]:
    return [Class(code, some) for code, some in shapes.items()]


def _extent(demo: Demo) -> tuple[float, float, float, float]:
    return tuple(shapely.bounds(plane(np.array([demo.network.limit], object))[0]).tolist())


def _hall(demo: Demo) -> tuple[float, float, float, float]:
    """Return an area that two by two sheets of level 500 around the city hall cover."""
    block = demo.lots.block[demo.lots.block_kind.astype(str) == "city_hall"]
    x, y = shapely.get_coordinates(shapely.centroid(plane(block[:1])))[0]
    return x - 200, y - 150, x + 200, y + 150


def _whole(demo: Demo, roads: dict[str, np.ndarray]) -> list[Class]:
    line, height, index = contours(demo)
    point, text, kind, angle = names_on_the_map(demo)
    line, point = plane(line), plane(point)
    spots, heights = _spot_heights(demo)
    code = np.array([NAMES[one] for one in kind], object)
    return [*_lines(roads), Class(RAIL, plane(np.array([shapely.intersection(demo.network.railway, demo.network.limit)], object))),
            Class(INDEX, line[index], height[index]), Class(CONTOUR, line[~index], height[~index]), Class(SPOT, spots, heights),
            *[Class(one, point[code == one], texts=text[code == one].tolist(), angles=angle[code == one].tolist(), sizes=[_LETTERS[k] for k in kind[code == one]])
              for one in sorted(set(code))]]


def _spot_heights(demo: Demo) -> tuple[np.ndarray, np.ndarray]:
    """Return points on crossings and road ends with their heights to a decimetre."""
    ends = shapely.get_point(demo.street, 0)
    chosen = np.sort(generator(demo.seed, 40).choice(len(ends), min(len(ends), 40 + len(ends) // 8), replace=False))
    place = np.unique(np.round(shapely.get_coordinates(ends[chosen]), 2), axis=0)
    return plane(shapely.points(place)), np.round(demo.terrain.height(*place.T), 1)


def _coarse(demo: Demo, houses: dict[str, np.ndarray]) -> list[Class]:
    """Return what a small scale keeps: the main roads' edges and large buildings, without their small corners."""
    roads = shapely.union_all(shapely.buffer(demo.network.roads, demo.network.road_width / 2, cap_style="flat"), grid_size=0.01)
    edges = shapely.get_parts(shapely.boundary(shapely.simplify(shapely.get_parts(roads), 2.0)))
    out = [Class(ROAD, plane(edges[shapely.length(edges) > 60]))]
    for code, shapes in houses.items():
        large = shapely.simplify(shapes[shapely.area(shapes) > _LARGE], 2.0)
        out.append(Class(code, large[shapely.area(large) > _LARGE / 2]))
    return out
