"""The towns of a register in the index: one line for each stem, with the endings of its chome; and files of where towns are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gispipe.find.columns import TownColumns
from gispipe.find.digests import digests
from gispipe.web.files import Out, canonical

PER_FILE = 64
"""Towns in one file of places: some fifteen hundred bytes."""


@dataclass(frozen=True)
class TownFiles:
    """What the index says of towns. group: of every town the number of its stem."""

    said: dict[str, Any]
    group: list[int]


def write_towns(out: Out, towns: TownColumns, origin: tuple[int, int]) -> TownFiles:
    """Write the files of places and return what the index says."""
    endings: dict[tuple[str, str, int], int] = {}
    lines: list[list[Any]] = []
    group: list[int] = []
    for stem, rows in groupby(range(len(towns.stem)), towns.stem.__getitem__):
        line, inside = _line(towns, stem, list(rows), endings)
        group += [len(lines)] * inside
        lines.append(line)
    plain = {str(k): one for k, (one, name) in enumerate(zip(towns.plain, towns.name, strict=True)) if one != name}
    places = [_written(out, towns, origin, at) for at in range(0, len(towns.name), PER_FILE)]
    return TownFiles({"endings": list(endings), "towns": lines, "plain": plain, "places": digests(places)}, group)


def _line(towns: TownColumns, stem: str, rows: list[int], endings: dict[tuple[str, str, int], int]) -> tuple[list[Any], int]:
    """Return what all names of a stem begin with, and all readings, the numbers of their endings, and the stem where that is another text."""
    name, kana = (os.path.commonprefix([column[k] for k in rows]) for column in (towns.name, towns.kana))
    ends = [endings.setdefault((towns.name[k][len(name):], towns.kana[k][len(kana):], towns.chome[k]), len(endings)) for k in rows]
    return [name, kana, ends, *([stem] if stem != name else [])], len(rows)


def _written(out: Out, towns: TownColumns, origin: tuple[int, int], at: int) -> str:
    part = slice(at, at + PER_FILE)
    there = towns.placed[part].tolist()
    columns = {name: [one if known else None for one, known in zip((values[part] - base).tolist(), there, strict=True)]
               for name, values, base in (("lon", towns.lon, origin[0]), ("lat", towns.lat, origin[1]))}
    document = {**columns, "layer": towns.layer[part].tolist(), "feature": towns.feature[part].tolist()}
    return out.put_named("search/", f"places{at // PER_FILE}.json", canonical(document))
