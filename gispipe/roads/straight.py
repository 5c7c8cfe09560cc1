"""The nearest shelters in a straight line."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class Straight:
    """Sites (s, 2) in metres and, by hazard, the mask (s,) of those designated for it: made ready to be asked often."""

    def __init__(self, sites: np.ndarray, designated: Mapping[str, np.ndarray]) -> None:
        self._x, self._y = np.ascontiguousarray(sites[:, 0]), np.ascontiguousarray(sites[:, 1])
        self._hazards = list(designated)
        self._count = [int(np.count_nonzero(mask)) for mask in designated.values()]
        bits = np.zeros(len(sites), dtype=np.int64)
        for bit, mask in enumerate(designated.values()):
            bits |= mask.astype(np.int64) << bit
        self._bits = bits.tolist()  # a bit for every hazard the site serves for

    def of(self, x: float, y: float, count: int = 3) -> dict[str, list[tuple[int, float]]]:
        """Return for every hazard number and metres of the nearest designated sites, nearest first; ties, to a millimetre, by number."""
        away = np.hypot(self._x - x, self._y - y)
        found: list[list[tuple[int, float]]] = [[] for _ in self._hazards]
        wanted = [min(count, there) for there in self._count]
        wanting = sum(1 << bit for bit, most in enumerate(wanted) if most)
        for site in np.argsort(np.round(away, 3), kind="stable").tolist() if wanting else ():
            serves = self._bits[site] & wanting
            while serves:
                bit = serves.bit_length() - 1
                serves ^= 1 << bit
                found[bit].append((site, away.item(site)))
                if len(found[bit]) == wanted[bit]:
                    wanting ^= 1 << bit
            if not wanting:
                break
        return dict(zip(self._hazards, found, strict=True))
