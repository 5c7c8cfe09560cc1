"""The ground: coast, rivers, hills, and a smooth height at every point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.fields import Waves, waves
from gispipe.demo.frame import Size, generator


@dataclass(frozen=True)
class River:
    """A river that runs from north to south: its axis is x as a function of y."""

    name: str
    kana: str
    code: str
    place: float        # share of the width
    swing: float        # metres of meander
    wavelength: float
    phase: float
    mouth: float        # width at the sea, metres
    source: float       # width at the northern edge
    height: float
    width: float
    levee: float        # width of bank and dike on each side

    def axis(self, y: np.ndarray) -> np.ndarray:
        """Return x of the axis at y."""
        turn = 2 * np.pi * y / self.wavelength + self.phase
        fade = 0.55 + 0.45 * np.clip(y / self.height, 0, 1)
        return (self.place * self.width + fade * self.swing * (np.sin(turn) + 0.35 * np.sin(1.73 * turn + 1.1))
                + 0.02 * self.width * np.sin(np.pi * y / self.height))

    def breadth(self, y: np.ndarray) -> np.ndarray:
        """Return the width of the water at y: wider towards the sea, a little uneven."""
        share = np.clip(1 - y / self.height, 0, 1)
        even = self.source + (self.mouth - self.source) * share ** 1.3
        return even * (1 + 0.10 * np.sin(y / 97.0 + self.phase) + 0.06 * np.sin(y / 41.0))

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the distance from the axis; good near the river, which is where it is used."""
        slope = (self.axis(y + 5.0) - self.axis(y - 5.0)) / 10.0
        return np.abs(x - self.axis(y)) / np.sqrt(1 + slope ** 2)

    def line(self) -> shapely.LineString:
        """Return the axis from north to south."""
        y = np.arange(self.height + 60, -60, -10.0)
        return shapely.linestrings(np.column_stack([self.axis(y), y]))

    def band(self, extra: float) -> shapely.Polygon:
        """Return the water widened by `extra` metres on each side."""
        y = np.arange(self.height + 60, -60, -10.0)
        x, half = self.axis(y), self.breadth(y) / 2 + extra
        dx, dy = np.gradient(x), np.gradient(y)
        norm = np.hypot(dx, dy)
        left = np.column_stack([x - dy / norm * half, y + dx / norm * half])
        right = np.column_stack([x + dy / norm * half, y - dx / norm * half])
        ring = shapely.polygons(np.concatenate([left, right[::-1]]))
        return shapely.buffer(shapely.buffer(ring, 0), 0.0)


@dataclass(frozen=True)
class Terrain:
    """Everything that is older than the city."""

    size: Size
    rivers: tuple[River, River]
    hills: np.ndarray   # rows of x, y, half-widths, height
    ridges: Waves
    bumps: Waves

    def coast(self, x: np.ndarray) -> np.ndarray:
        """Return y of the natural coast at x."""
        share = np.asarray(x) / self.size.width
        return self.size.height * (0.115 + 0.032 * np.sin(5.6 * share + 0.4) + 0.012 * np.sin(13.0 * share + 2.0))

    def height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return metres above the sea at x, y."""
        x, y = np.asarray(x, float), np.asarray(y, float)
        inland = np.clip((y - self.coast(x)) / self.size.height, 0, None)
        ground = 1.6 + 15.0 * inland ** 1.15 + 0.45 * self.bumps(x, y)
        relief = 1 + 0.26 * self.ridges(x, y)
        valley: np.ndarray | float = 1.0
        for river in self.rivers:
            near = river.distance(x, y)
            reach = 0.055 * self.size.width
            valley = np.minimum(valley, 1 - np.exp(-(near / reach) ** 2))
            ground = ground - 0.9 * np.exp(-(near / 260.0) ** 2) * np.clip(4 * inland, 0.2, 1)
        for hx, hy, sx, sy, top in self.hills:
            rise = np.exp(-((x - hx) / sx) ** 2 - ((y - hy) / sy) ** 2)
            ground = ground + top * rise * relief * valley
        return ground

    def land(self) -> shapely.Polygon:
        """Return the land with the harbour's straight quays."""
        w, h = self.size.width, self.size.height
        x = np.arange(-200, w + 201, 20.0)
        natural = shapely.polygons(np.concatenate([np.column_stack([x, self.coast(x)]),
                                                   [[w + 200, h + 200], [-200, h + 200]]]))
        left, right = 0.46 * w, 0.60 * w
        shore = float(self.coast(np.array([0.53 * w]))[0])
        quay = shapely.polygons([(left, shore + 60), (left + 30, shore - 150), (right + 40, shore - 175),
                                 (right + 20, shore + 60)])
        basin = shapely.polygons([(left + 150, shore - 260), (left + 158, shore - 60), (left + 262, shore - 68),
                                  (left + 254, shore - 260)])
        return shapely.difference(shapely.union(natural, quay), basin)


def make_terrain(size: Size, seed: int) -> Terrain:
    """Make the ground of a city of this size."""
    rng = generator(seed, 1)
    w, h = size.width, size.height
    grown = (w / 3300.0) ** 0.4
    rivers = (
        River("星瀬川", "ほしせがわ", "9900010001", 0.275, 0.041 * w, size.meander, 0.9, 92 * grown, 46 * grown, h, w, 24.0),
        River("鈴音川", "すずねがわ", "9900010002", 0.745, 0.026 * w, size.meander * 0.72, 3.9, 38 * grown, 15 * grown, h, w, 12.0),
    )
    hills = np.array([
        [0.515 * w, 0.99 * h, 0.155 * w, 0.25 * h, size.peak],
        [0.405 * w, 1.02 * h, 0.10 * w, 0.20 * h, 0.65 * size.peak],
        [0.615 * w, 0.90 * h, 0.055 * w, 0.10 * h, 0.32 * size.peak],
        [0.955 * w, 1.02 * h, 0.13 * w, 0.24 * h, 0.62 * size.peak],
        [0.05 * w, 1.04 * h, 0.12 * w, 0.17 * h, 0.42 * size.peak],
    ])
    return Terrain(size, rivers, hills, waves(rng, 330.0 * grown, 9), waves(rng, 420.0, 7))
