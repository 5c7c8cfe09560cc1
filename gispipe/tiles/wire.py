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
        number, start, stop, at = field(data, at, end, known, what)
        yield number, start, stop


def field(data: bytes, at: int, end: int, known: dict[int, int], what: str) -> tuple[int, int, int, int]:
    """Return number, start, stop of the field at ``at``, as `fields` does, and where the next one begins."""
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
        return number, value, -1, at
    length = 8 if wire == FIXED64 else 4
    if wire == BYTES:
        length, at = varint(data, at, end)
    if length > end - at:
        raise TileError(f"{what} field {number} is cut off")
    return number, at, at + length, at + length
