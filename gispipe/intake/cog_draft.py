"""A cloud-optimised GeoTIFF while it grows: tiles go into the file as they are done, so that work that was killed goes on where it stopped.

Beside the draft a journal says after every window which tiles lie where, with check sums. Opening a draft keeps the windows whose
tiles are all there; a journal of other sheets, or of another program, is not believed and everything begins anew. The head is
written last: until then the draft says at its beginning that it is none, and no program takes it for a picture.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from filelock import FileLock

if TYPE_CHECKING:
    from gispipe.intake.cog_head import Head

_MAGIC = b"gispipe picture 1"
_UNFINISHED = b"This is no picture yet.\n"
_RECORD = struct.Struct("<III")  # tiles, CRC-32 of their bytes in the draft, CRC-32 of the table after this


_EFFORT = 6
"""How hard tiles are packed, 1–12."""


def packed(pixels: np.ndarray) -> bytes:
    """Pack a tile (rows, columns, bands)."""
    from deflate import zlib_compress

    return bytes(zlib_compress(pixels.tobytes(), _EFFORT))


def unpacked(tile: bytes, shape: tuple[int, ...], kind: np.dtype) -> np.ndarray:
    """Return the pixels of a packed tile of that shape."""
    from deflate import zlib_decompress

    return np.frombuffer(zlib_decompress(tile, math.prod(shape) * kind.itemsize), kind).reshape(shape)


def beside(draft: Path) -> tuple[Path, Path]:
    """Return the journal and the lock of a draft; whoever takes the finished picture away removes them."""
    return draft.with_suffix(".rows"), draft.with_suffix(".lock")


class CogDraft:
    """A picture that grows at `path`; `made_of` stands for all that its bytes depend on, None for work that is never gone on with.

    `windows` is how many windows are done. Only one process writes: a killed run's reader ends by itself, and is waited for.
    """

    def __init__(self, path: Path, head: Head, made_of: str | None) -> None:
        journal, lock = beside(path)
        self._head = head
        self._lock = FileLock(lock)
        self._lock.acquire()
        path.touch()
        journal.touch()
        self._data, self._journal = path.open("r+b"), journal.open("r+b")
        self._offsets, self._lengths = np.zeros(head.tiles, np.int64), np.zeros(head.tiles, np.int64)
        self.windows, self._end = 0, head.size
        self._go_on(_MAGIC + hashlib.sha256(made_of.encode()).digest() if made_of else b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._data.close()
        self._journal.close()
        self._lock.release()

    def append(self, numbers: Sequence[int], tiles: Sequence[bytes]) -> None:
        """Add the tiles of the next window: their numbers and their packed bytes; a tile that is there already counts where it came last."""
        table = np.array([numbers, [len(tile) for tile in tiles]], "<i8")
        data = b"".join(tiles)
        self._data.seek(self._end)
        self._data.write(data)
        self._data.flush()
        self._journal.write(_RECORD.pack(len(tiles), zlib.crc32(data), zlib.crc32(table.tobytes())) + table.tobytes())
        self._journal.flush()
        self._note(table)

    def tile(self, number: int) -> bytes:
        """Return the packed bytes of a tile that is there."""
        self._data.seek(int(self._offsets[number]))
        return self._data.read(int(self._lengths[number]))

    def finish(self) -> None:
        """Write the head: the draft is a picture now."""
        self._data.seek(0)
        self._data.write(self._head.packed(self._offsets, self._lengths))
        self._data.flush()

    def _go_on(self, name: bytes) -> None:
        """Keep the windows that another run with this name has finished, and make the draft and the journal end after them."""
        kept = 0
        if name and self._journal.read(len(name)) == name:
            kept = len(name)
            while table := self._record():
                self._note(np.frombuffer(table, "<i8").reshape(2, -1))
                kept = self._journal.tell()
        self._journal.seek(0)
        self._journal.truncate(kept)
        self._journal.write(b"" if kept else name)
        self._journal.seek(0, 2)
        self._data.truncate(self._end)
        self._data.seek(0)
        self._data.write(_UNFINISHED.ljust(self._head.size, b"\0"))

    def _record(self) -> bytes:
        """Return the table of the next record, empty when it is not whole or its tiles are not in the draft."""
        start = self._journal.read(_RECORD.size)
        if len(start) < _RECORD.size:
            return b""
        count, data, check = _RECORD.unpack(start)
        table = self._journal.read(min(16 * count, 16 * self._head.tiles))
        if len(table) != 16 * count or zlib.crc32(table) != check or not self._there(np.frombuffer(table, "<i8").reshape(2, -1), data):
            return b""
        return table

    def _there(self, table: np.ndarray, check: int) -> bool:
        numbers, lengths = table
        self._data.seek(self._end)
        return bool(((numbers >= 0) & (numbers < self._head.tiles)).all()) and zlib.crc32(self._data.read(int(lengths.sum()))) == check

    def _note(self, table: np.ndarray) -> None:
        numbers, lengths = table
        ends = self._end + np.cumsum(lengths)
        self._offsets[numbers], self._lengths[numbers] = ends - lengths, lengths
        self._end, self.windows = int(ends[-1]), self.windows + 1
