"""Tell by content which reader takes a file, or the files in an archive, and read them with what they prove about themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import shapely

from gispipe.errors import Failure, UnreadableInput
from gispipe.intake import Delivered, Readers
from gispipe.intake.csv_table import GEOGRAPHIC
from gispipe.intake.registry import FORMATS
from gispipe.model import Source
from gispipe.words import Words

PICTURES = ("geotiff", "jpeg", "fgd_dem")
_X = re.compile(r"^(経度|lon|lng|longitude|x|X座標.*|経度[:：].*)$", re.IGNORECASE)
_Y = re.compile(r"^(緯度|lat|latitude|y|Y座標.*|緯度[:：].*)$", re.IGNORECASE)
_NO_TEXT = {".shp", ".gpkg", ".fgb", ".tif", ".tiff", ".json", ".geojson", ".xml", ".gml", ".kml", ".dm", ".xlsx", ".prj", ".cpg", ".tfw", ".md", ".html", ".par"}
_KSJ = re.compile(r"^[A-Z]\d{2}[a-z]?\d*_\d{3}$")


@dataclass(frozen=True)
class Thing:
    """One table or picture in a file, as a layer would read it. `delivered` is None for pictures and for what could not be read.

    doubts: what was assumed, a sentence each; failure: why it could not be read; sheets: the heads of pictures.
    """

    name: str
    source: Source
    delivered: Delivered | None
    doubts: tuple[Words, ...] = ()
    failure: Failure | None = None
    sheets: tuple[dict, ...] = ()


def recognise(group: Readers, path: Path, name: str, pattern: str | None = None) -> Iterator[Thing]:
    """Yield everything in a delivered file; raises UnreadableInput when nothing in it is of a known format.

    `pattern` is the path a layer would declare, `name` what messages call the file.
    """
    look = group.look(path, name)
    parts = _parts(look, path, name)
    for kind, member in parts:
        source = Source(reader=kind, path=pattern or name, member=member)
        for wanted in _inside(group, path, source, name):
            yield _thing(group, path, wanted, name)


def _parts(look: dict, path: Path, name: str) -> list[tuple[str, str | None]]:
    """Return reader and member pattern of each kind of data in the file."""
    if look["members"] is None:
        return [(_known(look["kind"], path.suffix.lower(), name), None)]
    groups: dict[tuple[str, str], list[str]] = {}
    for one in look["members"]:
        place = PurePosixPath(one["place"].rpartition(" › ")[2])
        if one["kind"] in FORMATS and place.suffix.lower() in _SUFFIXES.get(one["kind"], (place.suffix.lower(),)) and not _beside_data(place):
            alike = str(place) if one["kind"] != "mojxml" else "*.xml"
            groups.setdefault((one["kind"], re.sub(r"\d+", "*", alike)), []).append(str(place))
    if any(kind in ("shapefile", "geojson") for kind, _ in groups):
        groups = {key: members for key, members in groups.items() if key[0] != "ksj"}
    if not groups:
        listing = ", ".join(one["place"] for one in look["members"][:8])
        raise UnreadableInput(name, Words(f"nothing in the archive is of a known format: {listing}", f"圧縮ファイルの中に読める形式がありません: {listing}"))
    return [(kind, None if len(groups) == 1 else _glob(members, alike)) for (kind, alike), members in groups.items()]


_SUFFIXES = {"csv": (".csv", ".txt"), "shapefile": (".shp",)}
"""Contents that other files have too: any text, and the index of a shapefile."""


def _glob(members: list[str], alike: str) -> str:
    return re.sub(r"([\[?])", r"[\1]", members[0] if len(members) == 1 else alike)


def _beside_data(place: PurePosixPath) -> bool:
    """Tell files that describe an archive's data rather than hold any."""
    return place.name.upper().startswith(("KS-META", "META_", "README", "FORMAT_")) or "__MACOSX" in place.parts


def _known(kind: str, suffix: str, name: str) -> str:
    """Return the reader for a content; any text reads as CSV, so a file that is named otherwise is none."""
    if kind in FORMATS and not (kind == "csv" and suffix in _NO_TEXT):
        return kind
    if kind == "empty":
        raise UnreadableInput(name, Words("the file is empty", "ファイルが空です"), Words("ask for it again", "受け取り直してください"))
    what = {"json": "JSON, but not GeoJSON", "csv": "plain text"}.get(kind, kind)
    what_ja = {"json": "GeoJSON ではない JSON", "csv": "ただの文字", "unknown": "不明な形式"}.get(kind, kind)
    raise UnreadableInput(name, Words(f"the content is {what}, for which there is no reader", f"中身は{what_ja}で、読み取りに対応していません"))


def _inside(group: Readers, path: Path, source: Source, name: str) -> list[Source]:
    """Return a source for each of the things a file of several holds: classes, kinds, sheets, tables."""
    if FORMATS[source.reader].inventory is None:
        return [source]
    names = group.inventory(path, source, name)
    return [source] if len(names) < 2 else [source.model_copy(update={"layer": one}) for one in names]


def _thing(group: Readers, path: Path, source: Source, name: str) -> Thing:
    try:
        if source.reader in PICTURES:
            return Thing(name, source, None, sheets=tuple(group.sheets(path, source, name)))
        delivered, source, doubts = _read(group, path, source, name)
        delivered, source = _special(group, path, source, delivered, name)
        if source.reader in ("csv", "xlsx"):
            doubts += _header_doubts(delivered)
            delivered, source, more = _place(group, path, source, delivered, name)
            doubts += more
        source, delivered, doubts = _system(delivered, source, doubts)
    except Failure as failure:
        return Thing(name, source, None, failure=failure)
    return Thing(name, source, delivered, tuple(doubts))


def _read(group: Readers, path: Path, source: Source, name: str) -> tuple[Delivered, Source, list[Words]]:
    """Read with what the file proves; where it proves no encoding, try cp932 and say that this is a guess."""
    try:
        return group.read(path, source, name), source, []
    except UnreadableInput as failure:
        if source.reader not in ("shapefile", "csv", "ksj"):
            raise
        try:
            guess = source.model_copy(update={"encoding": "cp932"})
            return group.read(path, guess, name), guess, [GUESSED]
        except UnreadableInput:
            raise failure from None


GUESSED = Words("encoding: a guess. Every character could be read as cp932; look whether the text makes sense",
                "encoding: 推定です。cp932 として全ての文字が読めました。文字化けがないか確認してください")


def _special(group: Readers, path: Path, source: Source, delivered: Delivered, name: str) -> tuple[Delivered, Source]:
    """Read again with the reader of an official data set when the columns are its own."""
    reader = next((reader for reader, kinds, test in _SPECIAL if source.reader in kinds and test(delivered.names)), None)
    if reader is None:
        return delivered, source
    wanted = source.model_copy(update={"reader": reader})
    try:
        return group.read(path, wanted, name), wanted
    except UnreadableInput:
        return delivered, source


def _has(*wanted: str) -> Callable[[Sequence[str]], bool]:
    return lambda names: set(wanted) <= set(names)


_SPECIAL: tuple[tuple[str, tuple[str, ...], Callable[[Sequence[str]], bool]], ...] = (
    ("abr", ("csv",), _has("lg_code")),
    ("isj", ("csv",), _has("都道府県コード", "市区町村コード", "大字町丁目コード")),
    ("gsi_shelter", ("csv", "geojson"), _has("共通ID", "施設・場所名")),
    ("standard", ("csv", "xlsx"), lambda names: bool({"全国地方公共団体コード", "都道府県コード又は市区町村コード"} & set(names)) and bool({"名称", "種別", "地域名"} & set(names))),
    ("ksj", ("shapefile", "geojson"), lambda names: any(_KSJ.match(one) or one == "YoutoID" for one in names)),
)


def _header_doubts(delivered: Delivered) -> list[Words]:
    """Return doubts about line 1: numbers for names, or most rows of another length, mean that the header is elsewhere."""
    ragged = sum(note.code == "GP21" for note in delivered.notes)
    numbers = [one for one in delivered.names if re.fullmatch(r"[\d０-９]{2,}", one)]
    doubts = [Words(f"header: line 1 has column names that are numbers ({', '.join(numbers[:3])}); there may be no header line",
                    f"見出し: 1行目に数字だけの列名があります（{'、'.join(numbers[:3])}）。見出し行がないのかもしれません")] if numbers else []
    if ragged > len(delivered) / 2:
        doubts.append(Words("header: more than half of the rows have another number of cells; the header may not be line 1", "見出し: 列数の違う行が半分を超えます。見出しが1行目ではないのかもしれません"))
    return doubts


def _place(group: Readers, path: Path, source: Source, delivered: Delivered, name: str) -> tuple[Delivered, Source, list[Words]]:
    """Find coordinate columns of a table by their titles, and read again as points where they hold degrees within Japan."""
    x = next((one for one in delivered.names if _X.match(one)), None)
    y = next((one for one in delivered.names if _Y.match(one)), None)
    if x is None or y is None or not len(delivered):
        return delivered, source, []
    placed = source.model_copy(update={"x": x, "y": y})
    points = group.read(path, placed, name)
    if points.geometry is not None and in_japan(points.geometry):
        return points, placed, []
    return delivered, source, [Words(f"coordinates: the columns '{x}' and '{y}' are no degrees; read as a table. For plane coordinates write kind, geometry, style, and x, y, crs in [source]",
                                     f"座標: 列「{x}」「{y}」は緯度・経度の数値ではないため、表として読みます。平面直角座標なら kind・geometry・style と、[source] の x・y・crs を書いてください")]


def _system(delivered: Delivered, source: Source, doubts: list[Words]) -> tuple[Source, Delivered, list[Words]]:
    """Add the coordinate system where the file states none and its numbers can only be degrees; the declaration then says so."""
    if delivered.shapes is None or delivered.crs is not None:
        return source, delivered, doubts
    if source.reader in ("csv", "xlsx"):
        return source, replace(delivered, crs=GEOGRAPHIC, facts=delivered.facts | {"crs_by": "degrees within Japan; JGD2011 assumed"}), doubts
    if delivered.geometry is not None and in_japan(delivered.geometry):
        doubts.append(Words(f"crs: the file names no coordinate system; taken for degrees, {GEOGRAPHIC}. Ask whoever made it",
                            f"crs: ファイルに座標系がありません。緯度・経度と見て {GEOGRAPHIC} としました。作成者に確認してください"))
        return source.model_copy(update={"crs": GEOGRAPHIC}), replace(delivered, crs=GEOGRAPHIC, facts=delivered.facts | {"crs_by": "degrees within Japan; JGD2011 assumed"}), doubts
    return source, delivered, doubts


def in_japan(geometry: np.ndarray) -> bool:
    """Return whether most shapes lie where Japan is in degrees; a row or two far off do not decide."""
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return False
    west, south, east, north = np.median(boxes, axis=0)
    return bool(122 <= west <= east <= 154 and 20 <= south <= north <= 46)
