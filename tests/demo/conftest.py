"""One small demo city for all tests of this folder."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest
from filelock import FileLock

from gispipe.demo import DemoReport, write_city


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoReport]:
    """The city and its report, made by whichever worker comes first and read by the others."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, note = shared / "demo", shared / "demo.json"
    with FileLock(shared / "demo.lock"):
        if not note.exists():
            note.write_text(json.dumps(dataclasses.asdict(write_city(folder))), encoding="utf-8")
    return folder, DemoReport(**json.loads(note.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def sources(written: tuple[Path, DemoReport]) -> Path:
    return written[0]
