"""One small demo city for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from gispipe.demo import DemoReport, write_city


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoReport]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, write_city(folder)


@pytest.fixture(scope="session")
def sources(written: tuple[Path, DemoReport]) -> Path:
    return written[0]
