"""Measure answers about places on a city that was run: in a process that stays, and from the command line.

    python -m tests.bench.lookup --city DIR [--audience public] [--n 300]

Prints milliseconds of wall and CPU (median, 95th percentile, worst) for coordinates, addresses, lots and names spread over the city, and the
seconds of whole commands. The first question of a process opens files and is told apart.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.catalogue import load_catalogue


def questions(answers: Answers, count: int) -> dict[str, list[str]]:
    """Return questions of every kind, spread evenly over the register."""
    register = sqlite3.connect(answers.files.register())

    def spread(rows: list[str]) -> list[str]:
        return [rows[k] for k in np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int)] if rows else []

    numbers = [[name for (name,) in register.execute("SELECT name FROM register_number WHERE kind = ? ORDER BY name", (kind,))] for kind in (0, 1)]
    points = [f"{lat},{lon}" for lat, lon in register.execute("SELECT lat, lon FROM register_number ORDER BY name")]
    names = [name for (name,) in register.execute("SELECT DISTINCT name FROM register_facility ORDER BY name")]
    return {"coordinate": spread(points), "address": spread(numbers[0]), "lot": spread(numbers[1]), "facility": spread(names)}


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    ask()
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", type=Path, required=True)
    parser.add_argument("--audience", choices=["public", "internal"], default="public")
    parser.add_argument("--n", type=int, default=300)
    given = parser.parse_args()
    began = time.perf_counter()
    answers = Answers(load_catalogue(given.city), given.audience).open()
    asked = questions(answers, given.n)
    first = timed(lambda: look_up(answers, asked["coordinate"][0]))
    print(f"opening {time.perf_counter() - began:.2f} s, of it the first question {first[0]:.0f} ms")
    for kind, texts in asked.items():
        for text in texts[:20]:
            look_up(answers, text)
        times = np.array([timed(lambda text=text: look_up(answers, text)) for text in texts])
        wall, cpu = times[:, 0], times[:, 1]
        print(f"{kind:10} {len(texts):5} asked   wall median {np.median(wall):5.1f}  p95 {np.percentile(wall, 95):5.1f}  worst {wall.max():6.1f} ms   CPU median {np.median(cpu):5.1f} ms")
    for text in (asked["coordinate"][0], (asked["address"] or asked["facility"])[0]):
        runs = [timed(lambda text=text: subprocess.run([sys.executable, "-c", "from gispipe.cli.main import main; main()", "lookup", text, "--city", str(given.city), "--audience", given.audience],
                                                       check=True, stdout=subprocess.DEVNULL))[0] / 1e3 for _ in range(5)]
        print(f"command line: {text}  median {np.median(runs):.2f} s  worst {max(runs):.2f} s")


if __name__ == "__main__":
    main()
