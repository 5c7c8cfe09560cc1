"""A whole layer at each zoom, deepest first: its blocks drawn and put into tiles, and what becomes of every feature."""

from __future__ import annotations

import numpy as np

from gispipe.tiles import small
from gispipe.tiles.levels import DRAWN, MERGED, NOTHING, OUTSIDE, Block, Step, begun
from gispipe.tiles.place import Placed, place
from gispipe.tiles.source import Each, Source


class Rising:
    """One layer on its way from its deepest zoom to its first; with ``wanted`` (mask) only those features of it."""

    def __init__(self, source: Source, wanted: np.ndarray | None = None) -> None:
        self.source, self._wanted = source, wanted
        self._blocks: list[Block] = []
        self.fate = np.zeros((source.zoom[1] - source.zoom[0] + 1, len(source.ids)), np.uint8)
        """What becomes of every feature at every zoom, the first zoom first."""

    def at(self, zoom: int, each: Each) -> list[Placed]:
        """Return the layer's rows in the tiles of ``zoom``; nothing beyond its zooms."""
        source = self.source
        if not source.zoom[0] <= zoom <= source.zoom[1]:
            return []
        if zoom == source.zoom[1]:
            self._blocks = begun(source, each, self._wanted)

        def work(block: Block) -> tuple[Step, list[Placed]]:
            step = block.at(zoom)
            return step, place(step.shapes, source.id)

        fate = self.fate[zoom - source.zoom[0]]
        found: list[Placed] = []
        squares = []
        for step, placed in each(work, self._blocks):
            found += placed
            np.maximum.at(fate, step.feature, step.fate)
            squares += [step.squares] if step.squares else []
        if squares:
            group = source.tags.group if zoom < source.zoom[1] else None  # at the deepest zoom every feature has its own
            found += place(small.drawn_squares(squares, group, zoom), source.id)
        self._told(fate, found)
        return found

    def _told(self, fate: np.ndarray, placed: list[Placed]) -> None:
        """Mark what stands in tiles, and what has a shape and stands in none."""
        drawn = np.zeros(len(fate), bool)
        for one in placed:
            drawn[one.feature] = True
        fate[(fate == DRAWN) & ~drawn] = OUTSIDE
        fate[(fate == MERGED) & drawn] = DRAWN
        assert not (drawn & (fate == NOTHING)).any()
