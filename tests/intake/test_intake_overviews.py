"""Pictures of the store have overviews: true means, in the order that readers over a network look for, and gone on with like the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin

from gispipe.intake import cog_head, cog_overviews, mosaic
from gispipe.intake.pictures import put_together
from gispipe.model import Source

RNG = np.random.default_rng(7)
WINDOWS, ALL = 4, 8
"""Windows of the sheets of a picture of 1,501 × 1,999 pixels, and with overviews: two rows at a half, one at a quarter, the first tiles once more."""
KILLED = """
import os, signal, sys
from pathlib import Path
from gispipe.intake import mosaic
from gispipe.intake.pictures import put_together
from gispipe.model import Source

class Dying(mosaic.CogDraft):
    def append(self, *tiles):
        super().append(*tiles)
        if self.windows == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)

mosaic.CogDraft = Dying
put_together([(Path(sys.argv[3]), "a.tif")], Source(reader="geotiff", path="a.tif"), "layers/a.toml", Path(sys.argv[2]), lambda done, whole: None, "this sheet")
"""


def sheet(path: Path, data: np.ndarray, alpha: bool = False, nodata: float | None = None) -> Path:
    """Write (bands, h, w) as a sheet, its last band alpha or not."""
    with rasterio.open(path, "w", driver="GTiff", width=data.shape[2], height=data.shape[1], count=len(data), dtype=data.dtype, crs="EPSG:6674", nodata=nodata,
                       transform=from_origin(-48_000, -135_000, 1, 1)) as out:
        if alpha:
            out.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
        out.write(data)
    return path


def stored(path: Path, target: str = "whole.tif") -> Path:
    """Put one sheet together as an ingest does; return the picture."""
    whole = path.with_name(target)
    put_together([(path, "a.tif")], Source(reader="geotiff", path="a.tif"), "layers/a.toml", whole, lambda done, all_: None, "this sheet")
    return whole


def pixels(picture: Path, overview: int) -> np.ndarray:
    """Return (bands, h, w) of an overview, 0 the largest, as it stands in the file."""
    with rasterio.open(picture, OVERVIEW_LEVEL=overview) as level:
        data: np.ndarray = level.read()
    return data


def mean(data: np.ndarray) -> np.ndarray:
    """Return the mean of 2 × 2 pixels (bands, h, w), a way of its own: at an odd edge of the pixels that are there."""
    sums, counts = (np.add.reduceat(np.add.reduceat(one, np.arange(0, one.shape[1], 2), 1), np.arange(0, one.shape[2], 2), 2)
                    for one in (np.where(np.isnan(data), 0, data), (~np.isnan(data)).astype(float)))
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / counts)


def places(picture: Path) -> list[int]:
    """Return where the first tile of the picture and of each overview lies."""
    with rasterio.open(picture) as whole:
        overviews = range(len(whole.overviews(1)))
        return [int(whole.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1)), *(int(whole.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1, ovr=k)) for k in overviews)]


@pytest.mark.parametrize("big", [False, True])
def test_overviews_go_down_to_one_tile_and_the_smaller_one_begins_nearer_to_the_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, big: bool) -> None:
    monkeypatch.setattr(cog_head, "_BIG_FROM", 0 if big else 2_000_000_000)
    data = RNG.integers(0, 256, (3, 1999, 1501), np.uint8)
    whole = stored(sheet(tmp_path / "a.tif", data))
    with rasterio.open(whole) as picture:
        assert whole.read_bytes()[2] == (43 if big else 42) and (picture.read() == data).all() and picture.block_shapes == [(512, 512)] * 3
        assert picture.overviews(1) == picture.overviews(3) == [2, 4]
        heads = [int(picture.get_tag_item("IFD_OFFSET", "TIFF", bidx=1, **level)) for level in ({}, {"ovr": 0}, {"ovr": 1})]
    found = places(whole)
    assert found == sorted(found, reverse=True) and heads == sorted(heads) and heads[-1] < found[-1]
    halves, quarters = pixels(whole, 0), pixels(whole, 1)
    assert halves.shape == (3, 1000, 751) and quarters.shape == (3, 500, 376)
    assert (halves == np.floor(mean(data.astype(float)) + 0.5)).all() and (quarters == np.floor(mean(halves.astype(float)) + 0.5)).all()


def test_the_directory_of_an_overview_has_the_tags_that_gdal_gives_one(tmp_path: Path) -> None:
    data = np.full((4, 600, 700), 255, np.uint8)
    whole = stored(sheet(tmp_path / "a.tif", data, alpha=True))
    peer = tmp_path / "peer.tif"
    with rasterio.open(whole) as picture:
        profile = picture.profile | {"photometric": "RGB"}
    with rasterio.open(peer, "w", **profile) as out:
        out.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
        out.write(data)
    with rasterio.open(peer, "r+") as out:
        out.build_overviews([2])
    ours, gdals = (second_directory(path.read_bytes()) for path in (whole, peer))
    gdals.pop(42112)  # a note of how GDAL has averaged
    assert ours == gdals and ours[254] == 1 and (ours[256], ours[257]) == (350, 300)


def second_directory(tiff: bytes) -> dict[int, int]:
    """Return tag → value of the second directory of a small TIFF, the values of tiles and lists left out."""
    at = int.from_bytes(tiff[4:8], "little")
    at = int.from_bytes(tiff[(end := at + 2 + 12 * int.from_bytes(tiff[at:at + 2], "little")):end + 4], "little")
    fields = [tiff[at + 2 + 12 * k:at + 14 + 12 * k] for k in range(int.from_bytes(tiff[at:at + 2], "little"))]
    return {tag: int.from_bytes(field[8:12], "little") if int.from_bytes(field[4:8], "little") == 1 and tag not in (324, 325) else 0
            for field in fields for tag in [int.from_bytes(field[:2], "little")]}


def test_colours_nobody_sees_do_not_bleed_into_an_overview(tmp_path: Path) -> None:
    data = np.concatenate([RNG.integers(0, 256, (3, 602, 700), np.uint8), RNG.choice(np.array([0, 255], np.uint8), (1, 602, 700))])
    data[3, :100, :100] = 0
    whole = stored(sheet(tmp_path / "a.tif", data, alpha=True))
    with rasterio.open(whole) as picture:
        assert picture.colorinterp[-1] == ColorInterp.alpha and (picture.read(4) == data[3]).all()
    seen = mean(np.where(data[3] > 0, data[:3], np.nan).astype(float))
    small = pixels(whole, 0)
    assert (small[3] == np.floor(mean(data[3:].astype(float))[0] + 0.5)).all() and (small[3, :50, :50] == 0).all()
    assert (small[:3] == np.where(np.isnan(seen), 0, np.floor(seen + 0.5))).all()


@pytest.mark.parametrize(("dtype", "nodata"), [("float32", -9999.0), ("float32", float("nan")), ("int16", -32768.0), ("uint16", None)])
def test_the_mean_height_is_of_the_heights_that_are_there(tmp_path: Path, dtype: str, nodata: float | None) -> None:
    data = (RNG.random((1, 700, 601)) * 3000).astype(dtype)
    holes = (RNG.random(data.shape) < 0.4) | (np.arange(601) < 200) if nodata is not None else np.zeros(data.shape, bool)
    data[holes] = 0 if nodata is None else nodata
    expected = mean(np.where(holes, np.nan, data.astype(float)))
    with rasterio.open(whole := stored(sheet(tmp_path / "a.tif", data, nodata=nodata)), OVERVIEW_LEVEL=0) as level:
        small = level.read(masked=True)
    assert level.shape == (350, 301) and (np.ma.getmaskarray(small) == np.isnan(expected)).all() and len(places(whole)) == 2
    assert np.allclose(small.compressed(), expected[~np.isnan(expected)], rtol=1e-6, atol=0 if dtype == "float32" else 0.5)


def test_a_picture_of_one_tile_has_no_overview(tmp_path: Path) -> None:
    whole = stored(sheet(tmp_path / "a.tif", RNG.integers(0, 256, (3, 512, 300), np.uint8)))
    assert len(places(whole)) == 1


@pytest.mark.parametrize("after", [WINDOWS + 1, ALL - 1])
def test_overviews_of_a_killed_run_are_gone_on_with_and_end_with_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    path = sheet(tmp_path / "a.tif", np.repeat(RNG.integers(0, 256, (3, 1999, 79), np.uint8), 19, 2))
    draft = tmp_path / "killed.tif"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(after), str(draft), str(path)], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL
    made: list[int] = []
    tiles = cog_overviews.Overviews.tiles
    with monkeypatch.context() as patch:
        patch.setattr(cog_overviews.Overviews, "tiles", lambda self, window: (made.append(window), tiles(self, window))[1])
        patch.setattr(mosaic, "_composed", lambda *sheets: pytest.fail("sheets that were finished are read again"))
        stored(path, "killed.tif")
    assert made == list(range(after - WINDOWS, ALL - WINDOWS)) and draft.read_bytes() == stored(path).read_bytes()


def test_the_bytes_do_not_depend_on_how_many_tiles_are_packed_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sheet(tmp_path / "a.tif", RNG.integers(0, 256, (3, 1100, 1500), np.uint8))
    found = set()
    for cores in (1, 4):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        found.add(stored(path, f"{cores}.tif").read_bytes())
    assert len(found) == 1
