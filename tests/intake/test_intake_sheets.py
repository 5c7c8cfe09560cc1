"""Sheets of photos and scanned maps become one picture: clean between sheets, true in colour, and refused by name where they cannot be one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin

from gispipe.errors import CrsError, UnreadableInput
from gispipe.intake.pictures import put_together
from gispipe.model import Source

WEST, NORTH = -48_000.0, -135_000.0
SIDE = 600


def sheet(path: Path, data: np.ndarray, west: float = WEST, north: float = NORTH, pixel: float = 1.0, colours: list[ColorInterp] | None = None,
          **settings: object) -> Path:
    bands, rows, columns = data.shape
    with rasterio.open(path, "w", **{"driver": "GTiff", "width": columns, "height": rows, "count": bands, "dtype": data.dtype, "crs": "EPSG:6674",
                                     "transform": from_origin(west, north, pixel, pixel)} | settings) as out:
        out.write(data)
        if colours:
            out.colorinterp = colours
    return path


def flat(*colour: int, side: int = SIDE) -> np.ndarray:
    return np.broadcast_to(np.array(colour, np.uint8)[:, None, None], (len(colour), side, side)).copy()


def made(tmp_path: Path, sheets: list[Path], collar: str = "", crs: str | None = None) -> tuple[np.ndarray, dict[str, object], SimpleNamespace]:
    """Return the pixels of the picture, what was said of it, and its transform, nodata and colorinterp."""
    facts = put_together([(path, path.name) for path in sheets], Source(reader="geotiff", path="*.tif", collar=collar, crs=crs), "layers/a.toml", tmp_path / "whole.tif",
                         lambda done, whole: None)
    with rasterio.open(tmp_path / "whole.tif") as picture:
        return picture.read(), facts, SimpleNamespace(transform=picture.transform, nodata=picture.nodata, colorinterp=picture.colorinterp)


def test_sheets_that_meet_leave_no_gap_and_lossless_pixels_stay_as_they_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    left, right = (rng.integers(0, 256, (3, SIDE, SIDE), np.uint8) for _ in range(2))
    pixels, facts, picture = made(tmp_path, [sheet(tmp_path / "a.tif", left), sheet(tmp_path / "b.tif", right, WEST + SIDE)])
    assert (pixels == np.concatenate([left, right], axis=2)).all() and picture.transform[2:6:3] == (WEST, NORTH)
    assert facts == {"crs": "EPSG:6674", "width": 2 * SIDE, "height": SIDE, "bands": 3, "pixels": "uint8"}


def test_what_no_sheet_covers_is_transparent_not_black(tmp_path: Path) -> None:
    pixels, facts, picture = made(tmp_path, [sheet(tmp_path / "a.tif", flat(9, 9, 9)), sheet(tmp_path / "b.tif", flat(7, 7, 7), WEST + SIDE, NORTH - 100)])
    assert picture.colorinterp[-1] == ColorInterp.alpha and facts["bands"] == 3
    assert (pixels[3, :100, SIDE:] == 0).all() and (pixels[3, 100:SIDE] == 255).all()


def test_the_black_collar_of_jpeg_sheets_is_no_picture_and_leaves_no_dark_line(tmp_path: Path) -> None:
    """Two photos flown across the grid: each is black outside a slanted edge, smeared by JPEG; together they cover the strip."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    ground = np.random.default_rng(2).normal(120, 12, (3, SIDE, SIDE)).clip(60, 200)
    first, second = (np.where(there, ground, 0).astype(np.uint8) for there in (x < 300 + y // 10, x > 280 + y // 10 - 20))
    packed = {"compress": "JPEG", "jpeg_quality": 75, "photometric": "YCBCR"}
    sheets = [sheet(tmp_path / "a.tif", first, **packed), sheet(tmp_path / "b.tif", second, **packed)]
    seam = made(tmp_path, sheets)[0]
    pixels, _, _ = made(tmp_path, sheets, collar="black")
    assert seam[:3].min() < 10, "without the declaration the collar covers the other sheet"
    assert (pixels[3] == 255).all() and pixels[:3].min() > 40 and np.abs(pixels[:3].astype(int) - ground).mean() < 12


def test_dark_ground_inside_a_sheet_with_nodata_0_in_jpeg_stays_but_its_collar_goes(tmp_path: Path) -> None:
    data = flat(120, 130, 110)
    data[:, :60], data[:, 300:340, 300:340] = 0, 0
    pixels, _, _ = made(tmp_path, [sheet(tmp_path / "a.tif", data, nodata=0, compress="JPEG", photometric="YCBCR")])
    assert (pixels[3, :52] == 0).all() and (pixels[3, 64:] == 255).all()


def test_palettes_of_scanned_maps_become_colours_sheet_by_sheet(tmp_path: Path) -> None:
    paths = [sheet(tmp_path / f"{k}.tif", flat(1, side=100), WEST + 100 * k) for k in range(2)]
    for path, colour in zip(paths, ((250, 240, 210, 255), (20, 60, 200, 255)), strict=True):
        with rasterio.open(path, "r+") as out:
            out.write_colormap(1, {0: (0, 0, 0, 255), 1: colour})
    pixels, facts, _ = made(tmp_path, paths)
    assert facts["bands"] == 3 and pixels[:, 50, 50].tolist() == [250, 240, 210] and pixels[:, 50, 150].tolist() == [20, 60, 200]


def test_a_black_and_white_scan_is_drawn_and_its_white_margin_goes_where_declared(tmp_path: Path) -> None:
    data = np.ones((1, 200, 200), np.uint8)
    data[0, 40:160, 40] = data[0, 40:160, 159] = data[0, 40, 40:160] = data[0, 159, 40:160] = 0
    path = sheet(tmp_path / "a.tif", data, nbits=1, compress="CCITTFAX4")
    plain = made(tmp_path, [path])[0]
    assert plain.shape[0] == 3 and plain[:, 10, 10].tolist() == [255] * 3 and plain[:, 40, 100].tolist() == [0] * 3
    pixels = made(tmp_path, [path], collar="white")[0]
    assert pixels[3, 10, 10] == 0 and pixels[3, 100, 100] == 255 and pixels[:, 100, 100].tolist() == [255] * 4


def test_a_grey_sheet_is_told_from_one_in_colour(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"b\.tif: 1 bands of uint8, but a\.tif has 3 of uint8"):
        made(tmp_path, [sheet(tmp_path / "a.tif", flat(1, 2, 3)), sheet(tmp_path / "b.tif", flat(1), WEST + SIDE)])


def test_transparency_and_near_infrared_are_told_apart(tmp_path: Path) -> None:
    clear = flat(9, 99, 199, 255)
    clear[3, :, :300] = 0
    rgb = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    pixels, facts, _ = made(tmp_path, [sheet(tmp_path / "a.tif", clear, colours=[*rgb, ColorInterp.alpha])])
    assert facts["bands"] == 3 and (pixels[3, :, :300] == 0).all() and (pixels[3, :, 300:] == 255).all()
    pixels, facts, picture = made(tmp_path, [sheet(tmp_path / "b.tif", flat(9, 99, 199, 40), photometric="RGB", colours=[*rgb, ColorInterp.undefined])])
    assert facts["bands"] == 4 and ColorInterp.alpha not in picture.colorinterp and pixels[:, 5, 5].tolist() == [9, 99, 199, 40]


def test_a_sheet_of_the_neighbouring_zone_lies_where_it_belongs(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    coarse = np.repeat(np.repeat(rng.integers(30, 220, (3, 20, 20), np.uint8), 30, 1), 30, 2)
    here = sheet(tmp_path / "a.tif", flat(100, 100, 100))
    east, north = Transformer.from_crs("EPSG:6674", "EPSG:6673", always_xy=True).transform(WEST + SIDE + 50, NORTH)
    there = sheet(tmp_path / "b.tif", coarse, round(east), round(north), crs="EPSG:6673")
    pixels, facts, picture = made(tmp_path, [here, there])
    assert facts["crs"] == "EPSG:6674"
    back = Transformer.from_crs("EPSG:6673", "EPSG:6674", always_xy=True)
    for row, column in ((15, 15), (315, 435), (585, 585)):
        x, y = back.transform(round(east) + column + 0.5, round(north) - row - 0.5)
        at = ~picture.transform @ (x, y)
        assert np.abs(pixels[:3, int(at[1]), int(at[0])].astype(int) - coarse[:, row, column]).max() <= 2 and pixels[3, int(at[1]), int(at[0])] == 255


def test_sheets_of_another_datum_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match=r"b\.tif: the sheets have different coordinate systems: EPSG:2448, but a\.tif has EPSG:6674"):
        made(tmp_path, [sheet(tmp_path / "a.tif", flat(1, 1, 1)), sheet(tmp_path / "b.tif", flat(1, 1, 1), WEST + SIDE, crs="EPSG:2448")])


def test_heights_keep_their_values_and_their_own_nothing(tmp_path: Path) -> None:
    one, other = np.full((1, 50, 50), 12.25, np.float32), np.full((1, 50, 50), 13.5, np.float32)
    one[0, :10] = -9999
    pixels, facts, picture = made(tmp_path, [sheet(tmp_path / "a.tif", one, nodata=-9999), sheet(tmp_path / "b.tif", other, WEST + 60, nodata=-9999)])
    assert facts["bands"] == 1 and picture.nodata == -9999 and pixels.shape == (1, 50, 110)
    assert (pixels[0, :10, :50] == -9999).all() and (pixels[0, :, 50:60] == -9999).all() and (pixels[0, 10:, :50] == 12.25).all() and (pixels[0, :, 60:] == 13.5).all()


def test_progress_ends_with_all_that_there_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    put_together([(sheet(tmp_path / "a.tif", flat(1, 2, 3)), "a.tif")], Source(reader="geotiff", path="a.tif"), "layers/a.toml", tmp_path / "whole.tif",
                 lambda done, whole: told.append((done, whole)))
    assert told and all(0 <= done <= whole for done, whole in told) and told == sorted(told)
