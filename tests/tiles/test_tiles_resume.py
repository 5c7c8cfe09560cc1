"""A tiling that was killed goes on where it stopped and ends with the same bytes; leftovers that do not fit are thrown away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from gispipe.progress import Progress
from gispipe.tiles import raster
from gispipe.tiles.journal import Journal
from gispipe.tiles.raster import RasterReport, Resume, build_raster_archive
from gispipe.words import Words

ZOOM = (13, 17)
SCRIPT = """
import sys, time
from pathlib import Path
from gispipe.tiles import raster
from gispipe.tiles.raster import Resume, build_raster_archive
raster._DEPTH = 1
target, sheet, blocks = map(Path, sys.argv[1:4])
build_raster_archive(target, [sheet], crs=None, zoom=(13, 17), name="n", attribution="a", workers=2, resume=Resume(blocks, "sheet"),
                     progress=lambda done, whole: (print(done, whole, flush=True), time.sleep(0.1)))
"""


@pytest.fixture(scope="module", autouse=True)
def small_blocks() -> Iterator[None]:
    """Blocks of 512 pixels, so that a small picture has a dozen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_DEPTH", 1)
        yield


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of 1.2 × 1.2 km, of nine or more blocks."""
    path = tmp_path_factory.mktemp("sheet") / "s.tif"
    rng = np.random.default_rng(5)
    data = np.repeat(np.repeat(rng.integers(0, 255, (3, 39, 39), np.uint8), 30, 1), 30, 2)
    with rasterio.open(path, "w", driver="GTiff", width=1170, height=1170, count=3, dtype="uint8", crs="EPSG:6674",
                       transform=from_origin(-30_000, -140_000, 1, 1), tiled=True, compress="deflate") as out:
        out.write(data)
    return path


@pytest.fixture(scope="module")
def whole(sheet: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive of an undisturbed run."""
    path = tmp_path_factory.mktemp("whole") / "a.pmtiles"
    build(path, sheet, None)
    return path.read_bytes()


def build(target: Path, sheet: Path, resume: Resume | None) -> RasterReport:
    return build_raster_archive(target, [sheet], crs=None, zoom=ZOOM, name="n", attribution="a", workers=2, resume=resume)


def killed(tmp_path: Path, sheet: Path, after: int) -> Path:
    """Start a tiling in a process of its own, kill it once `after` blocks are done, and return the journal it left."""
    blocks, target = tmp_path / "blocks", tmp_path / "a.pmtiles"
    child = subprocess.Popen([sys.executable, "-c", SCRIPT, str(target), str(sheet), str(blocks)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert child.stdout is not None
    for line in child.stdout:
        if int(line.split()[0]) >= after:
            break
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL and blocks.exists() and not target.exists()
    return blocks


@pytest.mark.parametrize("after", [1, 4])
def test_a_killed_tiling_goes_on_and_ends_with_the_same_bytes(tmp_path: Path, sheet: Path, whole: bytes, after: int) -> None:
    blocks = killed(tmp_path, sheet, after)
    done = build(tmp_path / "a.pmtiles", sheet, Resume(blocks, "sheet"))
    assert done.resumed >= after and (tmp_path / "a.pmtiles").read_bytes() == whole
    assert not blocks.exists(), "the journal goes once the archive is there"


def test_a_journal_cut_off_or_damaged_anywhere_still_leads_to_the_same_bytes(tmp_path: Path, sheet: Path, whole: bytes) -> None:
    left = killed(tmp_path, sheet, 3).read_bytes()
    rng = np.random.default_rng(7)
    begun = set()
    for k, at in enumerate([5, 48, len(left) - 1, *rng.integers(60, len(left), 2).tolist()]):
        hurt = bytearray(left)
        hurt[at] ^= 0x41
        (tmp_path / "blocks").write_bytes(left[:at] if k % 2 else bytes(hurt))
        done = build(tmp_path / "b.pmtiles", sheet, Resume(tmp_path / "blocks", "sheet"))
        begun.add(done.resumed)
        assert (tmp_path / "b.pmtiles").read_bytes() == whole, at
    assert 0 in begun and max(begun) > 0


def test_a_journal_of_another_picture_or_quality_is_thrown_away(tmp_path: Path, sheet: Path, whole: bytes) -> None:
    left = killed(tmp_path, sheet, 2).read_bytes()
    (tmp_path / "blocks").write_bytes(left)
    assert build(tmp_path / "b.pmtiles", sheet, Resume(tmp_path / "blocks", "another sheet")).resumed == 0
    (tmp_path / "blocks").write_bytes(left)
    done = build_raster_archive(tmp_path / "b.pmtiles", [sheet], crs=None, zoom=ZOOM, quality=70, name="n", attribution="a", resume=Resume(tmp_path / "blocks", "sheet"))
    assert done.resumed == 0 and (tmp_path / "b.pmtiles").read_bytes() != whole


def test_a_head_that_promises_more_than_the_file_holds_is_no_record(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", "x") as journal:
        journal.append([(7, b"seven"), (8, b"")], b"top")
    with (tmp_path / "j").open("ab") as file:
        file.write(b"\xff" * 20 + b"rest")
    with Journal(tmp_path / "j", "x") as journal:
        assert len(journal) == 1 and list(journal.tops()) == [b"top"]
        assert [(number, journal.read(offset, length)) for number, offset, length in journal.places().tolist()] == [(7, b"seven"), (8, b"")]


def test_progress_is_told_now_and_then_with_the_time_left_and_not_of_short_work() -> None:
    now, lines = [0.0], []
    told = Progress(lines.append, 30, lambda: now[0]).of(Words("tiles", "タイル"))
    for done in range(1, 101):
        now[0] += 1.0
        told(100 + done, 300)
    assert lines == ["tiles 130 / 300 (43 %), about 3 min left", "tiles 160 / 300 (53 %), about 2 min left", "tiles 190 / 300 (63 %), about 2 min left"]
    began = time.monotonic()
    Progress(lines.append).of(Words("short", "短い"))(1, 2)
    assert len(lines) == 3 and time.monotonic() - began < 5
