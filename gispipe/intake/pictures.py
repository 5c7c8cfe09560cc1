"""Sheets of a picture, looked at and put together in the reader process: GeoTIFF, TIFF or JPEG with world file, elevation grids.

What comes back is one tiled, compressed GeoTIFF of the pixels alone: no tags, thumbnails, camera data or places of files.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gispipe.errors import CrsError, NoRoom, UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.projection import crs_of_prj
from gispipe.model import Source
from gispipe.words import Words

if TYPE_CHECKING:
    import rasterio

Told = Callable[[int, int], None]

_DRIVERS = {"geotiff": "GTiff", "jpeg": "JPEG"}
_WIDEST = 400_000
"""Pixels a side: 20 km at 5 cm. A wrong world file otherwise asks for the disk of a planet."""


@dataclass(frozen=True)
class Sheet:
    """The head of one sheet: CRS (None when nowhere stated), size in pixels, bands, kind of pixels, box in the CRS, nodata.

    `colours`: bands of colour once a palette is one; `holes`: transparency or a mask is among its bands.
    """

    path: str
    name: str
    crs: str | None
    width: int
    height: int
    bands: int
    pixels: str
    box: tuple[float, float, float, float]
    step: tuple[float, float]
    nodata: float | None
    colours: int = 1
    holes: bool = False

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def look_at_sheet(path: Path, source: Source, where: str) -> Sheet:
    """Return the head of one sheet; raises UnreadableInput for a picture of another format, damaged, or without a place."""
    import rasterio
    from rasterio.errors import RasterioIOError

    if source.reader == "fgd_dem":
        return _look_at_grid(path, where)
    must_be(path, source.reader, where)
    try:
        with _beside_files(), rasterio.open(path, driver=_DRIVERS[source.reader]) as sheet:
            stated = f"EPSG:{sheet.crs.to_epsg()}" if sheet.crs and sheet.crs.to_epsg() else crs_of_prj(_beside(path))
            turned = bool(sheet.transform.b or sheet.transform.d)
            found = Sheet(str(path), where, stated, sheet.width, sheet.height, sheet.count, "/".join(sorted(set(sheet.dtypes))), tuple(sheet.bounds),
                          (abs(sheet.transform.a), abs(sheet.transform.e)), sheet.nodata, *_colours(sheet))
            placed = not sheet.transform.is_identity
    except RasterioIOError as error:
        raise UnreadableInput(where, Words(f"the picture cannot be read: {error}", f"画像を読めません: {error}"), _AGAIN) from None
    if not placed:
        raise UnreadableInput(where, Words("the picture has no position and no world file beside it", "画像に位置情報がなく、ワールドファイルもありません"),
                              Words("put the world file (.tfw, .jgw) beside it", "ワールドファイル（.tfw・.jgw）を同じフォルダーに置いてください"))
    if turned:
        raise UnreadableInput(where, Words("the picture is turned against north by its world file", "ワールドファイルにより画像が北に対して回転しています"),
                              Words("ask for it resampled to north up", "北を上に補正した画像を受け取ってください"))
    return found


def _colours(sheet: rasterio.DatasetReader) -> tuple[int, bool]:
    """Return the bands of colour a sheet gives, and whether it says itself that pixels may be transparent."""
    from rasterio.enums import ColorInterp, MaskFlags

    alpha = sheet.colorinterp[-1] == ColorInterp.alpha
    return 3 if ColorInterp.palette in sheet.colorinterp else sheet.count - alpha, alpha or MaskFlags.per_dataset in sheet.mask_flag_enums[0]


def _look_at_grid(path: Path, where: str) -> Sheet:
    from gispipe.intake.fgd_dem import read_grid

    grid = read_grid(path, where)
    rows, columns = grid.heights.shape
    south, east = grid.north - rows * grid.cell[1], grid.west + columns * grid.cell[0]
    return Sheet(str(path), where, grid.crs, columns, rows, 1, "float32", (grid.west, south, east, grid.north), grid.cell, -9999.0)


_AGAIN = Words("copy or request the file again", "受け取り直してください")


@contextlib.contextmanager
def _beside_files() -> Iterator[None]:
    """Let GDAL see a picture's own world file, which the reader process otherwise hides with every other neighbour."""
    import rasterio

    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="TRUE"):
        yield


def _beside(path: Path) -> Path | None:
    return next((prj for prj in (path.with_suffix(".prj"), path.with_suffix(".PRJ")) if prj.is_file()), None)


def put_together(files: Sequence[tuple[Path, str]], source: Source, declared: str, draft: Path, told: Told, made_of: str | None = None) -> dict[str, object]:
    """Mosaic the sheets of a layer into `draft`, a COG, and return CRS, size, bands and kind of pixels.

    `declared` is the declaring file, for messages; `told` hears (done, all) megabytes of pixels. With `made_of`, a name for the
    content of the sheets, a draft that a killed run left under it is gone on with. Raises UnreadableInput and CrsError for
    sheets that cannot lie in one picture, NoRoom when the disk is full.
    """
    if source.reader == "fgd_dem":
        return _heights(files, source, declared, draft, told, made_of)
    sheets = [look_at_sheet(path, source, where) for path, where in files]
    systems = _systems(sheets, source, declared)
    _alike(sheets, declared)
    return _mosaic(sheets, systems, draft, source.collar, told, made_of)


def _heights(files: Sequence[tuple[Path, str]], source: Source, declared: str, draft: Path, told: Told, made_of: str | None) -> dict[str, object]:
    """Put the tiles of an elevation grid together."""
    from gispipe.intake.fgd_dem import read_grid, write_geotiff

    whole = draft.with_suffix(".grid.tif")
    try:
        write_geotiff([read_grid(path, where) for path, where in files], whole)
        sheet = look_at_sheet(whole, Source(reader="geotiff", path="-"), files[0][1])
        return _mosaic([sheet], _systems([sheet], source, declared), draft, "", told, made_of)
    finally:
        whole.unlink(missing_ok=True)


def _systems(sheets: Sequence[Sheet], source: Source, declared: str) -> list[str]:
    """Return the CRS of every sheet; raises CrsError where none is known, the layer says another, or the datums differ."""
    systems = [_system(sheet.crs, sheet.name, source, declared) for sheet in sheets]
    for system, sheet in zip(systems, sheets, strict=True):
        if system != systems[0] and _datum(system) != _datum(systems[0]):
            raise CrsError(sheet.name, Words(f"the sheets have different coordinate systems: {system}, but {sheets[0].name} has {systems[0]}",
                                             f"画像ごとに座標系が違います: {system}（{sheets[0].name} は {systems[0]}）"),
                           Words("make one layer for each datum", "測地系ごとにレイヤーを分けてください"))
    return systems


def _datum(system: str) -> str:
    from pyproj import CRS

    geodetic = CRS.from_user_input(system).geodetic_crs
    return "" if geodetic is None else geodetic.name


def _system(crs: str | None, name: str, source: Source, declared: str) -> str:
    if crs and source.crs and crs != source.crs:
        raise CrsError(name, Words(f"the file says {crs}, the layer says {source.crs}", f"ファイルの座標系は {crs}、レイヤーは {source.crs} です"),
                       Words(f"correct crs in {declared}", f"{declared} の crs を直してください"))
    if not (crs or source.crs):
        raise CrsError(f"{declared} › {name}", Words("GP01 the coordinate system is neither in the file nor declared", "GP01 座標系がファイルにもレイヤーにもありません"),
                       Words('write crs = "EPSG:…" in [source]', "[source] に crs = \"EPSG:…\" を書いてください"))
    return crs or str(source.crs)


def _alike(sheets: Sequence[Sheet], declared: str) -> None:
    """Raise UnreadableInput for sheets of unlike pixels, or that together span more than any city."""
    first = sheets[0]
    for sheet in sheets[1:]:
        if (sheet.colours, sheet.pixels) != (first.colours, first.pixels):
            raise UnreadableInput(sheet.name, Words(f"{sheet.colours} bands of {sheet.pixels}, but {first.name} has {first.colours} of {first.pixels}",
                                                    f"{sheet.colours} バンド（{sheet.pixels}）ですが、{first.name} は {first.colours} バンド（{first.pixels}）です"),
                                  Words("deliver all sheets of a year in one kind", "同じ年の画像は同じ形式でそろえてください"))
    west, south = min(s.box[0] for s in sheets), min(s.box[1] for s in sheets)
    east, north = max(s.box[2] for s in sheets), max(s.box[3] for s in sheets)
    if max((east - west) / first.step[0], (north - south) / first.step[1]) > _WIDEST:
        raise UnreadableInput(f"{declared} › source.path", Words("the sheets lie further apart than any city is wide", "画像どうしが、市域では考えられないほど離れています"),
                              Words("check the world files", "ワールドファイルを確認してください"))


def _mosaic(sheets: Sequence[Sheet], systems: Sequence[str], draft: Path, collar: str, told: Told, made_of: str | None) -> dict[str, object]:
    from rasterio.errors import RasterioError

    from gispipe.intake.mosaic import write_mosaic

    megabytes = max(1, sum(sheet.width * sheet.height * sheet.bands for sheet in sheets) // 1_000_000)
    try:
        with _beside_files():
            return write_mosaic(sheets, systems, draft, collar, lambda done, whole: told(megabytes * done // whole, megabytes), made_of)
    except RasterioError as error:
        raise UnreadableInput(sheets[0].name, Words(f"the picture is damaged: {error}", f"画像が壊れています: {error}"), _AGAIN) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise NoRoom(str(draft.parent), Words("the disk is full; what is put together so far is kept", "ディスクがいっぱいになりました。ここまでの結合結果は残してあります"),
                     Words("make room and run it again: it goes on where it stopped", "空きを作ってもう一度実行すると、続きから進みます")) from None


def bring(path: Path, kept: Path) -> Path:
    """Keep a member of an archive, with what lies beside it, until the whole picture is made."""
    shutil.copytree(path.parent, kept)
    return kept / path.name
