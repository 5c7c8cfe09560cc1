"""The keys of both sides of a join, as they stand and as they are compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from gispipe.address.entries import CityName
from gispipe.address.normal import town_key
from gispipe.joins.forms.addresses import address_keys, lot_text_keys
from gispipe.joins.forms.identifiers import PART, identifier, lot_number, says_something

_NO_CITY = CityName("", "")
NOTHING = np.array(None, dtype=object)


@dataclass(frozen=True)
class Comparison:
    """How keys are compared; rooms: what follows an address is ignored; towns: names of the left side's towns where it has them."""

    match: Literal["text", "lot", "address", "number"] = "text"
    rooms: bool = False
    city: CityName = _NO_CITY
    towns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Keys:
    """One side's keys. parts: each column's texts (n,), empty where missing; raw: (n,) all of them; key: (n,) as they are compared, None where there is none.

    bar: (n,) why there is none; shorter: (n,) the key an address would have without the room that follows, else None.
    """

    parts: tuple[np.ndarray, ...]
    raw: np.ndarray
    key: np.ndarray
    bar: np.ndarray
    shorter: np.ndarray


def keys_of_both(left: pd.DataFrame, right: pd.DataFrame, on: Sequence[str], how: Comparison) -> tuple[Keys, Keys]:
    """Return the keys of both sides; a key of which any part is missing is none."""
    sides = [[_texts(frame, name) for name in on] for frame in (left, right)]
    whole = [_whole(side) for side in sides]
    if how.match in ("lot", "address") and len(on) == 1:
        found = _one_text(sides[0][0], sides[1][0], how)
        return _keys(sides[0], whole[0], *found[0]), _keys(sides[1], whole[1], *found[1])
    return _by_part(sides[0], whole[0], how), _by_part(sides[1], whole[1], how)


def _texts(frame: pd.DataFrame, name: str) -> np.ndarray:
    column = frame[name]
    plain = column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) in ("string", "empty")
    texts = (column if plain else column.astype("str")).to_numpy(object)
    missing = column.isna().to_numpy(bool)
    return np.where(missing, "", texts) if missing.any() else texts


def _whole(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.logical_and.reduce([part != "" for part in parts]).astype(bool)


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the parts of keys as one text each, PART between them."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + PART + part
    return whole


def _keys(parts: Sequence[np.ndarray], whole: np.ndarray, key: np.ndarray, bar: np.ndarray, shorter: np.ndarray) -> Keys:
    return Keys(tuple(parts), joined(parts), np.where(whole, key, NOTHING), np.where(whole, bar, "no_key"), shorter)


def _by_part(parts: list[np.ndarray], whole: np.ndarray, how: Comparison) -> Keys:
    """Compare each column by its own form; of a lot the last column is the number, those before it name the town."""
    no_bar, none = np.full(len(whole), "", dtype=object), np.full(len(whole), None, dtype=object)
    if how.match == "text":
        raw = joined(parts)
        return Keys(tuple(parts), raw, np.where(whole, raw, NOTHING), np.where(whole, no_bar, "no_key"), none)
    last, before = (identifier, identifier) if how.match == "number" else (lot_number, town_key)
    compared = [_distinct(part, form) for part, form in zip(parts, [before] * (len(parts) - 1) + [last], strict=True)]
    return _keys(parts, whole & _whole(compared), joined(compared), no_bar, none)


def _distinct(texts: np.ndarray, form: Callable[[str], str]) -> np.ndarray:
    """Apply a form to each distinct text once; a text in which nothing is said becomes empty."""
    codes, distinct = pd.factorize(texts)
    return np.array([*(form(text) if says_something(text) else "" for text in distinct), ""], dtype=object)[codes]


def _one_text(left: np.ndarray, right: np.ndarray, how: Comparison) -> list[tuple[np.ndarray, ...]]:
    """Compare columns that hold town and number in one text; what one side says of towns helps to read the other."""
    found, coded = [], [pd.factorize(side) for side in (left, right)]
    read = address_keys if how.match == "address" else lot_text_keys
    both = read([list(distinct) for _, distinct in coded], how.city, how.towns, how.rooms)
    for (codes, _), lists in zip(coded, both, strict=True):
        found.append(tuple(np.array([*values, None], dtype=object)[codes] for values in lists))
    return found
