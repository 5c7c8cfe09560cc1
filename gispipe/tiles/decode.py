"""Decode vector tiles strictly: everything MVT 2.1 says a tile must be, and what our own tiles promise beyond it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from gispipe import ragged
from gispipe.tiles import varint, wire
from gispipe.tiles.errors import TileError
from gispipe.tiles.features import KINDS, Features, split_features
from gispipe.tiles.geometry import Geometry, parse_geometries
from gispipe.tiles.wire import BYTES, FIXED32, FIXED64, VARINT

__all__ = ["DecodedFeature", "DecodedLayer", "decode_tile", "decode_tiles"]

_TILE = {3: BYTES}
_LAYER = {15: VARINT, 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT}
_KINDS = {1: BYTES, 2: FIXED32, 3: FIXED64, 4: VARINT, 5: VARINT, 6: VARINT, 7: VARINT}


_FEATURE, _VALUE = 0x12, 0x22
"""The first byte of each."""
_DOUBLE = struct.Struct("<d")
_MOST_VALUES = 1 << 20


@dataclass(frozen=True)
class DecodedFeature:
    """One feature: ``parts`` holds arrays (n, 2) of tile units: all points in one, one a line, or one an open ring.

    ``holes`` says for each ring of a polygon whether it is interior (exteriors come first, their holes after them).
    """

    id: int | None
    kind: str
    properties: dict[str, Any]
    parts: tuple[np.ndarray, ...]
    holes: tuple[bool, ...]


@dataclass(frozen=True)
class DecodedLayer:
    """One layer of a tile, checked.

    ``ids``: int64 of shape (features,), -1 where absent. ``kinds``: 1, 2 or 3. ``pairs`` (n, 2) with offsets ``start``: key
    and value numbers of each feature.
    """

    name: str
    extent: int
    keys: tuple[str, ...]
    values: tuple[Any, ...]
    ids: np.ndarray
    kinds: np.ndarray
    start: np.ndarray
    pairs: np.ndarray
    geometry: Geometry

    @property
    def features(self) -> Iterator[DecodedFeature]:
        """Yield the layer's features one by one."""
        for i in range(len(self.ids)):
            own = self.pairs[self.start[i]:self.start[i + 1]].tolist()
            properties = {self.keys[key]: self.values[value] for key, value in own}
            parts, holes = self.geometry.of(i)
            yield DecodedFeature(int(self.ids[i]) if self.ids[i] >= 0 else None, KINDS[int(self.kinds[i])], properties, parts, holes)


@dataclass(frozen=True)
class _Message:
    """A Layer message with its names and values read, and where its features stand."""

    name: str
    extent: int
    keys: tuple[str, ...]
    values: tuple[Any, ...]
    features: list[int]
    """Start and stop of each, one after the other."""


def decode_tile(data: bytes, *, overhang: int | None = None) -> list[DecodedLayer]:
    """Decode an uncompressed tile; raise TileError with the reason when it breaks a rule.

    With ``overhang`` (units) coordinates further outside the tile than that are an error too.
    """
    return decode_tiles([data], overhang=overhang)[0]


class Values(dict[bytes, Any]):
    """Values read before, by their very bytes: the tiles of a city say the same things at every zoom. Forgets all when it grows too large."""

    def of(self, encoded: list[bytes]) -> tuple[Any, ...]:
        """Return the values of some Value messages; raise TileError for one that is not as it must be."""
        if len(self) > _MOST_VALUES:
            self.clear()
        return tuple(map(self.__getitem__, encoded))

    def __missing__(self, encoded: bytes) -> Any:
        value = self[encoded] = _value(encoded, 0, len(encoded))
        return value


def decode_tiles(tiles: Sequence[bytes], *, overhang: int | None = None, known: Values | None = None) -> list[list[DecodedLayer]]:
    """Decode uncompressed tiles, the features of all of them together: small tiles cost their bytes, not their number.

    ``known`` takes the values of these tiles and gives those of earlier ones. Raises TileError when any breaks a rule; the reason names the layer, not the tile.
    """
    data = b"".join(tiles)
    messages: list[_Message] = []
    known = Values() if known is None else known
    ends, begin = [], 0
    for tile in tiles:
        messages += _messages(data, begin, begin + len(tile), known)
        begin += len(tile)
        ends.append(len(messages))
    try:
        layers = _features(data, messages, overhang)
    except TileError:
        for message in messages:  # one of them is wrong: say which
            try:
                _features(data, [message], overhang)
            except TileError as error:
                raise TileError(f"layer {message.name!r}: {error.reason}") from error
        raise
    return [layers[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def _messages(data: bytes, start: int, stop: int, known: Values) -> list[_Message]:
    layers = [_message(data, a, b, known) for _, a, b in wire.fields(data, start, stop, _TILE, "the tile")]
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise TileError(f"layer {next(name for name in names if names.count(name) > 1)!r} appears twice")
    if not layers:
        raise TileError("the tile has no layer")
    return layers


def _message(data: bytes, start: int, stop: int, known: Values) -> _Message:
    found, keys, encoded, features = _fields(data, start, stop)
    if found.get(15) != (2, -1):
        raise TileError(f"a layer's version is {found[15][0] if 15 in found else None}, not 2")
    name = _text(data[slice(*found[1])], "a layer's name") if 1 in found else ""
    if not name:
        raise TileError("a layer has no name")
    extent = found.get(5, (4096, -1))[0]
    if not 0 < extent < 2**31:
        raise TileError(f"layer {name!r}: the extent is {extent}")
    if not features:
        raise TileError(f"layer {name!r} has no features")
    values = known.of(encoded)
    if len(set(keys)) < len(keys) or len(set(encoded)) < len(encoded):
        raise TileError(f"layer {name!r} lists a key or value twice")
    return _Message(name, extent, tuple(_text(key, "a key") for key in keys), values, features)


def _fields(data: bytes, at: int, stop: int) -> tuple[dict[int, tuple[int, int]], list[bytes], list[bytes], list[int]]:
    """Return the single fields of a Layer message by number (start and stop; value and -1), its keys and values as bytes, and start and stop of each feature."""
    found: dict[int, tuple[int, int]] = {}
    keys: list[bytes] = []
    values: list[bytes] = []
    features: list[int] = []
    value, feature = values.append, features.append  # looked up once: tiles have millions
    while at < stop:
        a = at + 2
        if a <= stop and data[at + 1] < 0x80 and (b := a + data[at + 1]) <= stop:  # nearly all there is: features and values of less than 128 bytes
            if data[at] == _VALUE:
                value(data[a:b])
                at = b
                continue
            if data[at] == _FEATURE:
                feature(a)
                feature(b)
                at = b
                continue
        number, a, b, at = wire.field(data, at, stop, _LAYER, "a layer")
        if number == 2:
            feature(a)
            feature(b)
        elif number in (3, 4):
            (keys if number == 3 else values).append(data[a:b])
        elif number in found:
            raise TileError(f"a layer has field {number} twice")
        else:
            found[number] = a, b
    return found, keys, values, features


def _features(data: bytes, messages: list[_Message], overhang: int | None) -> list[DecodedLayer]:
    """Read the features of all layers together and give each layer its own."""
    if not messages:
        return []
    of_layer = ragged.offsets(np.array([len(m.features) // 2 for m in messages], np.int64))
    layer = ragged.owners(of_layer)
    found = split_features(data, np.fromiter(chain.from_iterable(m.features for m in messages), np.int64).reshape(-1, 2))
    given = np.flatnonzero(found.ids >= 0)
    order = given[np.lexsort((found.ids[given], layer[given]))]
    if ((found.ids[order[1:]] == found.ids[order[:-1]]) & (layer[order[1:]] == layer[order[:-1]])).any():
        raise TileError("an id appears twice")
    start, pairs = _tags(found, *(np.array([len(part) for part in parts], np.int64)[layer] for parts in ([m.keys for m in messages], [m.values for m in messages])))
    geometry = parse_geometries(found.geometry, found.geometry_end, found.kinds)
    if overhang is not None and len(geometry.x):
        vertices = geometry.start[geometry.first[of_layer]]
        limit = np.repeat(np.array([m.extent for m in messages], np.int64) + overhang, np.diff(vertices))
        if min(geometry.x.min(), geometry.y.min()) < -overhang or (np.maximum(geometry.x, geometry.y) > limit).any():
            raise TileError(f"a coordinate lies outside the tile by more than {overhang} units")
    layers = []
    for message, a, b in zip(messages, of_layer[:-1].tolist(), of_layer[1:].tolist(), strict=True):
        own = pairs[start[a]:start[b]]
        layers.append(DecodedLayer(message.name, message.extent, message.keys, message.values, found.ids[a:b], found.kinds[a:b], start[a:b + 1] - start[a], own,
                                   geometry.between(a, b)))
    return layers


def _tags(found: Features, keys: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return offsets (features + 1,) and (key, value) numbers of shape (n, 2).

    ``keys`` and ``values`` of shape (features,) say how many there are in the feature's layer. Raises TileError when the
    numbers are not pairs that exist.
    """
    try:
        flat = varint.decode(found.tags)
    except ValueError as error:
        raise TileError(f"tags: {error}") from error
    raw = np.frombuffer(found.tags, np.uint8)
    ends = ragged.offsets(raw < 0x80)[found.tag_end]
    open_end = found.tag_end[found.tag_end > 0] - 1
    count = np.diff(ends, prepend=0)
    if (raw[open_end] & 0x80).any() or (count % 2).any():
        raise TileError(f"feature {int(np.argmax(count % 2))} has a key without a value")
    owner = np.repeat(np.arange(len(count)), count // 2)
    pairs = flat.reshape(-1, 2)
    if (pairs[:, 0] >= keys[owner].view(np.uint64)).any() or (pairs[:, 1] >= values[owner].view(np.uint64)).any():
        raise TileError("a feature refers to a key or value that is not there")
    used = np.sort(owner * max(int(keys.max()), 1) + pairs[:, 0].astype(np.int64))
    if (used[1:] == used[:-1]).any():
        raise TileError(f"feature {int(used[1:][used[1:] == used[:-1]][0]) // max(int(keys.max()), 1)} has a key twice")
    return ragged.offsets(count // 2), pairs.astype(np.int64)


def _value(data: bytes, start: int, stop: int) -> Any:
    """Return the one value of a Value message (MVT 2.1 §4.4)."""
    if stop - start > 1 and data[start] == 0x0A and data[start + 1] == stop - start - 2 < 0x80:
        return _text(data[start + 2:stop], "a value")  # nearly all values are short texts
    if stop - start == 9 and data[start] == 0x19:
        return _DOUBLE.unpack_from(data, start + 1)[0]  # and most others are measures
    got = list(wire.fields(data, start, stop, _KINDS, "a value"))
    if len(got) != 1:
        raise TileError(f"a value holds {len(got)} kinds, not one")
    number, a, b = got[0]
    if number == 1:
        return _text(data[a:b], "a value")
    if number in (2, 3):
        return struct.unpack("<f" if number == 2 else "<d", data[a:b])[0]
    if number == 7:
        if a > 1:
            raise TileError(f"a yes/no value is {a}")
        return bool(a)
    if number == 6:
        return (a >> 1) ^ -(a & 1)
    return a - (1 << 64) if number == 4 and a >= 1 << 63 else a


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TileError(f"{what} is not UTF-8") from error
