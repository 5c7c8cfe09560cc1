"""What a build remembers, so that the next one makes only the tiles whose content changed.

Beside an archive stand, for every part of every feature, a digest of all that decides how it is drawn, its box, what became of it, and the pieces of it in tiles.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely

from gispipe import ragged, shelf
from gispipe.finished import finished
from gispipe.tiles import digests
from gispipe.tiles.pieces import Pieces
from gispipe.tiles.source import Source

DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
"""What numpy raises for a file of arrays that is not there, cut off or damaged."""
_COLUMNS = ("ids", "owner", "digest", "box", "fate", "ground", "shape", "free")
_ZOOMS = "zooms"


@dataclass(frozen=True)
class Parts:
    """A layer: ``ids`` of its features, and by part (a polygon with its holes, a line, a point) the number of its feature (``owner``), ``digest``
    (uint64), ``box`` (parts, 4: west, north, east, south in units of the deepest zoom) and ``fate`` (zooms, parts).

    What depends on the shapes alone is taken over as long as all of them are what they were (``ground``: a digest of them, 32 bytes): the digests of
    the parts' shapes (``shape``, uint64), and which points may be simplified away (``free``: a bit each, those of all blocks one after the other).
    """

    ids: np.ndarray
    owner: np.ndarray
    digest: np.ndarray
    box: np.ndarray
    fate: np.ndarray
    ground: np.ndarray
    shape: np.ndarray
    free: np.ndarray
    pieces: Mapping[int, Pieces] = field(default_factory=dict)
    """By zoom what the parts became."""

    def columns(self) -> dict[str, np.ndarray]:
        """Return the arrays that are saved, by name."""
        pieces = {f"{zoom}.{name}": column for zoom, one in self.pieces.items() for name, column in one.columns().items()}
        return {name: getattr(self, name) for name in _COLUMNS} | {_ZOOMS: np.array(list(self.pieces), np.int64)} | pieces

    @classmethod
    def of_columns(cls, held: Mapping[str, np.ndarray], k: int) -> Parts:
        """Return the layer of number ``k`` among saved arrays."""
        return cls(*(held[f"{k}.{name}"] for name in _COLUMNS), {zoom: Pieces.of_columns(held, f"{k}.{zoom}.") for zoom in held[f"{k}.{_ZOOMS}"].tolist()})


@dataclass(frozen=True)
class Memory:
    """What was remembered of an ``archive`` (SHA-256 of its bytes): its ``key``, its layers' parts, and the losses of tiles over budget as rows of
    (tile, layer number, reason number, count), -1 for a tile still over."""

    key: str
    archive: str
    layers: dict[str, Parts]
    losses: np.ndarray

    def save(self, path: Path) -> None:
        """Write the memory, complete or not at all."""
        columns = {f"{k}.{name}": column for k, one in enumerate(self.layers.values()) for name, column in one.columns().items()}
        with finished(path, durable=False) as draft, draft.open("wb") as out:
            np.savez(out, key=np.array(self.key), archive=np.array(self.archive), names=np.array(list(self.layers)), losses=self.losses, **columns)

    @classmethod
    def load(cls, path: Path) -> Memory | None:
        """Return what was saved; None when there is nothing or it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as held:
                layers = {str(name): Parts.of_columns(held, k) for k, name in enumerate(held["names"])}
                return cls(str(held["key"]), str(held["archive"]), layers, held["losses"])
        except DAMAGED:
            return None


@cache
def engine() -> str:
    """Return a digest of everything but the data that decides a tile's bytes: this package's programs and the libraries under it."""
    return shelf.key_of(shapely.geos_version_string, "tiles", "ragged.py", "arrow.py", libraries=("numpy", "shapely", "deflate", "pyarrow"))


def key_of(sources: Sequence[Source]) -> str:
    """Return what must be the same for any tile to stay: the engine and the layers' declarations."""
    layers = [[s.id, s.kind, s.zoom, s.keep, s.min_pixels, s.tags.names, s.tags.own.tolist()] for s in sources]
    return shelf.key_of([engine(), layers])


def parts_of(source: Source, before: Parts | None, free_of: Callable[[Source], Sequence[np.ndarray]]) -> tuple[Parts, Sequence[np.ndarray]]:
    """Return what is to be remembered of a layer's parts, but for what becomes of them, and by block which points may go (as ``free_of`` says).

    ``before``: what the same engine remembered of a layer declared alike.
    """
    ground = np.frombuffer(digests.ground(source), np.uint8)
    if before is not None and np.array_equal(ground, before.ground):
        box, shape, bits = before.box, before.shape, before.free
        at = ragged.offsets(np.array([len(one.x) for one in source.blocks], np.int64))
        every = np.unpackbits(bits, count=int(at[-1])).view(bool)
        free = [every[a:b] for a, b in pairwise(at.tolist())]
    else:
        free = free_of(source)
        box, shape, bits = digests.boxes(source), digests.shapes_of(source, free), np.packbits(np.concatenate([np.zeros(0, bool), *free]))
    return Parts(source.ids, source.owner, digests.digests(source, shape), box, np.zeros((0, len(source.owner)), np.uint8), ground, shape, bits), free
