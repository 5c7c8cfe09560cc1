"""Put the sheets of one map together: a folder of DM sheets or of register-office maps is one layer a class, not one a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gispipe.intake.stack import stack
from gispipe.scan.look import Seen, pattern_of

SHEETS = ("dm", "mojxml", "fgd", "citygml", "fgd_dem")
"""Readers whose files are parts of one whole, cut by sheet or mesh."""


def together(seen: list[Seen], folder: Path) -> list[Seen]:
    """Return what was seen with the sheets of a folder as one source each class, named by a pattern over the folder.

    Only where every file with that ending in the folder is of the same reader, so that the pattern finds no other, and
    where all have the same columns and coordinate system.
    """
    groups: dict[tuple[object, ...], list[Seen]] = {}
    for one in seen:
        key = (one.path.parent, one.path.suffix.lower(), one.source.reader, one.source.layer, one.source.member)
        groups.setdefault(key if one.source.reader in SHEETS else (one.name, one.source.member, one.source.layer), []).append(one)
    readers = _readers(seen)
    return [joined for group in groups.values() for joined in (_one(group, folder) if len(group) > 1 and _alone(group[0], readers) and _alike(group) else group)]


def _readers(seen: Iterable[Seen]) -> dict[Path, set[str]]:
    found: dict[Path, set[str]] = {}
    for one in seen:
        found.setdefault(one.path, set()).add(one.source.reader)
    return found


def _alone(first: Seen, readers: dict[Path, set[str]]) -> bool:
    alike = [path for path in first.path.parent.iterdir() if path.suffix == first.path.suffix and not path.name.startswith(".")]
    return all(readers.get(path) == {first.source.reader} for path in alike)


def _alike(group: list[Seen]) -> bool:
    tables = [one.delivered for one in group if one.delivered is not None]
    systems = {table.crs for table in tables if table.facts.get("placed") != 0}
    declared = {(one.source.crs, one.source.encoding) for one in group}
    return len(systems) <= 1 and len(declared) == 1 and len({tuple(sorted(table.names)) for table in tables}) <= 1


def _one(group: list[Seen], folder: Path) -> list[Seen]:
    first = group[0]
    place = first.path.parent.relative_to(folder).as_posix()
    name = f"{place}/*{first.path.suffix}" if place != "." else f"*{first.path.suffix}"
    pattern = (pattern_of(place) + "/" if place != "." else "") + f"*{first.path.suffix}"
    tables = [one.delivered for one in group if one.delivered is not None]
    doubts = tuple(dict.fromkeys(doubt for one in group for doubt in one.doubts))
    sheets = tuple(sheet for one in group for sheet in one.sheets)
    return [replace(first, name=name, source=first.source.model_copy(update={"path": pattern}), delivered=stack(tables) if tables else None, doubts=doubts, sheets=sheets)]
