"""The table of the tile benchmark, 120 characters wide, and what it says of each target."""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS = {"wall": ("wall s", 8), "cpu": ("CPU s", 8), "peak": ("peak MB", 9), "bytes": ("MB", 7),
           "largest": ("largest KB", 11), "median": ("median KB", 10), "tiles": ("tiles", 7),
           "kept": ("kept z16", 10), "z13": ("bare z13", 9), "z14": ("bare z14", 9)}
PLACES = {"wall": 2, "cpu": 2, "bytes": 2, "largest": 1, "median": 1, "peak": 0, "tiles": 0}
SHARES = {"kept": 2, "z13": 4, "z14": 4}
NAME = 31
BASE, ALONE = "gispipe, 2 workers", "gispipe, 1 worker"
WALLS = {"tippecanoe, flood as delivered": 0.1, "tippecanoe, flood in pieces": 0.35, "freestiler": 0.4, "PostGIS ST_AsMVT": 0.35}
PEAKS = {ALONE: 1000.0, BASE: 1600.0}
BYTES = 1.1
MEANT = 150_000
"""Parcels for which the targets are meant."""


@dataclass(frozen=True)
class Row:
    """What an engine used and made: `numbers` by the keys of COLUMNS, features kept and given by layer, bare ground by zoom; or why it has none."""

    name: str
    numbers: dict[str, float]
    kept: dict[str, int]
    given: dict[str, int]
    gaps: dict[str, dict[str, float]]
    failed: str = ""

    @property
    def whole(self) -> bool:
        """Whether every feature of every layer is there at z16."""
        return bool(self.kept) and all(self.kept.get(layer, 0) == count for layer, count in self.given.items())


def table(rows: list[Row]) -> str:
    """Return the table: a line of figures for each engine, and below it their ratios to gispipe with two workers."""
    base = next((row.numbers for row in rows if row.name == BASE), {})
    lines = ["engine".ljust(NAME) + "".join(head.rjust(width) for head, width in COLUMNS.values())]
    for row in rows:
        if row.failed:
            lines.append(f"{row.name:{NAME}}  {row.failed}")
            continue
        lines += [row.name.ljust(NAME) + _cells(row.numbers), " " * NAME + _ratios(row.numbers, base)]
    return "\n".join(line.rstrip() for line in lines)


def _cells(numbers: dict[str, float]) -> str:
    return "".join((_figure(key, numbers[key]) if key in numbers else "").rjust(width) for key, (_, width) in COLUMNS.items())


def _figure(key: str, value: float) -> str:
    return f"{value:,.{PLACES[key]}f}" if key in PLACES else f"{100 * value:.{SHARES[key]}f}%"


def _ratios(numbers: dict[str, float], base: dict[str, float]) -> str:
    """Return ratios to the base; none where the base is nothing."""
    ratios = {key: f"{value / base[key]:.2f}×" for key, value in numbers.items() if base.get(key)}
    return "".join(ratios.get(key, "").rjust(width) for key, (_, width) in COLUMNS.items())


def details(row: Row) -> str:
    """Return the features kept by layer and the gaps, in one line."""
    kept = ", ".join(f"{layer} {row.kept.get(layer, 0):,} of {count:,}" for layer, count in row.given.items())
    bare = "; ".join(f"z{zoom} {found['count']:,} gaps, {found['large']:,} larger than a pixel" for zoom, found in row.gaps.items())
    return f"kept at z16: {kept}; {bare}"


def targets(rows: list[Row], parcels: int) -> list[str]:
    """Return a line for each target: met, NOT met, or why it was not measured."""
    found = {row.name: row for row in rows}
    ours = found[BASE].numbers
    lines = [] if abs(parcels - MEANT) < 0.05 * MEANT else [f"(the targets are meant for {MEANT:,} parcels; these are {parcels:,})"]
    for name, most in WALLS.items():
        peer = found.get(name)
        words = f"wall ≤ {most} × {name}"
        lines.append(verdict(words, ours["wall"] / peer.numbers["wall"], most, "×") if peer and peer.numbers and ours else _unknown(words, peer))
    for name, most in PEAKS.items():
        words = f"peak ≤ {most:,.0f} MB, {name}"
        lines.append(verdict(words, found[name].numbers["peak"], most, "MB") if found[name].numbers else _unknown(words, found[name]))
    return [*lines, _bytes(rows, ours)]


def _bytes(rows: list[Row], ours: dict[str, float]) -> str:
    """Judge bytes by the smallest archive of a peer that keeps every feature."""
    words = f"bytes ≤ {BYTES} × the smallest peer that keeps every feature"
    peers = [row for row in rows if row.name not in PEAKS and row.whole]
    if not peers or "bytes" not in ours:
        return _unknown(words, None)
    least = min(peers, key=lambda row: row.numbers["bytes"])
    return verdict(f"{words} ({least.name})", ours["bytes"] / least.numbers["bytes"], BYTES, "×")


def _unknown(words: str, row: Row | None) -> str:
    return f"not measured  {words}{f': {row.failed}' if row and row.failed else ''}"


def verdict(words: str, value: float, most: float, unit: str) -> str:
    """Return whether a value is at most so much, in words."""
    text = f"{value:,.0f}" if unit == "MB" else f"{value:.3f}"
    return f"{'met' if value <= most else 'NOT met':13} {words}: {text} {unit}"
