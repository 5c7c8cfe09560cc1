"""Two releases of one city: the one that is asked about, and the same after an update in which the water comes higher."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tinycity import gispipe

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "answers"))

from askedcity import FLOOD_RANKS, RIVERS, deliver, flood_shapes  # noqa: E402
from tinycity import CANARY, shapefile  # noqa: E402

HIGHER = {1: 5}
"""The rank of 大川 around the place that is asked about, before and after."""


@pytest.fixture(scope="session")
def updated(made_once: Callable[[str, Callable[[Path], None]], Path], page_assets: Path) -> Path:
    """A folder with the public releases `before` and `after`; read them, never change them."""
    def make(folder: Path) -> None:
        city = deliver(folder / "city")
        for name, ranks in (("before", FLOOD_RANKS), ("after", [HIGHER.get(rank, rank) for rank in FLOOD_RANKS])):
            shapefile(city / "sources/flood/flood.shp", flood_shapes(), {"A31a_205": [str(rank) for rank in ranks], "A31a_202": RIVERS, "庁内メモ": [CANARY] * len(ranks)})
            ended = gispipe("run", "--city", str(city))
            assert ended.returncode == 0, ended.stderr
            shutil.copytree(city / "output/public/current", folder / name)

    return made_once("updated", make)


@pytest.fixture
def before(updated: Path, tmp_path: Path) -> Path:
    """A copy of the first release that a test may damage."""
    return Path(shutil.copytree(updated / "before", tmp_path / "before"))
