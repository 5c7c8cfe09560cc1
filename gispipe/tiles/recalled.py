"""What a build takes over from the one before it, and leaves to the next."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from gispipe import ragged
from gispipe.finished import digest_of_file, keep_as
from gispipe.tiles import memory
from gispipe.tiles.changed import Changed, Wanted, changed
from gispipe.tiles.errors import TileError
from gispipe.tiles.levels import free_of
from gispipe.tiles.opening import Archive, open_archive
from gispipe.tiles.place import Placed
from gispipe.tiles.rising import Rising
from gispipe.tiles.source import Source

Loss = tuple[int, int, int, int]


@dataclass(frozen=True)
class Recalled:
    """What is there: the parts as they are ``now`` and which of their points are ``free``, the memory ``before`` and its archive, and what changed since;
    without a memory all is made anew."""

    now: Mapping[str, memory.Parts] = field(default_factory=dict)
    free: Mapping[str, Sequence[np.ndarray]] = field(default_factory=dict)
    before: memory.Memory | None = None
    archive: Archive | None = None
    changed: Changed | None = None

    @classmethod
    def of(cls, path: Path, sources: Sequence[Source]) -> Recalled:
        """Compare the layers with what is remembered at ``path``; what is missing, damaged or of another engine is as good as nothing."""
        before = memory.Memory.load(path.with_name(path.name + ".npz"))
        if before is not None and before.key != memory.key_of(sources):
            before = None
        told = {source.id: memory.parts_of(source, before.layers[source.id] if before else None, free_of) for source in sources}
        now, free = {name: parts for name, (parts, _) in told.items()}, {name: may_go for name, (_, may_go) in told.items()}
        since = changed(before, sources, now, free) if before else None
        if before is None or since is None:
            return cls(now, free)
        try:
            archive = open_archive(archive_of(path, before.archive))
        except (TileError, OSError, ValueError):
            return cls(now, free)
        if hashlib.sha256(archive.content).hexdigest() != before.archive:
            return cls(now, free)
        return cls(now, free, before, archive, since)

    def wanted(self, source: Source) -> Wanted:
        """Return what is wanted of a layer, and what is known of it."""
        return self.changed.wanted[source.id] if self.changed else Wanted.everything(source, self.free.get(source.id))

    def to_make(self, placed: list[Placed], zoom: int) -> list[Placed]:
        """Return the rows in tiles that are made again."""
        if self.changed is None:
            return placed
        tiles = self.changed.tiles.get(zoom, np.zeros(0, np.int64))
        return [rows for one in placed if len((rows := one.rows(np.isin(one.tile, tiles))).tile)]

    @cached_property
    def _made(self) -> np.ndarray:
        """Return the ids of all tiles that are made again."""
        assert self.changed is not None
        return np.concatenate([*self.changed.tiles.values(), np.zeros(0, np.int64)])

    @cached_property
    def _staying(self) -> np.ndarray:
        """Return id, offset and length of the tiles that stay, shape (n, 3)."""
        if self.archive is None:
            return np.zeros((0, 3), np.int64)
        number, offset, length, run = self.archive.table.T
        tile = ragged.spans(number, run)
        every = np.stack([tile, np.repeat(offset, run), np.repeat(length, run)], 1)
        return every[~np.isin(tile, self._made)]

    def tiles(self) -> Iterator[tuple[int, bytes]]:
        """Yield (tile id, stored bytes) of the tiles that stay."""
        for tile, offset, length in self._staying.tolist():
            assert self.archive is not None
            yield tile, self.archive.stored(offset, length)

    @property
    def count(self) -> int:
        """Return how many tiles stay."""
        return len(self._staying)

    def losses(self) -> list[Loss]:
        """Return what the tiles that stay had lost."""
        if self.before is None:
            return []
        rows = self.before.losses
        return [tuple(row) for row in rows[~np.isin(rows[:, 0], self._made)].tolist()]

    def keep(self, path: Path, archive: Path, layers: Sequence[Rising], losses: Sequence[Loss]) -> None:
        """Leave the finished ``archive`` and what its ``layers`` were at ``path`` for the next build; the facts come last and name the archive."""
        digest = digest_of_file(archive)
        kept = archive_of(path, digest)
        keep_as(archive, kept, digest)
        parts = {one.source.id: replace(self.now[one.source.id], fate=one.parts, pieces=one.pieces) for one in layers}
        memory.Memory(memory.key_of([one.source for one in layers]), digest, parts, np.array(sorted(losses), np.int64).reshape(-1, 4)).save(path.with_name(path.name + ".npz"))
        for old in path.parent.glob(f"{path.name}-*.pmtiles"):
            if old != kept:
                with contextlib.suppress(OSError):  # Windows keeps what is still open; the next build sweeps it
                    old.unlink()


def archive_of(path: Path, digest: str) -> Path:
    """Return where the archive of a digest is kept."""
    return path.with_name(f"{path.name}-{digest[:16]}.pmtiles")
