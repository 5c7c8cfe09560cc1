"""The fingerprint of a delivered file, taken while it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from gispipe.intake.delivered import SourceFile


class Fingerprint:
    """SHA-256 and size over all parts of a file, one after the other, worked out beside whatever else is done."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._parts = parts
        self._pool = ThreadPoolExecutor(1)
        self._digest: Future[str] = self._pool.submit(self._hash)

    def _hash(self) -> str:
        digest = hashlib.sha256()
        for part in self._parts:
            with part.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        return digest.hexdigest()

    def of(self, where: str, rows: int) -> SourceFile:
        """Return the file as provenance: its name, SHA-256, bytes and rows."""
        digest = self._digest.result()
        self._pool.shutdown()
        return SourceFile(where, digest, sum(part.stat().st_size for part in self._parts), rows)
