"""Cards of a real city: the browser answers what the command line answers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from example import Yaizu
from gispipe.shelf import Shelf

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cards"))

from answering import differing, entries, places, write  # noqa: E402


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_places_and_entries_are_answered_alike(yaizu: Yaizu, tmp_path: Path, audience: str) -> None:
    kept = Shelf(yaizu.catalogue.output / "store" / audience / "kept-pieces")  # as the run left them
    written = write(tmp_path, yaizu.catalogue, audience, kept)  # type: ignore[arg-type]
    assert differing(written, [*places(written.answers, 80), *entries(written.answers, 6)]) == []
