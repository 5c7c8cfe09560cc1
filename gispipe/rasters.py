"""Aerial photos and other pictures: sheets of any number → one COG in the store, without the tags they came with."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, transform_points
from gispipe.errors import CrsError, UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import SourceFile
from gispipe.intake.projection import crs_of_prj
from gispipe.intake.source import source_files
from gispipe.model import City, Layer, Source
from gispipe.words import Words


@dataclass(frozen=True)
class Picture:
    """A raster layer as the store will hold it: the draft COG, its CRS, size and the files it was made from."""

    layer: Layer
    draft: Path
    crs: str
    width: int
    height: int
    files: tuple[SourceFile, ...]


def ingest_raster(catalogue: Catalogue, layer: Layer, folder: Path) -> Picture:
    """Check the sheets of a raster layer and mosaic them into a COG in `folder` by windows.

    Raises UnreadableInput for a file that is not TIFF or is cut off, CrsError when no CRS is known, sheets disagree,
    or the picture lies far from the city.
    """
    file = catalogue.files[f"layer:{layer.id}"]
    sheets = source_files(catalogue.sources, layer.source, file)
    systems = {sheet_crs(path, name, layer.source, file) for path, name in sheets}
    if len(systems) > 1:
        raise CrsError(f"{file} › source.path", Words("the sheets have different coordinate systems", "画像ごとに座標系が違います"))
    crs = systems.pop()
    draft = folder / f"{layer.id}-{os.getpid()}.tif"
    width, height = _mosaic([path for path, _ in sheets], draft, crs, sheets[0][1])
    near_city(draft, crs, catalogue.city, sheets[0][1])
    return Picture(layer, draft, crs, width, height, tuple(_file(path, name) for path, name in sheets))


def sheet_crs(path: Path, name: str, source: Source, file: str) -> str:
    """Return the CRS of one sheet, its own or the declared one; raises what `ingest_raster` raises for a sheet."""
    import rasterio
    from rasterio.errors import RasterioIOError

    must_be(path, "geotiff", name)
    try:
        with rasterio.open(path, driver="GTiff") as sheet:
            stated = f"EPSG:{sheet.crs.to_epsg()}" if sheet.crs and sheet.crs.to_epsg() else crs_of_prj(_beside(path))
            placed = not sheet.transform.is_identity
    except RasterioIOError as error:
        raise UnreadableInput(name, Words(f"the picture cannot be read: {error}", f"画像を読めません: {error}"),
                              Words("copy or request the file again", "受け取り直してください")) from None
    if not placed:
        raise UnreadableInput(name, Words("the picture has no position and no world file beside it", "画像に位置情報がなく、ワールドファイルもありません"),
                              Words("put the .tfw beside it", ".tfw を同じフォルダーに置いてください"))
    if stated and source.crs and stated != source.crs:
        raise CrsError(name, Words(f"the file says {stated}, the layer says {source.crs}", f"ファイルの座標系は {stated}、レイヤーは {source.crs} です"),
                       Words(f"correct crs in {file}", f"{file} の crs を直してください"))
    if not (stated or source.crs):
        raise CrsError(f"{file} › {name}", Words("GP01 the coordinate system is neither in the file nor declared", "GP01 座標系がファイルにもレイヤーにもありません"),
                       Words('write crs = "EPSG:…" in [source]', "[source] に crs = \"EPSG:…\" を書いてください"))
    return stated or str(source.crs)


def _beside(path: Path) -> Path | None:
    prj = path.with_suffix(".prj")
    return prj if prj.is_file() else None


def _mosaic(paths: list[Path], draft: Path, crs: str, name: str) -> tuple[int, int]:
    """Write one tiled, compressed COG from the pixels alone: no tags, no thumbnails, no camera data."""
    import rasterio
    from rasterio.errors import RasterioIOError
    from rasterio.merge import merge
    from rasterio.shutil import copy

    plain = draft.with_suffix(".plain.tif")
    try:
        with rasterio.open(paths[0], driver="GTiff") as first:
            kind = {"driver": "GTiff", "tiled": True, "blockxsize": 512, "blockysize": 512, "crs": crs, "compress": "zstd", "BIGTIFF": "IF_SAFER"}
            nodata = first.nodata
            if first.count in (3, 4):
                kind["photometric"] = "RGB"  # sheets compressed as JPEG would hand on YCbCr, which only JPEG can hold
        merge(paths, dst_path=plain, nodata=nodata, mem_limit=256, dst_kwds=kind)
        with rasterio.open(plain) as whole:
            copy(whole, draft, driver="COG", compress="DEFLATE", overviews="NONE", num_threads=1)
            return whole.width, whole.height
    except RasterioIOError as error:
        raise UnreadableInput(name, Words(f"the picture is damaged: {error}", f"画像が壊れています: {error}"),
                              Words("copy or request the file again", "受け取り直してください")) from None
    finally:
        plain.unlink(missing_ok=True)


def near_city(picture: Path, crs: str, city: City, name: str) -> None:
    """Raise CrsError when a picture does not touch the area of the city."""
    import numpy as np
    import rasterio

    with rasterio.open(picture) as whole:
        box = whole.bounds
    lon, lat = transform_points(np.array([box.left, box.right]), np.array([box.bottom, box.top]), crs, LONLAT, name)
    west, south, east, north = city.bounds
    if lon[0] > east or lon[1] < west or lat[0] > north or lat[1] < south:
        raise CrsError(name, Words(f"GP02 with {crs} the picture lies at {lat[0]:.3f}, {lon[0]:.3f}, outside the city", f"GP02 {crs} では画像が市域の外（{lat[0]:.3f}, {lon[0]:.3f}）になります"),
                       Words("check the CRS and the world file", "座標系とワールドファイルを確認してください"))


def _file(path: Path, name: str) -> SourceFile:
    with path.open("rb") as file:
        return SourceFile(name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size, 1)
