"""One small counted city for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from countedcity import make
from tinycity import gispipe

from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.statistics.write import write_statistics


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city after `gispipe ingest`; read it, never change it."""
    city = make(tmp_path_factory.mktemp("counted") / "city")
    ended = gispipe("ingest", "--city", str(city))
    assert ended.returncode == 0, ended.stderr
    return city


@pytest.fixture(scope="session")
def counted(ingested: Path) -> Catalogue:
    return load_catalogue(ingested)


@pytest.fixture(scope="session")
def internal(counted: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The statistics of the internal audience, with charts."""
    folder = tmp_path_factory.mktemp("internal")
    write_statistics(counted, "internal", folder)
    return folder


@pytest.fixture(scope="session")
def public(counted: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The statistics of the public audience, without charts."""
    folder = tmp_path_factory.mktemp("public")
    write_statistics(counted, "public", folder, charts=False)
    return folder
