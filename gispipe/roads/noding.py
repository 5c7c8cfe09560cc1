"""From road centre lines as delivered to lines that meet only at their ends."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.errors import EmptyFile, UnreadableInput, WrongFormat
from gispipe.geometry import finite, present
from gispipe.roads.shapes import SAME, Shapes
from gispipe.words import Words

SNAP = 0.5
"""m: a line that ends this close to another is joined to it."""
GRID = 0.001
"""m to which delivered corners are rounded before lines are cut at each other."""

_REDRAW = Words("check the road layer's file and its declaration", "道路レイヤーのファイルと宣言を確認してください")


def noded(lines: np.ndarray, where: str) -> tuple[np.ndarray, dict[str, float]]:
    """Return (k,) LineStrings cut wherever two meet, and counts of what was left out; lines: (n,) delivered.

    The answer does not depend on the order or direction of the lines. Roads that cross are joined: a centre line says
    nothing of bridges. Raises WrongFormat, UnreadableInput or EmptyFile.
    """
    parts = _parts(lines, where)
    whole = shapely.normalize(shapely.linestrings(np.round(shapely.get_coordinates(parts), 3) + 0.0,
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


def without_gaps(shapes: Shapes) -> tuple[Shapes, int]:
    """Join every end to what lies within SNAP of it by a short straight line; return the lines and how many were added.

    No delivered corner moves. An end near another line's end goes there, else to the nearest point on the line.
    """
    node_xy, ends = shapes.numbered_ends()
    edges = shapes.linestrings()
    node, edge = shapely.STRtree(edges).query(shapely.points(node_xy), predicate="dwithin", distance=SNAP)
    foreign = (ends[edge] != node[:, None]).all(axis=1)
    node, edge = node[foreign], edge[foreign]
    return _linked(shapes, node_xy, ends, node, edge, shapely.line_locate_point(edges[edge], shapely.points(node_xy[node])))


def _linked(shapes: Shapes, node_xy: np.ndarray, ends: np.ndarray, node: np.ndarray, edge: np.ndarray, along: np.ndarray) -> tuple[Shapes, int]:
    far = np.hypot(*np.moveaxis(node_xy[ends[edge]] - node_xy[node][:, None], 2, 0))
    to_end = (far <= SNAP + 2 * SAME).any(axis=1)
    pairs = np.sort(np.stack([node, ends[edge, far.argmin(axis=1)]], axis=1)[to_end], axis=1)
    key, known = (np.sort(pair, axis=1) @ (len(node_xy), 1) for pair in (pairs, ends))
    pairs = pairs[np.unique(key, return_index=True)[1]]
    pairs = pairs[~np.isin(pairs @ (len(node_xy), 1), known)]
    place = shapes.base[edge[~to_end]] + np.clip(along[~to_end], 0, None)
    kept = shapes.apart(place)
    if len(place):
        place = kept[np.clip(np.searchsorted(kept, place - SAME), 0, len(kept) - 1)]
    begin = np.concatenate([node_xy[pairs[:, 0]], node_xy[node[~to_end]]])
    end = np.concatenate([node_xy[pairs[:, 1]], shapes.at(place)])
    return shapes.cut(kept)[0].with_straight(begin, end), len(begin)
