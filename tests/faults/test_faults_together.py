"""Two runs at once: one works, the others end with 31 at once, and nothing is torn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.proof.kills import wrong

TOGETHER = 8


def test_of_eight_refreshes_and_eight_publishes_at_once_some_work_and_the_others_say_so(city: Path) -> None:
    arguments = [["refresh", "--city", str(city), "--quiet"], ["publish", "public", "--city", str(city), "--quiet"]]
    script = "from gispipe.cli.main import main; main()"
    environment = {name: value for name, value in os.environ.items() if name not in ("GISPIPE_LANG", "GISPIPE_DATA")}
    started = [subprocess.Popen([sys.executable, "-c", script, *arguments[k % 2]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment) for k in range(2 * TOGETHER)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    statuses = [status for _, status in ended]

    assert set(statuses) <= {0, 31} and 0 in statuses and 31 in statuses, ended
    assert all("another run" in said for said, status in ended if status == 31)
    assert wrong(city, city / "none") == []


def test_a_public_build_whose_run_was_killed_while_it_loaded_its_programs_builds_nothing(city: Path, tmp_path: Path) -> None:
    request = json.dumps({"city": str(city), "draft": str(tmp_path / "draft"), "scratch": str(tmp_path)})
    (tmp_path / "draft").mkdir()
    ended = subprocess.run([sys.executable, "-P", "-m", "gispipe.build.public_process", "999999999"], input=request, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1 and ended.stdout == "" and not list((tmp_path / "draft").iterdir())
