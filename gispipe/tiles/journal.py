"""Finished blocks of a tiling, written one after another, so that a run that was killed goes on where it stopped.

A record is the block's tile numbers and lengths, its tiles and its top picture, with a check sum before them. The first
record that is cut off or damaged ends the journal; a journal made of something else is thrown away whole.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

_MAGIC = b"gispipe tiling 1"
_RECORD = struct.Struct("<IIQI")  # tiles, bytes of the top picture, bytes of the record after this head, their CRC-32


class Journal:
    """A file of finished blocks that belong to `made_of`; opening it keeps the whole records another run left."""

    def __init__(self, path: Path, made_of: str) -> None:
        self._head = _MAGIC + hashlib.sha256(made_of.encode()).digest()
        self._tables: list[np.ndarray] = []
        self._tops: list[tuple[int, int]] = []
        path.touch()
        self._file = path.open("r+b")
        self._end = self._kept(path.stat().st_size)
        self._file.truncate(self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        """Return the number of finished blocks."""
        return len(self._tables)

    def append(self, tiles: Sequence[tuple[int, bytes]], top: bytes) -> None:
        """Add a finished block: its tiles by number, and the pixels of its top picture (empty when it shows nothing)."""
        table = np.array([(number, len(data)) for number, data in tiles], "<i8").reshape(-1, 2)
        body = b"".join([table.tobytes(), *(data for _, data in tiles), top])
        self._file.seek(self._end)
        self._file.write(_RECORD.pack(len(tiles), len(top), len(body), zlib.crc32(body)) + body)
        self._file.flush()
        self._note(table, len(body), len(top))

    def places(self) -> np.ndarray:
        """Return number, offset and length of every tile as int64 (n, 3)."""
        return np.concatenate([np.empty((0, 3), np.int64), *self._tables])

    def tops(self) -> Iterator[bytes]:
        """Yield the top pictures of the blocks in order."""
        for offset, length in self._tops:
            yield self.read(offset, length)

    def read(self, offset: int, length: int) -> bytes:
        """Return a piece of the file."""
        self._file.seek(offset)
        return self._file.read(length)

    def _kept(self, size: int) -> int:
        """Note the whole records that are there and return where they end."""
        if self.read(0, len(self._head)) != self._head:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(self._head)
            return len(self._head)
        self._end = len(self._head)
        while self._record(size):
            pass
        return self._end

    def _record(self, size: int) -> bool:
        """Note the next record if it is whole."""
        head = self.read(self._end, _RECORD.size)
        if len(head) < _RECORD.size:
            return False
        tiles, top, length, check = _RECORD.unpack(head)
        if self._end + _RECORD.size + length > size:
            return False
        body = self._file.read(length)
        if zlib.crc32(body) != check or 16 * tiles + top > length:
            return False
        table = np.frombuffer(body, "<i8", 2 * tiles).reshape(-1, 2)
        if int(table[:, 1].sum()) + 16 * tiles + top != length:
            return False
        self._note(table, length, top)
        return True

    def _note(self, table: np.ndarray, length: int, top: int) -> None:
        start = self._end + _RECORD.size
        ends = start + table.nbytes + np.cumsum(table[:, 1])
        self._tables.append(np.stack([table[:, 0], ends - table[:, 1], table[:, 1]], axis=1))
        self._end = start + length
        self._tops.append((self._end - top, top))
