"""A whole layer at each zoom, deepest first: its blocks drawn and put into tiles, and what becomes of every part and feature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gispipe.tiles import small
from gispipe.tiles.changed import Wanted
from gispipe.tiles.errors import TileError
from gispipe.tiles.levels import DRAWN, OUTSIDE, Block, Step, begun
from gispipe.tiles.pieces import Pieces, together
from gispipe.tiles.place import Placed, place
from gispipe.tiles.shapes import Shapes
from gispipe.tiles.source import Each, Source


class Rising:
    """One layer on its way from its deepest zoom to its first; ``wanted`` says what is known of its parts."""

    def __init__(self, source: Source, wanted: Wanted | None = None) -> None:
        self.source, self._wanted = source, wanted or Wanted.everything(source)
        self._blocks: list[Block] = []
        self.fate = np.zeros((source.zoom[1] - source.zoom[0] + 1, len(source.ids)), np.uint8)
        """What becomes of every feature at every zoom, the first zoom first."""
        self.parts = self._wanted.fate.copy()
        """The same of every part by itself: squares are of features only."""
        self.pieces: dict[int, Pieces] = {}
        """By zoom what the parts became."""

    def at(self, zoom: int, each: Each) -> list[Placed]:
        """Return the layer's rows in the tiles of ``zoom``; nothing beyond its zooms."""
        if not self.source.zoom[0] <= zoom <= self.source.zoom[1]:
            return []
        if zoom == self.source.zoom[1]:
            self._blocks = begun(self.source, each, self._wanted)

        def work(block: Block) -> tuple[Step, list[Placed]]:
            step = block.at(zoom)
            return step, self._placed(step.shapes)

        done = list(each(work, self._blocks))
        steps, every = [step for step, _ in done], [placed for _, placed in done]
        whole, cut = ([rows for placed in every for rows in placed[nth:nth + 1]] for nth in (0, 1))
        fate = self._told(zoom, steps, whole + cut)
        squares = [step.squares for step in steps if step.squares]
        if before := self._wanted.pieces.get(zoom):
            known = before.rows(self.source.kind, self._wanted.number)
            whole, cut = together(known[0], whole), together(known[1], cut)
            squares.append(before.squares(small.side(zoom, self.source.zoom[1]), self._wanted.number))
        self.pieces[zoom] = Pieces.of((whole, cut), squares)
        # Whole ones first, then what is cut, then squares: within a tile a feature's parts stand in the same order however the layer falls into blocks.
        found = [replace(rows, feature=self.source.owner[rows.feature]) for rows in whole + cut]
        if any(len(one.feature) for one in squares):
            group = self.source.tags.group if zoom < self.source.zoom[1] else None  # at the deepest zoom every feature has its own
            squares = [replace(one, feature=self.source.owner[one.feature]) for one in squares]
            drawn = place(small.drawn_squares(squares, group, zoom), self.source.id)
            for rows in drawn:
                fate[rows.feature] = DRAWN
            found += drawn
        return found

    def _placed(self, shapes: Shapes) -> list[Placed]:
        """Put parts into tiles; above their deepest zoom areas that must stay visible are mended there, as rounding makes them cross themselves."""
        mend = self.source.keep and shapes.zoom < self.source.zoom[1]
        try:
            return place(shapes, self.source.id, mend=mend)
        except TileError:
            return place(replace(shapes, feature=self.source.owner[shapes.feature]), self.source.id)  # the same again, to name the feature's row

    def _told(self, zoom: int, steps: list[Step], placed: list[Placed]) -> np.ndarray:
        """Mark what became of the parts that are drawn here, and return the row of what becomes of features by it."""
        row = zoom - self.source.zoom[0]
        now, stands, new = np.zeros_like(self.parts[row]), np.zeros(len(self.source.owner), bool), self._wanted.new
        for step in steps:
            now[step.part] = step.fate
        for one in placed:
            stands[one.feature] = True
        now[(now == DRAWN) & ~stands] = OUTSIDE
        self.parts[row, new] = now[new]  # of the others it is known
        np.maximum.at(self.fate[row], self.source.owner, self.parts[row])
        return self.fate[row]
