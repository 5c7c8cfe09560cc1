"""Fixtures of the tile tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gispipe.tiles.encode import ArchiveReport, TileLayer, build_archive


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., ArchiveReport]:
    """Return a function that builds layers into a fresh archive."""
    def made(*layers: TileLayer, workers: int = 1, file: str = "a.pmtiles") -> ArchiveReport:
        return build_archive(tmp_path / file, layers, name="test", attribution="made up", workers=workers)

    return made
