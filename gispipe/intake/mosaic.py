"""Sheets → one cloud-optimised GeoTIFF, by windows: the memory does not grow with the picture, somebody can be told how far it is,
and what a killed run finished is not read again.

The first sheet that surely shows a pixel gives it. Sheets of another zone of the same datum, or of another pixel size,
are resampled to the grid of the first. What no sheet shows is transparent. Overviews come after the windows of the sheets.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.enums import ColorInterp
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from gispipe.intake.cog_draft import CogDraft, packed
from gispipe.intake.cog_head import BLOCK, Head
from gispipe.intake.cog_overviews import Kind, Overviews
from gispipe.intake.sheet_pixels import SURE, Frame, OpenSheet

if TYPE_CHECKING:
    from gispipe.intake.pictures import Sheet

_ACROSS, _DOWN = 8192, BLOCK
"""Pixels of a window: columns as wide as a sheet, gone down from the top, so that each sheet is read once and forwards."""
_OPEN = 24
"""Sheets that are open at a time."""
Told = Callable[[int, int], None]


def frame_of(sheets: Sequence[Sheet], systems: Sequence[str]) -> tuple[Frame, list[tuple[int, int, int, int]]]:
    """Return the grid of the whole, that of the first sheet carried on, and the pixels each sheet covers: column, row, end column, end row."""
    crs, step = systems[0], sheets[0].step
    boxes = np.array([sheet.box if own == crs else transform_bounds(own, crs, *sheet.box, densify_pts=51) for sheet, own in zip(sheets, systems, strict=True)])
    west, north = sheets[0].box[0], sheets[0].box[3]
    edges = np.stack([(boxes[:, 0] - west) / step[0], (north - boxes[:, 3]) / step[1], (boxes[:, 2] - west) / step[0], (north - boxes[:, 1]) / step[1]], axis=1)
    pixels = np.rint(edges).astype(np.int64)
    for k, (sheet, own) in enumerate(zip(sheets, systems, strict=True)):  # a sheet on the grid keeps its size whatever the rounding
        if own == crs and abs(sheet.step[0] / step[0] - 1) * sheet.width < 0.5 and abs(sheet.step[1] / step[1] - 1) * sheet.height < 0.5:
            pixels[k, 2:] = pixels[k, :2] + (sheet.width, sheet.height)
    low, high = pixels[:, :2].min(axis=0), pixels[:, 2:].max(axis=0)
    place = Affine(step[0], 0, west + float(low[0]) * step[0], 0, -step[1], north - float(low[1]) * step[1])
    covered = pixels - np.tile(low, 2)
    return Frame(crs, place, int(high[0] - low[0]), int(high[1] - low[1])), [tuple(int(v) for v in one) for one in covered]  # type: ignore[misc]


def write_mosaic(sheets: Sequence[Sheet], systems: Sequence[str], target: Path, collar: str, told: Told, made_of: str | None = None) -> dict[str, object]:
    """Write the sheets (each with its CRS) into one COG and return its size, bands of colour or value, and kind of pixel.

    With `made_of`, a name for the sheets' content, a draft at `target` of that very name is gone on with; the bytes are the same.
    """
    frame, boxes = frame_of(sheets, systems)
    opened = _Opened(sheets, systems, frame, boxes, collar)
    kind = _kind(opened, sheets, boxes, frame, collar)
    head = Head(_profile(frame, kind), [*_colours(kind.bands), ColorInterp.alpha] if kind.alpha else [])
    windows = list(_windows(frame))
    with contextlib.closing(opened), CogDraft(target, head, made_of) as draft, Overviews(draft, head, kind) as overviews:
        whole = len(windows) + overviews.windows
        for number in range(draft.windows, whole):
            told(number, whole)
            if number < len(windows):
                draft.append(*_tiles(_composed(opened, boxes, windows[number], kind), windows[number], head.levels[0].across))
            else:
                opened.close()  # what GDAL holds of the sheets makes room
                draft.append(*overviews.tiles(number - len(windows)))
        draft.finish()
    told(whole, whole)
    return {"crs": frame.crs, "width": frame.width, "height": frame.height, "bands": kind.bands, "pixels": sheets[0].pixels}


def _tiles(pixels: np.ndarray, window: Window, across: int) -> tuple[list[int], list[bytes]]:
    """Return the numbers and the packed bytes of the tiles of a window one tile high; pixels (bands, h, w), zeros beyond the edge."""
    bands, height, width = pixels.shape
    columns = range(0, width, BLOCK)
    whole = np.zeros((BLOCK, len(columns) * BLOCK, bands), pixels.dtype)
    whole[:height, :width] = np.moveaxis(pixels, 0, -1)
    first = window.row_off // BLOCK * across + window.col_off // BLOCK
    return [int(first) + k for k in range(len(columns))], [packed(whole[:, x:x + BLOCK]) for x in columns]


def _colours(bands: int) -> list[ColorInterp]:
    first = [ColorInterp.gray] if bands < 3 else [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    return first + [ColorInterp.undefined] * (bands - len(first))


def _profile(frame: Frame, kind: Kind) -> dict[str, object]:
    profile = {"width": frame.width, "height": frame.height, "count": kind.bands + kind.alpha, "dtype": kind.dtype, "nodata": kind.nodata,
               "crs": frame.crs, "transform": frame.transform}
    return profile | ({"photometric": "RGB"} if kind.bands in (3, 4) and kind.dtype == "uint8" else {})


class _Opened:
    """The sheets that are open, the one used longest ago closed first."""

    def __init__(self, sheets: Sequence[Sheet], systems: Sequence[str], frame: Frame, boxes: Sequence[tuple[int, int, int, int]], collar: str) -> None:
        self._facts = list(zip(sheets, systems, boxes, strict=True))
        self._frame, self._collar = frame, collar
        self._open: OrderedDict[int, OpenSheet] = OrderedDict()

    def __getitem__(self, number: int) -> OpenSheet:
        if number not in self._open:
            if len(self._open) >= _OPEN:
                self._open.popitem(last=False)[1].close()
            sheet, crs, box = self._facts[number]
            self._open[number] = OpenSheet(rasterio.open(sheet.path), sheet, crs, self._frame, self._collar, box)
        self._open.move_to_end(number)
        return self._open[number]

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()


def _kind(opened: _Opened, sheets: Sequence[Sheet], boxes: Sequence[tuple[int, int, int, int]], frame: Frame, collar: str) -> Kind:
    """Say what the whole holds, by the first sheet; pictures get an alpha band where any pixel may show nothing."""
    first = sheets[0]
    if first.pixels != "uint8":
        holes = first.nodata if first.nodata is not None or _covered(boxes, frame) else float("nan") if first.pixels.startswith("float") else 0.0
        return Kind(first.bands, False, first.pixels.split("/")[0], holes)
    alpha = bool(collar) or not _covered(boxes, frame) or any(sheet.holes or sheet.nodata is not None for sheet in sheets)
    return Kind(first.colours, alpha, "uint8", None)


def _covered(boxes: Sequence[tuple[int, int, int, int]], frame: Frame) -> bool:
    return bool(shapely.union_all(shapely.box(*np.array(boxes).T)).area >= frame.width * frame.height)


def _windows(frame: Frame) -> Iterator[Window]:
    for column in range(0, frame.width, _ACROSS):
        for row in range(0, frame.height, _DOWN):
            yield Window(column, row, min(_ACROSS, frame.width - column), min(_DOWN, frame.height - row))


def _composed(opened: _Opened, boxes: Sequence[tuple[int, int, int, int]], window: Window, kind: Kind) -> np.ndarray:
    """Return (bands, h, w) of a window, with alpha last where the whole has it."""
    x, y, width, height = int(window.col_off), int(window.row_off), int(window.width), int(window.height)
    out = np.full((kind.bands, height, width), 0 if kind.nodata is None else kind.nodata, kind.dtype)
    sure = np.zeros((height, width), np.uint8)
    for number, (left, top, right, bottom) in enumerate(boxes):
        x0, y0, x1, y1 = max(x, left), max(y, top), min(x + width, right), min(y + height, bottom)
        if x0 >= x1 or y0 >= y1:
            continue
        part = slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)
        if sure[part].min() == SURE:
            continue
        colours, new = opened[number].read(Window(x0, y0, x1 - x0, y1 - y0))
        np.copyto(out[:, *part], colours, where=new > sure[part])
        np.maximum(sure[part], new, out=sure[part])
    if not kind.alpha:
        return out
    return np.concatenate([out, np.where(sure > 0, 255, 0).astype(np.uint8)[None]])
