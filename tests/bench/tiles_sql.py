"""What engines that answer SQL share: their columns and files, and tiles written by gzip on all cores and the `pmtiles` package."""

from __future__ import annotations

import gzip
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.tiles_city import LEVELS, NAMES, ZOOM

HALF, WHOLE = 20037508.342789244, 40075016.685578488
"""Metres from the middle of EPSG:3857 to its edge, and from edge to edge."""

COLUMNS = {"parcel": {"fid": "int", "lot": "text", "use": "int", "town": "text"}, "building": {"fid": "int", "kind": "int", "floors": "int"},
           "flood": {"fid": "int", "rank": "int"}, "road": {"fid": "int", "width": "int"}}
FILES = {name: "flood_pieces" if name == "flood" else name for name in NAMES}
BUFFER = 64
"""Units of 4096 that a tile is drawn beyond its edge, as much as gispipe draws."""

Tiles = dict[tuple[int, int, int], bytes]


def shown(zoom: int) -> list[str]:
    """Return the layers drawn at a zoom."""
    return [name for name, (first, last) in ZOOM.items() if first <= zoom <= last]


def numbers(west: str, south: str, east: str, north: str) -> tuple[str, str, str, str]:
    """Return as SQL the first and last column and the first and last row of the tiles of zoom z that a box in EPSG:3857 meets."""
    first, last = (f"floor(({side} + {HALF}) / {WHOLE} * 2 ^ z)::int" for side in (west, east))
    top, bottom = (f"floor(({HALF} - {side}) / {WHOLE} * 2 ^ z)::int" for side in (north, south))
    return first, last, top, bottom


def write(tiles: Tiles, path: Path) -> dict[str, float]:
    """Compress tiles and write them as PMTiles; return the seconds of both."""
    from pmtiles.tile import zxy_to_tileid
    from pmtiles.writer import Writer

    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        packed = dict(zip(tiles, pool.map(lambda data: gzip.compress(data, 6, mtime=0), tiles.values()), strict=True))
    middle = time.perf_counter()
    with path.open("wb") as file:
        writer = Writer(file)
        for tile in sorted(packed, key=lambda zxy: zxy_to_tileid(*zxy)):
            writer.write_tile(zxy_to_tileid(*tile), packed[tile])
        layers = [{"id": name, "fields": {}, "minzoom": ZOOM[name][0], "maxzoom": ZOOM[name][1]} for name in NAMES]
        writer.finalize(_header(), {"vector_layers": layers})
    return {"gzip": middle - began, "PMTiles": time.perf_counter() - middle}


def _header() -> dict[str, object]:
    from pmtiles.tile import Compression, TileType

    return {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_zoom": LEVELS[0], "max_zoom": LEVELS[1],
            "min_lon_e7": -1800000000, "min_lat_e7": -850000000, "max_lon_e7": 1800000000, "max_lat_e7": 850000000,
            "center_zoom": LEVELS[0], "center_lon_e7": 0, "center_lat_e7": 0}
