"""A wrong delivery does not go out: `python -m tests.proof.deliveries`.

A city in its second year is given every wrong delivery of `tests/refresh/yearcity.py`, one at a time. Each must be stopped with its exit status and a sentence, and nothing
of stores, maps and lock may be another; an ordinary delivery must go out. Prints a line for each; ends with status 1 when anything is amiss.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from tinycity import command

from tests.proof.ending import end
from tests.refresh.yearcity import DELIVERIES, next_year, year_city


@dataclass(frozen=True)
class Given:
    """What became of a delivery: exit status, what was said, and what is not as it must be."""

    status: int
    said: str
    amiss: list[str]


def standing(city: Path) -> dict[str, object]:
    """Return what no wrong delivery may change."""
    output = city / "output"
    return {"current": [os.readlink(output / one / "current") for one in ("public", "internal")],
            **{name: (output / "store" / name).read_bytes() for name in ("internal/manifest.json", "internal/states.json", "public/manifest.json")}, "lock": (output / "inputs.lock").read_bytes()}


def report(city: Path) -> Path:
    return sorted((city / "output/reports").glob("2*"))[-1]


def give(city: Path, wrong: Callable[[Path], object], due: int) -> Given:
    """Give a city a delivery that must be stopped with a status."""
    before, said = standing(city), io.StringIO()
    wrong(city)
    with contextlib.redirect_stderr(said):
        status = command(["refresh", "--city", str(city), "--quiet"])
    told = said.getvalue()
    amiss = [] if status == due else [f"ends with {status}, due {due}"]
    amiss += [f"{name} is another" for name, one in standing(city).items() if one != before[name]] + ([] if told.strip() and "Traceback" not in told else ["no sentence"])
    if status == due == 26:
        run = json.loads((report(city) / "run.json").read_text("utf-8"))["refresh"]
        missing = {"index.html", "diff.json", "changes.csv"} - {path.name for path in (report(city) / "diff").iterdir()}
        amiss += [f"{name} is missing" for name in missing] + ([] if run["doubts"] else ["no doubts"])
        amiss += [] if run["delivery"] in told and run["delivery"] in (report(city) / "diff/index.html").read_text("utf-8") else ["the delivery is not named"]
    return Given(status, told, amiss)


def main() -> int:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    home, begin = Path(tempfile.mkdtemp(prefix="gispipe-deliveries-")), time.perf_counter()
    whole = year_city(home / "whole")
    amiss = [f"the first delivery ends with {status}"] if (status := command(["refresh", "--city", str(whole), "--quiet"])) else []
    before = standing(whole)
    next_year(whole)
    status = command(["refresh", "--city", str(whole), "--quiet"])
    out = status == 0 and standing(whole)["current"] != before["current"]
    amiss += [] if out else [f"an ordinary delivery ends with {status} and does not go out"]
    print(f"{'delivery':<40} exit  said")
    print(f"{'(an ordinary year)':<40} {status:>4}  ({'went out' if out else 'did not go out'})")
    for name, (wrong, due) in DELIVERIES.items():
        city = Path(shutil.copytree(whole, home / "city", symlinks=True))
        given = give(city, wrong, due)
        amiss += [f"{name}: {one}" for one in given.amiss]
        print(f"{name:<40} {given.status:>4}  {' '.join(given.said.split()).removeprefix(str(home))[:110]}", flush=True)
        shutil.rmtree(city)
    return end(f"{len(DELIVERIES)} wrong deliveries, {len(amiss)} amiss", amiss, home, begin)


if __name__ == "__main__":
    sys.exit(main())
