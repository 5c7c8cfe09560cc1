"""A short run of the damage program: nothing crashes, nothing hangs, little passes in silence, nothing passes inputs.lock."""

from __future__ import annotations

from pathlib import Path

import pytest
from bases import BASES, PICTURES
from run import run

from gispipe.intake import Readers

EACH = 30


@pytest.mark.parametrize("name", sorted(BASES))
def test_damage_is_survived_and_mostly_seen(tmp_path: Path, reader_pair: Readers, name: str) -> None:
    ((_, tally),) = run([name], EACH, 3, tmp_path, reader_pair)
    assert tally.tried >= EACH * 0.7 and tally.changed, "the damage reached the file"
    assert tally.defects == [], tally.defects
    assert tally.seen_by_lock == tally.tried, "a damaged file has another SHA-256"
    least = 0.0 if name in PICTURES else 0.5 if name == "dxf" else 0.8  # pixels may be anything; lines without keys and neighbours show little
    assert tally.caught >= least, tally.silent
