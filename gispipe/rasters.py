"""Aerial photos and other pictures: sheets of any number → one COG in the store, without the tags they came with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, transform_points
from gispipe.errors import CrsError, UnreadableInput
from gispipe.intake import Readers, SourceFile, source_files
from gispipe.intake.digest import Fingerprint
from gispipe.model import City, Layer
from gispipe.words import Words


@dataclass(frozen=True)
class Picture:
    """A raster layer as the store will hold it: the draft COG, its CRS, size, the files it was made from, and whether it has colours to draw."""

    layer: Layer
    draft: Path
    crs: str
    width: int
    height: int
    files: tuple[SourceFile, ...]
    drawable: bool = True


def ingest_raster(group: Readers, catalogue: Catalogue, layer: Layer, folder: Path) -> Picture:
    """Have the sheets of a raster layer checked and put together into a COG in `folder`, by windows, in a reader process.

    Raises UnreadableInput for a file that is not what the layer says or is cut off, CrsError when no CRS is known,
    sheets disagree, or the picture lies far from the city.
    """
    file = catalogue.files[f"layer:{layer.id}"]
    sheets = source_files(catalogue.sources, layer.source, file)
    draft = folder / f"{layer.id}-{os.getpid()}.tif"
    made = group.picture(sheets, layer.source, file, draft)
    near_city(draft, made["crs"], catalogue.city, sheets[0][1])
    drawable = made["pixels"] == "uint8" and made["bands"] in DRAWN
    shown = [one.id for one in catalogue.maps.values() if any(entry.id == layer.id for entry in one.layers)]
    if shown and not drawable:
        raise UnreadableInput(file, Words(f"{made['bands']} bands of {made['pixels']} are heights or measurements, no picture, but the map '{shown[0]}' shows them",
                                          f"{made['bands']} バンド（{made['pixels']}）は標高などの数値で、画像ではありませんが、主題図「{shown[0]}」に載っています"),
                              Words("take the layer out of the map; the store keeps its values", "主題図から外してください。値は保存されます"))
    return Picture(layer, draft, made["crs"], made["width"], made["height"], tuple(_file(path, name) for path, name in sheets), drawable)


DRAWN = (1, 3, 4)
"""Numbers of bands that make a picture."""


def near_city(picture: Path, crs: str, city: City, name: str) -> None:
    """Raise CrsError when a picture does not touch the area of the city."""
    import rasterio

    with rasterio.open(picture, driver="GTiff") as whole:
        box_near_city(whole.bounds, crs, city, name)


def box_near_city(box: Sequence[float], crs: str, city: City, name: str) -> None:
    """Raise CrsError when a box (left, bottom, right, top, in `crs`) does not touch the area of the city."""
    import numpy as np

    lon, lat = transform_points(np.array([box[0], box[2]]), np.array([box[1], box[3]]), crs, LONLAT, name)
    west, south, east, north = city.bounds
    if lon[0] > east or lon[1] < west or lat[0] > north or lat[1] < south:
        raise CrsError(name, Words(f"GP02 with {crs} the picture lies at {lat[0]:.3f}, {lon[0]:.3f}, outside the city", f"GP02 {crs} では画像が市域の外（{lat[0]:.3f}, {lon[0]:.3f}）になります"),
                       Words("check the CRS and the world file", "座標系とワールドファイルを確認してください"))


def _file(path: Path, name: str) -> SourceFile:
    """Return a sheet as provenance, with the files that place it."""
    beside = [side for suffix in (".tfw", ".jgw", ".wld", ".tifw", ".jpgw", ".prj") for side in (path.with_suffix(suffix), path.with_suffix(suffix.upper())) if side.is_file()]
    return Fingerprint([path, *beside]).of(name, 1)
