"""Heights drawn as a picture on their own grid: shaded relief, or the colours of height steps under a light shade.

Gradient: Horn (1981), the eight neighbours of a cell, in metres on the ground: cells in degrees are measured on the
ellipsoid at their own latitude. Light from the north-west, 45° high. Worked by windows with one cell of overlap.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import ColorInterp
from rasterio.windows import Window

_SIDE = 1024
_AZIMUTH, _HEIGHT = math.radians(315), math.radians(45)
_FLAT = 214
"""Grey of level ground, of 255: light enough to draw a map on, with room for slopes that face the light."""
_FACING = 1 / math.sin(_HEIGHT)
"""Light on a slope that faces the sun, where level ground has 1."""
_DEEPEST = 0.45
"""How much of a step's colour a slope in full shade keeps; level ground keeps it all, so that it agrees with the legend."""


@dataclass(frozen=True)
class Step:
    """Heights from `low` up to but without `high` (metres, either may be open) and their colour."""

    low: float
    high: float
    colour: tuple[int, int, int]


def draw_relief(heights: Path, target: Path, steps: Sequence[Step] = ()) -> None:
    """Draw one band of heights (metres, any CRS) into an 8-bit GeoTIFF: grey and alpha, or with `steps` red, green, blue and alpha.

    Cells without a height, and heights outside all steps, are transparent.
    """
    bands = [ColorInterp.red, ColorInterp.green, ColorInterp.blue] if steps else [ColorInterp.gray]
    with rasterio.open(heights, driver="GTiff", OVERVIEW_LEVEL="NONE") as source:
        kind = {"driver": "GTiff", "width": source.width, "height": source.height, "count": len(bands) + 1, "dtype": "uint8", "crs": source.crs,
                "transform": source.transform, "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate", "zlevel": 1, "BIGTIFF": "IF_SAFER"}
        with rasterio.open(target, "w", **kind) as out:
            out.colorinterp = [*bands, ColorInterp.alpha]
            for window in _windows(source.width, source.height):
                ground = _read(source, window)
                shade = _shade(ground, *_cells(source, window))
                out.write(_coloured(ground[1:-1, 1:-1], shade, steps) if steps else _grey(shade), window=window)


def _windows(width: int, height: int) -> Iterator[Window]:
    for row in range(0, height, _SIDE):
        for column in range(0, width, _SIDE):
            yield Window(column, row, min(_SIDE, width - column), min(_SIDE, height - row))


def _read(source: rasterio.DatasetReader, window: Window) -> np.ndarray:
    """Return the heights of a window and of one cell around it, float64, NaN where there is none."""
    around = Window(window.col_off - 1, window.row_off - 1, window.width + 2, window.height + 2)
    whole = Window(0, 0, source.width, source.height)
    part = around.intersection(whole)
    ground = np.full((int(around.height), int(around.width)), np.nan)
    row, column = int(part.row_off - around.row_off), int(part.col_off - around.col_off)
    read = source.read(1, window=part, masked=True).astype(float).filled(np.nan)
    ground[row:row + read.shape[0], column:column + read.shape[1]] = read
    return ground


def _cells(source: rasterio.DatasetReader, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Return width and height of the cells of each row in metres, both (rows, 1)."""
    rows = np.arange(int(window.row_off), int(window.row_off + window.height)) + 0.5
    wide, high = abs(source.transform.a), abs(source.transform.e)
    if not source.crs.is_geographic:
        metres = source.crs.linear_units_factor[1]
        return np.full((len(rows), 1), wide * metres), np.full((len(rows), 1), high * metres)
    east, north = metres_of_degree(source.transform.f + rows * source.transform.e)
    return (wide * east)[:, None], (high * north)[:, None]


def metres_of_degree(latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the metres of one degree of longitude and of latitude at latitudes in degrees, on GRS 80."""
    axis, squared = 6_378_137.0, 0.006_694_380_022_90
    bent = 1 - squared * np.sin(np.radians(latitude)) ** 2
    return np.radians(axis * np.cos(np.radians(latitude)) / np.sqrt(bent)), np.radians(axis * (1 - squared) / bent**1.5)


def _shade(ground: np.ndarray, wide: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the light on each cell, 1 on level ground, NaN without a height; `ground` has one cell more on every side."""
    middle = ground[1:-1, 1:-1]
    b, h = _opposite(ground, middle, -1, 0, (middle, middle))
    d, f = _opposite(ground, middle, 0, -1, (middle, middle))
    a, i = _opposite(ground, middle, -1, -1, (b + d - middle, h + f - middle))
    c, g = _opposite(ground, middle, -1, 1, (b + f - middle, h + d - middle))
    east = (c + 2 * f + i - a - 2 * d - g) / (8 * wide)
    north = (a + 2 * b + c - g - 2 * h - i) / (8 * high)
    across = math.cos(_HEIGHT) * (math.sin(_AZIMUTH) * east + math.cos(_AZIMUTH) * north)
    light = (math.sin(_HEIGHT) - across) / np.sqrt(1 + east**2 + north**2)
    return np.maximum(light, 0) / math.sin(_HEIGHT)


def _opposite(ground: np.ndarray, middle: np.ndarray, down: int, right: int, neither: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return two neighbours across the middle; a missing one lies in line with the other, so that edges are shaded like their inside.

    `neither`: what stands for the two where both are missing.
    """
    rows, columns = middle.shape
    one = ground[1 + down:1 + down + rows, 1 + right:1 + right + columns]
    other = ground[1 - down:1 - down + rows, 1 - right:1 - right + columns]
    no_one, no_other = np.isnan(one), np.isnan(other)
    first = np.where(no_one, np.where(no_other, neither[0], 2 * middle - other), one)
    return first, np.where(no_other, np.where(no_one, neither[1], 2 * middle - one), other)


def _grey(shade: np.ndarray) -> np.ndarray:
    there = ~np.isnan(shade)
    grey = np.interp(np.where(there, shade, 0), [0, 1, _FACING], [0, _FLAT, 255])
    return np.stack([np.rint(grey).astype(np.uint8), np.where(there, 255, 0).astype(np.uint8)])


def _coloured(ground: np.ndarray, shade: np.ndarray, steps: Sequence[Step]) -> np.ndarray:
    """Return (4, rows, columns): the colour of each cell's step, darker in the shade and a little lighter in the light."""
    out = np.zeros((4, *ground.shape), np.uint8)
    light = np.where(np.isnan(shade), 0, _DEEPEST + (1 - _DEEPEST) * shade)
    for step in reversed(steps):  # the first step that takes a height counts
        inside = (ground >= step.low) & (ground < step.high)
        for band, value in enumerate(step.colour):
            out[band][inside] = np.minimum(value * light[inside] + 0.5, 255)
        out[3][inside] = 255
    return out
