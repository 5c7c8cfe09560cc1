"""The search index as static files: one of names, and shards of addresses that a page fetches when a town is typed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from gispipe.web.files import Out, canonical

Entry = Mapping[str, Any]
SHARDED_FROM = 3000
"""A layer with more entries than this is an address list and is cut into shards."""
SHARD_SIZE = 2500
_TOWN = re.compile(r"^[^0-9０-９〇一二三四五六七八九十]{1,12}")


def write_search(out: Out, entries: Sequence[Entry]) -> str | None:
    """Write the index files under search/; return the address of the index, or None without entries."""
    if not entries:
        return None
    sizes = Counter(str(entry["l"]) for entry in entries)
    large = {layer for layer, count in sizes.items() if count > SHARDED_FROM}
    names = sorted((e for e in entries if e["l"] not in large), key=_order)
    shards: dict[str, str] = {}
    for k, (prefixes, inside) in enumerate(_shards([e for e in entries if e["l"] in large])):
        url = out.put_hashed("search/", f"s{k}.json", canonical({"entries": inside})).url
        shards.update(dict.fromkeys(prefixes, url))
    index = {"shards": shards, "names": out.put_hashed("search/", "names.json", canonical({"entries": names})).url}
    return out.put_hashed("search/", "index.json", canonical(index)).url


def town_of(name: str) -> str:
    """Return the part of an address before its first number: the key of its shard."""
    found = _TOWN.match(name)
    return found.group() if found else name[:2]


def _shards(entries: list[Entry]) -> list[tuple[list[str], list[Entry]]]:
    towns: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=_order):
        towns[town_of(str(entry["n"]))].append(entry)
    shards: list[tuple[list[str], list[Entry]]] = []
    for town, inside in sorted(towns.items()):
        if shards and len(shards[-1][1]) + len(inside) <= SHARD_SIZE:
            shards[-1][0].append(town)
            shards[-1][1].extend(inside)
        else:
            shards.append(([town], list(inside)))
    return shards


def _order(entry: Entry) -> tuple[str, str, str]:
    return str(entry["n"]), str(entry["l"]), str(entry.get("f"))
