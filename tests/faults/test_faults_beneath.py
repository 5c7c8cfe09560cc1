"""Calls to the system that fail beneath Python: Arrow's, GDAL's, SQLite's, those of other processes; the long proof is `python -m tests.proof.beneath`."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.proof.beneath import WAYS, Beneath
from tests.proof.supervised import Call, missing, supervise

FAULTS = {"full": 0.3, "interrupted": 0.5, "broken": 0.75, "full for good": 0.6, "dead": 0.9}
"""The ways of failing that the quick form tries, each at one place of the whole run."""


@pytest.fixture(autouse=True)
def supervision() -> None:
    if lack := missing():
        pytest.skip(lack)


def write_all(folder: Path) -> int:
    """Write a file with Python, Arrow, SQLite and another process; return how many of them could."""
    done = 0
    for write in (lambda: (folder / "python").write_text("x"), lambda: pq.write_table(pa.table({"a": [1, 2]}), folder / "arrow"), lambda: _database(folder / "sqlite"),
                  lambda: subprocess.run(["sh", "-c", 'echo x > "$0"', folder / "process"], check=True, stderr=subprocess.DEVNULL)):
        with contextlib.suppress(OSError, sqlite3.Error, subprocess.CalledProcessError):
            write()
            done += 1
    return done


def _database(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.commit()


@pytest.mark.parametrize("error", [0, errno.ENOSPC, errno.EACCES], ids=["none", "full", "closed"])
def test_whoever_writes_is_seen_and_can_be_made_to_fail(tmp_path: Path, error: int) -> None:
    seen: Counter[str] = Counter()

    def decide(call: Call) -> int:
        here = call.path.startswith(str(tmp_path))
        seen.update([Path(call.path).name.partition("-")[0]] if here and call.what == "write" else [])
        return error if here and call.what in (("write",) if error == errno.ENOSPC else ("open",)) else 0

    assert supervise(lambda: write_all(tmp_path), decide) == (0 if error else 4)
    assert error == errno.EACCES or set(seen) >= {"python", "arrow", "sqlite", "process"}


def test_whatever_fails_beneath_the_program_nothing_is_torn_and_one_sentence_says_what_it_was(second_year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    proof = Beneath(tmp_path)
    proof.prepare("refresh", second_year)
    for name, share in FAULTS.items():
        proof.fail("refresh", name, int(WAYS[name].count(proof.calls) * share), recover=WAYS[name].lasting)  # after one call that failed there is less to put right

    assert proof.amiss == []
    assert sum(count for name, count in proof.ended.items() if name.endswith(": faults")) >= len(FAULTS) - 1 and proof.ended["dead: said"] and proof.ended["full for good: said"]
    assert proof.judged("refresh", 0, False) == [], "after the last recovery"
    assert proof.judged("refresh", 32, False) != [], "new maps after a failure are found"
    next(path for path in proof.city.glob("output/public/current/tiles/*")).unlink()
    assert any("ReleaseDamaged" in one for one in proof.judged("refresh", 0, False)), "a file that is gone is found"
