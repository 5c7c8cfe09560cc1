"""Cards by hand: `python -m tests.proof.cards --city DIR --n 5000` asks the browser and the command line for the same places and entries, and compares.

The city must have been ingested. Ends with status 1 where one answer differs; the test suite asks a few hundred places of two small cities.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cards"))


def main() -> int:
    from answering import beside_a_border, differences, entries, places, write

    from gispipe.catalogue import load_catalogue
    from tests.browser import let_go

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--city", type=Path, required=True)
    options.add_argument("--n", type=int, default=2000, help="places in and around the city, half of them on borders; a tenth as many entries of each kind")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--audience", choices=("public", "internal"), default="public")
    given = options.parse_args()
    catalogue = load_catalogue(given.city)
    with tempfile.TemporaryDirectory(prefix="gispipe-cards-") as work:
        begun = time.monotonic()
        written = write(Path(work), catalogue, given.audience)
        print(f"written in {time.monotonic() - begun:.1f} s", flush=True)
        asked = [*places(written.answers, given.n, given.seed), *entries(written.answers, max(given.n // 10, 1), given.seed + 1)]
        begun = time.monotonic()
        found = differences(written, asked)
        let_go()
        wrong = [(item, what) for item, what in found if not beside_a_border(written.answers, item)]
    for item, what in wrong[:20]:
        print(f"{item}: {what}")
    print(f"{len(asked)} questions; {len(wrong)} answers differ, {len(found) - len(wrong)} more within a millimetre of a border, where the browser counts a place as on it; {time.monotonic() - begun:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
