"""Decode vector tiles strictly: everything MVT 2.1 says a tile must be, and what our own tiles promise beyond it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.arrow import buffers
from gispipe.tiles import varint, wire
from gispipe.tiles.errors import TileError
from gispipe.tiles.features import KINDS, Features, split_features
from gispipe.tiles.geometry import Geometry, parse_geometries
from gispipe.tiles.split import FEATURE, VALUE, Chains
from gispipe.tiles.values import indices
from gispipe.tiles.wire import BYTES, FIXED32, FIXED64, VARINT

__all__ = ["DecodedFeature", "DecodedLayer", "decode_tile", "decode_tiles"]

_TILE = {3: BYTES}
_LAYER = {15: VARINT, 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT}
_KINDS = {1: BYTES, 2: FIXED32, 3: FIXED64, 4: VARINT, 5: VARINT, 6: VARINT, 7: VARINT}


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
    and value numbers of each feature. ``codes``: numbers of the layer's values among all that were ``found`` in the tiles read together.
    """

    name: str
    extent: int
    keys: tuple[str, ...]
    codes: np.ndarray
    found: Values
    ids: np.ndarray
    kinds: np.ndarray
    start: np.ndarray
    pairs: np.ndarray
    geometry: Geometry

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """Return the layer's values."""
        plain = self.found.plain
        return tuple([plain[code] for code in self.codes.tolist()])

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
    """A Layer message with its names read, and where its features and values stand: as of `_fields`."""

    name: str
    extent: int
    keys: tuple[str, ...]
    start: int
    runs: list[int]
    alone: list[tuple[int, int, int, int]]


def decode_tile(data: bytes, *, overhang: int | None = None) -> list[DecodedLayer]:
    """Decode an uncompressed tile; raise TileError with the reason when it breaks a rule.

    With ``overhang`` (units) coordinates further outside the tile than that are an error too.
    """
    return decode_tiles([data], overhang=overhang)[0]


class Values:
    """The different Value messages of tiles read together, all as they must be; a value becomes a Python object when somebody asks for it.

    ``texts``: those that are texts, and of shape (texts,) which of the values each is (``text``).
    """

    def __init__(self, encoded: pa.LargeBinaryArray) -> None:
        """Take fields of a layer, tag, length and message; raise TileError for a message that is not as it must be."""
        start, data = buffers(encoded)
        raw = np.append(data, np.zeros(12, np.uint8))
        at = start[:-1] + 2
        while (more := raw[at - 1] > 0x7F).any():
            at = at + more
        length = start[1:] - at
        if (varint.sizes(length) != at - start[:-1] - 1).any():
            raise TileError("a value's length is written longer than needed")
        text = (length > 1) & (raw[at] == 0x0A) & (raw[at + 1] == length - 2) & (length < 0x82)  # short texts and measures, which nearly all are, are read together
        self._measure = np.flatnonzero((length == 9) & (raw[at] == 0x19))
        self._measures = raw[at[self._measure][:, None] + np.arange(1, 9)].view("<f8").ravel()
        size = length[text] - 2
        short = pa.Array.from_buffers(pa.large_string(), len(size), [None, pa.py_buffer(ragged.offsets(size)), pa.py_buffer(raw[ragged.spans(at[text] + 2, size)])])
        try:
            short.validate(full=True)
        except pa.ArrowInvalid as error:
            raise TileError("a value is not UTF-8") from error
        self._whole, self._wholes = _whole_numbers(raw, at, length)
        rest = ~text
        rest[self._measure] = rest[self._whole] = False
        self._others = {k: _value(raw[at[k]:at[k] + length[k]].tobytes(), 0, int(length[k])) for k in np.flatnonzero(rest).tolist()}
        long = {k: value for k, value in self._others.items() if isinstance(value, str)}
        self.text = np.concatenate([np.flatnonzero(text), np.array([*long], np.int64)])
        self.texts = pa.concat_arrays([short, pa.array(long.values(), pa.large_string())]) if long else short
        self._count = len(encoded)

    def __len__(self) -> int:
        return self._count

    @cached_property
    def plain(self) -> list[Any]:
        """Return the values."""
        out = np.empty(self._count, object)
        out[self.text] = self.texts.to_pylist()
        out[self._measure] = self._measures.tolist()
        out[self._whole] = self._wholes.tolist()
        for k, value in self._others.items():
            out[k] = value
        return out.tolist()


def _whole_numbers(raw: np.ndarray, at: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which of the messages at some places of ``raw`` are whole numbers as they are mostly written, of up to five bytes, and the numbers."""
    which = np.flatnonzero((length > 1) & (length < 7) & ((raw[at] == 0x28) | (raw[at] == 0x30)))
    start, last = at[which], length[which] - 1
    number, good = np.zeros(len(which), np.int64), np.ones(len(which), bool)
    for k in range(1, int(last.max(initial=0)) + 1):
        byte = raw[np.minimum(start + k, len(raw) - 1)].astype(np.int64)
        number |= np.where(k <= last, byte & 0x7F, 0) << 7 * (k - 1)
        good &= (k > last) | ((byte > 0x7F) == (k < last))
    good &= (last == 1) | (raw[start + last] > 0)  # written no longer than needed
    signed = raw[start] == 0x30
    return which[good], np.where(signed, number >> 1 ^ -(number & 1), number)[good]


def decode_tiles(tiles: Sequence[bytes], *, overhang: int | None = None) -> list[list[DecodedLayer]]:
    """Decode uncompressed tiles, the features of all of them together: small tiles cost their bytes, not their number.

    Raises TileError when any breaks a rule; the reason names the layer, not the tile.
    """
    data = b"".join(tiles)
    chains = Chains.of(np.frombuffer(data, np.uint8))
    messages: list[_Message] = []
    ends, begin = [], 0
    for tile in tiles:
        messages += _messages(data, begin, begin + len(tile), chains)
        begin += len(tile)
        ends.append(len(messages))
    features, places = _placed(messages, chains)
    values, codes = _values(data, messages, places)
    try:
        layers = _features(data, messages, features, values, codes, overhang)
    except TileError:
        for k, message in enumerate(messages):  # one of them is wrong: say which
            try:
                _features(data, [message], [features[k]], values, [codes[k]], overhang)
            except TileError as error:
                raise TileError(f"layer {message.name!r}: {error.reason}") from error
        raise
    return [layers[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def _messages(data: bytes, start: int, stop: int, chains: Chains) -> list[_Message]:
    layers = [_message(data, a, b, chains) for _, a, b in wire.fields(data, start, stop, _TILE, "the tile")]
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise TileError(f"layer {next(name for name in names if names.count(name) > 1)!r} appears twice")
    if not layers:
        raise TileError("the tile has no layer")
    return layers


def _message(data: bytes, start: int, stop: int, chains: Chains) -> _Message:
    found, keys, runs, alone = _fields(data, start, stop, chains)
    if found.get(15) != (2, -1):
        raise TileError(f"a layer's version is {found[15][0] if 15 in found else None}, not 2")
    name = _text(data[slice(*found[1])], "a layer's name") if 1 in found else ""
    if not name:
        raise TileError("a layer has no name")
    extent = found.get(5, (4096, -1))[0]
    if not 0 < extent < 2**31:
        raise TileError(f"layer {name!r}: the extent is {extent}")
    if len(set(keys)) < len(keys):
        raise TileError(f"layer {name!r} lists a key or value twice")
    return _Message(name, extent, tuple(_text(key, "a key") for key in keys), start, runs, alone)


def _fields(data: bytes, at: int, stop: int, chains: Chains) -> tuple[dict[int, tuple[int, int]], list[bytes], list[int], list[tuple[int, int, int, int]]]:
    """Return the single fields of a Layer message by number (start and stop; value and -1), its keys, where runs of features and values begin, and of
    those that stand in no run: place, number, start and stop."""
    found: dict[int, tuple[int, int]] = {}
    keys: list[bytes] = []
    runs: list[int] = []
    alone: list[tuple[int, int, int, int]] = []
    while at < stop:
        run = chains.number(at) if data[at] in (FEATURE, VALUE) else -1
        if run >= 0 and chains.stop[run] <= stop:
            runs.append(run)
            at = int(chains.stop[run])
            continue
        place = at
        number, a, b, at = wire.field(data, at, stop, _LAYER, "a layer")
        if number == 3:
            keys.append(data[a:b])
        elif number in (2, 4):
            alone.append((place, number, a, b))
        elif number in found:
            raise TileError(f"a layer has field {number} twice")
        else:
            found[number] = a, b
    return found, keys, runs, alone


def _placed(messages: list[_Message], chains: Chains) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return of every layer where its features' content begins and ends, and where its values begin, their content, and where they end, arrays of shape (n, 2) and (n, 3);
    raise TileError for a layer without features."""
    run = chains.fields([run for message in messages for run in message.runs])
    starts, out = np.array([message.start for message in messages], np.int64), []
    for number, these in ((2, run[~chains.value[run]]), (4, run[chains.value[run]])):
        rows = np.stack([chains.at[these], chains.body[these], chains.end[these]], 1).astype(np.int64)
        alone = [(place, a, b) for message in messages for place, which, a, b in message.alone if which == number]
        if alone:
            rows = np.concatenate([rows, np.array(alone, np.int64)])
            rows = rows[np.argsort(rows[:, 0])]
        out.append(np.split(rows, np.searchsorted(rows[:, 0], starts)[1:]) if messages else [])
    features, values = [rows[:, 1:] for rows in out[0]], out[1]
    for message, own in zip(messages, features, strict=True):
        if not len(own):
            raise TileError(f"layer {message.name!r} has no features")
    return features, values


def _values(data: bytes, messages: list[_Message], places: list[np.ndarray]) -> tuple[Values, list[np.ndarray]]:
    """Return the different values, and the numbers of those of every layer among them; raise TileError for one that is not as it must be, or stands twice in a layer."""
    start = ragged.offsets(np.array([len(one) for one in places], np.int64))
    begin, _, stop = np.concatenate([np.zeros((0, 3), np.int64), *places]).T
    gap = np.flatnonzero(begin[1:] != stop[:-1]) + 1  # the fields follow each other as they are wanted; what stands between two layers' is one that is not there
    there = np.ones(len(begin) + len(gap), bool)
    there[gap + np.arange(len(gap))] = False
    at = np.append(np.insert(begin, gap, stop[gap - 1]), stop[-1:])
    coded = pa.Array.from_buffers(pa.large_binary(), len(there), [pa.py_buffer(np.packbits(there, bitorder="little")), pa.py_buffer(at), pa.py_buffer(data)]).dictionary_encode()
    code = indices(coded)[there]
    codes = [code[a:b] for a, b in pairwise(start.tolist())]
    stands = np.zeros(len(coded.dictionary), np.int32)  # where in the layer looked at last
    for message, own in zip(messages, codes, strict=True):
        place = np.arange(len(own), dtype=np.int32)
        stands[own] = place
        if not np.array_equal(stands[own], place):
            raise TileError(f"layer {message.name!r} lists a key or value twice")
    return Values(coded.dictionary), codes


def _features(data: bytes, messages: list[_Message], places: list[np.ndarray], values: Values, codes: list[np.ndarray], overhang: int | None) -> list[DecodedLayer]:
    """Read the features of all layers together and give each layer its own."""
    if not messages:
        return []
    of_layer = ragged.offsets(np.array([len(one) for one in places], np.int64))
    layer = ragged.owners(of_layer)
    found = split_features(data, np.concatenate(places))
    given = np.flatnonzero(found.ids >= 0)
    order = given[np.lexsort((found.ids[given], layer[given]))]
    if ((found.ids[order[1:]] == found.ids[order[:-1]]) & (layer[order[1:]] == layer[order[:-1]])).any():
        raise TileError("an id appears twice")
    start, pairs = _tags(found, *(np.array([len(part) for part in parts], np.int64)[layer] for parts in ([m.keys for m in messages], codes)))
    geometry = parse_geometries(found.geometry, found.geometry_end, found.kinds)
    if overhang is not None and len(geometry.x):
        vertices = geometry.start[geometry.first[of_layer]]
        limit = np.repeat(np.array([m.extent for m in messages], np.int64) + overhang, np.diff(vertices))
        if min(geometry.x.min(), geometry.y.min()) < -overhang or (np.maximum(geometry.x, geometry.y) > limit).any():
            raise TileError(f"a coordinate lies outside the tile by more than {overhang} units")
    layers = []
    for message, code, a, b in zip(messages, codes, of_layer[:-1].tolist(), of_layer[1:].tolist(), strict=True):
        own = pairs[start[a]:start[b]]
        layers.append(DecodedLayer(message.name, message.extent, message.keys, code, values, found.ids[a:b], found.kinds[a:b], start[a:b + 1] - start[a], own,
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
    used = owner * max(int(keys.max()), 1) + pairs[:, 0].astype(np.int64)
    if not (used[1:] > used[:-1]).all():  # keys that ascend, as ours do, are none twice
        used = np.sort(used)
    if (used[1:] == used[:-1]).any():
        raise TileError(f"feature {int(used[1:][used[1:] == used[:-1]][0]) // max(int(keys.max()), 1)} has a key twice")
    return ragged.offsets(count // 2), pairs.astype(np.int64)


def _value(data: bytes, start: int, stop: int) -> Any:
    """Return the one value of a Value message (MVT 2.1 §4.4)."""
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
