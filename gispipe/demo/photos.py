"""Aerial photos of three years, painted from the same city: roofs, yards, fields, woods, water, shadows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from gispipe.demo.canvas import LEVEL, Sheet, make_sheets
from gispipe.demo.city import Demo
from gispipe.demo.frame import ORIGIN, PLANE, generator

YEARS = (2005, 2015, 2025)
ROOFS = np.array([(86, 84, 86), (112, 108, 104), (66, 70, 82), (136, 96, 78), (152, 148, 142), (96, 102, 98), (170, 166, 160), (120, 84, 74),
                  (78, 92, 110)])
FLATS = np.array([(190, 188, 182), (172, 174, 172), (202, 200, 194), (150, 158, 160)])
FIELDS = np.array([(126, 142, 82), (142, 150, 92), (108, 132, 74), (150, 136, 98), (134, 124, 88), (116, 140, 88)])
YARDS = np.array([(164, 158, 142), (150, 150, 126), (138, 142, 112), (176, 170, 154)])
PAVED = ("commercial", "industrial", "hospital", "city_hall", "housing")
HAZE = {2005: (1.03, 0.97, 0.90), 2015: (1.0, 1.0, 1.0), 2025: (0.98, 1.01, 1.03)}


@dataclass(frozen=True)
class Colours:
    """Colours of every ground index and of every building, for one year."""

    ground: np.ndarray
    roof: np.ndarray
    there: np.ndarray   # which buildings stand


def _colours(demo: Demo, year: int) -> Colours:
    rng = generator(demo.seed, 70)
    lots, b = demo.lots, demo.buildings
    there = b.year <= year
    built = np.zeros(len(lots.lot), bool)
    built[b.lot[there]] = True
    kind = lots.block_kind[lots.lot_block].astype(str)
    n = len(kind)
    yard, field = YARDS[rng.integers(0, len(YARDS), n)].astype(float), FIELDS[rng.integers(0, len(FIELDS), n)].astype(float)
    fallow = (rng.random(n) < 0.7) & ~np.isin(kind, ["commercial", "industrial", "dense"])
    colour = np.where(((kind == "farm") | (~built & fallow))[:, None], field, yard)
    colour[np.isin(kind, PAVED)] = (160, 158, 152)
    colour[np.isin(kind, ["primary", "junior"])] = (190, 172, 138)
    colour[np.isin(kind, ["park", "big_park", "shrine"])] = (104, 126, 76)
    colour += rng.normal(0, 5, (n, 1))
    roofs = np.where(b.solid[:, None], FLATS[rng.integers(0, len(FLATS), len(b.shape))], ROOFS[rng.integers(0, len(ROOFS), len(b.shape))])
    tint = np.array(HAZE[year])
    level = np.array([colour for _, colour in LEVEL], float)
    return Colours((np.concatenate([level, colour]) * tint).astype(np.float32),
                   ((roofs + rng.normal(0, 7, (len(b.shape), 1))) * tint).astype(np.float32), there)


def _moved(mask: np.ndarray, east: int, north: int) -> np.ndarray:
    """Return the picture moved by whole pixels; what comes in from outside is zero."""
    out = np.zeros_like(mask)
    rows, columns = mask.shape
    to_r, from_r = slice(max(0, -north), rows - max(0, north)), slice(max(0, north), rows - max(0, -north))
    to_c, from_c = slice(max(0, east), columns - max(0, -east)), slice(max(0, -east), columns - max(0, east))
    out[to_r, to_c] = mask[from_r, from_c]
    return out


def _paint(demo: Demo, sheet: Sheet, year: int, colours: Colours) -> np.ndarray:
    """Return the finished picture, uint8 (3, rows, columns)."""
    pixel = demo.size.photo_pixel
    stands = np.concatenate([[False], colours.there])
    height = np.concatenate([[0], np.where(colours.there, demo.buildings.floors, 0)]).astype(np.uint8)[sheet.roof]
    light = sheet.relief * np.float32(1.0)
    for floors, depth in ((1, 0.70), (3, 0.86), (5, 0.90)):  # shadows to the north-west, longer for tall houses
        tall = height >= floors
        shade = _moved(tall, -round(1.0 * floors / pixel), round(1.6 * floors / pixel))
        light *= np.where(shade & ~tall, np.float32(depth), np.float32(1))
    roof = np.where(stands[sheet.roof], sheet.roof, 0)
    up = roof > 0
    # the southern half of a pitched roof is brighter
    step = max(1, round(3.0 / pixel))
    below, above = _moved(roof, 0, -step) == roof, _moved(roof, 0, step) == roof
    slope = np.array([1.10, 0.97, 1.03], np.float32)[np.where(above, 1, np.where(below, 0, 2))]
    light = np.where(up, slope, light)
    tree = (np.array([70, 94, 54]) * np.array(HAZE[year])).astype(np.float32)
    palette = np.concatenate([colours.ground, colours.roof, [tree]]).astype(np.float32)
    index = np.where(up, len(colours.ground) - 1 + roof, np.where(sheet.trees, len(palette) - 1, sheet.ground))
    picture = np.empty((3, *index.shape), np.uint8)
    for band in range(3):
        value = palette[:, band].take(index)
        value *= light
        value += sheet.grain
        picture[band] = np.clip(value, 4, 250, out=value)
    return picture


@contextmanager
def photos_aside(demo: Demo, folder: Path) -> Iterator[Future[list[Path]]]:
    """Write the sheets of every year while the caller does other work: JPEG in TIFF, world file and .prj beside it; gives their files."""
    with warnings.catch_warnings(), ThreadPoolExecutor(1) as aside:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # the position is in the world file, as delivered sheets have it
        yield aside.submit(_write, demo, folder)


def _write(demo: Demo, folder: Path) -> list[Path]:
    written = []
    colours = {year: _colours(demo, year) for year in YEARS}

    def one(sheet: Sheet, year: int) -> list[Path]:
        path = folder / "photo" / str(year) / f"{year}_{sheet.name}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        _save(path, _paint(demo, sheet, year, colours[year]), demo.size.photo_pixel, sheet)
        return [path, path.with_suffix(".tfw"), path.with_suffix(".prj")]

    # the years of a sheet do not depend on each other; two threads, because each holds a picture in memory
    with ThreadPoolExecutor(2) as pool:
        for sheet in make_sheets(demo):
            for files in pool.map(lambda year, sheet=sheet: one(sheet, year), YEARS):
                written += files
    return written


def _save(path: Path, rgb: np.ndarray, pixel: float, sheet: Sheet) -> None:
    west, north = sheet.west + ORIGIN[0], sheet.north + ORIGIN[1]
    with rasterio.open(path, "w", driver="GTiff", width=rgb.shape[2], height=rgb.shape[1], count=3, dtype="uint8", photometric="YCBCR",
                       compress="JPEG", jpeg_quality=82, tiled=True, blockxsize=256, blockysize=256) as file:
        file.write(rgb)
    numbers = (pixel, 0, 0, -pixel, west + pixel / 2, north - pixel / 2)
    path.with_suffix(".tfw").write_text("".join(f"{v:.6f}\r\n" for v in numbers), encoding="ascii", newline="")
    path.with_suffix(".prj").write_text(rasterio.crs.CRS.from_string(PLANE).to_wkt(version="WKT1_ESRI"), encoding="ascii", newline="")
