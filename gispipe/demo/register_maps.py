"""Register-office maps of a few towns: three surveyed in public coordinates, three drawn long ago in axes of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely import affinity

from gispipe.demo.city import Demo
from gispipe.demo.frame import CITY, CODE, ORIGIN, generator
from gispipe.demo.mojxml import Map, Parcel, Place, Sheet, archive, map_bytes

PATH = "moj/99201-9901.zip"
SURVEYED, DRAWN = 3, 3
SHEET = (175.0, 125.0)  # metres of ground on a sheet of 1/500
_NEW = ("法第14条1項地図", "法務局作成地図")
_OLD = ("地図に準ずる図面", "旧土地台帳附属地図")


@dataclass(frozen=True)
class _Town:
    """A town's lots in plane coordinates (millimetres kept), its outline, blocks of the lots, and how places in it are named."""

    outline: shapely.Polygon
    shape: np.ndarray
    block: np.ndarray
    number: np.ndarray
    codes: tuple[str, str, str, str]
    names: tuple[str | None, str | None, str | None, str | None]

    def place(self, number: str) -> Place:
        return Place(self.codes, self.names, number)


def write_register_maps(demo: Demo, folder: Path) -> tuple[Path, int]:
    """Write the outer archive below `folder`; return it and the number of parcels in it."""
    towns = _towns(demo)
    maps = [_surveyed(demo, town, k) for k, town in enumerate(towns[:SURVEYED])] + [_drawn(demo, town, k) for k, town in enumerate(towns[SURVEYED:])]
    stems = [f"{CODE[:5]}-9901-{k}" for k in range(1, len(maps) + 1)]
    inner = [(f"{stem}.zip", archive([(f"{stem}.xml", map_bytes(one))])) for stem, one in zip(stems, maps, strict=True)]
    path = folder / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(archive(inner))
    return path, sum(len(one.parcels) for one in maps)


def _towns(demo: Demo) -> list[_Town]:
    """Return the towns of middling size, in their order."""
    of_lot = demo.block_town[demo.lots.lot_block]
    count = np.bincount(of_lot, minlength=len(demo.towns.shape))
    lived_in = np.flatnonzero(count >= 60)
    middle = np.argsort(np.abs(count[lived_in] - np.median(count[lived_in])), kind="stable")[:SURVEYED + DRAWN]
    return [_town(demo, int(k), np.flatnonzero(of_lot == k)) for k in sorted(lived_in[middle])]


def _town(demo: Demo, k: int, lots: np.ndarray) -> _Town:
    name, code = str(demo.towns.name[k]), str(demo.towns.code[k])
    title, chome = re.fullmatch(r"(.*?)([一二三四五六七八九十]+丁目)?", name).groups()  # type: ignore[union-attr]
    shape = _plane(demo.lots.lot[lots])
    return _Town(_plane(demo.towns.shape[[k]])[0], shape, demo.lots.lot_block[lots], demo.lot_number[lots], (code[6:9], code[9:], "0000", "00"), (title, chome, None, None))


def _plane(shapes: np.ndarray) -> np.ndarray:
    """Move local shapes to plane coordinates of whole millimetres, as the maps write them."""
    return shapely.set_precision(shapely.transform(shapes, lambda xy: xy + ORIGIN), 0.001)


def _surveyed(demo: Demo, town: _Town, k: int) -> Map:
    """Return a town in 公共座標6系: lots, streets with the blocks as holes, and what such maps hold besides."""
    rng = generator(demo.seed, 80 + k)
    quality = [(str(rng.choice(["甲二", "甲三", "乙一"], p=[0.6, 0.3, 0.1])), "測量成果") for _ in town.shape]
    lots = [Parcel(shape, town.place(str(number)), *best) for shape, number, best in zip(town.shape, town.number, quality, strict=True)]
    lots = _split(town, lots) if k == 0 else _unsettled(town, lots) if k == 1 else _elsewhere(town, lots)
    parcels = [*lots, *_streets(town), Parcel(_strip(town), Place(("000", "000", "0000", "00"), (None,) * 4, f"地区外-{k + 1:03d}"), None, "図上測量", on_points=False)]
    west, south, east, north = town.outline.bounds
    controls = [(f"{town.codes[0]}A{n:02d}", x, y, "数値図根点（細部多角点）", "埋標（その他）")
                for n, (x, y) in enumerate(((west + 20, south + 20), (east - 20, south + 20), (east - 20, north - 20), (west + 20, north - 20)), 1)]
    return Map(f"{town.names[0]}{town.names[1] or ''}_1", CODE[:5], CITY, "公共座標6系", parcels, _sheets(parcels), controls)


def _split(town: _Town, lots: list[Parcel]) -> list[Parcel]:
    """Draw the largest lot as two polygons with one number, and cut a pond (水) out of the second largest."""
    first, second = np.argsort(-shapely.area(town.shape), kind="stable")[:2].tolist()
    whole, number = town.shape[first], town.number[first]
    west, south, east, north = whole.bounds
    halves = [shapely.box(west - 1, south - 1, (west + east) / 2, north + 1), shapely.box((west + east) / 2, south - 1, east + 1, north + 1)]
    parts = [part for half in halves for part in shapely.get_parts(shapely.intersection(whole, half, grid_size=0.001)) if part.geom_type == "Polygon"]
    pond = shapely.set_precision(shapely.buffer(shapely.point_on_surface(town.shape[second]), 1.5, quad_segs=3), 0.001)
    rest = [lot for k, lot in enumerate(lots) if k not in (first, second)]
    cut = Parcel(shapely.difference(town.shape[second], pond, grid_size=0.001), lots[second].place, "甲二", "測量成果")
    return [*rest, *(Parcel(part, town.place(f"{number}W{n}"), "甲二", "測量成果") for n, part in enumerate(parts, 1)), cut,
            Parcel(pond, town.place("水-1"), None, "測量成果")]


def _unsettled(town: _Town, lots: list[Parcel]) -> list[Parcel]:
    """Draw the first two lots of a block that touch as one, because their owners did not agree on the boundary."""
    left, right = shapely.STRtree(town.shape).query(town.shape, predicate="touches")
    edge = shapely.length(shapely.intersection(town.shape[left], town.shape[right]))
    at = int(np.flatnonzero((town.block[left] == town.block[right]) & (edge > 5))[0])
    both = [int(left[at]), int(right[at])]
    one = Parcel(shapely.union_all(town.shape[both], grid_size=0.001), town.place("筆界未定地-1"), "乙一", "図上測量", tuple(lots[k].place for k in both))
    return [*(lot for k, lot in enumerate(lots) if k not in both), one]


def _elsewhere(town: _Town, lots: list[Parcel]) -> list[Parcel]:
    """Draw the block with the most lots as one polygon that refers to another drawing (別図)."""
    block = int(np.bincount(town.block).argmax())
    mine = town.block == block
    whole = max(shapely.get_parts(shapely.union_all(town.shape[mine], grid_size=0.001)), key=shapely.area)
    return [*(lot for lot, there in zip(lots, mine, strict=True) if not there), Parcel(whole, town.place("別図-1"), None, "図上測量", on_points=False)]


def _streets(town: _Town) -> list[Parcel]:
    land = shapely.difference(town.outline, shapely.union_all(town.shape, grid_size=0.001), grid_size=0.001)
    parts = [part for part in shapely.get_parts(land) if part.geom_type == "Polygon" and part.area > 6]
    return [Parcel(part, town.place(f"道-{n}"), None, "図上測量", on_points=False) for n, part in enumerate(parts, 1)]


def _strip(town: _Town) -> shapely.Polygon:
    """Return the land around a town, whose parcels belong to other maps."""
    outline = shapely.Polygon(town.outline.exterior)
    return shapely.difference(shapely.buffer(outline, 12.0, quad_segs=1), outline, grid_size=0.001)


def _sheets(parcels: list[Parcel]) -> list[Sheet]:
    """Return the sheets of 1/500 that the parcels lie on; a parcel may be on several."""
    shapes = np.array([parcel.shape for parcel in parcels], object)
    west, south, east, north = shapely.total_bounds(shapes)
    columns = np.arange(np.floor(west / SHEET[0]), np.ceil(east / SHEET[0]))
    rows = np.arange(np.floor(south / SHEET[1]), np.ceil(north / SHEET[1]))
    tree, out = shapely.STRtree(shapes), []
    for column, row in ((c, r) for c in columns for r in rows):
        box = (column * SHEET[0], row * SHEET[1], (column + 1) * SHEET[0], (row + 1) * SHEET[1])
        inside = np.sort(tree.query(shapely.box(*box), predicate="intersects"))
        if len(inside):
            out.append(Sheet(f"{column:.0f}   {-row:.0f}", 500, *_NEW, box, tuple(inside.tolist())))
    return out


def _drawn(demo: Demo, town: _Town, k: int) -> Map:
    """Return a town in 任意座標系: turned, shrunk and moved to the drawing's own origin, on one sheet of 1/600."""
    rng = generator(demo.seed, 90 + k)
    west, south, _, _ = town.outline.bounds
    turn, scale = float(rng.uniform(-40, 40)), float(rng.uniform(0.97, 1.03))
    shapes = [_on_paper(shape, west, south, turn, scale) for shape in town.shape]
    parcels = [Parcel(shape, town.place(str(number)), None, "図上測量") for shape, number in zip(shapes, town.number, strict=True)]
    west, south, east, north = (float(v) for v in shapely.total_bounds(np.array(shapes, object)))
    sheet = Sheet(f"M{300 + k}", 600, *_OLD, (west, south, east, north), tuple(range(len(parcels))))
    return Map(f"{town.names[0]}{town.names[1] or ''}（１／６００）", CODE[:5], CITY, "任意座標系", parcels, [sheet], survey=())


def _on_paper(shape: shapely.Polygon, west: float, south: float, turn: float, scale: float) -> shapely.Polygon:
    moved = affinity.translate(shape, -west, -south)
    return affinity.scale(affinity.rotate(moved, turn, origin=(0, 0)), scale, scale, origin=(0, 0))
