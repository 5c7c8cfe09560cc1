"""Measure aerial photos: sheets → one COG → raster tiles z10–z19, beside GDAL's own tile driver.

    python -m tests.bench.raster [--gb 1 2] [--plain] [--no-peers] [--folder DIR]

`--gb` counts pixels as they are unpacked (10⁹ bytes of red, green and blue); sheets are JPEG in GeoTIFF, a fraction of that on disk,
or with `--plain` uncompressed. Prints wall and CPU seconds, peak memory of the whole process tree (resident, sampled twenty times a
second), tiles and bytes for each size: two sizes show whether memory grows. GDAL tiles the COG we made, so its row compares with
the second of ours. Needs about four times the sheets on disk, two of N GB with `--plain`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
STEPS = {"cog": "sheets → COG", "tiles": "COG → tiles", "gdal": "COG → tiles, GDAL MBTiles"}


def measured(command: list[str]) -> dict[str, object]:
    """Run a command; return what it printed with its wall and CPU seconds and the peak memory of its process tree in MB."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            peak[0] = max(peak[0], sum(resident(process) for process in tree(child.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    before = os.times()
    out, _ = child.communicate()
    after = os.times()
    ended.set()
    watcher.join()
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return {"wall": time.perf_counter() - began, "cpu": cpu, "peak": peak[0] / 1e6, **(json.loads(out) if out else {})}


def tree(root: int) -> list[int]:
    """Return a process and everything below it."""
    found = [root]
    for process in found:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def resident(process: int) -> int:
    """Return the resident bytes of a process, 0 when it has gone."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def size(gb: float, plain: bool, peers: bool, base: Path | None) -> None:
    """Measure one size and print its rows."""
    folder = Path(tempfile.mkdtemp(prefix="raster-bench-", dir=base))
    me = [sys.executable, "-m", "tests.bench.raster_engines"]
    try:
        subprocess.run([*me, "sheets", str(folder), "--gb", str(gb), *(["--plain"] if plain else [])], check=True)
        files = list(folder.glob("*.tif"))
        on_disk = sum(path.stat().st_size for path in files)
        print(f"\n{gb:g} GB of pixels in {len(files)} sheets, {on_disk / 1e9:.2f} GB on disk{' (uncompressed)' if plain else ' (JPEG)'}")
        print(f"{'step':<28}{'wall s':>9}{'CPU s':>9}{'peak MB':>10}{'tiles':>9}{'MB made':>10}")
        for step, title in STEPS.items():
            if step == "gdal" and not peers:
                continue
            row = measured([*me, step, str(folder)])
            print(f"{title:<28}{row['wall']:>9.1f}{row['cpu']:>9.1f}{row['peak']:>10.0f}{row.get('tiles', ''):>9}{int(str(row['bytes'])) / 1e6:>10.1f}"
                  + (f"  z{row['zooms'][0]}–{row['zooms'][1]}" if "zooms" in row else ""), flush=True)  # type: ignore[index]
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Run the benchmark from the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--gb", type=float, nargs="+", default=[1.0, 2.0])
    ask.add_argument("--plain", action="store_true")
    ask.add_argument("--no-peers", action="store_true")
    ask.add_argument("--folder", type=Path, default=None)
    told = ask.parse_args()
    for gb in told.gb:
        size(gb, told.plain, not told.no_peers, told.folder)


if __name__ == "__main__":
    main()
