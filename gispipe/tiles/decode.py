"""Decode one vector tile strictly: everything MVT 2.1 says a tile must be, and what our own tiles promise beyond it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gispipe.tiles import wire
from gispipe.tiles.errors import TileError
from gispipe.tiles.geometry import Geometry, parse_geometries
from gispipe.tiles.wire import BYTES, FIXED32, FIXED64, VARINT

__all__ = ["DecodedFeature", "DecodedLayer", "decode_tile", "layer_names", "layer_strings"]

_TILE = {3: BYTES}
_LAYER = {15: VARINT, 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT}
_FEATURE = {1: VARINT, 2: BYTES, 3: VARINT, 4: BYTES}
_VALUE = {1: BYTES, 2: FIXED32, 3: FIXED64, 4: VARINT, 5: VARINT, 6: VARINT, 7: VARINT}
KINDS = {1: "point", 2: "line", 3: "polygon"}


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
    """One layer of a tile, checked; ``types`` names the value type of each key."""

    name: str
    extent: int
    keys: tuple[str, ...]
    values: tuple[Any, ...]
    ids: np.ndarray
    kinds: np.ndarray
    tags: tuple[tuple[int, ...], ...]
    geometry: Geometry

    @property
    def features(self) -> Iterator[DecodedFeature]:
        """Yield the layer's features one by one."""
        for i in range(len(self.ids)):
            pairs = self.tags[i]
            properties = {self.keys[pairs[k]]: self.values[pairs[k + 1]] for k in range(0, len(pairs), 2)}
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
        raise TileError(f"layer {name!r}: {error.what}") from error


def _features(data: bytes, name: str, extent: int, keys: list[str], values: list[Any], places: list[tuple[int, int]],
              overhang: int | None) -> DecodedLayer:
    ids, kinds = np.full(len(places), -1, np.int64), np.zeros(len(places), np.int64)
    tags: list[tuple[int, ...]] = []
    shapes: list[bytes] = []
    for i, (start, stop) in enumerate(places):
        got: dict[int, tuple[int, int]] = {}
        for number, a, b in wire.fields(data, start, stop, _FEATURE, "a feature"):
            if number in got:
                raise TileError(f"feature {i} has field {number} twice")
            got[number] = a, b
        if 1 in got:
            if got[1][0] >= 2**53:
                raise TileError(f"feature {i}: the id {got[1][0]} is over 2**53")
            ids[i] = got[1][0]
        kinds[i] = got.get(3, (0, 0))[0] if got.get(3, (0, 0))[0] in KINDS else 0
        if not kinds[i]:
            raise TileError(f"feature {i} has no geometry type")
        shape = got.get(4, (0, 0))
        if shape[0] >= shape[1]:
            raise TileError(f"feature {i} has no geometry")
        shapes.append(data[slice(*shape)])
        tags.append(_tags(data, got.get(2), len(keys), len(values), i))
    given = ids[ids >= 0]
    if len(np.unique(given)) < len(given):
        raise TileError("an id appears twice")
    geometry = parse_geometries(shapes, kinds)
    if overhang is not None and len(geometry.x):
        low, high = min(geometry.x.min(), geometry.y.min()), max(geometry.x.max(), geometry.y.max())
        if low < -overhang or high > extent + overhang:
            raise TileError(f"a coordinate lies outside the tile by more than {overhang} units")
    return DecodedLayer(name, extent, tuple(keys), tuple(values), ids, kinds, tuple(tags), geometry)


def _tags(data: bytes, place: tuple[int, int] | None, keys: int, values: int, feature: int) -> tuple[int, ...]:
    if place is None:
        return ()
    at, end = place
    pairs = []
    while at < end:
        number = data[at]
        if number < 0x80:
            at += 1
        else:
            number, at = wire.varint(data, at, end)
        pairs.append(number)
    if len(pairs) % 2:
        raise TileError(f"feature {feature} has a key without a value")
    own = pairs[0::2]
    if pairs and (max(own) >= keys or max(pairs[1::2]) >= values):
        raise TileError(f"feature {feature} refers to a key or value that is not there")
    if len(set(own)) < len(own):
        raise TileError(f"feature {feature} has a key twice")
    return tuple(pairs)


def _value(data: bytes, start: int, stop: int) -> Any:
    """Return the one value of a Value message (MVT 2.1 §4.4)."""
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
