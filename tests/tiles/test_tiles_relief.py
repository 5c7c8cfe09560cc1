"""Heights become relief: lit as Horn's gradient says, in metres whatever the grid, without seams, and nothing where there is no height."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Geod
from rasterio.transform import from_origin

from gispipe.tiles import relief
from gispipe.tiles.relief import Step, draw_relief, metres_of_degree

NONE = -9999.0


def grid(path: Path, heights: np.ndarray, cell: tuple[float, float] = (5.0, 5.0), crs: str = "EPSG:6674", place: tuple[float, float] = (-48_000.0, -135_000.0)) -> Path:
    rows, columns = heights.shape
    with rasterio.open(path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32", nodata=NONE, crs=crs,
                       transform=from_origin(*place, *cell)) as out:
        out.write(heights.astype(np.float32), 1)
    return path


def drawn(tmp_path: Path, heights: Path, steps: tuple[Step, ...] = ()) -> np.ndarray:
    draw_relief(heights, tmp_path / "drawn.tif", steps)
    with rasterio.open(tmp_path / "drawn.tif") as picture:
        return picture.read()


def light(east: float, north: float) -> float:
    """Return the light on a slope (rise per metre), 1 on level ground: the cosine between its normal and the sun in the north-west."""
    sun = np.array([math.sin(math.radians(315)), math.cos(math.radians(315)), 1.0]) / math.sqrt(2)
    normal = np.array([-east, -north, 1.0]) / math.sqrt(1 + east**2 + north**2)
    return max(0.0, float(normal @ sun)) / math.sin(math.radians(45))


def grey(shade: float) -> int:
    return round(float(np.interp(shade, [0, 1, math.sqrt(2)], [0, 214, 255])))


@pytest.mark.parametrize(("east", "north"), [(0, 0), (0.3, 0), (-0.3, 0), (0, 0.4), (0, -0.4), (0.5, -0.5), (-0.5, 0.5), (3, -3)])
def test_a_plane_is_lit_by_its_slope_up_to_its_very_edge(tmp_path: Path, east: float, north: float) -> None:
    y, x = np.mgrid[0:40, 0:60] * 5.0
    picture = drawn(tmp_path, grid(tmp_path / "d.tif", 500 + east * x - north * y))
    assert (picture[1] == 255).all() and np.abs(picture[0].astype(int) - grey(light(east, north))).max() <= 1


def test_slopes_that_face_the_north_west_are_brighter_than_level_ground_and_others_darker() -> None:
    assert light(0.3, -0.3) > 1 > light(-0.3, 0.3)


def test_a_grid_in_degrees_is_measured_in_metres_on_the_ellipsoid(tmp_path: Path) -> None:
    ball = Geod(ellps="GRS80")
    for latitude in (24.0, 35.0, 45.0):
        east, north = metres_of_degree(np.array([latitude]))
        assert ball.inv(135, latitude, 135.001, latitude)[2] * 1000 == pytest.approx(east[0], rel=1e-6)
        assert ball.inv(135, latitude - 5e-4, 135, latitude + 5e-4)[2] * 1000 == pytest.approx(north[0], rel=1e-6)
    cell = 0.2 / 3600
    wide, high = (float(one[0]) * cell for one in metres_of_degree(np.array([35.0])))
    y, x = np.mgrid[0:30, 0:30]
    picture = drawn(tmp_path, grid(tmp_path / "d.tif", 100 + 0.2 * wide * x + 0.3 * high * y, (cell, cell), "EPSG:6668", (135.0, 35.0 + 15 * cell)))
    assert np.abs(picture[0].astype(int) - grey(light(0.2, -0.3))).max() <= 1


def test_windows_leave_no_seam_and_no_height_is_transparent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:300, 0:330] / 20
    heights = 50 * np.sin(x) * np.cos(y) + rng.normal(0, 0.2, x.shape)
    heights[100:140, 60:200] = NONE
    heights[250:, 300:] = NONE
    path = grid(tmp_path / "d.tif", heights)
    whole = drawn(tmp_path, path)
    monkeypatch.setattr(relief, "_SIDE", 64)
    assert (drawn(tmp_path, path) == whole).all()
    assert ((whole[1] == 0) == (heights == NONE)).all()


def test_a_hole_in_a_plane_does_not_darken_its_rim(tmp_path: Path) -> None:
    y, x = np.mgrid[0:60, 0:60] * 5.0
    heights = 100 + 0.3 * x - 0.1 * y
    heights[20:30, 25:40] = NONE
    picture = drawn(tmp_path, grid(tmp_path / "d.tif", heights))
    assert np.abs(picture[0][picture[1] == 255].astype(int) - grey(light(0.3, 0.1))).max() <= 1


def test_a_tint_has_the_legends_colours_on_level_ground_and_nothing_outside_its_steps(tmp_path: Path) -> None:
    heights = np.repeat([[-3.0, 1.9, 2.0, 49.9, 50.0, NONE]], 40, 0).repeat(40, 1)
    steps = (Step(-math.inf, 0, (10, 20, 30)), Step(0, 2, (100, 150, 200)), Step(2, 50, (200, 180, 90)))
    picture = drawn(tmp_path, grid(tmp_path / "d.tif", heights), steps)
    middles = [tuple(int(v) for v in picture[:, 20, 40 * k + 20]) for k in range(6)]
    assert middles == [(10, 20, 30, 255), (100, 150, 200, 255), (200, 180, 90, 255), (200, 180, 90, 255), (0, 0, 0, 0), (0, 0, 0, 0)]


def test_a_tint_is_darker_in_the_shade_but_keeps_its_hue(tmp_path: Path) -> None:
    y, x = np.mgrid[0:20, 0:20] * 5.0
    picture = drawn(tmp_path, grid(tmp_path / "d.tif", 500 - 0.5 * x - 0.5 * -y), (Step(-math.inf, math.inf, (200, 100, 50)),))
    red, green, blue, alpha = (int(band[10, 10]) for band in picture)
    assert alpha == 255 and red < 190 and abs(green - red / 2) <= 1 and abs(blue - red / 4) <= 1


def test_a_real_mountain_is_lit_as_the_formula_says(tmp_path: Path, shared_data: Path) -> None:
    with rasterio.open(shared_data / "raster/fuji_1.tif") as source:
        heights, place = source.read(1, masked=True).astype(float).filled(np.nan), source.transform
    picture = drawn(tmp_path, shared_data / "raster/fuji_1.tif")
    assert ((picture[1] == 0) == np.isnan(heights)).all()
    rng, judged = np.random.default_rng(1), 0
    for row, column in rng.integers(1, 540, (300, 2)):
        z = heights[row - 1:row + 2, column - 1:column + 2]
        if np.isnan(z).any():
            continue
        wide, high = (float(one[0]) for one in metres_of_degree(np.array([place.f + (row + 0.5) * place.e])))
        east = float((z[:, 2] - z[:, 0]) @ [1, 2, 1]) / (8 * wide * place.a)
        north = float((z[0] - z[2]) @ [1, 2, 1]) / (8 * high * -place.e)
        assert abs(int(picture[0, row, column]) - grey(light(east, north))) <= 1
        judged += 1
    assert judged > 100
