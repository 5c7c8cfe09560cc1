"""The arcs of a topology: undone from their quantisation once, then gathered by reference."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.words import Words

MOST_VERTICES = 50_000_000
_AGAIN = Words("export it again as TopoJSON or GeoJSON", "TopoJSON か GeoJSON として出力し直してください")


@dataclass(frozen=True)
class Arcs:
    """xy: (v, 2) vertices of all arcs; begin, length: (a,) where each arc lies; scale, shift: the transform, for points."""

    xy: np.ndarray
    begin: np.ndarray
    length: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    quantised: bool
    where: str

    @classmethod
    def of(cls, document: dict[str, Any], where: str) -> Arcs:
        """Return the arcs of a topology; raises UnreadableInput when they are no lists of positions."""
        try:
            arcs = document["arcs"]
            length = np.array([len(arc) for arc in arcs], dtype=np.int64)
            xy = np.array([position[:2] for position in chain.from_iterable(arcs)], dtype=float).reshape(-1, 2)
            transform = document.get("transform")
            scale, shift = (np.array(transform[name], dtype=float).reshape(2) for name in ("scale", "translate")) if transform else (np.ones(2), np.zeros(2))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise UnreadableInput(where, Words("arcs or transform are no lists of numbers", "arcs か transform の形が正しくありません"), _AGAIN) from None
        begin = np.concatenate([[0], np.cumsum(length)])[:-1].astype(np.int64)
        if transform:
            with np.errstate(over="ignore", invalid="ignore"):
                xy = _undelta(xy, begin, length) * scale + shift
        if not np.isfinite(xy).all():
            raise UnreadableInput(where, Words("a coordinate is not finite", "有限でない座標があります"), _AGAIN)
        return cls(xy, begin, length, scale, shift, bool(transform), where)

    def position(self, values: Any) -> np.ndarray:
        """Return (n, 2) positions of points, which the transform holds for but no deltas."""
        xy = np.array([one[:2] for one in values], dtype=float).reshape(-1, 2) * self.scale + self.shift
        if not np.isfinite(xy).all():
            raise ValueError("a coordinate is not finite")
        return xy

    def gather(self, references: np.ndarray, line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the vertices (m, 2) of arcs put one after the other and the line each belongs to.

        references: (r,) arc numbers, ~n for backwards; line: (r,) ascending line numbers. Where an arc continues a line
        its first vertex is the last of the one before and comes once. Raises UnreadableInput for arcs that are not there.
        """
        arc = np.where(references < 0, ~references, references)
        if len(arc) and (arc.max() >= len(self.begin) or arc.min() < 0):
            raise UnreadableInput(self.where, Words(f"arc {int(arc.max())} is not there; there are {len(self.begin):,}", f"{int(arc.max())} 番の arc がありません（{len(self.begin):,} 本）"), _AGAIN)
        length = self.length[arc]
        if int(length.sum()) > MOST_VERTICES:
            raise UnreadableInput(self.where, Words(f"{int(length.sum()):,} vertices put together", f"頂点が合計 {int(length.sum()):,} 個になります"), _AGAIN)
        of = np.repeat(np.arange(len(arc)), length)
        step = np.arange(len(of)) - np.repeat(np.cumsum(length) - length, length)
        backwards = (references < 0)[of]
        vertex = self.begin[arc][of] + np.where(backwards, length[of] - 1 - step, step)
        first = np.r_[True, line[1:] != line[:-1]] if len(line) else np.zeros(0, bool)
        keep = (step > 0) | first[of]
        return self.xy[vertex[keep]], line[of[keep]]

    def in_degrees(self) -> bool:
        """Tell whether every vertex can be longitude and latitude, and any lies off the origin."""
        return bool(len(self.xy) and (np.abs(self.xy[:, 0]) <= 180).all() and (np.abs(self.xy[:, 1]) <= 90).all()) or (not len(self.xy) and not self.quantised)


def _undelta(xy: np.ndarray, begin: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Add up the steps of each arc on its own; whole numbers, so that summing over all arcs first is exact."""
    total = np.cumsum(xy, axis=0)
    filled = length > 0
    before = np.zeros((len(begin), 2))
    inner = filled & (begin > 0)
    before[inner] = total[begin[inner] - 1]
    return total - np.repeat(before, length, axis=0)
