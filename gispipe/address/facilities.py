"""Facilities by name or reading."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from functools import lru_cache
from math import cos, hypot, radians

from gispipe.address.entries import Entry, Hit
from gispipe.address.opened import Register
from gispipe.address.variants import VARIANTS, replacing

MOST = 20
_SMALL_KE = re.compile("[ヶヵケカがガゕゖ](?<=[一-龠々].)(?=[一-龠])")
_FILLER = re.compile(r"[\s・･,.、。'\"()「」\-−‐–—―]+")
_KATAKANA = {k: chr(k + 0x60) for k in range(0x3041, 0x3097)}
_to_katakana = replacing(_KATAKANA)
# kana stand for sounds in names of facilities, so only the kanji are folded there
_to_name = replacing({**_KATAKANA, **{k: v for k, v in VARIANTS.items() if k > 0x30FF}})


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Return the comparison key of a facility's name: width, kana, spaces, ・ and variants of kanji do not count."""
    return _name(_unspaced(name))


@lru_cache(maxsize=65536)
def kana_key(kana: str) -> str:
    """Return the comparison key of a reading."""
    return _kana(_unspaced(kana))


def _name(unspaced: str) -> str:
    return _to_name(_SMALL_KE.sub("ケ", unspaced.casefold()))


def _kana(unspaced: str) -> str:
    return _to_katakana(unspaced.casefold())


def _unspaced(name: str) -> str:
    return _FILLER.sub("", unicodedata.normalize("NFKC", name))


_COLUMNS = "SELECT f.name, f.town, f.number, f.lon, f.lat, l.layer, f.feature, f.kana FROM register_facility f JOIN register_layer l ON l.id = f.layer"
_ORDER = "ORDER BY f.key, l.layer, f.feature LIMIT 60"


def named(register: Register, text: str) -> list[Hit]:
    """Return the facilities whose whole name or reading is the text; those spelled exactly so, where there are any."""
    bare = _unspaced(text)
    name, kana = _name(bare), _kana(bare)  # not by the two above: they would keep every question
    if not name or not {name, kana} & register.facilities:
        return []
    hits = _hits(register.connection, f"{_COLUMNS} WHERE f.key = ? OR (f.kana_key = ? AND f.kana_key <> '') {_ORDER}", (name, kana))
    return [hit for hit in hits if _unspaced(hit.entry.name) == bare] or hits


def containing(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Return the facilities with the text in their name or reading, those that begin with it first."""
    name, kana = name_key(text), kana_key(text)
    if len(name) < 2:
        return []
    # instr, not LIKE: nothing in the text is a wildcard
    order = "ORDER BY (instr(f.key, ?1) <> 1 AND instr(f.kana_key, ?2) <> 1), length(f.key), f.key, l.layer, f.feature LIMIT 60"
    return _hits(connection, f"{_COLUMNS} WHERE instr(f.key, ?1) OR instr(f.kana_key, ?2) {order}", (name, kana))[:MOST]


def _hits(connection: sqlite3.Connection, query: str, values: tuple[str, ...]) -> list[Hit]:
    """Return the rows as hits; one facility that two layers have at one place (50 m) is one."""
    hits: list[Hit] = []
    for name, town, number, lon, lat, layer, feature, kana in connection.execute(query, values):
        entry = Entry("facility", name, town, number, lon, lat, layer, feature, kana)
        at = next((k for k, h in enumerate(hits) if name_key(h.entry.name) == name_key(name) and near(h.entry, entry)), len(hits))
        hits[at:at + 1] = [hits[at].joined(entry) if at < len(hits) else Hit(entry, "facility")]
    return hits


NEAR = 50.0
"""m within which two sources mean the same house."""
DEGREE = 111_195.0
"""m of a degree on a sphere."""


def near(one: Entry, other: Entry, metres: float = NEAR) -> bool:
    """Return whether two places are within so many metres (equirectangular; good to 1 % at this distance in Japan)."""
    return hypot((one.lon - other.lon) * cos(radians(one.lat)), one.lat - other.lat) * DEGREE <= metres
