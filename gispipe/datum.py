"""The old Japanese datum (Tokyo) through the published grid of shifts; PROJ alone would be metres wrong without a word.

The grid is TKY2JGD.par of the Geospatial Information Authority: seconds of arc at the south-west corner of every third
mesh (30 by 45 seconds), from Tokyo to JGD2000, interpolated bilinearly. A city that has old files supplies it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from gispipe.errors import CrsError
from gispipe.words import Words

TOKYO, JGD2000 = "EPSG:4301", "EPSG:4612"
ACCURACY = 0.2
"""Metres, as registered for the grid (EPSG:6712)."""
_ROW, _COLUMN = 1 / 120, 1 / 80
"""Degrees between neighbouring corners of the grid."""


@dataclass(frozen=True)
class Grid:
    """Shifts (latitude, longitude; degrees) at mesh corners: `key` (m,) sorted row * WIDE + column, `shift` (m, 2)."""

    name: str
    key: np.ndarray
    shift: np.ndarray

    def forward(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return JGD2000 longitude and latitude (degrees) for Tokyo ones; NaN outside the grid."""
        row, column = np.floor(lat / _ROW), np.floor(lon / _COLUMN)
        v, u = lat / _ROW - row, lon / _COLUMN - column
        total = np.zeros((len(lon), 2))
        for dr, dc, weight in ((0, 0, (1 - v) * (1 - u)), (0, 1, (1 - v) * u), (1, 0, v * (1 - u)), (1, 1, v * u)):
            total += weight[:, None] * self._at((row + dr) * _WIDE + column + dc)
        return lon + total[:, 1], lat + total[:, 0]

    def _at(self, key: np.ndarray) -> np.ndarray:
        known = np.isfinite(key)
        place = np.searchsorted(self.key, np.where(known, key, 0).astype(np.int64)).clip(0, len(self.key) - 1)
        hit = known & (self.key[place] == np.where(known, key, -1))
        return np.where(hit[:, None], self.shift[place], np.nan)


_WIDE = 100_000


def is_tokyo(definition: str) -> bool:
    """Return whether a CRS is on the Tokyo datum, geographic or plane rectangular."""
    from pyproj import CRS

    base = CRS.from_user_input(definition).geodetic_crs
    return base is not None and base.equals(CRS.from_user_input(TOKYO), ignore_axis_order=True)


@lru_cache(maxsize=2)
def load_grid(path: Path) -> Grid:
    """Read a TKY2JGD parameter file; raises CrsError when it is missing or is no such file."""
    import jgdtrans

    try:
        with path.open(encoding="utf-8", errors="strict") as file:
            parameters = jgdtrans.load(file, format="TKY2JGD").data.parameter
        if not parameters:
            raise ValueError("no mesh in it")
        codes = np.array(sorted(parameters), dtype=np.int64)
        shift = np.array([(parameters[int(code)].latitude, parameters[int(code)].longitude) for code in codes]) / 3600
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CrsError(str(path), Words(f"the datum grid cannot be read: {type(error).__name__}", f"測地系変換の格子ファイルを読めません: {type(error).__name__}"),
                       Words("put TKY2JGD.par there as the Geospatial Information Authority publishes it, or correct tky2jgd in city.toml",
                             "国土地理院の TKY2JGD.par をそのまま置くか、city.toml の tky2jgd を直してください")) from None
    key = _key(codes)
    order = np.argsort(key)
    return Grid(path.name, key[order], shift[order])


def _key(code: np.ndarray) -> np.ndarray:
    """Return the grid row and column of a third-mesh code (AABB CD EF) as one number."""
    first, second, third = code // 10_000, code // 100 % 100, code % 100
    row = first // 100 * 80 + second // 10 * 10 + third // 10
    column = (first % 100 + 100) * 80 + second % 10 * 10 + third % 10
    return row * _WIDE + column
