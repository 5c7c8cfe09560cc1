"""The global integer grid of a zoom, and tile numbers on it.

A tile is 4096 units wide (MVT 2.1 §4.3), so zoom z is one grid of 4096·2^z units a side over the EPSG:3857 square, origin at
its north-west corner, y down. Every coordinate is rounded to that grid once, before any tile is cut, so that two
features which share a vertex in the source share it in every tile.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Metres = TypeVar("Metres", float, np.ndarray)
EXTENT = 4096  # units a tile side
PIXEL = EXTENT // 256  # units of one screen pixel when a tile is drawn 256 px wide
BUFFER = 64  # units drawn beyond the tile's edge: 4 px, enough for outlines to meet
OVERHANG = 512  # small features may stick out this far whole; cutting them would cost more bytes and time
HALF = 20037508.342789244  # metres from the centre of EPSG:3857 to its edge
MAX_ZOOM = 18


def snap(xy: np.ndarray, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Round EPSG:3857 metres of shape (n, 2) to grid units of ``zoom``: two int64 arrays of shape (n,), y down."""
    scale = EXTENT * 2**zoom / (2 * HALF)
    x = np.floor((xy[:, 0] + HALF) * scale + 0.5).astype(np.int64)
    y = np.floor((HALF - xy[:, 1]) * scale + 0.5).astype(np.int64)
    return x, y


def tile_range(low: np.ndarray, high: np.ndarray, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Return first and last tile number along one axis whose buffered square meets [low, high] in grid units."""
    last = 2**zoom - 1
    first = (low - BUFFER) // EXTENT
    final = (high + BUFFER) // EXTENT
    return np.maximum(first, 0), np.minimum(final, last)


def tile_id(zoom: int, tx: np.ndarray, ty: np.ndarray) -> np.ndarray:
    """Return PMTiles v3 tile ids (Hilbert order after all tiles of lower zooms) as int64."""
    if not len(tx):
        return np.zeros(0, np.int64)
    west, north = int(tx.min()), int(ty.min())
    wide, high = int(tx.max()) - west + 1, int(ty.max()) - north + 1
    if wide * high > len(tx):
        return _hilbert(zoom, tx, ty)
    ids = _hilbert(zoom, *(axis.ravel() for axis in np.meshgrid(np.arange(west, west + wide), np.arange(north, north + high))))
    return ids[(ty - north).astype(np.int64) * wide + (tx - west)]


def _hilbert(zoom: int, tx: np.ndarray, ty: np.ndarray) -> np.ndarray:
    x, y = np.asarray(tx, np.int64).copy(), np.asarray(ty, np.int64).copy()
    out = np.full(x.shape, (4**zoom - 1) // 3, np.int64)
    for bit in range(zoom - 1, -1, -1):
        side = np.int64(1) << bit
        rx, ry = (x >> bit) & 1, (y >> bit) & 1
        out += side * side * ((3 * rx) ^ ry)
        flip = (ry == 0) & (rx == 1)
        x, y = np.where(flip, side - 1 - x, x), np.where(flip, side - 1 - y, y)
        turn = ry == 0
        x, y = np.where(turn, y, x), np.where(turn, x, y)
        x, y = x & (side - 1), y & (side - 1)
    return out


def tile_number(zoom: int, x: int, y: int) -> int:
    """Return the PMTiles v3 tile id of one tile; `tile_id` without arrays."""
    out = (4**zoom - 1) // 3
    for bit in range(zoom - 1, -1, -1):
        side = 1 << bit
        rx, ry = x >> bit & 1, y >> bit & 1
        out += side * side * (3 * rx ^ ry)
        x, y = x & side - 1, y & side - 1
        if not ry:
            x, y = (side - 1 - y, side - 1 - x) if rx else (y, x)
    return out


def tile_zxy(number: int) -> tuple[int, int, int]:
    """Return (z, x, y) of one PMTiles v3 tile id."""
    zoom, first = 0, 0
    while number >= first + 4**zoom:
        first += 4**zoom
        zoom += 1
    rest, x, y = number - first, 0, 0
    for bit in range(zoom):
        side = 1 << bit
        rx = (rest >> 1) & 1
        ry = (rest ^ rx) & 1
        if ry == 0:
            if rx:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * rx, y + side * ry
        rest >>= 2
    return zoom, x, y


def tiles_zxy(number: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return z, x, y (int64) of many PMTiles v3 tile ids; `tile_zxy` of arrays."""
    number = np.asarray(number, np.int64)
    first = np.array([(4**zoom - 1) // 3 for zoom in range(32)], np.int64)
    zoom = np.searchsorted(first, number, side="right") - 1
    rest, x, y = number - first[zoom], np.zeros_like(number), np.zeros_like(number)
    for bit in range(int(zoom.max(initial=0))):
        side, there = np.int64(1) << bit, zoom > bit
        rx = (rest >> 1) & 1
        ry = (rest ^ rx) & 1
        flip = there & (ry == 0) & (rx == 1)
        x, y = np.where(flip, side - 1 - x, x), np.where(flip, side - 1 - y, y)
        turn = there & (ry == 0)
        x, y = np.where(turn, y, x) + np.where(there, side * rx, 0), np.where(turn, x, y) + np.where(there, side * ry, 0)
        rest = rest >> 2
    return zoom, x, y


def to_lonlat(x: Metres, y: Metres) -> tuple[Metres, Metres]:
    """Return longitude and latitude in degrees of EPSG:3857 metres, numbers or arrays (spherical Mercator, the tiles' own)."""
    return np.degrees(x * np.pi / HALF), np.degrees(2 * np.arctan(np.exp(y * np.pi / HALF)) - np.pi / 2)
