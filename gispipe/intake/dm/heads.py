"""The numbers of many element headers, read in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe.intake.dm.fields import integers

FIELDS = {"地域分類": (7, 8), "情報分類": (9, 12), "要素識別番号": (13, 16), "階層レベル": (17, 18), "図形区分": (19, 20), "実データ区分": (21, 21), "精度区分": (22, 23),
          "注記区分": (24, 24), "転位区分": (25, 26), "間断区分": (27, 27), "データ数": (28, 31), "レコード数": (32, 35), "X": (36, 42), "Y": (43, 49),
          "属性数値": (50, 56), "属性区分": (57, 58), "取得": (66, 69), "更新": (70, 73), "消去": (74, 77)}
"""First and last column of each number, counted from 1."""

_WIDEST = max(last - first for first, last in FIELDS.values()) + 1
_BLANK = 84
_PLACES = np.array([[_BLANK] * (_WIDEST - (last - first + 1)) + list(range(first - 1, last)) for first, last in FIELDS.values()])
_ORDER = {name: k for k, name in enumerate(FIELDS)}


@dataclass(frozen=True)
class Heads:
    """Headers of m elements. raw: (m, 84) bytes; values, broken: (m, fields) numbers and which fields hold none."""

    raw: np.ndarray
    values: np.ndarray
    broken: np.ndarray

    @classmethod
    def of(cls, raw: np.ndarray) -> Heads:
        """Return the headers with all their numbers read."""
        wide = np.concatenate([raw, np.full((len(raw), 1), 32, dtype=np.uint8)], axis=1)
        values, broken = integers(wide[:, _PLACES].reshape(-1, _WIDEST))
        return cls(raw, values.reshape(-1, len(FIELDS)), broken.reshape(-1, len(FIELDS)))

    def __len__(self) -> int:
        return len(self.raw)

    def number(self, name: str) -> np.ndarray:
        """Return a field's (m,) values; 0 where it is blank or holds no number."""
        return self.values[:, _ORDER[name]]

    def bad(self, name: str) -> np.ndarray:
        """Tell where a field holds no number."""
        return self.broken[:, _ORDER[name]]

    def blank(self, name: str) -> np.ndarray:
        """Tell where a field is blank."""
        first, last = FIELDS[name]
        return (self.raw[:, first - 1:last] == 32).all(axis=1)

    def take(self, chosen: np.ndarray) -> Heads:
        """Return the headers of a mask or of indices."""
        return Heads(self.raw[chosen], self.values[chosen], self.broken[chosen])
