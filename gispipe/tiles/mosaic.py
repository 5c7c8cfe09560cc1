"""Sheets of pictures on the pixel grid of one zoom, read a block at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from gispipe.palettes import colour_table
from gispipe.tiles.errors import TileError
from gispipe.tiles.grid import HALF

_WEB = "EPSG:3857"


@dataclass(frozen=True)
class Sheet:
    """One picture file: CRS, EPSG:3857 ``bounds`` in metres, and ``pixels`` (x0, y0, x1, y1, inclusive) on the zoom's pixel grid."""

    path: Path
    crs: str
    zoom: int
    bounds: tuple[float, float, float, float]
    pixels: tuple[int, int, int, int]


def open_sheets(sources: Sequence[Path], crs: str | None, zoom: int) -> list[Sheet]:
    """Look at every file's header; raise TileError naming the file when it has no CRS, no place or not 8 bits."""
    if not sources:
        raise TileError("a raster archive needs at least one sheet")
    return [_sheet(path, crs, zoom) for path in sources]


def _sheet(path: Path, crs: str | None, zoom: int) -> Sheet:
    try:
        with rasterio.open(path) as source:
            own = source.crs.to_wkt() if source.crs else crs
            if own is None:
                raise TileError(f"{path.name} states no coordinate reference system")
            if source.transform == Affine.identity():
                raise TileError(f"{path.name} has no place on the ground")
            if set(source.dtypes) != {"uint8"}:
                raise TileError(f"{path.name} has {source.dtypes[0]} values; 8-bit pictures are needed")
            bounds = transform_bounds(own, _WEB, *source.bounds, densify_pts=51)
    except RasterioError as error:
        raise TileError(f"{path.name} cannot be read: {error}") from error
    west, south, east, north = bounds
    size = 2 * HALF / (256 * 2**zoom)
    pixels = (int((west + HALF) // size), int((HALF - north) // size), int((east + HALF) // size), int((HALF - south) // size))
    return Sheet(path, own, zoom, bounds, pixels)


def read_block(sheets: Sequence[Sheet], x: int, y: int, side: int) -> np.ndarray | None:
    """Return the mosaic of ``side`` × ``side`` pixels from pixel (x, y) of the zoom's grid as (side, side, 4) uint8, None when empty.

    The first sheet that has a pixel gives it; half-covered pixels at a sheet's edge are filled from the next.
    """
    out: np.ndarray | None = None
    for sheet in sheets:
        x0, y0 = max(x, sheet.pixels[0]), max(y, sheet.pixels[1])
        x1, y1 = min(x + side, sheet.pixels[2] + 1), min(y + side, sheet.pixels[3] + 1)
        if x0 >= x1 or y0 >= y1:
            continue
        part = _read(sheet, x0, y0, x1 - x0, y1 - y0)
        if not part[..., 3].any():
            continue
        if out is None:
            out = np.zeros((side, side, 4), np.uint8)
        under = out[y0 - y:y1 - y, x0 - x:x1 - x]
        if not under[..., 3].any():
            under[...] = part
        else:
            pixels, new = under.view(np.uint32)[..., 0], part.view(np.uint32)[..., 0]
            np.copyto(pixels, new, where=under[..., 3] < part[..., 3])
        if out[..., 3].min() == 255:
            break
    return out


def _read(sheet: Sheet, x: int, y: int, width: int, height: int) -> np.ndarray:
    """Resample one window of a sheet to (height, width, 4): red, green, blue, alpha."""
    size = 2 * HALF / (256 * 2**sheet.zoom)
    transform = Affine(size, 0, x * size - HALF, 0, -size, HALF - y * size)
    with rasterio.open(sheet.path, OVERVIEW_LEVEL="NONE") as source:  # whatever overviews a sheet has, tiles are made of its pixels
        palette = ColorInterp.palette in source.colorinterp
        alpha = source.count > 1 and source.colorinterp[-1] == ColorInterp.alpha
        # Averaging when the photo is much finer than the tile, so that roofs and lines do not flicker between zooms.
        finer = (sheet.bounds[2] - sheet.bounds[0]) / source.width < size / 1.5
        how = Resampling.nearest if palette else Resampling.average if finer else Resampling.bilinear
        with WarpedVRT(source, src_crs=sheet.crs, crs=_WEB, transform=transform, width=width, height=height, resampling=how,
                       add_alpha=not alpha, src_nodata=None if alpha else source.nodata, warp_mem_limit=128) as view:
            data = view.read(window=Window(0, 0, width, height))
        colours = colour_table(source) if palette else None
    out = np.empty((height, width, 4), np.uint8)
    out[..., 3] = data[-1]
    if colours is not None:
        out[..., :3] = colours[data[0]]
    else:
        out[..., :3] = np.moveaxis(data[:3], 0, -1) if len(data) >= 4 else data[0][..., None]
    return out
