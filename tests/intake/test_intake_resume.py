"""Putting photos together that was killed goes on where it stopped and ends with the same bytes; drafts that do not fit are thrown away."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import RasterioIOError
from rasterio.transform import from_origin
from tinycity import CRS, LAYERS, X, Y, declare, deliver

from gispipe import rasters
from gispipe.catalogue import load_catalogue
from gispipe.errors import CrsError, NoRoom
from gispipe.gather import gather
from gispipe.intake import cog_head, mosaic
from gispipe.intake.cog_draft import beside
from gispipe.intake.pictures import put_together
from gispipe.intake.sheet_pixels import OpenSheet
from gispipe.model import Source
from gispipe.pipeline import ingest
from gispipe.rasters import Picture
from gispipe.runs import one_run
from gispipe.store import Store

WEST, NORTH = -48_000.0, -135_000.0
WINDOWS, ALL = 12, 16
"""Windows of the sheets, and with those of the overviews: two rows of tiles at a half, one at a quarter, the first tiles once more."""
KILLED = """
import os, signal, sys
from pathlib import Path
from gispipe.intake import mosaic
from gispipe.intake.pictures import put_together
from gispipe.model import Source
mosaic._ACROSS = 512
after, target, *sheets = sys.argv[1:]

class Dying(mosaic.CogDraft):
    def append(self, *tiles):
        super().append(*tiles)
        if self.windows == int(after):
            os.kill(os.getpid(), signal.SIGKILL)

mosaic.CogDraft = Dying
put_together([(Path(one), Path(one).name) for one in sheets], Source(reader="geotiff", path="*.tif"), "layers/a.toml", Path(target), lambda done, whole: None, "these sheets")
"""


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of one tile, so that a small picture has a dozen."""
    monkeypatch.setattr(mosaic, "_ACROSS", 512)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sheets side by side, of 1,900 × 1,400 pixels together: four tiles across, three down, the last ones cut."""
    rng, folder = np.random.default_rng(11), tmp_path_factory.mktemp("sheets")
    paths = [folder / "a.tif", folder / "b.tif"]
    for k, path in enumerate(paths):
        data = np.repeat(rng.integers(0, 255, (3, 1400, 95), np.uint8), 10, 2)
        with rasterio.open(path, "w", driver="GTiff", width=950, height=1400, count=3, dtype="uint8", crs=CRS, transform=from_origin(WEST + 950 * k, NORTH, 1, 1)) as out:
            out.write(data)
    return paths


def made(target: Path, sheets: list[Path], made_of: str | None = "these sheets") -> tuple[bytes, list[int]]:
    """Put the sheets together and return the picture's bytes and what was told."""
    said: list[int] = []
    put_together([(path, path.name) for path in sheets], Source(reader="geotiff", path="*.tif"), "layers/a.toml", target, lambda done, whole: said.append(done), made_of)
    return target.read_bytes(), said


def killed(folder: Path, sheets: list[Path], after: int) -> Path:
    """Put the sheets together in a process of its own that is killed after so many windows; return the draft it left."""
    target = folder / "whole.tif"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(after), str(target), *map(str, sheets)], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL and target.exists()
    return target


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The windows (column, row) that are read from sheets."""
    seen: list[tuple[int, int]] = []
    read: Callable[..., object] = OpenSheet.read
    monkeypatch.setattr(OpenSheet, "read", lambda self, window: (seen.append((window.col_off // 512, window.row_off // 512)), read(self, window))[1])
    return seen


@pytest.mark.parametrize("after", [1, 7, WINDOWS - 1])
def test_a_killed_picture_goes_on_and_ends_with_the_same_bytes(tmp_path: Path, sheets: list[Path], reads: list[tuple[int, int]], after: int) -> None:
    draft = killed(tmp_path, sheets, after)
    with pytest.raises(RasterioIOError):
        rasterio.open(draft)
    whole, said = made(draft, sheets)
    order = [(column, row) for column in range(4) for row in range(3)]
    assert set(reads) == set(order[after:]), "what was finished is not read again, and all the rest is"
    assert whole == made(tmp_path / "undisturbed.tif", sheets)[0] and said[0] == 7 * after // ALL and said[-1] == 7


def test_a_draft_that_was_whole_when_the_run_was_killed_is_not_made_again(tmp_path: Path, sheets: list[Path], reads: list[tuple[int, int]]) -> None:
    whole, _ = made(killed(tmp_path, sheets, ALL), sheets)
    assert not reads and whole == made(tmp_path / "undisturbed.tif", sheets)[0]


def test_a_draft_or_journal_cut_off_or_damaged_anywhere_still_leads_to_the_same_bytes(tmp_path: Path, sheets: list[Path], reads: list[tuple[int, int]]) -> None:
    draft = killed(tmp_path, sheets, 6)
    journal, _ = beside(draft)
    left = {path: path.read_bytes() for path in (draft, journal)}
    whole, rng, begun = made(tmp_path / "undisturbed.tif", sheets)[0], np.random.default_rng(3), set()
    for path in (draft, journal):
        for k, at in enumerate([3, len(left[path]) - 1, *rng.integers(60, len(left[path]), 4).tolist()]):
            for one, data in left.items():
                one.write_bytes(data)
            hurt = bytearray(left[path])
            hurt[at] ^= 0x41
            path.write_bytes(left[path][:at] if k % 2 else bytes(hurt))
            reads.clear()
            assert made(draft, sheets)[0] == whole, (path.name, at)
            begun.add(len(set(reads)))
    assert max(begun) == WINDOWS and min(begun) < WINDOWS


def test_a_full_disk_is_said_by_name_and_what_is_finished_is_kept(tmp_path: Path, sheets: list[Path], reads: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(mosaic.CogDraft):
        def append(self, numbers: Sequence[int], tiles: Sequence[bytes]) -> None:
            if self.windows == 5:
                raise OSError(errno.ENOSPC, "No space left on device")
            super().append(numbers, tiles)

    with monkeypatch.context() as patch, pytest.raises(NoRoom, match="the disk is full; what is put together so far is kept — make room"):
        patch.setattr(mosaic, "CogDraft", Full)
        made(tmp_path / "whole.tif", sheets)
    reads.clear()
    whole, _ = made(tmp_path / "whole.tif", sheets)
    assert len(set(reads)) == WINDOWS - 5 and whole == made(tmp_path / "undisturbed.tif", sheets)[0]


@pytest.mark.parametrize("name", ["other sheets", None])
def test_a_draft_of_other_sheets_is_not_gone_on_with(tmp_path: Path, sheets: list[Path], reads: list[tuple[int, int]], name: str | None) -> None:
    draft = killed(tmp_path, sheets, 6)
    whole, _ = made(draft, sheets, name)
    assert len(set(reads)) == WINDOWS and whole == made(tmp_path / "undisturbed.tif", sheets, None)[0]


@pytest.mark.parametrize("big", [False, True])
def test_the_head_stands_before_the_tiles_in_a_small_picture_and_in_a_big_one(tmp_path: Path, sheets: list[Path], monkeypatch: pytest.MonkeyPatch, big: bool) -> None:
    monkeypatch.setattr(cog_head, "_BIG_FROM", 0 if big else 2_000_000_000)
    data, _ = made(tmp_path / "whole.tif", sheets)
    with rasterio.open(tmp_path / "whole.tif") as picture, rasterio.open(sheets[0]) as left, rasterio.open(sheets[1]) as right:
        assert data[2] == (43 if big else 42) and picture.compression.value == "DEFLATE" and picture.block_shapes == [(512, 512)] * 3
        assert picture.crs.to_string() == CRS and picture.transform[2:6:3] == (WEST, NORTH) and (picture.read() == np.concatenate([left.read(), right.read()], 2)).all()
        places = [int(picture.get_tag_item(f"BLOCK_OFFSET_{x}_{y}", "TIFF", bidx=1)) for x in range(4) for y in range(3)]
        assert places[1:] + places[:1] == sorted(places) and places[1] > int(picture.get_tag_item("IFD_OFFSET", "TIFF", bidx=1))


RUN = """
import os, signal, sys
from pathlib import Path
from gispipe.catalogue import load_catalogue
from gispipe.gather import gather
from gispipe.store import Store

def told(done, whole):
    if done >= 3:
        os.kill(os.getpid(), signal.SIGKILL)

catalogue = load_catalogue(Path(sys.argv[1]))
gather(catalogue, [catalogue.layers["photo"]], Path(sys.argv[2]), store=Store(catalogue.output, "internal"), workers=1, tell=lambda words: told)
"""


@pytest.fixture
def long_city(tmp_path: Path) -> Path:
    """The tiny city with a photo of 60 windows."""
    city = deliver(declare(tmp_path / "tiny", LAYERS))
    photo(city, 1)
    return city


def photo(city: Path, seed: int) -> None:
    data = np.repeat(np.random.default_rng(seed).integers(0, 255, (3, 60 * 512, 4), np.uint8), 16, 2)
    (path,) = (city / "sources").rglob("*.tif")
    with rasterio.open(path, "w", driver="GTiff", width=64, height=60 * 512, count=3, dtype="uint8", crs=CRS, transform=from_origin(X, Y + 614, 0.02, 0.02)) as out:
        out.write(data)


def taken_in(city: Path) -> tuple[Picture, list[int]]:
    catalogue, said = load_catalogue(city), []
    (city / "drafts").mkdir(exist_ok=True)
    read = gather(catalogue, [catalogue.layers["photo"]], city / "drafts", store=Store(catalogue.output, "internal"), tell=lambda words: lambda done, whole: said.append(done))
    assert not read.unreadable
    return read.pictures["photo"], said


def growing(city: Path) -> set[str]:
    return {path.name for path in (city / "output/store/internal/.pictures").glob(".growing-*")}


def killed_run(city: Path) -> None:
    (city / "drafts").mkdir()
    ended = subprocess.run([sys.executable, "-c", RUN, str(city), str(city / "drafts")], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL and len(growing(city)) == 3, "draft, journal, lock"
    assert not list((city / "output/store/internal").glob("photo/*.tif")), "nothing that looks finished"


def test_a_killed_run_leaves_a_draft_that_the_next_run_goes_on_with(long_city: Path, tmp_path: Path) -> None:
    killed_run(long_city)
    picture, said = taken_in(long_city)
    assert said[0] >= 2 and not growing(long_city) and picture.version is not None
    other = deliver(declare(tmp_path / "other", LAYERS))
    photo(other, 1)
    assert taken_in(other)[0].version == picture.version, "the bytes of an undisturbed run"


def left_over(city: Path, layer: str) -> set[str]:
    """Leave what a killed run leaves of a picture of other sheets; return the names."""
    draft = rasters._draft(Store(city / "output", "internal"), layer, "0" * 24)
    for path in (draft, *beside(draft)):
        path.touch()
    return growing(city)


def test_other_sheets_throw_the_draft_away_and_a_whole_ingest_sweeps_what_is_left(long_city: Path) -> None:
    assert len(left_over(long_city, "photo")) == 3
    assert taken_in(long_city)[1][0] == 0 and not growing(long_city)
    left = left_over(long_city, "layer_that_is_gone")
    catalogue = load_catalogue(long_city)
    for names, stays in ((["photo"], left), ([], set())):
        with one_run(catalogue.output, lambda line: None) as run:
            ingest(run, catalogue, names)
        assert growing(long_city) == stays


def test_a_picture_outside_the_city_leaves_no_draft(long_city: Path) -> None:
    (path,) = (long_city / "sources").rglob("*.tif")
    with rasterio.open(path, "r+") as picture:
        picture.transform = from_origin(X + 90_000, Y, 0.02, 0.02)
    catalogue = load_catalogue(long_city)
    (long_city / "drafts").mkdir()
    (failure,) = gather(catalogue, [catalogue.layers["photo"]], long_city / "drafts", store=Store(catalogue.output, "internal")).unreadable
    assert isinstance(failure, CrsError) and not growing(long_city)
