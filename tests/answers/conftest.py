"""One small city that is asked about, for all tests of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from gispipe.answers.card import Answers
from gispipe.catalogue import Catalogue, load_catalogue
from tinycity import gispipe

from askedstore import few_layers


@pytest.fixture(scope="session")
def asked(asked_city: Path) -> Path:
    return asked_city


@pytest.fixture(scope="session")
def catalogue(asked: Path) -> Catalogue:
    return load_catalogue(asked)


@pytest.fixture(scope="session")
def public(catalogue: Catalogue) -> Answers:
    return Answers(catalogue, "public")


@pytest.fixture(scope="session")
def internal(catalogue: Catalogue) -> Answers:
    return Answers(catalogue, "internal")


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of a few layers after `gispipe ingest`, for copies that a test may change."""
    made = few_layers(tmp_path_factory.mktemp("few") / "city")
    ended = gispipe("ingest", "--city", str(made), env={"PYTHONHASHSEED": "1"})
    assert ended.returncode == 0, ended.stderr
    return made


@pytest.fixture
def city(few: Path, tmp_path: Path) -> Path:
    """A copy of the city of a few layers that a test may change."""
    return Path(shutil.copytree(few, tmp_path / "city", symlinks=True))
