"""The tiny city's public map, exported once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gispipe import releases
from gispipe.export import Exported, export_site


@pytest.fixture(scope="session")
def release(finished_city: Path) -> Path:
    """The tiny city's current public release."""
    return releases.current(finished_city / "output", "public")


@pytest.fixture(scope="session")
def exported(finished_city: Path, release: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Its export; read it, never change it."""
    return export_site(release, tmp_path_factory.mktemp("export") / "site", finished_city / "output", lambda said: None)
