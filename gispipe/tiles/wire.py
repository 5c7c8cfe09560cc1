"""Protocol-buffer fields, read strictly: nothing cut off, no deprecated groups, no varint over 64 bits."""

from __future__ import annotations

from collections.abc import Iterator

from gispipe.tiles.errors import TileError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_NAMES = {VARINT: "varint", FIXED64: "64-bit", BYTES: "bytes", FIXED32: "32-bit"}


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return one varint and the position after it; raise TileError when it is cut off or over 64 bits."""
    value = shift = 0
    while True:
        if at >= end:
            raise TileError("a varint is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >= 1 << 64:
                raise TileError("a varint is longer than 64 bits")
            return value, at
        shift += 7
        if shift > 63:
            raise TileError("a varint is longer than 64 bits")


def fields(data: bytes, at: int, end: int, known: dict[int, int], what: str) -> Iterator[tuple[int, int, int]]:
    """Yield (field number, start, stop) of every field between ``at`` and ``end``; a varint's value comes as start, with stop -1.

    ``known`` maps the allowed field numbers to their wire types; any other number or type raises TileError.
    """
    while at < end:
        tag = data[at]
        if tag < 0x80:
            at += 1
        else:
            tag, at = varint(data, at, end)
        number, wire = tag >> 3, tag & 7
        if number not in known:
            raise TileError(f"{what} has an unknown field {number}")
        if wire != known[number]:
            raise TileError(f"{what} field {number} is {_NAMES.get(wire, 'of a forbidden wire type')}, not {_NAMES[known[number]]}")
        if wire == VARINT:
            value, at = varint(data, at, end)
            yield number, value, -1
            continue
        if wire == BYTES:
            length = data[at] if at < end else 0x80
            if length < 0x80:  # most lengths and tags are one byte
                at += 1
            else:
                length, at = varint(data, at, end)
        else:
            length = 8 if wire == FIXED64 else 4
        if length > end - at:
            raise TileError(f"{what} field {number} is cut off")
        yield number, at, at + length
        at += length
