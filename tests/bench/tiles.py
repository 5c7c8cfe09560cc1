"""Measure the tile engine on a city beside its peers: freestiler, PostGIS, tippecanoe, DuckDB and GDAL, those of them that are there.

    python -m tests.bench.tiles [--parcels 150000 | --city DIR] [--quick] [--no-peers] [--no-quality] [--only WORD] [--folder DIR]
    python -m tests.bench.tiles --scale [--full] [--workers 2] [--folder DIR]      gispipe alone, 10,000 to 500,000 (1,500,000) parcels

With --city the layers are those of a city that gispipe has ingested (`gispipe demo --size full`): its lots, buildings and roads, and all its
zones with a depth or time rank together as the flood; else a city is drawn.

Each engine runs in a process of its own and reads the same prepared files; preparing them is not counted, nor are the tables and indexes
of PostGIS and DuckDB. Parcels are drawn from z10 to z18, the rest to z16; every peer is told to keep every feature, and clips no further
than 64 units (freestiler: its own) beyond a tile. CPU and peak memory are those of all processes of an engine. At the end stand a table of
wall, CPU, peak memory, bytes, features kept at z16 and bare ground between parcels at z13 and z14, and whether each target is met.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.tiles_city import NAMES
from tests.bench.tiles_engines import Engine, own, peers
from tests.bench.tiles_meter import Stopped, timed
from tests.bench.tiles_prepare import prepared
from tests.bench.tiles_quality import DEEP
from tests.bench.tiles_table import NAME, Row, details, table, targets


def ready(folder: Path, made: int | Path, *, peers: bool) -> dict[str, dict[str, int]]:
    """Return rows and vertices by layer of a city (how many parcels to draw, or where it is), written by a process of its own unless it is in the folder."""
    found = prepared(folder, peers)
    if found is None:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-W", "ignore", "-m", "tests.bench.tiles_prepare", str(folder), str(made), *["--peers"] * peers]
        used = timed(command, folder / "prepare.json", limit=7200)
        print(f"{folder.name} prepared in {used['wall']:.1f} s, peak {used['peak']:,.0f} MB", flush=True)
        found = prepared(folder, peers)
    assert found is not None, "the files were made just now"
    return found


def run(engine: Engine, folder: Path, limit: float) -> tuple[dict[str, float], dict[str, Any]]:
    """Run an engine; return what it used and what it says of itself. Raises Stopped."""
    said = folder / f"{engine.archive.stem}.json"
    if engine.before:
        timed(engine.before, said, limit)
    used = timed(engine.command, said, limit)
    words = json.loads(said.read_bytes() or b"{}")
    used |= {key: words.pop(key) for key in list(used) if key in words}  # an engine with a server leaves out what went before
    return used, words


def measured(engine: Engine, folder: Path, counts: dict[str, dict[str, int]], options: argparse.Namespace) -> Row:
    """Run an engine, look at its archive, and say both."""
    try:
        used, words = run(engine, folder, options.limit)
    except Stopped as reason:
        say(engine.name, str(reason))
        return Row(engine.name, {}, {}, {}, {}, failed=str(reason))
    steps = [f"{step} {seconds:.2f}" for step, seconds in words.items() if isinstance(seconds, float)]
    say(engine.name, ", ".join([f"{used['wall']:.2f} s", *steps]))
    if words.get("left out"):
        say("", "left out at lower zooms: " + ", ".join(f"{what} {count:,}" for what, count in words["left out"].items()))
    given = {name: counts[engine.flood if name == "flood" else name]["rows"] for name in NAMES}
    held = {} if options.no_quality else looked_at(engine.archive, folder)
    used |= {"bytes": engine.archive.stat().st_size / 1e6} | figures(held, given)
    row = Row(engine.name, used, held.get("kept", {}), given, held.get("gaps", {}))
    if held:
        say("", f"{details(row)}; tiles from z{DEEP} on {held['deep'] / 1e6:,.2f} MB")
    return row


def figures(held: dict[str, Any], given: dict[str, int]) -> dict[str, float]:
    """Return what an archive holds as columns of the table."""
    if not held:
        return {}
    bare = {f"z{zoom}": gaps["share"] for zoom, gaps in held["gaps"].items()}
    kept = sum(held["kept"].values()) / sum(given.values())
    return {"largest": held["largest"] / 1e3, "median": held["median"] / 1e3, "tiles": held["tiles"], "kept": kept} | bare


def say(name: str, words: str) -> None:
    """Print words beside a name, within 120 columns."""
    print(textwrap.fill(words, 120, initial_indent=name.ljust(NAME) + " ", subsequent_indent=" " * (NAME + 1)), flush=True)


def looked_at(archive: Path, folder: Path) -> dict[str, Any]:
    """Look at an archive in a process of its own: a large parent would be counted as memory of the engines it starts."""
    command = [sys.executable, "-m", "tests.bench.tiles_quality", str(archive), str(folder / "outline.wkb")]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def race(options: argparse.Namespace) -> bool:
    """Run every engine that is there on one city, print the table and the targets; return whether all ran."""
    with place(options.folder) as top:
        folder = top / (options.city.resolve().name if options.city else str(options.parcels))
        counts = ready(folder, options.city.resolve() if options.city else options.parcels, peers=not options.no_peers)
        say("rows (corners)", ", ".join(f"{name} {count['rows']:,} ({count['vertices']:,})" for name, count in counts.items()))
        others, missing = ([], []) if options.no_peers else peers(folder, quick=options.quick)
        print(*missing, sep="\n", end="\n" * bool(missing))
        others = [peer for peer in others if options.only is None or options.only.lower() in peer.name.lower()]
        rows = [measured(engine, folder, counts, options) for engine in own(folder) + others]
    print("", table(rows), "", *targets(rows, counts["parcel"]["rows"]), *missing, sep="\n")
    return not any(row.failed for row in rows)


@contextmanager
def place(folder: Path | None) -> Iterator[Path]:
    """Give a folder that was named, or one for the time being."""
    if folder:
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="tiles-") as name:
        yield Path(name)


def main() -> int:
    """Run the benchmark from the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--parcels", type=int, default=150_000)
    ask.add_argument("--city", type=Path, metavar="DIR", help="a city with its stores, instead of a drawn one")
    ask.add_argument("--quick", action="store_true", help="without the engines that take minutes")
    ask.add_argument("--no-peers", action="store_true")
    ask.add_argument("--no-quality", action="store_true")
    ask.add_argument("--only", metavar="WORD", help="only peers with this word in their name")
    ask.add_argument("--folder", type=Path, help="keep cities and archives here, and use cities that are here")
    ask.add_argument("--limit", type=float, default=3600, metavar="SECONDS", help="stop an engine after so long")
    ask.add_argument("--scale", action="store_true")
    ask.add_argument("--full", action="store_true", help="with --scale: 1,500,000 parcels too")
    ask.add_argument("--workers", type=int, default=2, help="with --scale")
    options = ask.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended like this too, it ends its engine
    try:
        if options.scale:
            from tests.bench.tiles_scale import scale

            return 0 if scale(options) else 1
        return 0 if race(options) else 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
