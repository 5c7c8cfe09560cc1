"""Look at files with the real readers: format by content, CRS, encoding, columns, geometry; nothing is assumed from a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely

from gispipe.errors import Failure, UnreadableInput
from gispipe.intake import Delivered, Readers, readers
from gispipe.intake.content import identify
from gispipe.intake.csv_table import GEOGRAPHIC
from gispipe.model import Source

_SUFFIXES = {".shp", ".geojson", ".json", ".csv", ".gpkg", ".fgb", ".tif", ".tiff"}
_HELPERS = {"attributes.csv", "config.yml"}
_X = re.compile(r"^(経度|lon|lng|longitude|x|X座標.*|経度[:：].*)$", re.IGNORECASE)
_Y = re.compile(r"^(緯度|lat|latitude|y|Y座標.*|緯度[:：].*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """A file that was looked at. `delivered` is None for pictures; doubts are sentences for the layer file's comments."""

    path: Path
    name: str
    source: Source
    delivered: Delivered | None
    doubts: tuple[str, ...] = ()


@dataclass
class Look:
    """What a folder holds: readable files, and those that are not, with the reason."""

    seen: list[Seen] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def data_files(folder: Path) -> Iterator[Path]:
    """Yield files that may hold data, by name, leaving out sidecars."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _SUFFIXES and path.name not in _HELPERS and path.is_file():
            yield path


def look_through(folder: Path, workers: int = 2) -> Look:
    """Look at every data file under a folder."""
    result = Look()
    with readers(workers) as group, ThreadPoolExecutor(workers) as pool:
        jobs = [(path, pool.submit(_look_at, group, folder, path)) for path in data_files(folder)]
        for path, job in jobs:
            try:
                result.seen.append(job.result())
            except Failure as failure:
                result.unreadable.append((path.relative_to(folder).as_posix(), str(failure)))
    return result


def _look_at(group: Readers, folder: Path, path: Path) -> Seen:
    name, found = path.relative_to(folder).as_posix(), identify(path)
    if found == "geotiff":
        return Seen(path, name, Source(reader="geotiff", path=_pattern(name)), None)
    source = Source(reader=found if found in ("shapefile", "geojson", "csv", "gpkg", "flatgeobuf") else path.suffix.lstrip(".").lower(), path=_pattern(name))
    if source.reader not in ("shapefile", "geojson", "csv", "gpkg", "flatgeobuf"):
        source = source.model_copy(update={"reader": "geojson"})
    delivered, source, doubts = _read(group, path, source, name)
    if source.reader == "csv":
        delivered, source, more = _place(group, path, source, delivered, name)
        doubts += more
    return Seen(path, name, source, *_system(delivered, source, doubts))


def _pattern(name: str) -> str:
    """Return a path that a glob cannot misread: its special characters stand for themselves."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def _read(group: Readers, path: Path, source: Source, name: str) -> tuple[Delivered, Source, list[str]]:
    """Read with what the file proves; where it proves no encoding, try cp932 and say that this is a guess."""
    try:
        return group.read(path, source, name), source, []
    except UnreadableInput as failure:
        if source.encoding is not None or source.reader not in ("shapefile", "csv"):
            raise
        try:
            guess = source.model_copy(update={"encoding": "cp932"})
            return group.read(path, guess, name), guess, ["encoding: 推定。cp932 として全ての文字が読めました。文字化けがないか確認してください"]
        except UnreadableInput:
            raise failure from None


def _place(group: Readers, path: Path, source: Source, delivered: Delivered, name: str) -> tuple[Delivered, Source, list[str]]:
    """Find coordinate columns of a table by their titles, and read again as points."""
    x = next((c for c in delivered.frame.columns if _X.match(c)), None)
    y = next((c for c in delivered.frame.columns if _Y.match(c)), None)
    if x is None or y is None:
        return delivered, source, []
    placed = source.model_copy(update={"x": x, "y": y})
    return group.read(path, placed, name), placed, []


def _system(delivered: Delivered, source: Source, doubts: list[str]) -> tuple[Delivered, tuple[str, ...]]:
    if delivered.geometry is None:
        return delivered, tuple(doubts)
    if source.reader == "csv":
        box = _box(delivered.geometry)
        if box is not None and not (122 <= box[0] <= 154 and 20 <= box[1] <= 46):
            doubts.append("crs: 緯度・経度の範囲にありません。平面直角座標なら [source] に crs を書いてください")
        return replace(delivered, crs=GEOGRAPHIC), tuple(doubts)
    if delivered.crs is None:
        box = _box(delivered.geometry)
        if box is not None and 122 <= box[0] <= 154 and 20 <= box[1] <= 46:
            doubts.append("crs: ファイルに座標系がありません。緯度経度と見て EPSG:6668 としました。作成者に確認してください")
            return replace(delivered, crs="EPSG:6668"), tuple(doubts)
        doubts.append("crs: ファイルに座標系がありません。市の平面直角座標系としました。作成者に確認してください")
    return delivered, tuple(doubts)


def _box(geometry: np.ndarray) -> np.ndarray | None:
    box = shapely.total_bounds(geometry)
    return box if np.isfinite(box).all() else None
