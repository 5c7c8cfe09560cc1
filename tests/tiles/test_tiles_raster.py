"""Photos become picture tiles: placed, without seams, transparent where there is nothing."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from pyproj import Transformer
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin

from gispipe.tiles import grid, read
from gispipe.tiles.errors import TileError
from gispipe.tiles.raster import build_raster_archive

WEST, NORTH = -30_000.0, -140_000.0  # EPSG:6674, metres


def sheet(path: Path, data: np.ndarray, west: float = WEST, north: float = NORTH, pixel: float = 1.0, **settings: object) -> Path:
    """Write ``data`` of shape (bands, rows, columns) as a GeoTIFF."""
    bands, rows, columns = data.shape
    settings = {"crs": "EPSG:6674", "transform": from_origin(west, north, pixel, pixel)} | settings
    with rasterio.open(path, "w", driver="GTiff", width=columns, height=rows, count=bands, dtype=data.dtype, **settings) as out:
        out.write(data)
    return path


def flat(colour: tuple[int, ...], side: int = 600) -> np.ndarray:
    return np.broadcast_to(np.array(colour, np.uint8)[:, None, None], (len(colour), side, side)).copy()


def built(path: Path, sources: list[Path], zoom: tuple[int, int] = (12, 17), **other: object) -> dict[tuple[int, int, int], np.ndarray]:
    build_raster_archive(path, sources, **{"crs": None, "zoom": zoom, "name": "n", "attribution": "a"} | other)
    read.verify(path)
    return {place: np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) for place, data in read.iter_tiles(path)}


def colour_at(tiles: dict[tuple[int, int, int], np.ndarray], zoom: int, east: float, north: float) -> tuple[int, ...]:
    x, y = Transformer.from_crs("EPSG:6674", "EPSG:3857", always_xy=True).transform(east, north)
    side = 2 * grid.HALF / 2**zoom / 256
    column, row = int((x + grid.HALF) / side), int((grid.HALF - y) / side)
    picture = tiles.get((zoom, column // 256, row // 256))
    return (0, 0, 0, 0) if picture is None else tuple(int(v) for v in picture[row % 256, column % 256])


def near(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return max(abs(p - q) for p, q in zip(a, b, strict=True)) <= 8


def test_a_sheet_lies_where_it_belongs_at_every_zoom_and_nothing_around_it(tmp_path: Path) -> None:
    data = flat((200, 30, 30))
    data[:, :300, 300:] = np.array([30, 30, 200])[:, None, None]
    tiles = built(tmp_path / "a.pmtiles", [sheet(tmp_path / "s.tif", data)])
    for zoom in range(13, 18):
        assert near(colour_at(tiles, zoom, WEST + 150, NORTH - 450), (200, 30, 30, 255))
        assert near(colour_at(tiles, zoom, WEST + 450, NORTH - 150), (30, 30, 200, 255))
        assert colour_at(tiles, zoom, WEST - 60, NORTH - 300)[3] == 0
    assert {z for z, *_ in tiles} == set(range(12, 18))


def test_no_seam_between_sheets_and_the_first_lies_on_top(tmp_path: Path) -> None:
    left, right = flat((90, 140, 90)), flat((90, 140, 90))
    under = flat((250, 0, 0), 300)
    tiles = built(tmp_path / "a.pmtiles", [sheet(tmp_path / "l.tif", left), sheet(tmp_path / "r.tif", right, WEST + 600),
                                           sheet(tmp_path / "u.tif", under, WEST + 450, NORTH - 100)])
    for offset in np.arange(590, 611, 0.7):
        assert near(colour_at(tiles, 17, WEST + offset, NORTH - 300), (90, 140, 90, 255))


def test_nodata_is_transparent_and_does_not_bleed_into_lower_zooms(tmp_path: Path) -> None:
    data = flat((220, 220, 220))
    data[:, 200:400, 200:400] = 0
    tiles = built(tmp_path / "a.pmtiles", [sheet(tmp_path / "s.tif", data, nodata=0)])
    assert colour_at(tiles, 17, WEST + 300, NORTH - 300)[3] == 0
    for picture in tiles.values():
        solid = picture[picture[..., 3] > 200]
        assert solid[:, :3].min(initial=255) > 190


def test_grey_palette_and_alpha_pictures_are_read(tmp_path: Path) -> None:
    grey = built(tmp_path / "g.pmtiles", [sheet(tmp_path / "g.tif", flat((120,)))], (15, 16))
    assert near(colour_at(grey, 16, WEST + 300, NORTH - 300), (120, 120, 120, 255))
    path = sheet(tmp_path / "p.tif", flat((3,)))
    with rasterio.open(path, "r+") as out:
        out.write_colormap(1, {3: (10, 200, 60, 255)})
    palette = built(tmp_path / "p.pmtiles", [path], (15, 16))
    assert near(colour_at(palette, 16, WEST + 300, NORTH - 300), (10, 200, 60, 255))
    data = flat((9, 9, 9, 255))
    data[3, :, 300:] = 0
    path = sheet(tmp_path / "c.tif", data)
    with rasterio.open(path, "r+") as out:
        out.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    clear = built(tmp_path / "c.pmtiles", [path], (15, 16))
    assert near(colour_at(clear, 16, WEST + 150, NORTH - 300), (9, 9, 9, 255))
    assert colour_at(clear, 16, WEST + 450, NORTH - 300)[3] == 0


@pytest.mark.parametrize("alpha", [False, True])
def test_near_infrared_is_no_colour_and_no_transparency(tmp_path: Path, alpha: bool) -> None:
    kinds = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.undefined] + [ColorInterp.alpha] * alpha
    path = sheet(tmp_path / "n.tif", flat((200, 90, 30, 0) + (255,) * alpha), photometric="RGB")
    with rasterio.open(path, "r+") as out:
        out.colorinterp = kinds
    tiles = built(tmp_path / "n.pmtiles", [path], (15, 16))
    assert near(colour_at(tiles, 16, WEST + 300, NORTH - 300), (200, 90, 30, 255))


def test_fine_sheets_are_tiled_to_zoom_19_and_colours_shift_no_more_than_webp_shifts_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    colours = rng.integers(20, 235, (3, 6, 6), np.uint8)
    data = np.repeat(np.repeat(colours, 100, 1), 100, 2)  # fields of 20 m
    tiles = built(tmp_path / "a.pmtiles", [sheet(tmp_path / "s.tif", data, pixel=0.2)], (16, 19))
    for row in range(6):
        for column in range(6):
            wanted = (*(int(v) for v in colours[:, row, column]), 255)
            assert near(colour_at(tiles, 19, WEST + 20 * column + 10, NORTH - 20 * row - 10), wanted)
            assert near(colour_at(tiles, 17, WEST + 20 * column + 10, NORTH - 20 * row - 10), wanted)


def test_bytes_do_not_depend_on_workers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    source = sheet(tmp_path / "s.tif", rng.integers(0, 255, (3, 700, 700), np.uint8))
    one, three = tmp_path / "1.pmtiles", tmp_path / "3.pmtiles"
    for path, workers in ((one, 1), (three, 3)):
        build_raster_archive(path, [source], crs=None, zoom=(13, 18), name="n", attribution="a", workers=workers)
    assert one.read_bytes() == three.read_bytes()


@pytest.mark.parametrize(("settings", "data", "message"), [
    ({"crs": None}, flat((1, 1, 1), 9), "s.tif states no coordinate reference system"),
    ({}, flat((1, 1, 1), 9).astype(np.uint16), "s.tif has uint16 values"),
])
def test_a_sheet_that_cannot_be_placed_or_shown_is_refused_by_name(settings: dict[str, object], data: np.ndarray, message: str, tmp_path: Path) -> None:
    with pytest.raises(TileError, match=message):
        built(tmp_path / "a.pmtiles", [sheet(tmp_path / "s.tif", data, **settings)])


def test_a_file_that_is_no_picture_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "s.tif").write_bytes(b"no")
    with pytest.raises(TileError, match="s.tif cannot be read"):
        built(tmp_path / "a.pmtiles", [tmp_path / "s.tif"])


def test_a_stated_crs_stands_in_for_a_missing_one(tmp_path: Path) -> None:
    tiles = built(tmp_path / "a.pmtiles", [sheet(tmp_path / "s.tif", flat((5, 90, 5)), crs=None)], (16, 16), crs="EPSG:6674")
    assert near(colour_at(tiles, 16, WEST + 300, NORTH - 300), (5, 90, 5, 255))


def test_tiles_are_made_of_the_pixels_of_a_sheet_whatever_its_overviews_show(tmp_path: Path) -> None:
    data = np.random.default_rng(5).integers(0, 256, (3, 600, 600), np.uint8)
    plain, other = sheet(tmp_path / "s.tif", data), sheet(tmp_path / "black.tif", np.zeros_like(data))
    with rasterio.open(other, "r+") as out:
        out.build_overviews([2, 4, 8])
        out.write(data)
    with rasterio.open(other, OVERVIEW_LEVEL=2) as overview:
        assert not overview.read().any()
    for target, source in (("a", plain), ("b", other)):
        built(tmp_path / f"{target}.pmtiles", [source], (10, 14))
    assert (tmp_path / "a.pmtiles").read_bytes() == (tmp_path / "b.pmtiles").read_bytes()
