"""The ways in which one address is written, made from its parts, and small registers to ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from gispipe.address import CityName, Entry, write_register
from gispipe.address.numerals import kanji

CITY = CityName("架空県", "みずほ野市")
FULL = str.maketrans("0123456789-", "０１２３４５６７８９－")


def register(city: CityName, towns: Iterable[str], addresses: Iterable[tuple[str, str]] = (), lots: Iterable[tuple[str, str]] = (),
             facilities: Iterable[tuple[str, str]] = (), layer: str = "address") -> sqlite3.Connection:
    """Return a register in memory; every entry has its own place, some kilometres from the next."""
    entries = [Entry("town", t, t, "", 135 + k / 100, 34.7, "town", k, area=True) for k, t in enumerate(towns)]
    entries += [Entry("address", f"{t}{n}", t, n, 135 + k / 100, 34.8, layer, k) for k, (t, n) in enumerate(addresses)]
    entries += [Entry("lot", f"{t}{n}", t, n, 135 + k / 100, 34.9, "parcel", k) for k, (t, n) in enumerate(lots)]
    entries += [Entry("facility", n, "", "", 135 + k / 100, 35.0, "public_facility", k, kana) for k, (n, kana) in enumerate(facilities)]
    connection = sqlite3.connect(":memory:")
    write_register(connection, entries, city)
    return connection


def in_kanji(number: int) -> str:
    """Return a number below 1,000 in multiplicative kanji."""
    hundreds, rest = divmod(number, 100)
    return ("" if not hundreds else "百" if hundreds == 1 else kanji(hundreds) + "百") + (kanji(rest) if rest else "")


def split(town: str) -> tuple[str, int]:
    """Return a demo town's name without chome and the chome, 0 where it has none."""
    for chome in range(1, 20):
        tail = f"{kanji(chome)}丁目"
        if town.endswith(tail) and not town.removesuffix(tail).endswith("十"):
            return town.removesuffix(tail), chome
    return town, 0


Writer = Callable[[str, int, int, int], str]


def _hyphens(stem: str, chome: int, block: int, number: int) -> str:
    return f"{stem}{f'{chome}-' if chome else ''}{block}-{number}"


def _marked(stem: str, chome: int, block: int, number: int) -> str:
    return f"{stem}{f'{kanji(chome)}丁目' if chome else ''}{block}番{number}号"


SPELLINGS: dict[str, Writer] = {
    "as the register has it": _marked,
    "city and prefecture": lambda *a: f"架空県みずほ野市{_marked(*a)}",
    "city only": lambda *a: f"みずほ野市{_marked(*a)}",
    "prefecture only": lambda *a: f"架空県{_marked(*a)}",
    "hyphens": _hyphens,
    "full width": lambda *a: f"みずほ野市{_hyphens(*a)}".translate(FULL),
    "minus signs": lambda *a: _hyphens(*a).replace("-", "−"),
    "long vowel marks": lambda *a: _hyphens(*a).replace("-", "ー"),
    "dashes": lambda *a: _hyphens(*a).replace("-", "―"),
    "の between": lambda s, c, b, n: f"{s}{f'{c}丁目' if c else ''}{b}の{n}",
    "digits of the chome": lambda s, c, b, n: f"{s}{f'{c}丁目' if c else ''}{b}番{n}号",
    "full-width chome": lambda s, c, b, n: f"{s}{f'{c}丁目' if c else ''}{b}番{n}号".translate(FULL),
    "kanji throughout": lambda s, c, b, n: f"{s}{f'{kanji(c)}丁目' if c else ''}{in_kanji(b)}番{in_kanji(n)}号",
    "kanji digits by place": lambda s, c, b, n: f"{s}{f'{kanji(c)}丁目' if c else ''}{_by_place(b)}番{_by_place(n)}号",
    "大字 before": lambda *a: f"みずほ野市大字{_marked(*a)}",
    "spaces": lambda s, c, b, n: f"架空県 みずほ野市　{s}{f' {c}丁目' if c else ''} {b}番 {n}号",
    "room number": lambda *a: f"{_marked(*a)}301号室",
    "building behind a space": lambda *a: f"{_hyphens(*a)} 見本ハイツ203",
    "building without space": lambda *a: f"{_marked(*a)}見本ビル2F",
    "building in brackets": lambda *a: f"{_hyphens(*a)}（見本ビル）",
    "post code": lambda *a: f"〒999-9999 架空県みずほ野市{_marked(*a)}",
    "番地 and 号": lambda s, c, b, n: f"{s}{f'{c}丁目' if c else ''}{b}番地{n}号",
    "half-width spaces around hyphens": lambda *a: _hyphens(*a).replace("-", " - "),
}


def _by_place(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(d)] for d in str(number))
