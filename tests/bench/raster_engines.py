"""What the raster benchmark runs in processes of their own: making sheets, our two steps, and GDAL's raster tile driver.

    python -m tests.bench.raster_engines sheets|cog|tiles|gdal FOLDER [--gb N] [--plain]
"""

from __future__ import annotations

import argparse
import json
import os
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio import Affine
from rasterio.enums import Resampling

WIDTH, HEIGHT = 8000, 6000  # a sheet of 2 × 1.5 km
PIXEL = 0.25
WEST, NORTH = -48_000.0, -130_000.0  # EPSG:6674
ZOOM = (10, 19)


def ground(side: int = 2048) -> np.ndarray:
    """Return a picture (3, side, side) as busy as a photo of a town: fields and roofs of even colour, edges, noise."""
    rng = np.random.Generator(np.random.PCG64(1))
    picture = np.zeros((side, side, 3), np.float32)
    for cell, share in ((256, 1.0), (64, 0.6), (24, 0.4)):
        n = side // cell + 1
        colour, there = rng.uniform(50, 200, (n, n, 3)), rng.random((n, n, 1)) < share
        big, kept = (np.repeat(np.repeat(one, cell, 0), cell, 1)[:side, :side] for one in (colour, there))
        picture = np.where(kept, 0.35 * picture + 0.65 * big, picture)
    picture += rng.normal(0, 6, (side, side, 1))
    return np.ascontiguousarray(np.clip(picture, 1, 254).astype(np.uint8).transpose(2, 0, 1))


def sheets(folder: Path, gb: float, plain: bool) -> None:
    """Write sheets of `gb` × 10⁹ bytes of pixels, JPEG in tiles or uncompressed, side by side in a near-square block."""
    count = max(1, round(gb * 1e9 / (3 * WIDTH * HEIGHT)))
    across = max(1, round((count * HEIGHT / WIDTH) ** 0.5))
    base = np.tile(ground(), (1, HEIGHT // 2048 + 2, WIDTH // 2048 + 2))
    packed = {} if plain else {"compress": "JPEG", "jpeg_quality": 85, "photometric": "YCBCR"}
    for k in range(count):
        rng = np.random.Generator(np.random.PCG64([2, k]))
        y, x = rng.integers(0, 2048, 2)
        place = Affine(PIXEL, 0, WEST + (k % across) * WIDTH * PIXEL, 0, -PIXEL, NORTH - (k // across) * HEIGHT * PIXEL)
        with rasterio.open(folder / f"{k:04d}.tif", "w", driver="GTiff", width=WIDTH, height=HEIGHT, count=3, dtype="uint8", crs="EPSG:6674", transform=place,
                           tiled=True, blockxsize=512, blockysize=512, **packed) as out:
            out.write(base[:, y:y + HEIGHT, x:x + WIDTH])


def cog(folder: Path) -> dict[str, object]:
    """Put the sheets together as an ingest does: in a closed reader process."""
    from gispipe.intake import readers
    from gispipe.model import Source

    files = [(path, path.name) for path in sorted(folder.glob("[0-9]*.tif"))]
    with readers(1) as group:
        group.picture(files, Source(reader="geotiff", path="*.tif"), "bench", folder / "whole.tif")
    return {"bytes": (folder / "whole.tif").stat().st_size}


def tiles(folder: Path) -> dict[str, object]:
    """Tile the picture as an ingest does."""
    from gispipe.tiles.raster import Resume, build_raster_archive

    done = build_raster_archive(folder / "ours.pmtiles", [folder / "whole.tif"], crs=None, zoom=ZOOM, name="bench", attribution="", workers=min(os.cpu_count() or 1, 4),
                                resume=Resume(folder / "blocks", "bench"))
    return {"bytes": done.bytes, "tiles": done.tiles}


def gdal(folder: Path) -> dict[str, object]:
    """Tile the picture with GDAL's MBTiles driver, which makes the other zooms as overviews; WebP of the same quality."""
    import sqlite3

    from rasterio.shutil import copy

    target = folder / "gdal.mbtiles"
    with rasterio.Env(GDAL_CACHEMAX=256 * 1024**2, GDAL_NUM_THREADS="ALL_CPUS"):
        copy(folder / "whole.tif", target, driver="MBTILES", TILE_FORMAT="WEBP", QUALITY=80, RESAMPLING="BILINEAR", ZOOM_LEVEL_STRATEGY="UPPER")
        with rasterio.open(target, "r+") as out:
            out.build_overviews([2**k for k in range(1, ZOOM[1] - ZOOM[0] + 1)], Resampling.average)
    with sqlite3.connect(target) as database:
        zooms = database.execute("select min(zoom_level), max(zoom_level), count(*) from tiles").fetchone()
    return {"bytes": target.stat().st_size, "tiles": zooms[2], "zooms": list(zooms[:2])}


def main() -> None:
    """Run one step and print what it made as JSON."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("step", choices=["sheets", "cog", "tiles", "gdal"])
    ask.add_argument("folder", type=Path)
    ask.add_argument("--gb", type=float, default=1.0)
    ask.add_argument("--plain", action="store_true")
    told = ask.parse_args()
    warnings.filterwarnings("ignore")
    if told.step == "sheets":
        sheets(told.folder, told.gb, told.plain)
        return
    print(json.dumps({"cog": cog, "tiles": tiles, "gdal": gdal}[told.step](told.folder)))


if __name__ == "__main__":
    main()
