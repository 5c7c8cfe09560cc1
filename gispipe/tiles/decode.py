"""Decode one vector tile strictly: everything MVT 2.1 says a tile must be, and what our own tiles promise beyond it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gispipe.tiles import ragged, varint, wire
from gispipe.tiles.errors import TileError
from gispipe.tiles.features import KINDS, Features, split_features
from gispipe.tiles.geometry import Geometry, parse_geometries
from gispipe.tiles.wire import BYTES, FIXED32, FIXED64, VARINT

__all__ = ["DecodedFeature", "DecodedLayer", "decode_tile", "layer_names", "layer_strings"]

_TILE = {3: BYTES}
_LAYER = {15: VARINT, 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT}
_VALUE = {1: BYTES, 2: FIXED32, 3: FIXED64, 4: VARINT, 5: VARINT, 6: VARINT, 7: VARINT}


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


def decode_tile(data: bytes, *, overhang: int | None = None) -> list[DecodedLayer]:
    """Decode an uncompressed tile; raise TileError with the reason when it breaks a rule.

    With ``overhang`` (units) coordinates further outside the tile than that are an error too.
    """
    layers = [_layer(data, a, b, overhang) for _, a, b in wire.fields(data, 0, len(data), _TILE, "the tile")]
    names = [layer.name for layer in layers]
    for name in names:
        if names.count(name) > 1:
            raise TileError(f"layer {name!r} appears twice")
    if not layers:
        raise TileError("the tile has no layer")
    return layers


def _layer(data: bytes, start: int, stop: int, overhang: int | None) -> DecodedLayer:
    found: dict[int, int] = {}
    name: str | None = None
    keys: list[str] = []
    values: list[Any] = []
    encoded: list[bytes] = []
    features: list[tuple[int, int]] = []
    for number, a, b in wire.fields(data, start, stop, _LAYER, "a layer"):
        if number == 2:
            features.append((a, b))
        elif number == 3:
            keys.append(_text(data[a:b], "a key"))
        elif number == 4:
            encoded.append(data[a:b])
            values.append(_value(data, a, b))
        elif number in found:
            raise TileError(f"a layer has field {number} twice")
        else:
            found[number] = a
            name = _text(data[a:b], "a layer's name") if number == 1 else name
    if found.get(15) != 2:
        raise TileError(f"a layer's version is {found.get(15)}, not 2")
    if not name:
        raise TileError("a layer has no name")
    extent = found.get(5, 4096)
    if not 0 < extent < 2**31:
        raise TileError(f"layer {name!r}: the extent is {extent}")
    if not features:
        raise TileError(f"layer {name!r} has no features")
    if len(set(keys)) < len(keys) or len(set(encoded)) < len(encoded):
        raise TileError(f"layer {name!r} lists a key or value twice")
    try:
        return _features(data, name, extent, keys, values, features, overhang)
    except TileError as error:
        raise TileError(f"layer {name!r}: {error.reason}") from error


def _features(data: bytes, name: str, extent: int, keys: list[str], values: list[Any], places: list[tuple[int, int]],
              overhang: int | None) -> DecodedLayer:
    found = split_features(data, np.array(places, np.int64))
    given = found.ids[found.ids >= 0]
    if len(np.unique(given)) < len(given):
        raise TileError("an id appears twice")
    start, pairs = _tags(found, len(keys), len(values))
    geometry = parse_geometries(found.geometry, found.geometry_end, found.kinds)
    if overhang is not None and len(geometry.x):
        low, high = min(geometry.x.min(), geometry.y.min()), max(geometry.x.max(), geometry.y.max())
        if low < -overhang or high > extent + overhang:
            raise TileError(f"a coordinate lies outside the tile by more than {overhang} units")
    return DecodedLayer(name, extent, tuple(keys), tuple(values), found.ids, found.kinds, start, pairs, geometry)


def _tags(found: Features, keys: int, values: int) -> tuple[np.ndarray, np.ndarray]:
    """Return offsets (features + 1,) and (key, value) numbers of shape (n, 2); raise TileError when they are not pairs that exist."""
    try:
        flat = varint.decode(found.tags)
    except ValueError as error:
        raise TileError(f"tags: {error}") from error
    ends = ragged.offsets(np.frombuffer(found.tags, np.uint8) < 0x80)[found.tag_end]
    open_end = found.tag_end[found.tag_end > 0] - 1
    count = np.diff(ends, prepend=0)
    if (np.frombuffer(found.tags, np.uint8)[open_end] & 0x80).any() or (count % 2).any():
        raise TileError(f"feature {int(np.argmax(count % 2))} has a key without a value")
    pairs = flat.reshape(-1, 2)
    if len(pairs) and (pairs[:, 0].max() >= keys or pairs[:, 1].max() >= values):
        raise TileError("a feature refers to a key or value that is not there")
    owner = np.repeat(np.arange(len(count)), count // 2)
    used = np.sort(owner * max(keys, 1) + pairs[:, 0].astype(np.int64))
    if (used[1:] == used[:-1]).any():
        raise TileError(f"feature {int(used[1:][used[1:] == used[:-1]][0]) // keys} has a key twice")
    return ragged.offsets(count // 2), pairs.astype(np.int64)


def _value(data: bytes, start: int, stop: int) -> Any:
    """Return the one value of a Value message (MVT 2.1 §4.4)."""
    if stop - start > 1 and data[start] == 0x0A and data[start + 1] == stop - start - 2 < 0x80:
        return _text(data[start + 2:stop], "a value")  # nearly all values are short texts
    got = list(wire.fields(data, start, stop, _VALUE, "a value"))
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


def layer_strings(data: bytes) -> Iterator[str]:
    """Yield every layer name, key and text value of an uncompressed tile without looking at features."""
    for _, start, stop in wire.fields(data, 0, len(data), _TILE, "the tile"):
        for number, a, b in wire.fields(data, start, stop, _LAYER, "a layer"):
            if number in (1, 3):
                yield _text(data[a:b], "a name")
            elif number == 4 and a < b and data[a] == 0x0A:
                value = _value(data, a, b)
                if isinstance(value, str):
                    yield value


def layer_names(data: bytes) -> Iterator[tuple[str, list[str]]]:
    """Yield (layer name, its keys) of an uncompressed tile without looking at features."""
    for _, start, stop in wire.fields(data, 0, len(data), _TILE, "the tile"):
        got = [(n, _text(data[a:b], "a name")) for n, a, b in wire.fields(data, start, stop, _LAYER, "a layer") if n in (1, 3)]
        yield "".join(text for n, text in got if n == 1), [text for n, text in got if n == 3]
