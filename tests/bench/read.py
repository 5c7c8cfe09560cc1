"""Measure every reader beside its peer, one after the other: `python -m tests.bench.read [--quick]`.

Each part is a program of its own with more options; this one runs them all and prints what they print. Peers that are no
dependency of the project come with the extra `bench`.
"""

from __future__ import annotations

import subprocess
import sys

PARTS = {"shapefile, GeoPackage, FlatGeobuf": ("read_packed", ["--rows", "60000"]), "地図XML": ("read_mojxml", ["--side", "60", "--rounds", "2"]), "DM": ("read_dm", ["--buildings", "20000"]),
         "FGD, KSJ and CityGML": ("read_xml", ["15"]), "tables": ("read_tables", ["--rows", "100000"])}


def main(quick: bool) -> int:
    """Run the parts; return 1 when one of them failed."""
    failed = False
    for title, (module, small) in PARTS.items():
        print(f"\n== {title} ==", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"tests.bench.{module}", *(small if quick else [])], check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv[1:]))
