"""Yaizu's open data through the whole pipeline, once for all tests of this folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from example import EXAMPLE, Yaizu
from tinycity import gispipe


@pytest.fixture(scope="session")
def yaizu_data(shared_data: Path) -> Path:
    folder = shared_data / "city_yaizu"
    if not folder.is_dir():
        pytest.skip("Yaizu's open data are not among the shared data")
    return folder


@pytest.fixture(scope="session")
def yaizu(yaizu_data: Path, page_assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Yaizu:
    """The example after `gispipe run`; read it, never change it."""
    city = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("yaizu") / "city", ignore=shutil.ignore_patterns("output")))
    ended = gispipe("run", "--city", str(city), "--data", str(yaizu_data), "--json", timeout=1200)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    return Yaizu(city, yaizu_data, said, json.loads((Path(said["report"]) / "findings.json").read_text("utf-8")))
