"""The search index as static files: one of names, and shards of addresses that a page fetches when a town is typed.

Entries are handled by column: a city has hundreds of thousands of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring as _text  # what json writes with ensure_ascii=False
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe import ragged
from gispipe.web.files import Out, canonical

Entry = Mapping[str, Any]
SHARDED_FROM = 3000
"""A layer with more entries than this is an address list and is cut into shards."""
SHARD_SIZE = 2500
_TOWN = re.compile(r"^[^0-9０-９〇一二三四五六七八九十]{1,12}")
_WRITTEN_OTHERWISE = r'["\\\x00-\x1f]'
"""What does not stand in JSON as it is."""
_ANY = pa.large_string()

LINES = pa.schema({"name": _ANY, "town": _ANY, "layer": _ANY, "id": pa.int64(), "text": _ANY})
"""Entries as they are written: ``town`` as of `town_of`, ``text`` is the canonical JSON and a comma. They are put in the order of name, layer and id."""


def lines_of(layer: str, title: str, names: pa.Array, others: pa.Array, places: pa.Array, ids: np.ndarray) -> pa.Table:
    """Return the entries of a layer as `LINES`: ``names``, ``others`` (other spellings, "" for none) and ``places`` (longitude and latitude as JSON writes
    them) are texts without nulls, all of shape (n,)."""
    number = pa.array(ids.astype(np.int64, copy=False))
    kana = pc.if_else(pc.equal(others, pa.scalar("", _ANY)), pa.scalar("", _ANY), _joined(',"k":"', _escaped(others), '"'))
    text = _joined('{"n":"', _escaped(names), f'","l":{_text(layer)},"c":[', places, f'],"s":{_text(title)},"f":', pc.cast(number, _ANY), kana, "},")
    return pa.Table.from_arrays([names, _towns(names), pa.repeat(pa.scalar(layer, _ANY), len(names)), number, text], schema=LINES)


def _towns(names: pa.Array) -> pa.Array:
    coded = names.dictionary_encode()  # lots are named by their town: a few names for them all
    return pa.array(map(town_of, coded.dictionary.to_pylist()), _ANY).take(coded.indices)


def _joined(*parts: str | pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*(pa.scalar(part, _ANY) if isinstance(part, str) else part for part in parts), pa.scalar("", _ANY))


def _escaped(texts: pa.Array) -> pa.Array:
    """Return texts as they stand between the quotes of JSON."""
    other = pc.match_substring_regex(texts, _WRITTEN_OTHERWISE)
    return pc.replace_with_mask(texts, other, pa.array([_text(one)[1:-1] for one in texts.filter(other).to_pylist()], _ANY))


def packed(lines: pa.Table) -> bytes:
    """Return entries as `unpacked` takes them, without reading them."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_file(out, lines.schema) as file:
        file.write_table(lines)
    return out.getvalue().to_pybytes()  # type: ignore[no-any-return]


def unpacked(content: bytes) -> pa.Table:
    """Return packed entries."""
    with pa.ipc.open_file(pa.py_buffer(content)) as file:
        return file.read_all()


def write_search(out: Out, entries: Sequence[Entry]) -> str | None:
    """Write the index files under search/; return the address of the index, or None without entries."""
    rows = [(str(e["n"]), town_of(str(e["n"])), str(e["l"]), int(e.get("f", -1)), canonical(e).decode().rstrip("\n") + ",") for e in entries]
    columns = zip(*sorted(rows), strict=True) if rows else [[]] * len(LINES)
    return write_lines(out, [pa.Table.from_arrays([pa.array(column, kind.type) for column, kind in zip(columns, LINES, strict=True)], schema=LINES)])


def write_lines(out: Out, parts: Sequence[pa.Table]) -> str | None:
    """Write the index files of entries in any order (`LINES`), as `write_search` does."""
    lines = pa.concat_tables([LINES.empty_table(), *parts])
    if not len(lines):
        return None
    layer, _ = _ranked(lines["layer"])
    large = (np.bincount(layer) > SHARDED_FROM)[layer]
    shards: dict[str, str] = {}
    for k, (prefixes, texts) in enumerate(_shards(lines.filter(pa.array(large)))):
        shards.update(dict.fromkeys(prefixes, _written(out, f"s{k}.json", texts)))
    rest = lines.filter(pa.array(~large))
    index = {"shards": shards, "names": _written(out, "names.json", _ordered(rest, _ranked(rest["name"])[0]))}
    return out.put_named("search/", "index.json", canonical(index))


def _written(out: Out, name: str, texts: pa.Array) -> str:
    """Write entries, given as texts with a comma behind each."""
    inside = b"".join(texts.cast(pa.large_binary()).to_pylist())
    return out.put_named("search/", name, b"".join((b'{"entries":[', inside[:-1], b"]}\n")))


def town_of(name: str) -> str:
    """Return the part of an address before its first number: the key of its shard."""
    found = _TOWN.match(name)
    return found.group() if found else name[:2]


def _ranked(texts: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """Return the number of each text among the different ones, and these, ascending."""
    coded = texts.combine_chunks().dictionary_encode()
    order = pc.array_sort_indices(coded.dictionary)
    rank = np.empty(len(order), np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    return rank[coded.indices.to_numpy()], coded.dictionary.take(order)


def _ordered(lines: pa.Table, name: np.ndarray, *above: np.ndarray) -> pa.Array:
    """Return the texts of entries in their order; ``name``: numbers of their names, ``above``: what goes before names, the most important last."""
    order = np.lexsort((lines["id"].to_numpy(), _ranked(lines["layer"])[0], name, *above))
    return lines["text"].combine_chunks().take(pa.array(order))


def _shards(lines: pa.Table) -> list[tuple[list[str], pa.Array]]:
    """Return the towns and the texts of every shard: towns in their order, as many as it holds, one at least."""
    town, towns = _ranked(lines["town"])
    texts = _ordered(lines, _ranked(lines["name"])[0], town)
    shards: list[tuple[list[str], int]] = []
    for one, count in zip(towns.to_pylist(), np.bincount(town).tolist(), strict=True):
        if shards and shards[-1][1] + count <= SHARD_SIZE:
            shards[-1] = [*shards[-1][0], one], shards[-1][1] + count
        else:
            shards.append(([one], count))
    start = ragged.offsets(np.array([count for _, count in shards], np.int64)).tolist()
    return [(inside, texts[a:b]) for (inside, _), a, b in zip(shards, start, start[1:], strict=False)]
