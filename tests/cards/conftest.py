"""The city that is asked about, with the cards of both audiences."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gispipe.catalogue import Catalogue, load_catalogue

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "answers"))

from answering import Written, write  # noqa: E402


@pytest.fixture(scope="session")
def asked(asked_city: Path) -> Path:
    return asked_city


@pytest.fixture(scope="session")
def catalogue(asked: Path) -> Catalogue:
    return load_catalogue(asked)


@pytest.fixture(scope="session")
def public(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("public"), catalogue, "public")


@pytest.fixture(scope="session")
def internal(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("internal"), catalogue, "internal")
