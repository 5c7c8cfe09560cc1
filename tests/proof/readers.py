"""Readers in the middle of publishes never mix two releases: `python -m tests.proof.readers --readers 64 --publishes 100`.

Threads read a release as a page does (map.json by the pointer, then what it names, by names that hold a digest) while it is switched back and forth.
Prints one line of numbers for each audience; ends with status 1 when anything was mixed or could not be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from gispipe import releases
from tests.proof.ending import end

ANEW = "asked anew"
"""The release was switched between two files: the page finds the new map.json and asks again."""


def read_all(output: Path, audience: str) -> str:
    """Read what a page of a release reads, compare every name with its content, and return which style it was."""
    current = output / audience / "current"
    style_name = json.loads((current / "map.json").read_bytes())["style"]
    style = (current / style_name).read_bytes()
    _same(style_name, style)
    for tileset in json.loads(style)["tilesets"].values():
        if tileset["url"].endswith(".pmtiles"):
            _same(tileset["url"], (current / tileset["url"]).read_bytes())
    return str(style_name)


def _same(name: str, content: bytes) -> None:
    if not hashlib.sha256(content).hexdigest().startswith(name.rpartition("-")[2].partition(".")[0]):
        raise ValueError(f"{name} is not what its name says")


def read_while_publishing(output: Path, audience: str, readers: int, publishes: int) -> tuple[Counter, list[str]]:
    """Return how often each style was read, and what went wrong. The audience has two releases."""
    names = [one.name for one in releases.releases(output, audience)]  # type: ignore[arg-type]
    known = {json.loads((output / audience / "releases" / one / "map.json").read_bytes())["style"] for one in names}
    ended, seen, wrong = threading.Event(), Counter(), []

    def reader() -> None:
        while not ended.is_set():
            try:
                seen[read_all(output, audience)] += 1
            except FileNotFoundError:
                seen[ANEW] += 1
            except (ValueError, OSError) as error:
                wrong.append(repr(error))

    threads = [threading.Thread(target=reader) for _ in range(readers)]
    for one in threads:
        one.start()
    for k in range(publishes):
        releases.switch(output, audience, names[k % 2])  # type: ignore[arg-type]
    ended.set()
    for one in threads:
        one.join()
    return seen, wrong + [f"read {name}, of no release" for name in set(seen) - known - {ANEW}]


def main() -> int:
    from tinycity import command

    from tests.refresh.yearcity import next_year, year_city

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=64)
    parser.add_argument("--publishes", type=int, default=100)
    asked = parser.parse_args()
    begin = time.perf_counter()
    home = Path(tempfile.mkdtemp(prefix="gispipe-readers-"))
    city = year_city(home / "city")
    status = command(["refresh", "--city", str(city), "--quiet"])
    next_year(city)
    status = status or command(["refresh", "--city", str(city), "--quiet"])
    amiss: list[str] = []
    for audience in ("public", "internal"):
        seen, wrong = read_while_publishing(city / "output", audience, asked.readers, asked.publishes)
        print(f"{audience}: {asked.readers} readers, {asked.publishes} publishes, {sum(seen.values())} releases read ({seen[ANEW]} asked anew), {len(wrong)} mixed or unreadable")
        amiss += [f"{audience}: {one}" for one in wrong]
    amiss += [f"a refresh ended with {status}"] if status else []
    return end(f"{len(amiss)} amiss", amiss, home, begin)


if __name__ == "__main__":
    sys.exit(main())
