"""Where sheets meet, and what may be joined there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from gispipe.intake.delivered import Delivered

ON_THE_MAP = 0.0001
"""Metres on the printed map (0.1 mm): how far apart two ends at an edge may lie. 0.05 m at level 500, 0.25 m at 2500, 1 m at 10000."""
_SAME = ("分類コード", "図形区分", "間断区分", "高さ", "文字列")


@dataclass(frozen=True)
class Seams:
    """The sheets' frames. ids, system, boxes: (s,) sheets, the number of the coordinate system of each; corners: (s, 4) west, south, east, north; sheet: (n,) sheet of each row; same: (n,) what must agree;
    tolerance: metres within which ends are joined; exact: metres within which something that is not joined counts as cut by the edge."""

    ids: list[str]
    system: np.ndarray
    boxes: np.ndarray
    corners: np.ndarray
    sheet: np.ndarray
    same: np.ndarray
    tolerance: float
    exact: float

    @classmethod
    def of(cls, sheets: dict[str, dict], delivered: Delivered) -> Seams:
        """Return the seams between sheets of known frames for rows that name theirs; sheets of two systems have none."""
        names = sorted(sheets)
        corners = np.array([sheets[name]["corners"] for name in names], dtype=float)
        order = {name: k for k, name in enumerate(names)}
        codes, ids = delivered.distinct("図郭識別番号")
        systems = sorted({str(sheets[name]["crs"]) for name in names})
        system = np.array([systems.index(str(sheets[name]["crs"])) for name in names])
        level, step = max(int(sheets[name]["level"]) for name in names), max(float(sheets[name]["unit_m"]) for name in names)
        sheet = np.array([order[one] for one in ids] or [0], dtype=int)[codes]
        agree = np.column_stack([system[sheet], *[delivered.distinct(name)[0] for name in _SAME]])
        same = np.unique(agree, axis=0, return_inverse=True)[1].reshape(-1) if len(agree) else np.empty(0, dtype=int)
        return cls(names, system, shapely.box(*corners.T), corners, sheet, same, round(ON_THE_MAP * level, 4), 1.5 * step)

    def at_edge(self, xy: np.ndarray, sheet: np.ndarray, reach: float) -> np.ndarray:
        """Tell which (m, 2) positions lie on the frame of their own sheet, within `reach` metres."""
        west, south, east, north = self.corners[sheet].T
        x, y = xy.T
        near = np.minimum.reduce([np.abs(x - west), np.abs(x - east), np.abs(y - south), np.abs(y - north)]) <= reach
        inside = (x >= west - reach) & (x <= east + reach) & (y >= south - reach) & (y <= north + reach)
        return near & inside

    def neighbour(self, xy: np.ndarray, sheet: np.ndarray) -> np.ndarray:
        """Return for each position the first other sheet that reaches it, -1 where there is none."""
        out = np.full(len(xy), -1)
        point, other = shapely.STRtree(self.boxes).query(shapely.points(xy), predicate="dwithin", distance=self.tolerance)
        keep = (other != sheet[point]) & (self.system[other] == self.system[sheet[point]])
        order = np.argsort(-other[keep], kind="stable")
        out[point[keep][order]] = other[keep][order]
        return out


@dataclass
class Stitched:
    """What came of the rows. geometry: (n,) new where merged; into: (n,) row that took a row up, -1 where it stays;
    loose: (row, sheet, other sheet, detail) of what ends at an edge; left_alone: pieces that could not be touched."""

    geometry: np.ndarray
    into: np.ndarray
    loose: list[tuple[int, str, str, str]] = field(default_factory=list)
    left_alone: int = 0

    @classmethod
    def nothing(cls, geometry: np.ndarray) -> Stitched:
        """Return rows that all stay as they are."""
        return cls(geometry.copy(), np.full(len(geometry), -1))


def spot(xy: np.ndarray) -> str:
    """Return a position for a message: X north and Y east, as surveyors say it."""
    return f"X={xy[1]:.3f} Y={xy[0]:.3f}"
