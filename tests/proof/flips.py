"""Any flipped bit in a backup is found: `python -m tests.proof.flips --n 2000`. Prints one line of numbers; ends with status 1 when one is missed."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from gispipe.backup.place import Place, damaged
from tests.proof.ending import end


def flips(root: Path, count: int, seed: int = 5) -> Iterator[tuple[Path, int, int]]:
    """Choose bits of a backup: file, byte and bit; every file is as likely as it is long, and a short one not much less."""
    chance = random.Random(seed)
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.stat().st_size)
    for path in chance.choices(files, [path.stat().st_size + 2000 for path in files], k=count):
        yield path, chance.randrange(path.stat().st_size), chance.randrange(8)


def missed(root: Path, count: int) -> list[str]:
    """Flip so many bits, one at a time, and return where it was not found; the backup is as it was afterwards."""
    place, wrong = Place(root), []
    for path, at, bit in flips(root, count):
        whole, times = path.read_bytes(), path.stat()
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1:])
        found = any(name == path.stem and what == "changed" for name, _, what in damaged(place)) if path.parent.name == "snapshots" else place.check(path.name) == "changed"
        path.write_bytes(whole)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        wrong += [] if found else [f"{path.relative_to(root)}, byte {at}, bit {bit}"]
    return wrong


def main() -> int:
    from tinycity import command

    from tests.refresh.yearcity import year_city

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=2000)
    asked = parser.parse_args()
    begin = time.perf_counter()
    home = Path(tempfile.mkdtemp(prefix="gispipe-flips-"))
    city = year_city(home / "city")
    status = command(["refresh", "--city", str(city), "--quiet"]) or command(["backup", str(home / "backup"), "--city", str(city), "--quiet"])
    wrong = missed(home / "backup", asked.n)
    left = [f"damaged when all are put back: {one}" for one in damaged(Place(home / "backup"))] + ([f"the backup ended with {status}"] if status else [])
    return end(f"{asked.n} flipped bits, {asked.n - len(wrong)} found, {len(left)} amiss when all are put back", wrong + left, home, begin)


if __name__ == "__main__":
    sys.exit(main())
