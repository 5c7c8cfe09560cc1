"""The demo city after a run, and the city that is asked about with its pages of text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gispipe.answers.card import Answers
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.releases import current
from gispipe.web.texts import write_texts
from tests.browser import serve_folder

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "answers"))

MadeOnce = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def demo(finished_demo: Path) -> Path:
    return finished_demo


@pytest.fixture(scope="session")
def catalogue(demo: Path) -> Catalogue:
    return load_catalogue(demo)


@pytest.fixture(scope="session")
def answers(catalogue: Catalogue) -> Answers:
    return Answers(catalogue, "public").open()


@pytest.fixture(scope="session")
def release(demo: Path) -> Path:
    folder = current(demo / "output", "public")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def address(release: Path) -> Iterator[str]:
    with serve_folder(release) as url:
        yield url


@pytest.fixture(scope="session")
def asked(asked_city: Path) -> Path:
    return asked_city


@pytest.fixture(scope="session")
def written(asked: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of text of both audiences of that city."""
    folders = {audience: tmp_path_factory.mktemp(audience) for audience in ("public", "internal")}
    for audience, folder in folders.items():
        write_texts(folder, load_catalogue(asked), audience)  # type: ignore[arg-type]
    return folders
