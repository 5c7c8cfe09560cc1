"""A city in its second year."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tinycity import gispipe

from tests.conftest import MadeOnce
from tests.refresh.yearcity import next_year, year_city


@pytest.fixture(scope="session")
def second_year(made_once: MadeOnce, page_assets: Path) -> Path:
    """A city that was refreshed twice, 令和7年度 and 令和8年度; read it, never change it."""
    def make(folder: Path) -> None:
        for label, change in (("令和7年度", year_city), ("令和8年度", next_year)):
            change(folder)
            ended = gispipe("refresh", "--city", str(folder), "--label", label)
            assert ended.returncode == 0, ended.stderr

    return made_once("second_year", make)


@pytest.fixture
def city(second_year: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(second_year, tmp_path / "city", symlinks=True))
