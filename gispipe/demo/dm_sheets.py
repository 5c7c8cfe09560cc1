"""Cut geometry into the sheets of the national grid and turn it into elements of whole steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.dm import SheetFrame
from gispipe.demo.dm_records import Element

_SIZES = {500: (400, 300), 2500: (2000, 1500), 10000: (8000, 6000)}
_UNITS = {500: 1, 2500: 10, 10000: 999}


@dataclass(frozen=True)
class Class:
    """Shapes of one class in plane coordinates, metres. values: (n,) 属性数値 in metres; texts, angles (degrees), sizes (0.1 mm): (n,) for annotations."""

    code: str
    shapes: np.ndarray
    values: np.ndarray | None = None
    texts: Sequence[str] = ()
    angles: Sequence[int] = ()
    sizes: Sequence[int] = ()


def frames(level: int, zone: int, area: tuple[float, float, float, float], title: str) -> list[SheetFrame]:
    """Return the sheets of a level that cover an area (west, south, east, north), each with its neighbours of the same set."""
    width, height = _SIZES[level]
    west, south, east, north = area
    found = {}
    for y in range(int(south // height) * height, int(np.ceil(north / height)) * height, height):
        for x in range(int(west // width) * width, int(np.ceil(east / width)) * width, width):
            found[x, y] = sheet_id(level, zone, x, y)
    return [SheetFrame(name, level, (x, y, x + width, y + height), "みずほ野", title, _UNITS[level], neighbours=tuple(
        found.get((x + dx * width, y + dy * height), "") for dx, dy in _AROUND)) for (x, y), name in sorted(found.items(), key=lambda one: one[1])]


_AROUND = ((-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0))


def sheet_id(level: int, zone: int, west: float, south: float) -> str:
    """Return a sheet's id from its lower-left corner: zone, block, sheet of 1/5000, and what divides that."""
    down, right = int(300_000 - south - 1) // 30_000, int(west + 160_000) // 40_000
    y, x = int(300_000 - 30_000 * down - south - 1), int(west + 160_000 - 40_000 * right)
    name = f"{zone:02d}{chr(65 + down)}{chr(65 + right)}{y // 3000}{x // 4000}"
    if level == 2500:
        return f"{name}{1 + 2 * (y % 3000 // 1500) + x % 4000 // 2000}"
    return f"{name}{y % 3000 // 300}{x % 4000 // 400}" if level == 500 else name


def elements(frame: SheetFrame, classes: Sequence[Class]) -> list[Element]:
    """Return what of every class lies in a sheet, cut at its frame and rounded to its unit."""
    west, south, east, north = frame.corners
    out: list[Element] = []
    for one in classes:
        near = np.flatnonzero(_reaches(one.shapes, frame.corners))
        shapes, of = shapely.get_parts(shapely.clip_by_rect(one.shapes[near], west, south, east, north), return_index=True)
        shapes, again = shapely.get_parts(shapely.set_precision(shapes, frame.step), return_index=True)
        for shape, row in zip(shapes, near[of[again]].tolist(), strict=True):
            value = 0 if one.values is None else round(float(one.values[row]) / frame.step)
            written = (one.texts[row], one.angles[row], one.sizes[row]) if len(one.texts) else None
            out += _elements(shape, one.code, frame, value, written)
    return out


def _reaches(shapes: np.ndarray, corners: tuple[float, float, float, float]) -> np.ndarray:
    low_x, low_y, high_x, high_y = shapely.bounds(shapes).T
    west, south, east, north = corners
    return (low_x < east) & (high_x >= west) & (low_y < north) & (high_y >= south)


def _elements(shape: shapely.Geometry, code: str, frame: SheetFrame, value: int, written: tuple[str, int, int] | None) -> Iterator[Element]:
    kind = shapely.get_type_id(shape)
    if kind == 0:
        x, y = steps(shape, frame)[0]
        if written is None:
            yield Element(5, code, at=(x, y), value=value)
        else:
            yield Element(7, code, at=(x, y), text=written[0], angle=written[1], size=written[2])
    elif kind == 1 and shapely.length(shape) > 0:
        yield Element(2, code, steps(shape, frame), value=value)
    elif kind == 3 and shapely.area(shape) > 0:
        yield Element(1, code, steps(shapely.get_exterior_ring(shape), frame), value=value)
        for ring in shapely.get_rings(shape)[1:]:
            yield Element(1, code, steps(ring, frame), value=value, figure=31)


def steps(shape: shapely.Geometry, frame: SheetFrame) -> list[list[int]]:
    """Return (X north, Y east) of a shape's points in steps from the sheet's corner."""
    xy = shapely.get_coordinates(shape) - frame.corners[:2]
    return np.rint(xy[:, ::-1] / frame.step).astype(int).tolist()
