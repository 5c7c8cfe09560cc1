"""A scanned map of the city's past: one sheet, a palette of aged paper and ink, a white margin around the neat line."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import rasterio
import rasterio.features
import shapely
from rasterio import Affine
from rasterio.errors import NotGeoreferencedWarning

from gispipe.demo.city import Demo
from gispipe.demo.fields import blotches, mappings
from gispipe.demo.frame import ORIGIN, PLANE, generator

PATH = "old_map/1968/1968.tif"
_MARGIN, _CONTOUR = 40, 10.0  # pixels, metres
_PAPERS = 6
PALETTE = [(236, 224, 196), (232, 219, 190), (228, 215, 184), (224, 210, 178), (219, 204, 171), (213, 198, 164),  # paper, lighter to darker
           (176, 196, 196), (178, 132, 92), (96, 84, 72), (60, 54, 50), (206, 208, 164), (255, 255, 255)]
_WATER, _HEIGHTS, _ROAD, _INK, _WOOD, _WHITE = range(_PAPERS, len(PALETTE))


def write_old_map(demo: Demo, folder: Path) -> list[Path]:
    """Write the scan with its world file and .prj below `folder`; return the files."""
    pixel = 2 * demo.size.photo_pixel
    shape = int(demo.size.height / pixel), int(demo.size.width / pixel)
    sheet = np.full((shape[0] + 2 * _MARGIN, shape[1] + 2 * _MARGIN), _WHITE, np.uint8)
    sheet[_MARGIN - 4:-_MARGIN + 4, _MARGIN - 4:-_MARGIN + 4] = _INK  # the neat line
    sheet[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = _inked(demo, shape, pixel)
    path = folder / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # the position is in the world file, as delivered scans have it
        with rasterio.open(path, "w", driver="GTiff", width=sheet.shape[1], height=sheet.shape[0], count=1, dtype="uint8", photometric="PALETTE", compress="deflate") as out:
            out.write(sheet, 1)
            out.write_colormap(1, {k: (*colour, 255) for k, colour in enumerate(PALETTE)})
    west, north = ORIGIN[0] - _MARGIN * pixel, ORIGIN[1] + shape[0] * pixel + _MARGIN * pixel
    path.with_suffix(".tfw").write_text("".join(f"{v:.6f}\r\n" for v in (pixel, 0, 0, -pixel, west + pixel / 2, north - pixel / 2)), encoding="ascii", newline="")
    path.with_suffix(".prj").write_text(rasterio.crs.CRS.from_string(PLANE).to_wkt(version="WKT1_ESRI"), encoding="ascii", newline="")
    return [path, path.with_suffix(".tfw"), path.with_suffix(".prj")]


def _inked(demo: Demo, shape: tuple[int, int], pixel: float) -> np.ndarray:
    """Return the drawn part as palette indices: stained paper, woods, contours, water, main roads and the railway."""
    rng, net = generator(demo.seed, 95), demo.network
    stained = blotches(rng, shape, 60) + 0.6 * blotches(rng, shape, 9)
    out = np.digitize(stained, np.linspace(-1.1, 1.1, _PAPERS - 1)).astype(np.uint8)
    x = pixel * (np.arange(shape[1]) + 0.5)
    y = pixel * shape[0] - pixel * (np.arange(shape[0]) + 0.5)
    place = Affine(pixel, 0, 0, 0, -pixel, pixel * shape[0])

    def burn(areas: object, value: int) -> None:
        shapes = mappings(shapely.get_parts(np.atleast_1d(np.asarray(areas, object))))
        rasterio.features.rasterize([(one, value) for one in shapes], out=out, transform=place)

    burn(net.forest, _WOOD)
    level = np.floor(demo.terrain.height(x[None], y[:, None]) / _CONTOUR)
    out[1:, 1:][(level[1:, 1:] != level[:-1, 1:]) | (level[1:, 1:] != level[1:, :-1])] = _HEIGHTS
    sea = shapely.difference(shapely.box(0, 0, demo.size.width, demo.size.height), net.land)
    for areas, value in ((sea, _WATER), (net.water, _WATER), (shapely.buffer(net.roads, 1.6 * pixel), _ROAD), (shapely.buffer(net.railway, 1.2 * pixel), _INK)):
        burn(areas, value)
    return out
