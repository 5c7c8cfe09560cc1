"""One small demo city for all tests of this folder."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gispipe.demo import DemoReport, write_city


@pytest.fixture(scope="session")
def written(made_once: Callable[[str, Callable[[Path], None]], Path]) -> tuple[Path, DemoReport]:
    """The city and its report."""
    def make(folder: Path) -> None:
        report = write_city(folder / "sources")
        (folder / "report.json").write_text(json.dumps(dataclasses.asdict(report)), encoding="utf-8")

    folder = made_once("demo", make)
    return folder / "sources", DemoReport(**json.loads((folder / "report.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def sources(written: tuple[Path, DemoReport]) -> Path:
    return written[0]
