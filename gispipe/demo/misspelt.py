"""How clerks and citizens write lots and addresses: spellings that mean the same, and mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gispipe.demo.naming import kanji

_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
_VARIANT = str.maketrans({"沢": "澤", "浜": "濱", "桜": "櫻", "螢": "蛍", "台": "臺", "辺": "邊", "園": "薗", "瀬": "瀨", "坂": "阪"})


@dataclass(frozen=True)
class Spelling:
    """One way to write an address: write(prefecture and city, town, block, number), and how many write so."""

    share: float
    write: Callable[[str, str, int, int], str]


def _short(town: str) -> str:
    """Return 汐野1- of 汐野一丁目, other towns as they are."""
    stem, chome = _parts(town)
    return f"{stem}{chome}-" if chome else stem


@lru_cache(maxsize=4096)
def _parts(town: str) -> tuple[str, int]:
    for chome in range(99, 0, -1):
        if town.endswith(f"{kanji(chome)}丁目"):
            return town.removesuffix(f"{kanji(chome)}丁目"), chome
    return town, 0


def _digit_chome(town: str) -> str:
    stem, chome = _parts(town)
    return f"{stem}{chome}丁目" if chome else stem


SPELLINGS = (
    Spelling(0.46, lambda _, town, block, number: f"{town}{block}番{number}号"),
    Spelling(0.14, lambda _, town, block, number: f"{_short(town)}{block}-{number}"),
    Spelling(0.10, lambda _, town, block, number: f"{_digit_chome(town)}{block}-{number}".translate(_WIDE)),
    Spelling(0.10, lambda city, town, block, number: f"{city}{town}{block}番{number}号"),
    Spelling(0.08, lambda city, town, block, number: f"{city[3:]}{_digit_chome(town)}{block}番地{number}"),
    Spelling(0.06, lambda _, town, block, number: f"{town}{block}の{number}"),
    Spelling(0.04, lambda _, town, block, number: f"{town} {block}番 {number}号"),
    Spelling(0.02, lambda _, town, block, number: f"{town}{kanji(block) if block < 100 else block}番{kanji(number) if number < 100 else number}号"),
)
"""As the register writes it, with hyphens, in full width, with prefecture and city, as a lot, with の, with spaces, in kanji."""


def misspelt_lots(town: np.ndarray, lot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return towns and lot numbers with one mistake of each kind, in the first rows that allow it."""
    town, lot = town.copy(), lot.copy()
    plain = np.array([number.count("-") == 1 for number in lot])
    free = iter(np.flatnonzero(plain)[20::9].tolist())
    varied = next((k for k in np.flatnonzero(plain)[2:].tolist() if town[k].translate(_VARIANT) != town[k]), None)
    changes: list[Callable[[str], str]] = [
        lambda number: number.translate(_WIDE), lambda number: f"0{number}", lambda number: number.replace("-", "番地"),
        lambda number: number.replace("1", "l", 1), lambda number: number.partition("-")[0]]
    for change in changes:
        k = next(free)
        lot[k] = change(lot[k])
    if varied is not None:
        town[varied] = town[varied].translate(_VARIANT)
    town[next(free)] = "旧字天神前"
    lot[-1] = ""
    return town, lot
