"""What an archive holds, read by the parser of `mapbox_vector_tile` and not by our own: `python -m tests.bench.tiles_quality ARCHIVE OUTLINE`."""

from __future__ import annotations

import gzip
import json
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from tests.bench.tiles_rings import numbers, polygons

EXTENT, HALF = 4096, 20037508.342789244
PIXEL = EXTENT / 512
"""Units of a pixel of the screen: MapLibre draws a tile 512 pixels wide."""

KEPT_AT = 16
GAPS_AT = (13, 14)
DEEP = 15
"""The zoom from which gispipe, which keeps a budget, draws every feature with its attributes as its peers do: bytes compare best from here."""


def quality(path: Path, outline: shapely.Polygon) -> dict[str, Any]:
    """Count what an archive holds.

    Tiles; bytes of the largest and the median tile, and of all from z15 on; features at z16 by layer; of z13 and z14 what `gaps` says.
    outline: the ground in EPSG:3857 that the parcels cover whole.
    """
    kept: dict[str, set[int]] = {}
    covered: dict[int, dict[tuple[int, int], np.ndarray]] = {zoom: {} for zoom in GAPS_AT}
    for (z, x, y), layer in _layers(path):
        if z == KEPT_AT:
            kept.setdefault(layer.name, set()).update(numbers(layer))
        elif layer.name == "parcel":
            covered[z][x, y] = polygons(layer)
    zoom, sizes = _sizes(path)
    deep = sum(size for at, size in zip(zoom, sizes, strict=True) if at >= DEEP)
    return {"tiles": len(sizes), "largest": max(sizes), "median": statistics.median(sizes), "deep": deep,
            "kept": {name: len(ids) for name, ids in kept.items()}, "gaps": {zoom: gaps(covered[zoom], outline, zoom) for zoom in GAPS_AT}}


def _layers(path: Path) -> Iterator[tuple[tuple[int, int, int], Any]]:
    """Yield the parsed layers of the zooms that are looked at."""
    from mapbox_vector_tile.Mapbox import vector_tile_pb2
    from pmtiles.reader import MmapSource, all_tiles

    with path.open("rb") as file:
        for zxy, data in all_tiles(MmapSource(file)):
            if zxy[0] == KEPT_AT or zxy[0] in GAPS_AT:
                tile = vector_tile_pb2.tile()
                tile.ParseFromString(gzip.decompress(data))
                for layer in tile.layers:
                    yield zxy, layer


def _sizes(path: Path) -> tuple[list[int], list[int]]:
    """Return zoom and bytes of every tile."""
    from pmtiles.reader import MmapSource, all_tiles

    with path.open("rb") as file:
        found = [(zxy[0], len(data)) for zxy, data in all_tiles(MmapSource(file))]
    return [zoom for zoom, _ in found], [size for _, size in found]


def gaps(covered: dict[tuple[int, int], np.ndarray], outline: shapely.Geometry, zoom: int) -> dict[str, float]:
    """Return the share of the ground that no parcel of these tiles covers, the count of gaps, and of those larger than a pixel.

    The ground is the outline less one pixel along its edge, where a parcel's corner may be taken away rightly. Where roads part the outline,
    every part of it loses that pixel, and a part less than two pixels wide is no ground at all: of a city with such blocks, less ground is
    judged the lower the zoom. A gap that reaches over a tile's border is one gap.
    """
    scale = EXTENT * 2**zoom / (2 * HALF)
    parts = shapely.get_parts(shapely.transform(outline, lambda xy: (xy * (1, -1) + HALF) * scale))
    ground = _areas(shapely.buffer(parts, -PIXEL))  # part by part: all at once takes time by the square of the parts
    bare = [_bare(here, covered.get((x, y), np.empty(0, object)), np.array([x, y]) * EXTENT) for (x, y), here in by_tile(ground).items()]
    area = shapely.area(_joined(np.concatenate(bare)))
    return {"share": float(area.sum() / shapely.area(ground).sum()), "count": len(area), "large": int((area > PIXEL**2).sum())}


def _bare(ground: np.ndarray, drawn: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Return the polygons of ground inside a tile, whose corner is given, that are under none of the polygons drawn in it, which start from the corner."""
    west, north, east, south = shapely.bounds(ground).T
    over = (west < corner[0]) | (north < corner[1]) | (east > corner[0] + EXTENT) | (south > corner[1] + EXTENT)
    cut = _areas(shapely.intersection(ground[over], shapely.box(*corner, *(corner + EXTENT))))
    cover = shapely.disjoint_subset_union_all(_areas(shapely.make_valid(drawn)))  # blocks that lie apart are united apart
    here = shapely.multipolygons(np.concatenate([ground[~over], cut]))
    return _areas(shapely.difference(here, shapely.transform(cover, lambda xy: xy + corner)))


def _joined(bare: np.ndarray) -> np.ndarray:
    """Return the polygons with those united that a tile's border cut in two."""
    cut = (shapely.bounds(bare) % EXTENT == 0).any(axis=1)
    return np.concatenate([bare[~cut], _areas(shapely.union_all(bare[cut]))])


def by_tile(ground: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """Return by column and row of a tile the polygons of ground, in units of its zoom, that meet it."""
    west, north, east, south = (int(side // EXTENT) for side in shapely.total_bounds(ground))
    every = [(x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
    corner = np.array(every) * EXTENT
    tile, part = shapely.STRtree(ground).query(shapely.box(*corner.T, *(corner + EXTENT).T), predicate="intersects")
    return {every[one]: ground[part[tile == one]] for one in np.unique(tile)}


def _areas(shapes: shapely.Geometry | np.ndarray) -> np.ndarray:
    """Return the polygons that shapes consist of."""
    parts = shapely.get_parts(shapes)
    return parts[(shapely.get_dimensions(parts) == 2) & ~shapely.is_empty(parts)]


if __name__ == "__main__":
    print(json.dumps(quality(Path(sys.argv[1]), shapely.from_wkb(Path(sys.argv[2]).read_bytes()))))
