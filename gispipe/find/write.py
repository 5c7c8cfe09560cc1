"""Write the search files of an audience: the index, which a page fetches first, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gispipe.address import CityName
from gispipe.address.columns import NumberColumns
from gispipe.address.facilities import kana_key, name_key
from gispipe.find.columns import FacilityRow, RegisterColumns, read_register
from gispipe.find.digests import digests
from gispipe.find.names import write_names
from gispipe.find.numbers import Listed, write_numbers
from gispipe.find.towns import write_towns
from gispipe.web.files import Out, canonical

FORMAT = 1


@dataclass(frozen=True)
class Named:
    """What a layer beside the register gives to find, by column (n,): names, other spellings and readings ("" for none), places in steps, and rows."""

    layer: str
    name: list[str]
    other: list[str]
    lon: list[int]
    lat: list[int]
    feature: list[int]


Keep = Callable[[tuple[str, tuple[int, int]], Callable[[], str]], str]
"""Gives what a function makes, whose files come with it, for what it depends on besides the layers beside the register: the city as addresses begin, and the corner of all places."""


def _made(_: object, make: Callable[[], str]) -> str:
    return make()


def write_search(out: Out, register: Path | None, beside: Sequence[Named], titles: dict[str, dict[str, Any]], keep: Keep = _made,
                 columns: Callable[[], NumberColumns] | None = None) -> str | None:
    """Write the files under search/ and return the address of the index; None when there is nothing to find.

    register: of the audience. beside: layers that are searched by name only. titles: of layers by id, `title` and `names` in other languages. keep: may know
    the files of the layers beside the register already. columns: gives the numbers of that register, where others read them too.
    """
    return write_columns(out, read_register(register, columns() if columns else None) if register is not None else None, beside, titles, keep)


def write_columns(out: Out, register: RegisterColumns | None, beside: Sequence[Named], titles: dict[str, dict[str, Any]], keep: Keep = _made) -> str | None:
    """Write the files of a register that is read already, as `write_search` does."""
    beside = [one for one in beside if one.name]
    if register is None or not (register.towns.name or register.facilities or beside):
        return None
    origin = _origin(register, beside)
    towns = write_towns(out, register.towns, origin)
    city = register.city
    index = {
        "format": FORMAT, "city": [city.prefecture, city.city, city.county, list(city.others)], "origin": list(origin), "layers": _layers(register.layers, titles), **towns.said,
        "numbers": write_numbers(out, register.numbers, Listed(register.towns.name, towns.group, register.towns.row), origin),
        "names": write_names(out, "names", register.facilities, register.layers, origin), "beside": keep((city.prefecture + city.city, origin), lambda: _write_beside(out, beside, city, titles, origin)) if beside else "",
    }
    return out.put_named("search/", "index.json", canonical(index))


def _write_beside(out: Out, beside: Sequence[Named], city: CityName, titles: dict[str, dict[str, Any]], origin: tuple[int, int]) -> str:
    """Write the files of layers beside the register and return the digest of their own index."""
    layers, rows = [one.layer for one in beside], [row for k, one in enumerate(beside) for row in _rows(one, k, city)]
    return digests([out.put_named("search/", "beside.json", canonical({"layers": _layers(layers, titles), "names": write_names(out, "other", rows, layers, origin, beside=True)}))])


def _layers(layers: Sequence[str], titles: dict[str, dict[str, Any]]) -> list[list[Any]]:
    """Return ids, titles and names in other languages."""
    return [[layer, *titles.get(layer, {"title": "", "names": {}}).values()] for layer in layers]


def _rows(one: Named, layer: int, city: CityName) -> list[FacilityRow]:
    """Return the rows of a layer; in other spellings the city, which is in every address, is no part of what they are found by."""
    plain = FacilityRow("", "", "", "", "", "", 0, 0, layer, 0)
    return [replace(plain, key=name_key(name), kana_key=kana_key(other.replace(city.prefecture + city.city, "").replace(city.city, "")), name=name, kana=other, lon=lon, lat=lat, feature=feature)
            for name, other, lon, lat, feature in zip(one.name, one.other, one.lon, one.lat, one.feature, strict=True)]


def _origin(register: RegisterColumns, beside: Sequence[Named]) -> tuple[int, int]:
    """Return the south-western corner of all places, so that what is written is short."""
    west, south = ([int(values.min()) for values in (getattr(register.numbers, name), getattr(register.towns, name)[register.towns.placed]) if len(values)]
                   + [getattr(row, name) for row in register.facilities] + [min(getattr(one, name)) for one in beside] for name in ("lon", "lat"))
    return min(west, default=0), min(south, default=0)
