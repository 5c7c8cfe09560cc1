"""The classes of public-survey map data: code → name, group and the kind of geometry that usually carries it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from gispipe.sensitive import DM_CLASSES

AREA, LINE, POINT, TEXT = "面", "線", "点", "注記"
KINDS = (AREA, LINE, POINT, TEXT)
SENSITIVE = frozenset(DM_CLASSES)
"""Lot numbers, owners' names and real-estate numbers on land-survey sheets: taken only when named one by one."""


@dataclass(frozen=True)
class Code:
    """One class; `layer` is the two digits before its item number. `kind` is a habit of the surveys, not a law."""

    code: str
    name: str
    layer: str
    group: str
    kind: str


@lru_cache(maxsize=1)
def codes() -> dict[str, Code]:
    """Return the 454 classes of the standard by code, in the order of the standard."""
    with files("gispipe.intake.dm").joinpath("codes.csv").open(encoding="utf-8") as file:
        return {row["code"]: Code(**row) for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def groups() -> dict[str, str]:
    """Return the two digits of a layer → the group's name."""
    return {code.layer: code.group for code in codes().values()}


def name_of(code: str) -> str | None:
    """Return the name of a class, None for a local code."""
    known = codes().get(code)
    return known.name if known else None


def group_of(code: str) -> str | None:
    """Return the group of a class by its first two digits, which local codes keep."""
    return groups().get(code[:2])


def habit(layer: str) -> str:
    """Return the kind that most classes of a group have."""
    kinds = [code.kind for code in codes().values() if code.layer == layer]
    return max(KINDS, key=kinds.count) if kinds else LINE
