"""Tile archives of pictures, kept in the store beside the picture they were made of.

An unchanged photo is not tiled again, neither for the other audience nor next year.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from gispipe.model import Layer
from gispipe.store import Store

_WORKERS = 4
"""Blocks of a picture made at a time; each holds some 40 MB."""

_TOP = 156543.03392804097
"""Metres a 256-pixel tile's pixel covers at the equator at zoom 0 (EPSG:3857)."""


def pyramid(store: Store, layer: Layer, version: str) -> tuple[Path, tuple[int, int]]:
    """Return the archive of a stored picture and its zooms, making it when it is not there yet."""
    picture = store.path(layer.id, version, ".tif")
    zoom = useful_zoom(picture, layer.zoom)
    kept = store.path(layer.id, f"{version}-z{zoom[0]}-{zoom[1]}", ".pmtiles")
    if not kept.exists():
        _make(picture, kept, layer, zoom)
    return kept, zoom


def _make(picture: Path, kept: Path, layer: Layer, zoom: tuple[int, int]) -> None:
    from gispipe.tiles.raster import build_raster_archive

    draft = kept.with_name(f".draft-{os.getpid()}.pmtiles")
    build_raster_archive(draft, [picture], crs=None, zoom=zoom, name=layer.id, attribution=layer.source.attribution,
                         workers=min(os.cpu_count() or 1, _WORKERS))
    os.replace(draft, kept)


def useful_zoom(picture: Path, wanted: tuple[int, int]) -> tuple[int, int]:
    """Return the declared zooms, without those that would only enlarge the picture's own pixels."""
    import rasterio
    from rasterio.warp import transform_bounds

    with rasterio.open(picture, driver="GTiff") as source:
        west, south, east, north = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
        metres = (math.radians(north - south) * 6_371_008.8) / source.height
    own = math.log2(_TOP * math.cos(math.radians((south + north) / 2)) / metres)
    last = min(wanted[1], max(math.ceil(own - 0.25), wanted[0]))
    return wanted[0], last
