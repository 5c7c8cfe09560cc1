"""Any flipped bit in a backup is found: `python -m tests.proof.flips --n 2000`. Prints one line of numbers; ends with status 1 when one is missed."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from gispipe.backup.place import Place, damaged


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
    home = Path(tempfile.mkdtemp(prefix="gispipe-flips-"))
    city = year_city(home / "city")
    status = command(["refresh", "--city", str(city), "--quiet"]) or command(["backup", str(home / "backup"), "--city", str(city), "--quiet"])
    wrong = missed(home / "backup", asked.n)
    print(f"{asked.n} flipped bits, {asked.n - len(wrong)} found; {len(damaged(Place(home / 'backup')))} amiss when all are put back")
    for one in wrong[:20]:
        print("  " + one)
    shutil.rmtree(home)
    return bool(wrong or status)


if __name__ == "__main__":
    sys.exit(main())
