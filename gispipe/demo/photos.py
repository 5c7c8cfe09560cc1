"""Aerial photos of three years, painted from the same city: roofs, yards, fields, woods, water, shadows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
import rasterio.features
import shapely
from rasterio import Affine

from gispipe.demo.base_tables import _road_area
from gispipe.demo.city import Demo
from gispipe.demo.frame import ORIGIN, PLANE, generator

YEARS = (2005, 2015, 2025)
ROOFS = np.array([(86, 84, 86), (112, 108, 104), (66, 70, 82), (136, 96, 78), (152, 148, 142), (96, 102, 98), (170, 166, 160), (120, 84, 74), (78, 92, 110)])
FLATS = np.array([(190, 188, 182), (172, 174, 172), (202, 200, 194), (150, 158, 160)])
FIELDS = np.array([(126, 142, 82), (142, 150, 92), (108, 132, 74), (150, 136, 98), (134, 124, 88), (116, 140, 88)])
YARDS = np.array([(164, 158, 142), (150, 150, 126), (138, 142, 112), (176, 170, 154)])


class Canvas:
    """An RGB picture of a window of the city; colours are burnt in order."""

    def __init__(self, demo: Demo, column: int, row: int) -> None:
        sheets, pixel = demo.size.photo_sheets, demo.size.photo_pixel
        self.width, self.height = int(demo.size.width / pixel / sheets[0]), int(demo.size.height / pixel / sheets[1])
        self.west = column * self.width * pixel
        self.north = demo.size.height - row * self.height * pixel
        self.place = Affine(pixel, 0, self.west, 0, -pixel, self.north)
        self.frame = shapely.box(self.west, self.north - self.height * pixel, self.west + self.width * pixel, self.north)
        self.rgb = np.empty((3, self.height, self.width), np.float32)

    def burn(self, shapes: np.ndarray, values: np.ndarray | None = None) -> np.ndarray:
        """Return per pixel the value (index + 1 when none are given) of the last shape that covers it, else 0."""
        shapes = np.atleast_1d(np.asarray(shapes, object))
        values = np.arange(1, len(shapes) + 1) if values is None else values
        seen = np.flatnonzero(shapely.intersects(shapes, self.frame))
        if not len(seen):
            return np.zeros((self.height, self.width), np.int32)
        pairs = zip(shapes[seen], values[seen].tolist(), strict=True)
        return rasterio.features.rasterize(pairs, (self.height, self.width), transform=self.place, dtype="int32")

    def paint(self, index: np.ndarray, colours: np.ndarray) -> None:
        """Colour every pixel with index k > 0 with colours[k - 1]."""
        where = index > 0
        self.rgb[:, where] = np.asarray(colours, np.float32)[index[where] - 1].T


def _noise(canvas: Canvas, rng: np.random.Generator, cell: int) -> np.ndarray:
    """Return blotchy noise of ±1 with blotches of `cell` pixels."""
    small = rng.random((canvas.height // cell + 3, canvas.width // cell + 3), np.float32) * 2 - 1
    y = np.arange(canvas.height, dtype=np.float32) / cell
    x = np.arange(canvas.width, dtype=np.float32) / cell
    r, c = y.astype(int), x.astype(int)
    fy, fx = (y - r)[:, None], (x - c)[None]
    top = small[r][:, c] * (1 - fx) + small[r][:, c + 1] * fx
    low = small[r + 1][:, c] * (1 - fx) + small[r + 1][:, c + 1] * fx
    return top * (1 - fy) + low * fy


def _ground(demo: Demo, canvas: Canvas, year: int, built: np.ndarray) -> None:
    """Paint everything flat: sea, land, lots, roads, rivers, rails."""
    rng = generator(demo.seed, 70)
    lots, net = demo.lots, demo.network
    canvas.rgb[:] = np.array([52, 78, 92], np.float32)[:, None, None]
    canvas.paint(canvas.burn(net.land), np.array([(146, 142, 122)]))
    kind = lots.block_kind[lots.lot_block].astype(str)
    colour = YARDS[rng.integers(0, len(YARDS), len(kind))].astype(float)
    field = FIELDS[rng.integers(0, len(FIELDS), len(kind))].astype(float)
    empty = ~built & ~np.isin(kind, ["commercial", "industrial", "dense"])
    colour = np.where(((kind == "farm") | (empty & (rng.random(len(kind)) < 0.7)))[:, None], field, colour)
    colour[np.isin(kind, ["commercial", "industrial", "hospital", "city_hall", "housing"])] = (160, 158, 152)
    colour[np.isin(kind, ["primary", "junior"])] = (190, 172, 138)
    colour[np.isin(kind, ["park", "big_park", "shrine"])] = (104, 126, 76)
    colour += rng.normal(0, 5, (len(kind), 1))
    canvas.paint(canvas.burn(lots.lot), colour)
    roads = _road_area(demo).geometry
    canvas.paint(np.minimum(canvas.burn(roads), 1), np.array([(148, 147, 145)]))
    canvas.paint(np.minimum(canvas.burn(np.array(net.banks)), 1), np.array([(122, 138, 86)]))
    canvas.paint(np.minimum(canvas.burn(np.array(net.water)), 1), np.array([(66, 92, 98)]))
    canvas.paint(np.minimum(canvas.burn(shapely.buffer(net.railway, 6.0)), 1), np.array([(128, 112, 98)]))
    bridges = shapely.intersection(shapely.buffer(net.roads, net.road_width / 2), shapely.union_all(net.banks))
    canvas.paint(np.minimum(canvas.burn(bridges[~shapely.is_empty(bridges)]), 1), np.array([(168, 166, 162)]))


def _paint(demo: Demo, canvas: Canvas, year: int) -> np.ndarray:
    """Return the finished picture, uint8 (3, rows, columns)."""
    b, net = demo.buildings, demo.network
    rng = generator(demo.seed, 71 + year)
    there = b.year <= year
    built = np.zeros(len(demo.lots.lot), bool)
    built[b.lot[there]] = True
    _ground(demo, canvas, year, built)
    woods = canvas.burn(net.forest) > 0
    shape, floors = b.shape[there], b.floors[there]
    fixed = generator(demo.seed, 69)
    roof = np.where(b.solid[:, None], FLATS[fixed.integers(0, len(FLATS), len(b.shape))], ROOFS[fixed.integers(0, len(ROOFS), len(b.shape))])[there]
    for height in (1, 3, 5):  # shadows to the north-west, longer for tall houses
        tall = floors >= height
        moved = shapely.transform(shape[tall], lambda xy, h=height: xy + (-0.9 * h, 1.3 * h))
        shade = canvas.burn(moved) > 0
        canvas.rgb[:, shade] *= 0.66 if height == 1 else 0.85
    roofs = canvas.burn(shape)
    canvas.paint(roofs, roof + fixed.normal(0, 7, (len(b.shape), 1))[there])
    # the northern half of a pitched roof is darker
    south = canvas.burn(shapely.transform(shape, lambda xy: xy - (0, 2.6)))
    canvas.rgb[:, (roofs > 0) & (south == roofs)] *= 1.09
    fine, blotch, broad = rng.normal(0, 1, (canvas.height, canvas.width)).astype(np.float32), _noise(canvas, rng, 4), _noise(canvas, rng, 34)
    relief = _hillshade(demo, canvas)
    canvas.rgb[:, woods] = (np.array([[66], [88], [52]]) + (blotch[woods] * 17 + fine[woods] * 6 + broad[woods] * 10)[None] * np.array([[1], [1.05], [0.8]])) * relief[woods]
    green = (canvas.rgb[1] > canvas.rgb[0] + 8) & (roofs == 0) & ~woods & (blotch > 0.42)
    canvas.rgb[:, green] = np.array([[72], [96], [56]]) + fine[green] * 6
    canvas.rgb += fine * 4.2 + broad * 4.0
    haze = {2005: (1.03, 0.97, 0.90), 2015: (1.0, 1.0, 1.0), 2025: (0.98, 1.01, 1.03)}.get(year, (1.0, 1.0, 1.0))
    return np.clip(canvas.rgb * np.array(haze, np.float32)[:, None, None], 4, 250).astype(np.uint8)


def _hillshade(demo: Demo, canvas: Canvas) -> np.ndarray:
    step = 8
    pixel = demo.size.photo_pixel
    x = canvas.west + pixel * step * np.arange(canvas.width // step + 2)
    y = canvas.north - pixel * step * np.arange(canvas.height // step + 2)
    z = demo.terrain.height(*np.meshgrid(x, y))
    dy, dx = np.gradient(z, pixel * step)
    shade = np.clip(1 + 1.1 * (dx * 0.7 - dy * 0.7) * -1, 0.55, 1.4).astype(np.float32)
    return np.repeat(np.repeat(shade, step, 0), step, 1)[:canvas.height, :canvas.width]


def write_photos(demo: Demo, folder: Path) -> list[Path]:
    """Write the sheets of every year: JPEG in TIFF, world file and .prj beside it."""
    written = []
    for year in YEARS:
        home = folder / "photo" / str(year)
        home.mkdir(parents=True, exist_ok=True)
        for column in range(demo.size.photo_sheets[0]):
            for row in range(demo.size.photo_sheets[1]):
                canvas = Canvas(demo, column, row)
                path = home / f"{year}_{column + 1}{row + 1}.tif"
                _save(path, _paint(demo, canvas, year), demo.size.photo_pixel, canvas)
                written += [path, path.with_suffix(".tfw"), path.with_suffix(".prj")]
    return written


def _save(path: Path, rgb: np.ndarray, pixel: float, canvas: Canvas) -> None:
    west, north = canvas.west + ORIGIN[0], canvas.north + ORIGIN[1]
    with rasterio.open(path, "w", driver="GTiff", width=canvas.width, height=canvas.height, count=3, dtype="uint8", photometric="YCBCR",
                       compress="JPEG", jpeg_quality=82, tiled=True, blockxsize=256, blockysize=256) as sheet:
        sheet.write(rgb)
    path.with_suffix(".tfw").write_text("".join(f"{v:.6f}\r\n" for v in (pixel, 0, 0, -pixel, west + pixel / 2, north - pixel / 2)), encoding="ascii", newline="")
    path.with_suffix(".prj").write_text(rasterio.crs.CRS.from_string(PLANE).to_wkt(version="WKT1_ESRI"), encoding="ascii", newline="")
