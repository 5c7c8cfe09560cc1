"""Overviews of a picture that grows: each half as wide and high as the level below, made from the finished tiles of that level.

A pixel is the mean of the 2 × 2 below it, at an odd edge of those that are there: colours by their alpha, heights without those that
stand for nothing. Windows of overviews go into the draft like those of sheets, so that a killed run goes on with them too.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from gispipe.intake.cog_draft import CogDraft, packed, unpacked
from gispipe.intake.cog_head import BLOCK, Head, Level

_ACROSS = 8
"""Tiles of a window: with the four below each, all that is held at a time."""

Work = tuple[Level, Level, int, int]
"""A window: the level below, its own, the row of tiles, the first tile in it."""


@dataclass(frozen=True)
class Kind:
    """What the whole will hold: bands of colour or value, an alpha band after them or not, kind of pixel, what stands for nothing."""

    bands: int
    alpha: bool
    dtype: str
    nodata: float | None


class Overviews:
    """The windows of the overviews of `draft`: tiles of the largest first, and last of all the first tile of every level once more."""

    def __init__(self, draft: CogDraft, head: Head, kind: Kind) -> None:
        self._draft, self._levels, self._kind = draft, head.levels, kind
        self._work = list(_windows(head.levels))
        self.windows = len(self._work) + (len(head.levels) > 1)
        self._pool = ThreadPoolExecutor(min(os.cpu_count() or 1, 4))  # packing and numpy run outside the interpreter's lock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def tiles(self, window: int) -> tuple[list[int], list[bytes]]:
        """Return the numbers and the packed bytes of the tiles of a window, once all windows before it are in the draft."""
        if window == len(self._work):
            return self._first_tiles()
        below, level, row, start = self._work[window]
        columns = range(start, min(start + _ACROSS, level.across))
        numbers = [level.first + row * level.across + column for column in columns]
        return numbers, list(self._pool.map(lambda four: packed(self._halved(*four)), [self._four(below, row, column) for column in columns]))

    def _first_tiles(self) -> tuple[list[int], list[bytes]]:
        """Return the first tile of every level, the smallest level's first.

        Readers of a COG over a network, and validators, look for the smaller levels nearer to the head; sheets are read in their own
        order, the picture's first tile before all. The few hundred KB of the earlier copies stay in the file, no directory points there.
        """
        numbers = [level.first for level in reversed(self._levels)]
        return numbers, [self._draft.tile(number) for number in numbers]

    def _four(self, below: Level, row: int, column: int) -> tuple[Level, int, int, dict[tuple[int, int], bytes]]:
        """Return what a tile is made from: the level below, its own row and column, the packed tiles by row and column of the four."""
        places = [(down, right) for down in (0, 1) for right in (0, 1) if 2 * row + down < below.down and 2 * column + right < below.across]
        return below, row, column, {(down, right): self._draft.tile(below.first + (2 * row + down) * below.across + 2 * column + right) for down, right in places}

    def _halved(self, below: Level, row: int, column: int, four: dict[tuple[int, int], bytes]) -> np.ndarray:
        """Return the pixels of a tile."""
        shape, kind = (BLOCK, BLOCK, self._kind.bands + self._kind.alpha), np.dtype(self._kind.dtype)
        ground = np.zeros((2 * BLOCK, 2 * BLOCK, shape[2]), kind)
        for (down, right), tile in four.items():
            ground[down * BLOCK:(down + 1) * BLOCK, right * BLOCK:(right + 1) * BLOCK] = unpacked(tile, shape, kind)
        high, wide = below.height - 2 * row * BLOCK, below.width - 2 * column * BLOCK
        if wide % 2 and wide < 2 * BLOCK:  # the last pixel stands for the one that is not there
            ground[:, wide] = ground[:, wide - 1]
        if high % 2 and high < 2 * BLOCK:
            ground[high] = ground[high - 1]
        return halved(ground, self._kind)


def _windows(levels: list[Level]) -> Iterator[Work]:
    for below, level in itertools.pairwise(levels):
        for row in range(level.down):
            for start in range(0, level.across, _ACROSS):
                yield below, level, row, start


def halved(pixels: np.ndarray, kind: Kind) -> np.ndarray:
    """Return the means of 2 × 2 pixels; pixels (2 h, 2 w, bands with alpha last), the answer (h, w, bands)."""
    if kind.alpha and pixels[..., -1].min() < 255:
        return _by_alpha(pixels)
    if kind.dtype == "uint8":
        return ((_sums(pixels, "uint16") + 2) >> 2).astype(np.uint8)
    return _by_value(pixels, kind.nodata)


def _by_alpha(pixels: np.ndarray) -> np.ndarray:
    """Return means of colours weighted by alpha, nothing where nothing is seen."""
    alpha = pixels[..., -1:].astype(np.uint32)
    weights = _sums(alpha, "uint32")
    colours = (_sums(pixels[..., :-1] * alpha, "uint32") + weights // 2) // np.maximum(weights, 1)
    return np.concatenate([colours, (weights + 2) >> 2], axis=2).astype(np.uint8)


def _by_value(pixels: np.ndarray, nodata: float | None) -> np.ndarray:
    """Return means of the values that are there, whole numbers rounded."""
    there = ~np.isnan(pixels)
    if nodata is not None:
        there &= pixels != np.array(nodata).astype(pixels.dtype)
    whole = np.issubdtype(pixels.dtype, np.integer)
    nothing = nodata if nodata is not None else 0 if whole else np.nan
    counts = _sums(there, "uint8")
    with np.errstate(invalid="ignore", over="ignore"):
        means = _sums(np.where(there, pixels, 0), np.result_type(pixels.dtype, np.float64)) / np.maximum(counts, 1)
    return np.where(counts > 0, np.rint(means) if whole else means, nothing).astype(pixels.dtype)


def _sums(pixels: np.ndarray, kind: np.typing.DTypeLike) -> np.ndarray:
    """Return the sums of 2 × 2 pixels, band by band: a loop over pixels of three bands each is slow in numpy."""
    rows = np.add(pixels[0::2], pixels[1::2], dtype=kind)
    out = np.empty((rows.shape[0], rows.shape[1] // 2, rows.shape[2]), kind)
    for band in range(rows.shape[2]):
        np.add(rows[:, 0::2, band], rows[:, 1::2, band], out=out[..., band])
    return out
