"""What can be wrong with tiles, said by name."""

from __future__ import annotations

from pathlib import Path

from gispipe.errors import RuleBroken
from gispipe.words import Words


class TileError(RuleBroken):
    """Say which archive and tile is wrong, and how.

    ``archive`` is a path or None, ``tile`` is (z, x, y) or None, ``reason`` one sentence without the place.
    """

    def __init__(self, reason: str, *, archive: Path | None = None, tile: tuple[int, int, int] | None = None) -> None:
        self.reason = reason
        self.archive = archive
        self.tile = tile
        place = [str(archive)] if archive is not None else []
        if tile is not None:
            place.append("/".join(map(str, tile)))
        super().__init__(": ".join(place), Words(reason, reason))

    def at(self, *, archive: Path | None = None, tile: tuple[int, int, int] | None = None) -> TileError:
        """Return the same error with the place filled in where it was unknown."""
        return TileError(self.reason, archive=self.archive or archive, tile=self.tile or tile)
