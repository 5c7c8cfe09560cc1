"""Resolve a map's idrefs by arrays: points to positions, curves to rings, rings to polygons. Nothing is mended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gispipe.intake.mojxml.parts import Parts, fail, index_of, numbers, unique
from gispipe.words import Words

_POINT, _CURVE, _SURFACE = Words("point", "点"), Words("curve", "線"), Words("surface", "面")


@dataclass(frozen=True)
class Lines:
    """Positions (m, 2) east and north of all curves; `first` and `count` say which belong to each."""

    xy: np.ndarray
    first: np.ndarray
    count: np.ndarray


def points(parts: Parts, where: str) -> np.ndarray:
    """Return (n, 2) east and north of the points."""
    unique(parts.points.id, _POINT, where)
    return np.column_stack([numbers(parts.points.y, parts.points.id, where), numbers(parts.points.x, parts.points.id, where)])


def lines(parts: Parts, where: str) -> Lines:
    """Return the curves' positions; raises UnreadableInput for references that lead nowhere and curves of fewer than two positions."""
    unique(parts.curves.id, _CURVE, where)
    _own_primitive(parts, where)
    count = np.bincount(parts.curves.position_curve, minlength=len(parts.curves.id))
    if len(count) and count.min() < 2:
        k = int(np.argmin(count))
        raise fail(where, f"the curve {parts.curves.id[k]} has {count[k]} positions", f"線 {parts.curves.id[k]} の座標が {count[k]} 個しかありません")
    xy = _positions(parts, where)
    return Lines(xy, np.cumsum(count) - count, count)


def _positions(parts: Parts, where: str) -> np.ndarray:
    at = points(parts, where)
    named = parts.curves.position_point.is_valid()
    owner = parts.curves.id.take(pa.array(parts.curves.position_curve))
    is_named = named.to_numpy(zero_copy_only=False)
    xy = np.empty((len(is_named), 2))
    xy[is_named] = at[index_of(parts.curves.position_point.filter(named), parts.points.id, owner.filter(named), _POINT, where)]
    own = pc.invert(named)
    xy[~is_named, 0] = numbers(parts.curves.position_y.filter(own), owner.filter(own), where)
    xy[~is_named, 1] = numbers(parts.curves.position_x.filter(own), owner.filter(own), where)
    return xy


def _own_primitive(parts: Parts, where: str) -> None:
    """Every curve is its own primitive; one that is another's would have no positions of its own, and could go in circles."""
    other = pc.fill_null(pc.not_equal(parts.curves.primitive, parts.curves.id), False).to_numpy(zero_copy_only=False)
    if other.any():
        k = int(np.flatnonzero(other)[0])
        raise fail(where, f"the curve {parts.curves.id[k]} is drawn by another curve, {parts.curves.primitive[k]}", f"線 {parts.curves.id[k]} が別の線 {parts.curves.primitive[k]} を指しています")


def surfaces(parts: Parts, drawn: Lines, where: str) -> tuple[np.ndarray, dict[int, str]]:
    """Return the surfaces as (n,) polygons, as drawn; and why there is none for those left None (a ring of under three sides)."""
    unique(parts.surfaces.id, _SURFACE, where)
    _one_outline(parts, where)
    ring, at = _chain(parts, drawn, where)
    xy = drawn.xy[at]
    count = np.bincount(ring, minlength=len(parts.surfaces.ring_surface))
    thin = parts.surfaces.ring_surface[count < 3]
    keep = ~np.isin(parts.surfaces.ring_surface, thin)
    out = np.full(len(parts.surfaces.id), None, dtype=object)
    if keep.any():
        made = _rings(xy[keep[ring]], count[keep])
        drawn_at, inside = np.unique(parts.surfaces.ring_surface[keep], return_inverse=True)
        out[drawn_at] = shapely.polygons(made, indices=inside)
    least = np.full(len(out), len(xy))
    np.minimum.at(least, parts.surfaces.ring_surface, count)
    return out, {int(k): f"{parts.surfaces.id[k]}: {least[k]}" for k in np.unique(thin)}


def _rings(xy: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Close each ring by its first point and build them all at once."""
    first = np.cumsum(count) - count
    total = np.insert(xy, first + count, xy[first], axis=0)
    return shapely.linearrings(total, indices=np.repeat(np.arange(len(count)), count + 1))


def _one_outline(parts: Parts, where: str) -> None:
    """Every surface has one outer ring, and it comes first."""
    outer = np.bincount(parts.surfaces.ring_surface[~parts.surfaces.ring_hole], minlength=len(parts.surfaces.id))
    if len(outer) and (outer != 1).any():
        k = int(np.flatnonzero(outer != 1)[0])
        raise fail(where, f"the surface {parts.surfaces.id[k]} has {outer[k]} outer rings", f"面 {parts.surfaces.id[k]} の外周が {outer[k]} 個あります")


def _chain(parts: Parts, drawn: Lines, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return for every ring its positions in order, without the joints twice: ring index and index into the positions."""
    owner = parts.surfaces.id.take(pa.array(parts.surfaces.ring_surface)).take(pa.array(parts.surfaces.side_ring))
    side = index_of(parts.surfaces.side_curve, parts.curves.id, owner, _CURVE, where)
    flip = (pc.equal(parts.curves.sign, "-").fill_null(False).to_numpy(zero_copy_only=False))[side]
    sides = np.bincount(parts.surfaces.side_ring, minlength=len(parts.surfaces.ring_surface))
    if len(sides) and not sides.all():
        surface = parts.surfaces.id[int(parts.surfaces.ring_surface[np.argmin(sides)])]
        raise fail(where, f"a ring of the surface {surface} has no sides", f"面 {surface} に辺のない輪があります")
    first, last = drawn.first[side], drawn.first[side] + drawn.count[side] - 1
    _flip(parts, drawn.xy[first], drawn.xy[last], flip, sides, where)
    steps = drawn.count[side] - 1
    k = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    forward = np.repeat(first, steps) + k
    return np.repeat(parts.surfaces.side_ring, steps), np.where(np.repeat(flip, steps), np.repeat(last, steps) - k, forward)


def _flip(parts: Parts, first: np.ndarray, last: np.ndarray, flip: np.ndarray, sides: np.ndarray, where: str) -> None:
    """Turn round (in place) the sides that must be walked backwards; raises UnreadableInput where a ring does not close."""
    start, end = np.where(flip[:, None], last, first), np.where(flip[:, None], first, last)
    begin = np.cumsum(sides) - sides
    following = np.arange(len(start)) + 1
    following[begin + sides - 1] = begin
    apart = (end != start[following]).any(axis=1)
    for ring in np.unique(parts.surfaces.side_ring[apart]).tolist():
        mine = slice(int(begin[ring]), int(begin[ring] + sides[ring]))
        turned = _turn(start[mine].tolist(), end[mine].tolist())
        if isinstance(turned, int):
            raise _open(parts, ring, int(begin[ring]) + turned, int(following[begin[ring] + turned]), where)
        flip[mine] ^= np.array(turned)


def _turn(start: list, end: list) -> list[bool] | int:
    """Return which sides to turn so that each begins where the one before ends, or the index of the side after which it fails."""
    furthest = 0
    for turn in (False, True):
        at, turned = (start[0] if turn else end[0]), [turn]
        for k in range(1, len(start)):
            if start[k] != at and end[k] != at:
                break
            turned.append(start[k] != at)
            at = end[k] if start[k] == at else start[k]
        furthest = max(furthest, len(turned) - 1)
        if len(turned) == len(start) and at == (end[0] if turn else start[0]):
            return turned
    return furthest


def _open(parts: Parts, ring: int, side: int, following: int, where: str) -> Exception:
    surface, one, other = parts.surfaces.id[int(parts.surfaces.ring_surface[ring])], parts.surfaces.side_curve[side], parts.surfaces.side_curve[following]
    return fail(where, f"a ring of the surface {surface} does not close: {one} and {other} do not meet",
                f"面 {surface} の輪が閉じません: 線 {one} と {other} がつながっていません")
