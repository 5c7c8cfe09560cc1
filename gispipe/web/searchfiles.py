"""The search index as static files: one of names, and shards of addresses that a page fetches when a town is typed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby, repeat
from json.encoder import encode_basestring as _text  # what json writes with ensure_ascii=False
from operator import itemgetter
from typing import Any

from gispipe.web.files import Out, canonical

Entry = Mapping[str, Any]
SHARDED_FROM = 3000
"""A layer with more entries than this is an address list and is cut into shards."""
SHARD_SIZE = 2500
_TOWN = re.compile(r"^[^0-9０-９〇一二三四五六七八九十]{1,12}")


Line = tuple[str, str, str, str]
"""An entry as it is written: name, layer, id, and its canonical JSON; in the order of entries."""


def lines_of(layer: str, title: str, columns: Mapping[str, Sequence[str]]) -> list[Line]:
    """Return the entries of a layer, given by column: n names, k other spellings ("" for none), c longitude and latitude as JSON writes them, f ids."""
    head, middle, tail = f',"l":{_text(layer)},"c":[', f'],"s":{_text(title)},"f":', ',"k":'
    rows = zip(columns["n"], columns["k"], columns["c"], columns["f"], strict=True)
    texts = [f'{{"n":{_text(n)}{head}{c}{middle}{f}{tail + _text(k) if k else ""}}}' for n, k, c, f in rows]
    return list(zip(columns["n"], repeat(layer), columns["f"], texts, strict=False))


def write_search(out: Out, entries: Sequence[Entry]) -> str | None:
    """Write the index files under search/; return the address of the index, or None without entries."""
    return write_lines(out, [(str(e["n"]), str(e["l"]), str(e.get("f")), canonical(e).decode().rstrip("\n")) for e in entries])


def write_lines(out: Out, lines: Sequence[Line]) -> str | None:
    """Write the index files of entries in any order, as `write_search` does."""
    if not lines:
        return None
    sizes = Counter(layer for _, layer, _, _ in lines)
    large = {layer for layer, count in sizes.items() if count > SHARDED_FROM}
    shards: dict[str, str] = {}
    for k, (prefixes, inside) in enumerate(_shards(sorted(line for line in lines if line[1] in large))):
        shards.update(dict.fromkeys(prefixes, _written(out, f"s{k}.json", inside)))
    index = {"shards": shards, "names": _written(out, "names.json", sorted(line for line in lines if line[1] not in large))}
    return out.put_hashed("search/", "index.json", canonical(index)).url


def _written(out: Out, name: str, lines: Sequence[Line]) -> str:
    return out.put_hashed("search/", name, ('{"entries":[' + ",".join([text for _, _, _, text in lines]) + "]}\n").encode()).url


def town_of(name: str) -> str:
    """Return the part of an address before its first number: the key of its shard."""
    found = _TOWN.match(name)
    return found.group() if found else name[:2]


def _shards(lines: list[Line]) -> list[tuple[list[str], list[Line]]]:
    towns: dict[str, list[Line]] = defaultdict(list)
    for name, same in groupby(lines, key=itemgetter(0)):  # lots are named by their town: a few names for them all
        towns[town_of(name)].extend(same)
    shards: list[tuple[list[str], list[Line]]] = []
    for town, inside in sorted(towns.items()):
        if shards and len(shards[-1][1]) + len(inside) <= SHARD_SIZE:
            shards[-1][0].append(town)
            shards[-1][1].extend(inside)
        else:
            shards.append(([town], list(inside)))
    return shards
