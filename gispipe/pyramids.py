"""Tile archives of pictures, kept in the store beside the picture they were made of.

An unchanged photo is not tiled again, neither for the other audience nor next year; a run that was killed while tiling is gone on with.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.finished import finished
from gispipe.model import Audience, Layer, Style
from gispipe.progress import Told
from gispipe.runs import Tell, silent
from gispipe.store import Store
from gispipe.words import Words

_WORKERS = 4
"""Blocks of a picture made at a time; each holds some 80 MB."""

_EDITION = 2
"""Goes up whenever the same picture becomes other tiles, so that no old archive is taken for a new one."""

_QUALITY = {"picture": 80, "hillshade": 92, "tint": 92}
"""WebP quality; on the smooth greys of a relief 80 shows its blocks."""

_TOP = 156543.03392804097
"""Metres a 256-pixel tile's pixel covers at the equator at zoom 0 (EPSG:3857)."""

_ONE_AT_A_TIME = threading.Lock()


def archive_of(store: Store, layer: Layer, style: Style | None, version: str) -> Path:
    """Return where the tiles of a stored picture are kept; the name says of what and how they are made."""
    steps = "" if layer.draw != "tint" else f"-{hashlib.sha256(json.dumps(_steps(style)).encode()).hexdigest()[:8]}"
    drawn = "" if layer.draw == "picture" else f"-{layer.draw}{steps}"
    return store.path(layer.id, f"{version}{drawn}-z{layer.zoom[0]}-{layer.zoom[1]}-r{_EDITION}", ".pmtiles")


def make_pyramid(store: Store, layer: Layer, style: Style | None, version: str, tell: Tell = silent) -> Path:
    """Return the archive of a stored picture, making it when it is not there yet."""
    kept = archive_of(store, layer, style, version)
    with _ONE_AT_A_TIME:  # both audiences may ask for the same
        if not kept.exists():
            _make(store.path(layer.id, version, ".tif"), kept, layer, style, tell(Words(f"tiles of {layer.title}, blocks", f"{layer.title}のタイル作成（区画）")))
    return kept


def prepare(catalogue: Catalogue, audience: Audience, tell: Tell = silent) -> None:
    """Make what an audience's pictures lack: a declaration may ask for other zooms or colours than at the last ingest."""
    internal, store = Store(catalogue.output, "internal"), Store(catalogue.output, audience)
    shown = store.manifest()
    for layer in catalogue.layers_for(audience):
        entry = shown.get(layer.id)
        if layer.kind != "raster" or entry is None or not entry.get("drawable", True):
            continue
        style = catalogue.styles.get(layer.style or "")
        if not archive_of(store, layer, style, entry["version"]).exists():
            kept = make_pyramid(internal, layer, style, entry["version"], tell)
            if audience == "public":
                store.adopt(layer.id, kept)


def _make(picture: Path, kept: Path, layer: Layer, style: Style | None, told: Told) -> None:
    from gispipe.tiles.raster import Resume, build_raster_archive

    blocks = kept.with_name(f".{kept.stem}.blocks")
    _sweep(kept.parent, blocks)
    with _drawn(picture, kept.parent, layer, style) as drawn, finished(kept) as draft:
        build_raster_archive(draft, [drawn], crs=None, zoom=useful_zoom(picture, layer.zoom), quality=_QUALITY[layer.draw], name=layer.id, attribution=layer.source.attribution,
                             workers=min(os.cpu_count() or 1, _WORKERS), resume=Resume(blocks, kept.stem), progress=told)


def _sweep(folder: Path, blocks: Path) -> None:
    """Remove what killed runs left of archives nobody asks for any more; the city's lock is ours."""
    for left in (*folder.glob(".*.blocks"), *folder.glob(".draft-*"), *folder.glob(".drawn-*")):
        if left != blocks:
            left.unlink()


@contextlib.contextmanager
def _drawn(picture: Path, folder: Path, layer: Layer, style: Style | None) -> Iterator[Path]:
    """Give the picture to tile: the stored one, or one drawn for the time from stored heights."""
    if layer.draw == "picture":
        yield picture
        return
    from gispipe.tiles.relief import Step, draw_relief

    drawn = folder / f".drawn-{os.getpid()}.tif"
    try:
        draw_relief(picture, drawn, [Step(*step) for step in _steps(style)] if layer.draw == "tint" else ())
        yield drawn
    finally:
        drawn.unlink(missing_ok=True)


def _steps(style: Style | None) -> list[tuple[float, float, tuple[int, int, int]]]:
    """Return the height steps of a tint: from, up to but without (metres), colour."""
    assert style is not None
    return [(-math.inf if one.min is None else one.min, math.inf if one.max is None else one.max,
             (int(one.fill[1:3], 16), int(one.fill[3:5], 16), int(one.fill[5:7], 16))) for one in style.class_ if one.fill]


def useful_zoom(picture: Path, wanted: tuple[int, int]) -> tuple[int, int]:
    """Return the declared zooms, without those that would only enlarge the picture's own pixels."""
    import rasterio
    from rasterio.warp import transform_bounds

    with rasterio.open(picture, driver="GTiff") as source:
        _, south, _, north = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
        metres = (math.radians(north - south) * 6_371_008.8) / source.height
    own = math.log2(_TOP * math.cos(math.radians((south + north) / 2)) / metres)
    last = min(wanted[1], max(math.ceil(own - 0.25), wanted[0]))
    return wanted[0], last
