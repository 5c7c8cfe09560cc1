"""Judge a stored picture tile: right format, 256 pixels, and no hidden text."""

from __future__ import annotations

import io
import struct

from PIL import Image

from gispipe.tiles import archive
from gispipe.tiles.errors import TileError

_FORMATS = {archive.PNG: "PNG", archive.JPEG: "JPEG", archive.WEBP: "WEBP"}
_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}  # no EXIF, XMP or ICCP: metadata has no place in a tile
SIDE = 256


def judge(data: bytes, kind: int) -> None:
    """Raise TileError when ``data`` is not a complete picture of the archive's tile type."""
    if kind == archive.WEBP:
        _judge_webp_chunks(data)
    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as image:
            image.load()
            size, extra = image.size, set(image.info) - {"loop", "background", "timestamp", "duration"}
    except (OSError, SyntaxError, ValueError) as error:
        raise TileError(f"the picture does not decode: {error}") from error
    if size != (SIDE, SIDE):
        raise TileError(f"the picture is {size[0]} × {size[1]} pixels")
    if extra & {"exif", "xmp", "comment", "Comment", "icc_profile"}:
        raise TileError(f"the picture carries {', '.join(sorted(extra))}")


def _judge_webp_chunks(data: bytes) -> None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or struct.unpack("<I", data[4:8])[0] + 8 != len(data):
        raise TileError("the picture is not a whole WebP file")
    at = 12
    while at + 8 <= len(data):
        name, length = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
        if name not in _CHUNKS:
            raise TileError(f"the picture carries a {name!r} chunk")
        at += 8 + length + length % 2
    if at != len(data):
        raise TileError("the picture's chunks do not fill it")
