"""Coordinates: published values, every zone, and no transformation that is coarser than it says."""

from __future__ import annotations

from pathlib import Path

import jgdtrans
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gispipe.crs import LIMIT, LONLAT, WEB, transform, transform_points
from gispipe.datum import load_grid
from gispipe.errors import CrsError

ORIGINS = {6669: (129.5, 33), 6670: (131, 33), 6671: (132 + 10 / 60, 36), 6672: (133.5, 33), 6673: (134 + 20 / 60, 36), 6674: (136, 36), 6675: (137 + 10 / 60, 36),
           6676: (138.5, 36), 6677: (139 + 50 / 60, 36), 6678: (140 + 50 / 60, 40), 6679: (140.25, 44), 6680: (142.25, 44), 6681: (144.25, 44), 6682: (142, 26),
           6683: (127.5, 26), 6684: (124, 26), 6685: (131, 26), 6686: (136, 20), 6687: (154, 26)}


def move(x: float, y: float, source: str, target: str) -> tuple[float, float]:
    east, north = transform_points(np.array([x]), np.array([y]), source, target)
    return float(east[0]), float(north[0])


@pytest.mark.parametrize(("place", "source", "target", "expected", "within"), [
    ((135.4698, 34.7815), LONLAT, "EPSG:6674", (-48524.6876, -135048.2509), 1e-4),
    ((135.469722, 34.781389), LONLAT, "EPSG:6674", (-48531.8913, -135060.5261), 1e-4),
    ((135.5259, 34.6873), LONLAT, "EPSG:6674", (-43439.5545, -145523.1473), 1e-4),
    ((136.0, 36.0), LONLAT, "EPSG:6674", (0.0, 0.0), 1e-4),
    ((135.4698, 34.7815), LONLAT, WEB, (15080429.1539, 4134227.3692), 1e-4),
    ((135.4698, 34.7815), LONLAT, "EPSG:6690", (542983.8435, 3848913.2098), 1e-4),
    ((-48524.6876, -135048.2509), "EPSG:2448", "EPSG:6674", (-48524.6876, -135048.2509), 1e-4),
    ((-48524.688, -135048.251), "EPSG:6674", LONLAT, (135.469799995, 34.781499999), 2e-9),
])
def test_known_places_come_out_where_they_are(place: tuple[float, float], source: str, target: str, expected: tuple[float, float], within: float) -> None:
    assert move(*place, source, target) == pytest.approx(expected, abs=within)


@pytest.mark.parametrize("code", ORIGINS)
def test_every_zone_has_its_origin_and_its_scale(code: int) -> None:
    lon, lat = ORIGINS[code]
    assert move(lon, lat, LONLAT, f"EPSG:{code}") == pytest.approx((0, 0), abs=1e-4)
    assert move(lon, lat, "EPSG:4612", f"EPSG:{code - 6669 + 2443}") == pytest.approx((0, 0), abs=1e-4), "the same zone of JGD2000"
    _, north = move(lon, lat + 0.1, LONLAT, f"EPSG:{code}")
    a, f = 6378137.0, 1 / 298.257222101
    e2 = f * (2 - f)
    phi = np.radians(lat + 0.05)
    assert north == pytest.approx(0.9999 * np.radians(0.1) * a * (1 - e2) / (1 - e2 * np.sin(phi) ** 2) ** 1.5, abs=0.02), "metres along the meridian, by the formula"


@given(st.sampled_from(sorted(ORIGINS)), st.floats(-0.9, 0.9), st.floats(-0.9, 0.9))
def test_there_and_back_is_a_tenth_of_a_millimetre(code: int, east: float, north: float) -> None:
    lon, lat = ORIGINS[code]
    x, y = move(lon + east, lat + north, LONLAT, f"EPSG:{code}")
    assert move(x, y, f"EPSG:{code}", LONLAT) == pytest.approx((lon + east, lat + north), abs=1e-9)
    assert (x > 0) == (east > 0) or abs(x) < 1e-3


def test_the_tokyo_datum_is_refused_unless_its_coarseness_is_accepted() -> None:
    point = np.array([shapely.Point(135.4698, 34.7815)], dtype=object)
    with pytest.raises(CrsError, match="old Tokyo datum.*has accuracy 1?[0-9] m, worse than 1 m") as caught:
        transform(point, "EPSG:4301", LONLAT, "layers/old.toml")
    assert caught.value.exit_status == 23 and "accept_accuracy" in str(caught.value) and str(caught.value).startswith("layers/old.toml")
    moved, used = transform(point, "EPSG:4301", LONLAT, "layers/old.toml", accept=15)
    assert (moved[0].x, moved[0].y) == pytest.approx((135.46697032, 34.784732961), abs=1e-6), "about 430 m away, as the Helmert parameters give it"
    assert used.accuracy is not None and used.accuracy > LIMIT and "Tokyo" in used.name


def test_the_operation_that_was_used_is_told() -> None:
    moved, used = transform(np.array([shapely.Point(135.5, 34.8)], dtype=object), "EPSG:4612", "EPSG:6674", "w")
    assert (used.source, used.target) == ("EPSG:4612", "EPSG:6674") and "JGD2000 to JGD2011" in used.name and used.accuracy is not None and used.accuracy <= LIMIT
    assert transform(moved, "EPSG:6674", "EPSG:6674", "w")[1].name == "none"


def test_rows_without_a_shape_stay_without_one() -> None:
    shapes = np.array([None, shapely.Point(135.5, 34.8), shapely.Polygon()], dtype=object)
    moved, _ = transform(shapes, LONLAT, "EPSG:6674", "w")
    assert moved[0] is None and moved[2].is_empty and moved[1].x == pytest.approx(-45_760, abs=50)
    assert transform(np.array([None], dtype=object), LONLAT, "EPSG:6674", "w")[0].tolist() == [None]
    assert len(transform(np.empty(0, dtype=object), LONLAT, "EPSG:6674", "w")[0]) == 0


def test_places_that_have_no_image_are_an_error_or_lost_by_name() -> None:
    swapped = np.array([shapely.Point(34.8, 135.5), shapely.Point(135.5, 34.8)], dtype=object)
    with pytest.raises(CrsError, match="1 coordinates cannot be transformed"):
        transform(swapped, LONLAT, "EPSG:6674", "w")
    moved, _ = transform(swapped, LONLAT, "EPSG:6674", "w", lose=True)
    assert moved[0] is None and moved[1] is not None
    assert swapped[0] is not None, "the delivery itself is not touched"


def test_holes_and_parts_are_moved_with_their_shapes() -> None:
    shape = shapely.MultiPolygon([shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (3, 2), (3, 3)]]), shapely.box(20, 0, 21, 1)])
    plane = shapely.transform(shape, lambda xy: xy + [-48000, -135000])
    back, _ = transform(transform(np.array([plane], dtype=object), "EPSG:6674", LONLAT, "w")[0], LONLAT, "EPSG:6674", "w")
    assert shapely.equals_exact(back[0], plane, tolerance=1e-4)


def grid_file(path: Path) -> Path:
    """Write a grid around Osaka whose shifts differ from corner to corner; the figures are invented."""
    lines = ["JGD2000-TokyoDatum Ver.0.0.0 (invented)", "MeshCode   dB(sec)   dL(sec)"]
    for k in range(100):
        lines.append(f"523513{k:02d}  {11.5 + 0.013 * (k // 10) + 0.007 * (k % 10):8.5f} {-10.5 + 0.009 * (k // 10) - 0.011 * (k % 10):9.5f}")
    path.write_text("\n".join(lines) + "\n", "ascii")
    return path


def test_the_grid_moves_as_the_reference_implementation_does(tmp_path: Path) -> None:
    path = grid_file(tmp_path / "TKY2JGD.par")
    reference = jgdtrans.load(path.open(), format="TKY2JGD")
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(135.376, 135.486, 200), rng.uniform(34.751, 34.824, 200)
    east, north = load_grid(path).forward(lon, lat)
    wanted = [reference.forward(b, a) for a, b in zip(lon, lat, strict=True)]
    assert np.abs(east - [p.longitude for p in wanted]).max() < 1e-12 and np.abs(north - [p.latitude for p in wanted]).max() < 1e-12


@pytest.mark.parametrize("system", ["EPSG:4301", "EPSG:30166"])
def test_the_tokyo_datum_goes_through_the_grid_and_says_so(tmp_path: Path, system: str) -> None:
    path = grid_file(tmp_path / "TKY2JGD.par")
    old = transform(np.array([shapely.Point(135.4698, 34.7815)], dtype=object), "EPSG:4301", system, "w")[0]
    moved, used = transform(old, system, LONLAT, "w", grid=path)
    east, north = load_grid(path).forward(np.array([135.4698]), np.array([34.7815]))
    assert (moved[0].x, moved[0].y) == pytest.approx((east[0], north[0]), abs=1e-9)
    assert "TKY2JGD" in used.name and used.grids[0] == "TKY2JGD.par" and used.accuracy is not None and used.accuracy <= LIMIT


def test_a_place_outside_the_grid_is_no_place(tmp_path: Path) -> None:
    path = grid_file(tmp_path / "TKY2JGD.par")
    outside = np.array([shapely.Point(140.0, 40.0)], dtype=object)
    with pytest.raises(CrsError, match=r"1 coordinates lie outside the grid TKY2JGD\.par"):
        transform(outside, "EPSG:4301", LONLAT, "w", grid=path)
    assert transform(outside, "EPSG:4301", LONLAT, "w", grid=path, lose=True)[0][0] is None


@pytest.mark.parametrize("content", ["", "a\nb\n", "x\ny\n52351300 abc def\n", "x\ny\n99999999  11.50000 -10.50000\n", None])
def test_a_broken_grid_stops_the_run(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "TKY2JGD.par"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CrsError, match="grid"):
        transform(np.array([shapely.Point(135.4698, 34.7815)], dtype=object), "EPSG:4301", LONLAT, "w", grid=path)


def kawase(lon: float, lat: float, lon0: float, lat0: float) -> tuple[float, float]:
    """Return plane rectangular easting and northing by the series of Kawase (2011), as the survey authority publishes it; metres."""
    a, f, m0 = 6378137.0, 1 / 298.257222101, 0.9999
    n = f / (2 - f)
    A = [1 + n**2 / 4 + n**4 / 64, -3 / 2 * (n - n**3 / 8 - n**5 / 64), 15 / 16 * (n**2 - n**4 / 4), -35 / 48 * (n**3 - 5 / 16 * n**5), 315 / 512 * n**4, -693 / 1280 * n**5]
    alpha = [0.0, n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3 + 41 / 180 * n**4 - 127 / 288 * n**5, 13 / 48 * n**2 - 3 / 5 * n**3 + 557 / 1440 * n**4 + 281 / 630 * n**5,
             61 / 240 * n**3 - 103 / 140 * n**4 + 15061 / 26880 * n**5, 49561 / 161280 * n**4 - 179 / 168 * n**5, 34729 / 80640 * n**5]
    phi, phi0, lam = np.radians(lat), np.radians(lat0), np.radians(lon - lon0)
    S = m0 * a / (1 + n) * (A[0] * phi0 + sum(A[j] * np.sin(2 * j * phi0) for j in range(1, 6)))
    Abar = m0 * a / (1 + n) * A[0]
    e = 2 * np.sqrt(n) / (1 + n)
    t = np.sinh(np.arctanh(np.sin(phi)) - e * np.arctanh(e * np.sin(phi)))
    xi, eta = np.arctan2(t, np.cos(lam)), np.arctanh(np.sin(lam) / np.sqrt(1 + t * t))
    north = Abar * (xi + sum(alpha[j] * np.sin(2 * j * xi) * np.cosh(2 * j * eta) for j in range(1, 6))) - S
    east = Abar * (eta + sum(alpha[j] * np.cos(2 * j * xi) * np.sinh(2 * j * eta) for j in range(1, 6)))
    return float(east), float(north)


@pytest.mark.parametrize("code", ORIGINS)
@pytest.mark.parametrize(("east", "north"), [(a, b) for a in (-1.0, 0.0, 1.2) for b in (-0.8, 0.1, 1.5)])
def test_every_zone_agrees_with_the_published_formula_to_a_tenth_of_a_millimetre(code: int, east: float, north: float) -> None:
    lon0, lat0 = ORIGINS[code]
    assert move(lon0 + east, lat0 + north, LONLAT, f"EPSG:{code}") == pytest.approx(kawase(lon0 + east, lat0 + north, lon0, lat0), abs=1e-4)
