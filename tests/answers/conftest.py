"""One small city that is asked about, for all tests of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from askedcity import deliver
from tinycity import gispipe

from gispipe.answers.card import Answers
from gispipe.catalogue import Catalogue, load_catalogue


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city after `gispipe ingest`; read it, never change it."""
    city = deliver(tmp_path_factory.mktemp("asked") / "city")
    ended = gispipe("ingest", "--city", str(city))
    assert ended.returncode == 0, ended.stderr
    return city


@pytest.fixture(scope="session")
def catalogue(asked: Path) -> Catalogue:
    return load_catalogue(asked)


@pytest.fixture(scope="session")
def public(catalogue: Catalogue) -> Answers:
    return Answers(catalogue, "public")


@pytest.fixture(scope="session")
def internal(catalogue: Catalogue) -> Answers:
    return Answers(catalogue, "internal")


@pytest.fixture
def changed(asked: Path, tmp_path: Path) -> Path:
    """A copy of the asked city that a test may change."""
    return Path(shutil.copytree(asked, tmp_path / "city", symlinks=True))
