"""One made-up release for all page tests; built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import serve_folder
from tests.web import sample


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up release."""
    from gispipe.web import assets
    from gispipe.web.pages import write_pages

    try:
        assets.install(tests=True)
    except Exception as reason:  # no npm, or no way to the packages: the tests say so instead of failing
        pytest.skip(f"the JavaScript packages cannot be fetched: {reason}")
    folder = tmp_path_factory.mktemp("release")
    write_pages(folder, sample.site(*sample.write_tiles(folder)))
    return folder


@pytest.fixture(scope="session")
def address(release: Path) -> Iterator[str]:
    """The address of the served release."""
    with serve_folder(release) as url:
        yield url
