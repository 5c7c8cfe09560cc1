"""Reader processes that the intake tests share: starting one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gispipe.intake import readers
from gispipe.intake.sandbox import Readers


@pytest.fixture(scope="session")
def group() -> Iterator[Readers]:
    with readers(1) as made:
        yield made
