"""The folder of `handed_over`, and what a scan makes of it: once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest
from gispipe.scan import scan_city
from gispipe.scan.city import ScanReport
from handed_over import deliver_everything


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; read it, never change it."""
    return deliver_everything(tmp_path_factory.mktemp("delivered") / "data")


@pytest.fixture(scope="session")
def scanned(everything: Path) -> tuple[Path, ScanReport]:
    """A city directory written by looking through the folder, inside that very folder's parent, and what was reported."""
    target = everything.parent / "city"
    return target, scan_city(everything, target)


@pytest.fixture(scope="session")
def opened(everything: Path) -> Path:
    """The same, with the folder declared to be open data."""
    target = everything.parent / "open"
    scan_city(everything, target, public=True)
    return target
