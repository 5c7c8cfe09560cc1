"""From road centre lines as delivered to lines that meet only at their ends."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.errors import EmptyFile, UnreadableInput, WrongFormat
from gispipe.geometry import finite, present
from gispipe.words import Words

GRID_DIGITS = 3
"""Delivered corners are rounded to whole millimetres before lines are cut at each other."""

_REDRAW = Words("check the road layer's file and its declaration", "道路レイヤーのファイルと宣言を確認してください")


def noded(lines: np.ndarray, where: str) -> tuple[np.ndarray, dict[str, float]]:
    """Return (k,) LineStrings cut wherever two meet, and counts of what was left out; lines: (n,) delivered.

    The answer does not depend on the order or direction of the lines. Roads that cross are joined: a centre line says
    nothing of bridges. Raises WrongFormat, UnreadableInput or EmptyFile.
    """
    parts = _parts(lines, where)
    whole = shapely.normalize(shapely.linestrings(np.round(shapely.get_coordinates(parts), GRID_DIGITS) + 0.0,
                                                  indices=np.repeat(np.arange(len(parts)), shapely.get_num_coordinates(parts))))
    whole = whole[shapely.length(whole) > 0]
    if not len(whole):
        raise EmptyFile(where, Words("no road line has a length", "長さのある道路線が一本もありません"), _REDRAW)
    wkb = np.unique(shapely.to_wkb(whole).astype(object))
    merged = shapely.get_parts(shapely.union_all(shapely.from_wkb(wkb)))
    counts: dict[str, float] = {"lines": len(lines), "parts": len(parts), "zero_length": len(parts) - len(whole), "duplicates": len(whole) - len(wkb)}
    return merged[shapely.length(merged) > 0], counts


def _parts(lines: np.ndarray, where: str) -> np.ndarray:
    there = np.asarray(lines, dtype=object)[present(np.asarray(lines, dtype=object))]
    parts = shapely.force_2d(shapely.get_parts(there))
    wrong = np.flatnonzero(~np.isin(shapely.get_type_id(parts), (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)))
    if len(wrong):
        raise WrongFormat(where, Words(f"{len(wrong):,} road shapes are not lines", f"道路の図形のうち {len(wrong):,} 件が線ではありません"), _REDRAW)
    broken = np.count_nonzero(~finite(parts))
    if broken:
        raise UnreadableInput(where, Words(f"{broken:,} road lines have coordinates that are no numbers", f"道路線 {broken:,} 件の座標が数値ではありません"), _REDRAW)
    return parts
