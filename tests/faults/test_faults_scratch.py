"""What a run needs only meanwhile: nothing of it is left outside of the city when the run is killed, and inside only until the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gispipe.runs import one_run

HELD = """
import sys, time
import gispipe.intake.sandbox as sandbox
read = sandbox.read_columns
def held(answer, part):
    print(answer, flush=True)
    time.sleep(60)
sandbox.read_columns = held
from gispipe.cli.main import main
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_a_killed_run_leaves_its_tables_nowhere_but_in_the_city_and_the_next_run_removes_them(run_city: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = dict(os.environ) | dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(elsewhere))
    process = subprocess.Popen([sys.executable, "-c", HELD, "run", "--city", str(run_city), "--quiet"], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    answer = Path(process.stdout.readline().strip())
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = [path for path in (run_city / "output").glob(".scratch-*")]
    assert answer.is_file() and len(left) == 1 and answer.is_relative_to(left[0]), "a table that was just read"
    assert left[0].stat().st_mode & 0o077 == 0
    assert not list(elsewhere.iterdir())

    time.sleep(0.2)  # readers end when nobody asks them any more
    ended = subprocess.run([sys.executable, "-c", "from gispipe.cli.main import main; main()", "run", "--city", str(run_city), "--quiet"], env=environment, check=False)
    assert ended.returncode == 0
    assert not list((run_city / "output").glob(".scratch-*")) and not list(elsewhere.iterdir())


def test_after_a_run_the_surroundings_are_what_they_were(tmp_path: Path) -> None:
    before = dict(os.environ)
    with one_run(tmp_path / "output", print):
        assert Path(os.environ["TMPDIR"]).parent == tmp_path / "output"
    assert dict(os.environ) == before and not list((tmp_path / "output").glob(".scratch-*"))
