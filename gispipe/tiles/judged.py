"""An archive judged tile by tile, with what is known of tiles judged before: a tile is decoded once, not at every build."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gispipe import ragged
from gispipe.finished import finished
from gispipe.tiles import archive, grid
from gispipe.tiles.decode import DecodedLayer
from gispipe.tiles.errors import TileError
from gispipe.tiles.memory import DAMAGED, engine
from gispipe.tiles.opening import Archive, open_archive
from gispipe.tiles.read import decoded_rows, judge_name, judge_pictures, judge_places, texts_of

_BYTES = 16


@dataclass(frozen=True)
class Contents:
    """What a judged archive holds: number of tiles, the names its tiles and metadata use by layer, and every text in it."""

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
    """Tiles judged before, by the digest of their stored bytes: the numbers of their texts, and of their layers with keys."""

    texts: Numbers = field(default_factory=Numbers)
    layers: dict[str, int] = field(default_factory=dict)
    """JSON of [[layer, [key …]] …] of a tile."""
    tiles: dict[bytes, tuple[int, np.ndarray]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Known:
        """Return what was saved by the same programs; nothing when there is none or it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as held:
                if str(held["engine"]) != engine():
                    return cls()
                texts, layers = (json.loads(held[name].tobytes()) for name in ("texts", "layers"))
                parts = np.split(held["text"], held["end"][:-1])
                rows = zip(held["digest"], held["layer"].tolist(), parts, strict=True)
                return cls(Numbers(zip(texts, range(len(texts)), strict=True)), {t: k for k, t in enumerate(layers)}, {digest.tobytes(): (layer, part) for digest, layer, part in rows})
        except DAMAGED:
            return cls()

    def save(self, path: Path) -> None:
        """Write what is known, complete or not at all."""
        digests = np.frombuffer(b"".join(self.tiles), np.uint8).reshape(-1, _BYTES)
        numbers = [part for _, part in self.tiles.values()]
        with finished(path) as draft, draft.open("wb") as out:
            np.savez(out, engine=np.array(engine()), digest=digests, layer=np.array([layer for layer, _ in self.tiles.values()], np.int32),
                     text=np.concatenate([*numbers, np.zeros(0, np.int32)]), end=np.cumsum([len(part) for part in numbers], dtype=np.int64),
                     **{name: np.frombuffer(json.dumps(list(held), ensure_ascii=False).encode(), np.uint8) for name, held in (("texts", self.texts), ("layers", self.layers))})

    def note(self, digest: bytes, layers: list[tuple[str, list[str]]], texts: np.ndarray) -> None:
        """Remember a tile that was judged, with the numbers of its texts."""
        self.tiles[digest] = self.layers.setdefault(json.dumps(layers, ensure_ascii=False), len(self.layers)), texts


def contents(path: Path, memory: Path | None = None) -> Contents:
    """Judge a whole archive as `read.verify` does and return what it holds; raise TileError saying archive, z/x/y and what is wrong.

    Tiles whose very bytes ``memory`` knows are not decoded again; what is known of this archive's tiles takes its place.
    """
    opened = open_archive(path)
    judge_places(opened)
    known = Known.load(memory) if memory else Known()
    now, fresh = Known(), []
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
    values = _ValueTexts(now.texts)
    for (zoom, x, y), _, layers in decoded_rows(opened, fresh, grid.OVERHANG):
        names = np.array([now.texts[text] for layer in layers for text in (layer.name, *layer.keys)], np.int32)
        now.note(digests[grid.tile_number(zoom, x, y)], [(layer.name, list(layer.keys)) for layer in layers], ragged.distinct(names, *map(values.of, layers)))


class _ValueTexts:
    """The numbers of those values that are texts; each different value is looked at once."""

    def __init__(self, texts: Numbers) -> None:
        self._texts = texts
        self._found: Sequence[Any] = ()
        self._number = np.zeros(0, np.int32)

    def of(self, layer: DecodedLayer) -> np.ndarray:
        """Return the numbers of the texts among a layer's values."""
        if layer.found is not self._found:
            self._found, self._number = layer.found, self._number[:0]
        if len(self._found) > len(self._number):
            new = [self._texts[value] if type(value) is str else -1 for value in self._found[len(self._number):]]
            self._number = np.append(self._number, np.array(new, np.int32))
        number = self._number[layer.codes]
        return number[number >= 0]


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
