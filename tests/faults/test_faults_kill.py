"""SIGKILL at any instant of refresh, ingest, build, publish and backup; the long proof is `python -m tests.proof.kills --n 1000`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

KILLS, RECOVER = 60, 20
JOBS = ("refresh", "publish", "backup", "build", "publish", "backup", "ingest", "publish", "backup", "publish")
"""Every job, those that take a moment more often."""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
def test_a_run_that_is_killed_leaves_the_old_or_the_new_whole_and_the_next_one_puts_everything_right(second_year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.proof.kills import prove

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    proof = prove(tmp_path, KILLS, 3, JOBS, RECOVER, second_year)

    assert proof.torn == []
    assert proof.ended["killed"] >= KILLS * 0.5 and proof.ended["recovered"] >= KILLS // RECOVER
