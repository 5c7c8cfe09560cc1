"""Look at files with the real readers: format by content, CRS, encoding, columns, geometry; nothing is assumed from a name."""

from __future__ import annotations

import re
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
from gispipe.scan.toml import remark
from gispipe.scan.files import walk
from gispipe.words import Words

_X = re.compile(r"^(経度|lon|lng|longitude|x|X座標.*|経度[:：].*)$", re.IGNORECASE)
_Y = re.compile(r"^(緯度|lat|latitude|y|Y座標.*|緯度[:：].*)$", re.IGNORECASE)
_READ = ("shapefile", "geojson", "csv", "gpkg", "flatgeobuf", "geotiff")
_NO_TEXT = {".shp", ".gpkg", ".fgb", ".tif", ".tiff", ".json", ".geojson"}


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


def look_through(folder: Path, leave_out: Path | None = None, workers: int | None = None) -> Look:
    """Look at every file under a folder but `leave_out`; what cannot be read is listed with the reason, never skipped in silence."""
    found, result = walk(folder, leave_out), Look()
    result.unreadable = [(name, str(why)) for name, why in found.left]
    with readers(workers) as group, ThreadPoolExecutor(group.count) as pool:
        jobs = [(path, pool.submit(_look_at, group, folder, path)) for path in found.data]
        for path, job in jobs:
            try:
                result.seen.append(job.result())
            except (Failure, OSError) as failure:
                result.unreadable.append((path.relative_to(folder).as_posix(), _reason(failure)))
    read = {seen.path.parent for seen in result.seen}
    result.unreadable += [(f"{place.relative_to(folder).as_posix()}/", str(_ONLY_HELPERS)) for place in found.described if place not in read]
    result.unreadable.sort()
    return result


_ONLY_HELPERS = Words("the folder describes data (config.yml, attributes.csv) but holds none that can be read",
                      "説明（config.yml・attributes.csv）だけで、読めるデータがありません")


def _reason(failure: Failure | OSError) -> str:
    if isinstance(failure, OSError):
        return failure.strerror or str(failure)
    return f"{failure.what} — {failure.todo}" if failure.todo else str(failure.what)


def _look_at(group: Readers, folder: Path, path: Path) -> Seen:
    name = path.relative_to(folder).as_posix()
    reader = _reader(path, name)
    source = Source(reader=reader, path=_pattern(name))
    if reader == "geotiff":
        return Seen(path, name, source, None)
    delivered, source, doubts = _read(group, path, source, name)
    if reader == "csv":
        doubts += _header_doubts(delivered)
        delivered, source, more = _place(group, path, source, delivered, name)
        doubts += more
    return Seen(path, name, *_system(delivered, source, doubts))


def _reader(path: Path, name: str) -> str:
    """Return the reader for a file's content; any text reads as CSV, so only a file that says so is one."""
    found = identify(path)
    if found in _READ and not (found == "csv" and path.suffix.lower() in _NO_TEXT):
        return found
    if found == "empty":
        raise UnreadableInput(name, Words("the file is empty", "ファイルが空です"), Words("ask for it again", "受け取り直してください"))
    what = {"json": "JSON, but not GeoJSON", "csv": "plain text"}.get(found, found)
    what_ja = {"json": "GeoJSON ではない JSON", "csv": "ただの文字", "unknown": "不明な形式"}.get(found, found)
    raise UnreadableInput(name, Words(f"the content is {what}, for which there is no reader", f"中身は{what_ja}で、読み取りに対応していません"))


def _pattern(name: str) -> str:
    """Return a path that a glob cannot misread: its special characters stand for themselves."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def _read(group: Readers, path: Path, source: Source, name: str) -> tuple[Delivered, Source, list[str]]:
    """Read with what the file proves; where it proves no encoding, try cp932 and say that this is a guess."""
    try:
        return group.read(path, source, name), source, []
    except UnreadableInput as failure:
        if source.reader not in ("shapefile", "csv"):
            raise
        try:
            guess = source.model_copy(update={"encoding": "cp932"})
            return group.read(path, guess, name), guess, ["encoding: 推定です。cp932 として全ての文字が読めました。文字化けがないか確認してください"]
        except UnreadableInput:
            raise failure from None


def _header_doubts(delivered: Delivered) -> list[str]:
    """Return doubts about line 1: numbers for names, or most rows of another length, mean that the header is elsewhere."""
    ragged = sum(note.code == "GP21" for note in delivered.notes)
    numbers = [c for c in delivered.frame.columns if re.fullmatch(r"[\d０-９]{2,}", str(c))]
    doubts = [f"見出し: 1行目に数字だけの列名があります（{remark('、'.join(numbers[:3]))}）。見出し行がないのかもしれません"] if numbers else []
    return doubts + (["見出し: 列数の違う行が半分を超えます。見出しが1行目ではないのかもしれません"] if ragged > len(delivered) / 2 else [])


def _place(group: Readers, path: Path, source: Source, delivered: Delivered, name: str) -> tuple[Delivered, Source, list[str]]:
    """Find coordinate columns of a table by their titles, and read again as points where they hold degrees within Japan."""
    x = next((c for c in delivered.frame.columns if _X.match(c)), None)
    y = next((c for c in delivered.frame.columns if _Y.match(c)), None)
    if x is None or y is None or not len(delivered):
        return delivered, source, []
    placed = source.model_copy(update={"x": x, "y": y})
    points = group.read(path, placed, name)
    if points.geometry is not None and _in_japan(points.geometry):
        return points, placed, []
    return delivered, source, [f"座標: 列「{remark(x)}」「{remark(y)}」は緯度・経度の数値ではないため、表として読みます。平面直角座標なら kind・geometry・style と、[source] の x・y・crs を書いてください"]


def _system(delivered: Delivered, source: Source, doubts: list[str]) -> tuple[Source, Delivered, tuple[str, ...]]:
    """Add the coordinate system where the file states none and its numbers can only be degrees; the declaration then says so."""
    if delivered.geometry is None or delivered.crs is not None:
        return source, delivered, tuple(doubts)
    if source.reader == "csv":
        return source, replace(delivered, crs=GEOGRAPHIC), tuple(doubts)
    if _in_japan(delivered.geometry):
        doubts.append(f"crs: ファイルに座標系がありません。緯度・経度と見て {GEOGRAPHIC} としました。作成者に確認してください")
        return source.model_copy(update={"crs": GEOGRAPHIC}), replace(delivered, crs=GEOGRAPHIC), tuple(doubts)
    return source, delivered, tuple(doubts)


def _in_japan(geometry: np.ndarray) -> bool:
    """Return whether most shapes lie where Japan is in degrees; a row or two far off do not decide."""
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return False
    west, south, east, north = np.median(boxes, axis=0)
    return bool(122 <= west <= east <= 154 and 20 <= south <= north <= 46)
