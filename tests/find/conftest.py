"""The demo city's register, once for all tests of this folder."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gispipe.demo import write_city

sys.path.append(str(Path(__file__).resolve().parents[1] / "address"))  # the spellings of one address

from asked import demo_register  # noqa: E402 - it needs the path above


@pytest.fixture(scope="session")
def demo(made_once: Callable[[str, Callable[[Path], None]], Path]) -> sqlite3.Connection:
    """The register of the demo city in memory."""
    def make(folder: Path) -> None:
        report = write_city(folder / "sources")
        (folder / "report.json").write_text(json.dumps(dataclasses.asdict(report)), encoding="utf-8")

    return demo_register(made_once("demo", make) / "sources")
