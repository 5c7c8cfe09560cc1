"""Readers in the middle of a publish: nobody mixes two releases, nobody reads what cannot be read; the long proof is `python -m tests.proof.readers`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tinycity import command

from gispipe import releases
from tests.proof.readers import read_while_publishing

READERS, PUBLISHES = 8, 12


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_readers_see_the_old_or_the_new_release_and_never_a_mixture(city: Path, audience: str) -> None:
    seen, wrong = read_while_publishing(city / "output", audience, READERS, PUBLISHES)

    assert wrong == [] and sum(seen.values()) > READERS
    assert len(releases.published(city / "output", audience)) == 2 + PUBLISHES  # type: ignore[arg-type]


def test_rollback_goes_back_and_forth_with_the_same_bytes(city: Path) -> None:
    output = city / "output"
    for _ in range(5):
        before = releases.current(output, "public").name
        assert command(["rollback", "public", "--city", str(city), "--quiet"]) == 0
        back = releases.current(output, "public")
        assert back.name != before and releases.verify(back)["digest"] == back.name
        assert command(["publish", "public", before, "--city", str(city), "--quiet"]) == 0
