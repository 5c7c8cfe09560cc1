"""Search files read back: what they say in whole words, though they write many of these in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from gispipe.find.namings import maker

_NUMBER = re.compile(r"[0-9]+(?:-[0-9]+)*").fullmatch


@dataclass(frozen=True)
class Block:
    """The numbers of one town, kind (0 houses, 1 lots) and layer in a file. lon, lat: steps from the origin of the index."""

    town: int
    town_name: str
    kind: int
    layer: int
    keys: list[str]
    numbers: list[str]
    names: list[str]
    lon: list[int]
    lat: list[int]
    feature: list[int]


def blocks_said(document: dict[str, Any]) -> Iterator[Block]:
    """Give the blocks of a file of numbers; raises KeyError, IndexError, ValueError, TypeError or AttributeError for a document that is none."""
    patterns = document["patterns"]
    for town, kind, layer, written, lon, lat, feature, names, spelled in document["blocks"]:
        keys, name = _keys(written), document["towns"][str(town)]
        numbers = [spelled.get(str(k), key) for k, key in enumerate(keys)] if spelled else keys
        if isinstance(names, int):
            make = maker(patterns[names], name)
            shown = [make(*key.split("-"), number=number) for key, number in zip(keys, numbers, strict=True)]
        else:
            shown = [one if isinstance(one, str) else maker(patterns[one], name)(*key.split("-"), number=number) for one, key, number in zip(names, keys, numbers, strict=True)]
        yield Block(town, name, kind, layer, keys, numbers, shown, *(list(accumulate(column)) for column in (lon, lat, feature)))


def _keys(written: str | list[str]) -> list[str]:
    if not isinstance(written, str):
        return written
    runs = (run.partition("|") for run in written.split(";"))
    return [f"{head}-{tail}" if tail else head for head, _, tails in runs for tail in tails.split(",")]


def towns_said(index: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return name, reading and number of the stem of every town of an index."""
    endings = index["endings"]
    return [(line[0] + endings[k][0], line[1] + endings[k][1], number) for number, line in enumerate(index["towns"]) for k in line[2]]


def texts_said(name: str, document: dict[str, Any]) -> list[str]:
    """Return the texts that a search file of a name says and does not have as they are; raises as `blocks_said` does.

    Keys of digits alone, which pages make of several columns, are one text for each block: a part of it can be looked for, and a number by itself is no
    value, though one like it may stand in any table.
    """
    if name.startswith("numbers"):
        return [text for block in blocks_said(document) for text in _texts_of(block)]
    if name.startswith("index-"):
        return [text for town in towns_said(document) for text in town[:2]]
    return []


def _texts_of(block: Block) -> list[str]:
    spelled = block.numbers if block.numbers is not block.keys else []
    return [*block.names, " ".join(block.keys), *(text for text in (*block.keys, *spelled) if not _NUMBER(text))]
