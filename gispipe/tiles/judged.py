"""An archive judged tile by tile, with what is known of tiles judged before: a tile is decoded once, not at every build."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.finished import finished
from gispipe.tiles import archive, grid
from gispipe.tiles.decode import DecodedLayer, Values
from gispipe.tiles.errors import TileError
from gispipe.tiles.memory import DAMAGED, engine
from gispipe.tiles.opening import Archive, open_archive
from gispipe.tiles.read import decoded_rows, judge_name, judge_pictures, judge_places, texts_of
from gispipe.tiles.values import indices

_BYTES = 16
_ENOUGH = 1 << 26
"""Bytes of texts that are told apart together."""


@dataclass(frozen=True)
class Contents:
    """What a judged archive holds: number of tiles, the names its tiles and metadata use by layer, and every text in it (of tiles only where they were asked for)."""

    tiles: int
    names: dict[str, set[str]]
    strings: set[str]


class Numbers(dict[str, int]):
    """Texts numbered as they are asked for."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


@dataclass
class Known:
    """Tiles judged before, by the digest of their stored bytes: the numbers of their texts (none unless they were ``asked`` for), and of their layers with keys."""

    texts: Numbers = field(default_factory=Numbers)
    layers: dict[str, int] = field(default_factory=dict)
    """JSON of [[layer, [key …]] …] of a tile."""
    tiles: dict[bytes, tuple[int, np.ndarray]] = field(default_factory=dict)
    asked: bool = True

    @classmethod
    def load(cls, path: Path, asked: bool) -> Known:
        """Return what was saved by the same programs, with or without texts; nothing when there is none or it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as held:
                if str(held["engine"]) != engine() or bool(held["asked"]) != asked:
                    return cls(asked=asked)
                texts, layers = (json.loads(held[name].tobytes()) for name in ("texts", "layers"))
                parts = np.split(held["text"], held["end"][:-1])
                rows = zip(held["digest"], held["layer"].tolist(), parts, strict=True)
                return cls(Numbers(zip(texts, range(len(texts)), strict=True)), {t: k for k, t in enumerate(layers)}, {digest.tobytes(): (layer, part) for digest, layer, part in rows}, asked)
        except DAMAGED:
            return cls(asked=asked)

    def save(self, path: Path) -> None:
        """Write what is known, complete or not at all."""
        digests = np.frombuffer(b"".join(self.tiles), np.uint8).reshape(-1, _BYTES)
        numbers = [part for _, part in self.tiles.values()]
        with finished(path, durable=False) as draft, draft.open("wb") as out:
            np.savez(out, engine=np.array(engine()), asked=np.array(self.asked), digest=digests, layer=np.array([layer for layer, _ in self.tiles.values()], np.int32),
                     text=np.concatenate([*numbers, np.zeros(0, np.int32)]), end=np.cumsum([len(part) for part in numbers], dtype=np.int64),
                     **{name: np.frombuffer(json.dumps(list(held), ensure_ascii=False).encode(), np.uint8) for name, held in (("texts", self.texts), ("layers", self.layers))})

    def note(self, digest: bytes, layers: list[tuple[str, list[str]]], texts: np.ndarray) -> None:
        """Remember a tile that was judged, with the numbers of its texts."""
        self.tiles[digest] = self.layers.setdefault(json.dumps(layers, ensure_ascii=False), len(self.layers)), texts


def contents(path: Path, memory: Path | None = None, texts: bool = True) -> Contents:
    """Judge a whole archive as `read.verify` does and return what it holds; raise TileError saying archive, z/x/y and what is wrong.

    Without ``texts`` those of the tiles are judged and not gathered. Tiles whose very bytes ``memory`` knows are not decoded again; what is known of this archive's tiles takes its place.
    """
    opened = open_archive(path)
    judge_places(opened)
    known = Known.load(memory, texts) if memory else Known(asked=texts)
    now, fresh = Known(asked=texts), []
    digests = {}
    for row in opened.table.tolist():
        digest = digests[row[0]] = hashlib.blake2b(opened.stored(row[1], row[2]), digest_size=_BYTES).digest()
        if digest not in known.tiles:
            fresh.append(row)
    if opened.header.tile_type == archive.MVT:
        _judge_tiles(opened, fresh, digests, now)
    else:
        judge_pictures(opened, fresh)
        for row in fresh:
            now.note(digests[row[0]], [], np.zeros(0, np.int32))
    _take_over(known, now, set(digests.values()))
    if memory and now.tiles.keys() != known.tiles.keys():
        now.save(memory)
    return _contents(opened, now, digests)


def _judge_tiles(opened: Archive, fresh: list[list[int]], digests: dict[int, bytes], now: Known) -> None:
    texts, names, waiting = _Texts(), Numbers(), []
    for (zoom, x, y), _, layers in decoded_rows(opened, fresh, grid.OVERHANG):
        if not now.asked:
            now.note(digests[grid.tile_number(zoom, x, y)], [(layer.name, list(layer.keys)) for layer in layers], np.zeros(0, np.int32))
            continue
        named = np.array([names[text] for layer in layers for text in (layer.name, *layer.keys)], np.int32)
        waiting.append((digests[grid.tile_number(zoom, x, y)], [(layer.name, list(layer.keys)) for layer in layers], named, np.concatenate([texts.of(layer) for layer in layers])))
    found, number = texts.numbered(list(names))
    now.texts = Numbers(zip(found, range(len(found)), strict=True))
    for digest, one, named, held in waiting:
        now.note(digest, one, ragged.distinct(number[named], number[len(names) + held]))


class _Texts:
    """The values of tiles that are texts. Nearly all stand in tiles of several zooms: they are told apart together, when there are enough."""

    def __init__(self) -> None:
        self._values: Values | None = None
        self._number = np.zeros(0, np.int32)
        self._found = pa.array([], pa.large_string())
        """Different texts."""
        self._told: list[np.ndarray] = []
        """Their numbers, of the texts taken in before …"""
        self._waiting: list[pa.Array] = []
        """… those that were taken in since."""
        self._count = 0

    def of(self, layer: DecodedLayer) -> np.ndarray:
        """Return by the order in which texts were taken in those among a layer's values."""
        if layer.found is not self._values:
            self._take_in(layer.found)
        number = self._number[layer.codes]
        return number[number >= 0]

    def _take_in(self, values: Values) -> None:
        if sum(one.nbytes for one in self._waiting) > max(_ENOUGH, self._found.nbytes):
            self._tell()
        self._values, self._number = values, np.full(len(values), -1, np.int32)
        self._number[values.text] = np.arange(self._count, self._count + len(values.text))
        self._count += len(values.text)
        self._waiting.append(values.texts)

    def _tell(self) -> None:
        coded = pa.concat_arrays([self._found, *self._waiting]).dictionary_encode()
        self._told.append(indices(coded)[len(self._found):])
        self._found, self._waiting = coded.dictionary, []

    def numbered(self, names: list[str]) -> tuple[list[str], np.ndarray]:
        """Return the different texts, some ``names`` among them, and their numbers: those of the names first, then of the texts in the order they were taken in."""
        self._tell()
        coded = pa.concat_arrays([self._found, pa.array(names, pa.large_string())]).dictionary_encode()
        return coded.dictionary.to_pylist(), np.concatenate([indices(coded)[len(self._found):], *self._told])


def _take_over(known: Known, now: Known, digests: set[bytes]) -> None:
    """Add what is known of the archive's other tiles to what was found now."""
    if digests == known.tiles.keys():
        now.texts, now.layers, now.tiles = known.texts, known.layers, known.tiles
        return
    texts, layers = list(known.texts), list(known.layers)
    number = np.full(len(texts), -1, np.int32)  # of each known text among those of now
    for digest in sorted(digests & known.tiles.keys()):
        layer, numbers = known.tiles[digest]
        for new in numbers[number[numbers] < 0].tolist():
            number[new] = now.texts[texts[new]]
        now.tiles[digest] = now.layers.setdefault(layers[layer], len(now.layers)), number[numbers]


def _contents(opened: Archive, now: Known, digests: dict[int, bytes]) -> Contents:
    """Compare layers, keys and zooms with the metadata, which may have changed, and gather names and texts."""
    declared: dict[str, Any] = {layer["id"]: layer for layer in opened.metadata.get("vector_layers", [])}
    names = {name: set(layer["fields"]) for name, layer in declared.items()}
    layers = [json.loads(text) for text in now.layers]
    seen = set()
    for number, zoom, digest in zip(digests, grid.tiles_zxy(np.array(list(digests), np.int64))[0].tolist(), digests.values(), strict=True):
        one = now.tiles[digest][0], zoom
        if one in seen:
            continue
        seen.add(one)
        for name, keys in layers[one[0]]:
            _named(opened, grid.tile_zxy(number), name, keys, declared)
            names[name].update(keys)
    return Contents(int(opened.table[:, 3].sum()), names, {*texts_of(opened.metadata), *now.texts})


def _named(opened: Archive, tile: tuple[int, int, int], name: str, keys: list[str], declared: dict[str, Any]) -> None:
    try:
        judge_name(name, keys, tile[0], declared)
    except TileError as error:
        raise error.at(archive=opened.path, tile=tile) from error
