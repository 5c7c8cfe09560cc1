"""Aerial photos and other pictures: sheets of any number → one COG in the store, without the tags they came with."""

from __future__ import annotations

import collections
import hashlib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, transform_points
from gispipe.errors import CrsError, UnreadableInput
from gispipe.finished import finished
from gispipe.intake import Readers, SourceFile, source_files
from gispipe.intake.cog_draft import beside
from gispipe.intake.digest import Fingerprint
from gispipe.model import City, Layer, Source
from gispipe.runs import Tell, silent
from gispipe.shelf import key_of
from gispipe.store import Store
from gispipe.words import Words

_EDITION = 3
"""Goes up whenever the same sheets become another picture."""

_NOTES, _DRAFT = ".pictures", ".growing-"
"""Folder of the store that says which pictures it has, and takes those that grow; how the names of these begin."""


@dataclass(frozen=True)
class Picture:
    """A raster layer as the store will hold it: the COG, its CRS, size, the files it was made from, whether it can be drawn, its version where the store has it."""

    layer: Layer
    draft: Path
    crs: str
    width: int
    height: int
    files: tuple[SourceFile, ...]
    drawable: bool = True
    version: str | None = None


@dataclass(frozen=True)
class Pictures:
    """Where pictures are made: the folder of drafts, the store that keeps finished ones (none when a run only checks), and who hears of it."""

    folder: Path
    store: Store | None = None
    tell: Tell = silent


def ingest_raster(group: Readers, catalogue: Catalogue, layer: Layer, pictures: Pictures) -> Picture:
    """Have the sheets of a raster layer checked and put together into a COG, by windows, in a reader process.

    The same sheets are put together once, whatever layers are drawn from them, now or next year. Raises UnreadableInput
    for a file that is not what the layer says or is cut off, CrsError when no CRS is known, sheets disagree, or the
    picture lies far from the city.
    """
    file = catalogue.files[f"layer:{layer.id}"]
    sheets = source_files(catalogue.sources, layer.source, file)
    files = tuple(_file(path, name) for path, name in sheets)
    key = _made_of(layer.source, files)
    with _SAME[key]:
        made, version, draft = _known(pictures.store, layer, key) or _put_together(group, catalogue, layer, sheets, pictures, key)
    drawable = _drawable(layer, made, file)
    if not drawable:
        _not_shown(catalogue, layer, made, file)
    return Picture(layer, draft, made["crs"], made["width"], made["height"], files, drawable, version)


_SAME: dict[str, threading.Lock] = collections.defaultdict(threading.Lock)
"""One lock for each set of sheets: layers drawn from the same heights wait for the first."""


def _made_of(source: Source, files: Sequence[SourceFile]) -> str:
    """Return a name for the content of the sheets and how they are read."""
    how = source.model_dump(mode="json", exclude={"attribution", "license", "path"})
    return hashlib.sha256(json.dumps([_EDITION, how, [[one.path, one.sha256] for one in files]], ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:24]


def _known(store: Store | None, layer: Layer, key: str) -> tuple[dict, str, Path] | None:
    """Return the picture of these sheets where the store has it, for this layer or another one."""
    note = store.root / _NOTES / f"{key}.json" if store else None
    if store is None or note is None or not note.is_file():
        return None
    made = json.loads(note.read_text("utf-8"))
    there = store.path(made["layer"], made["version"], ".tif")
    if not there.is_file() or there.stat().st_size != made["bytes"]:
        return None
    store.adopt(layer.id, there)
    return made, made["version"], store.path(layer.id, made["version"], ".tif")


def _put_together(group: Readers, catalogue: Catalogue, layer: Layer, sheets: Sequence[tuple[Path, str]], pictures: Pictures, key: str) -> tuple[dict, str | None, Path]:
    draft = pictures.folder / f"{layer.id}-{os.getpid()}.tif" if pictures.store is None else _draft(pictures.store, layer.id, key)
    made = group.picture(sheets, layer.source, catalogue.files[f"layer:{layer.id}"], draft,
                         pictures.tell(Words(f"putting together {layer.title}, MB", f"{layer.title}の画像の結合（MB）")), _program(key))
    try:
        near_city(draft, made["crs"], catalogue.city, sheets[0][1])
    except CrsError:
        _drop(draft)
        raise
    if pictures.store is None:
        return made, None, draft
    version = pictures.store.keep_file(layer.id, draft, ".tif")
    there = pictures.store.path(layer.id, version, ".tif")
    with finished(pictures.store.root / _NOTES / f"{key}.json") as note:
        note.write_text(json.dumps(made | {"layer": layer.id, "version": version, "bytes": there.stat().st_size}), "utf-8")
    _drop(draft)
    return made, version, there


def _program(key: str) -> str:
    """Return a name for all that the bytes of a picture depend on: its sheets, the programs that put them together, and the libraries under these."""
    return key_of(key, *(f"intake/{name}.py" for name in ("pictures", "mosaic", "sheet_pixels", "cog_draft", "cog_head", "cog_overviews", "fgd_dem")), "palettes.py", "crs.py",
                  libraries=("rasterio", "numpy", "deflate", "pyproj"))


def _draft(store: Store, layer_id: str, key: str) -> Path:
    """Return where a picture grows until it is whole: where a killed run left it, whatever layer it was for; drafts of this layer's earlier sheets go."""
    folder = store.root / _NOTES
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_DRAFT}{layer_id}-*.tif"):
        if left.stem != f"{_DRAFT}{layer_id}-{key}":
            _drop(left)
    return next(folder.glob(f"{_DRAFT}*-{key}.tif"), folder / f"{_DRAFT}{layer_id}-{key}.tif")


def _drop(draft: Path) -> None:
    """Remove what is left of a draft, with what was noted of it."""
    for left in (draft, *beside(draft)):
        left.unlink(missing_ok=True)


def sweep_drafts(store: Store) -> None:
    """Remove the drafts of killed runs that no layer went on with; to be called once every layer was read."""
    for left in (store.root / _NOTES).glob(f"{_DRAFT}*"):
        left.unlink(missing_ok=True)


DRAWN = (1, 3, 4)
"""Numbers of bands that make a picture; of four the last is near infrared and not drawn."""


def _drawable(layer: Layer, made: Mapping[str, Any], file: str) -> bool:
    if layer.draw == "picture":
        return made["pixels"] == "uint8" and made["bands"] in DRAWN
    if made["bands"] != 1:
        raise UnreadableInput(file, Words(f"draw = \"{layer.draw}\" needs one band of heights, but the files have {made['bands']} of {made['pixels']}",
                                                           f"draw = \"{layer.draw}\" には標高の 1 バンドが必要ですが、ファイルは {made['bands']} バンド（{made['pixels']}）です"),
                              Words("take draw out of the layer, or give it the elevation grid", "レイヤーから draw を消すか、標高のファイルを指定してください"))
    return True


def _not_shown(catalogue: Catalogue, layer: Layer, made: Mapping[str, Any], file: str) -> None:
    """Raise UnreadableInput when a map shows a raster that is no picture."""
    shown = [one.id for one in catalogue.maps.values() if layer.id in one.all_layers()]
    if not shown:
        return
    bands, pixels = made["bands"], made["pixels"]
    if bands == 1:
        raise UnreadableInput(file, Words(f"{bands} bands of {pixels} are heights or measurements, no picture, but the map '{shown[0]}' shows them",
                                          f"{bands} バンド（{pixels}）は標高などの数値で、画像ではありませんが、主題図「{shown[0]}」に載っています"),
                              Words("write draw = \"hillshade\" or draw = \"tint\" in the layer, or take it out of the map; the store keeps its values",
                                    "標高ならレイヤーに draw = \"hillshade\" か draw = \"tint\" を書き、そうでなければ主題図から外してください。値は保存されます"))
    if bands in DRAWN:
        raise UnreadableInput(file, Words(f"the picture has colours of {pixels}; the map '{shown[0]}' can show 8 bits a colour", f"画像の色が {pixels} です。主題図「{shown[0]}」に載せられるのは 1 色 8 ビットの画像です"),
                              Words("ask for it in 8 bits, or take it out of the map; the store keeps its values", "8 ビットの画像を受け取るか、主題図から外してください。値は保存されます"))
    raise UnreadableInput(file, Words(f"{bands} bands of {pixels} are measurements, no picture, but the map '{shown[0]}' shows them", f"{bands} バンド（{pixels}）は観測値で、画像ではありませんが、主題図「{shown[0]}」に載っています"),
                          Words("take the layer out of the map; the store keeps its values", "主題図から外してください。値は保存されます"))


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
