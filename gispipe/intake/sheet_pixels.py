"""The pixels of one sheet of a picture, on the grid of the whole: colours, and how surely each pixel is part of the picture.

Palettes become colours, so that sheets with other palettes agree. No-data, transparency, masks and declared collars are no
picture. A lossy file smears its collar: there pixels near the collar's colour count as collar, from the edge inwards,
and those next to it are weak: any other sheet's pixels are better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from gispipe.crs import transform_points
from gispipe.palettes import colour_table

if TYPE_CHECKING:
    from gispipe.intake.pictures import Sheet

SURE, WEAK = 2, 1
_LOSSY = ("JPEG", "YCBCR JPEG", "WEBP", "JXL", "LERC")
_SMEARED = 20
"""How far (of 255) a collar's pixels may be off its colour."""
_SMEAR = 3
"""Pixels next to a collar that are weak."""
_STRIP = 256
COLLARS = {"black": 0, "white": 255}


@dataclass(frozen=True)
class Frame:
    """The grid of the whole picture: CRS, place, size in pixels."""

    crs: str
    transform: Affine
    width: int
    height: int


@dataclass(frozen=True)
class Collar:
    """The first and last pixel of the picture in each row (rows,) and in each column (columns,) of a sheet."""

    left: np.ndarray
    right: np.ndarray
    top: np.ndarray
    bottom: np.ndarray

    def surely(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return SURE, WEAK or 0 for pixels inside the sheet; rows (n, 1) and columns (1, m), or both (n, m)."""
        inside = np.zeros(np.broadcast_shapes(rows.shape, columns.shape), np.uint8)
        for smear, value in ((0, WEAK), (_SMEAR, SURE)):
            left, top = (edge + smear * (edge > 0) for edge in (self.left, self.top))
            right = self.right - smear * (self.right < len(self.top) - 1)
            bottom = self.bottom - smear * (self.bottom < len(self.left) - 1)
            inside[(columns >= left[rows]) & (columns <= right[rows]) & (rows >= top[columns]) & (rows <= bottom[columns])] = value
        return inside


class OpenSheet:
    """A sheet opened on the frame; `box` is what it covers there: column, row, end column, end row."""

    def __init__(self, source: rasterio.DatasetReader, sheet: Sheet, crs: str, frame: Frame, collar: str, box: tuple[int, int, int, int]) -> None:
        self._source, self._frame, self.box = source, frame, box
        self._place = source.transform
        self._crs = crs
        self._straight = crs == frame.crs and self._on_grid()
        self._palette = colour_table(source) if ColorInterp.palette in source.colorinterp else None
        self._alpha = source.colorinterp[-1] == ColorInterp.alpha
        self._colours = source.count - self._alpha
        self._nodata = source.nodata
        self._view = source if self._straight else self._warped()
        self._collar = self._find_collar(collar) if source.dtypes[0] == "uint8" else None

    def read(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Return colours (bands, h, w) and sureness (h, w) of a window of the frame that lies within `box`."""
        at = Window(window.col_off - self.box[0], window.row_off - self.box[1], window.width, window.height) if self._straight else window
        data = self._view.read(window=at)
        colours, sure = data[:self._colours], np.full(data.shape[1:], SURE, np.uint8)
        if self._alpha or not self._straight:
            sure[data[-1] == 0] = 0
        elif MaskFlags.per_dataset in self._source.mask_flag_enums[0]:
            sure[self._source.dataset_mask(window=at) == 0] = 0
        if self._collar is not None:
            sure = np.minimum(sure, self._collar.surely(*self._pixels(window)))
        elif self._nodata is not None:
            gone = np.isnan(colours) if np.isnan(self._nodata) else colours == self._nodata
            sure[gone.all(axis=0)] = 0
        return (np.moveaxis(self._palette[colours[0]], -1, 0) if self._palette is not None else colours), sure

    def close(self) -> None:
        """Close the file."""
        if self._view is not self._source:
            self._view.close()
        self._source.close()

    def _on_grid(self) -> bool:
        """Return whether the sheet's pixels are the frame's; a shift of less than half a pixel is left out, which keeps the colours."""
        ours, theirs = self._frame.transform, self._place
        return abs(theirs.a / ours.a - 1) * self._source.width < 0.5 and abs(theirs.e / ours.e - 1) * self._source.height < 0.5

    def _warped(self) -> WarpedVRT:
        pictures = self._source.dtypes[0] == "uint8" and self._palette is None
        return WarpedVRT(self._source, src_crs=self._crs, crs=self._frame.crs, transform=self._frame.transform, width=self._frame.width, height=self._frame.height,
                         resampling=Resampling.bilinear if pictures else Resampling.nearest, add_alpha=not self._alpha, warp_mem_limit=64)

    def _find_collar(self, declared: str) -> Collar | None:
        packed = self._source.compression
        lossy = self._source.driver == "JPEG" or (packed is not None and packed.value.upper() in _LOSSY)
        colour = COLLARS.get(declared, self._nodata if lossy and self._nodata in (0, 255) else None)
        return None if colour is None else find_collar(self._source, self._colours, int(colour), self._palette)

    def _pixels(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Return the sheet's own rows and columns under the pixels of a window."""
        columns = np.arange(window.col_off, window.col_off + window.width)[None, :] + 0.5
        rows = np.arange(window.row_off, window.row_off + window.height)[:, None] + 0.5
        if self._straight:
            x, y = columns - 0.5 - self.box[0], rows - 0.5 - self.box[1]
        else:
            east, north = self._frame.transform.c + columns * self._frame.transform.a, self._frame.transform.f + rows * self._frame.transform.e
            if self._crs != self._frame.crs:
                east, north = _moved(east, north, self._frame.crs, self._crs)
            x, y = (east - self._place.c) / self._place.a, (north - self._place.f) / self._place.e
        return (np.clip(np.floor(y), 0, self._source.height - 1).astype(np.int64), np.clip(np.floor(x), 0, self._source.width - 1).astype(np.int64))


def _moved(east: np.ndarray, north: np.ndarray, crs: str, to: str) -> tuple[np.ndarray, np.ndarray]:
    wide, high = np.broadcast_arrays(east, north)
    x, y = transform_points(wide.ravel(), high.ravel(), crs, to)
    return x.reshape(wide.shape), y.reshape(wide.shape)


def find_collar(source: rasterio.DatasetReader, colours: int, colour: int, palette: np.ndarray | None) -> Collar:
    """Find where the picture begins and ends in every row and column, in one pass by strips."""
    left, right = np.full(source.height, source.width), np.full(source.height, -1)
    top, bottom = np.full(source.width, source.height), np.full(source.width, -1)
    for row, data in _strips(source, colours):
        seen = np.moveaxis(palette[data[0]], -1, 0) if palette is not None else data
        picture: np.ndarray = np.any(np.abs(seen.astype(np.int16) - colour) > _SMEARED, axis=0)
        across, down = picture.any(axis=1), picture.any(axis=0)
        part = slice(row, row + len(picture))
        left[part] = np.where(across, picture.argmax(axis=1), source.width)
        right[part] = np.where(across, source.width - 1 - picture[:, ::-1].argmax(axis=1), -1)
        top = np.where(down & (top == source.height), row + picture.argmax(axis=0), top)
        bottom = np.where(down, row + len(picture) - 1 - picture[::-1].argmax(axis=0), bottom)
    return Collar(left, right, top, bottom)


def _strips(source: rasterio.DatasetReader, colours: int) -> Iterator[tuple[int, np.ndarray]]:
    for row in range(0, source.height, _STRIP):
        yield row, source.read(list(range(1, colours + 1)), window=Window(0, row, source.width, min(_STRIP, source.height - row)))
