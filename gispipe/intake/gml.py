"""Geometry of GML from the columns of its tags: numbers parsed at once, rings and lines cut by offsets, never a loop over vertices."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.tags import Tags
from gispipe.words import Words

_AGAIN = Words("ask for the file again", "ファイルを受け取り直してください")
_BREAKS = bytes.maketrans(b" \t\r", b"\n\n\n")
_SRS = re.compile(r"(?:EPSG(?:/[\d.]*)?[/:]+|#)(\d{4,6})$", re.IGNORECASE)
# horizontal part of the three-dimensional systems: heights go their own way, longitude and latitude are the same
_HORIZONTAL = {6697: 6668, 11318: 6668, 6668: 6668, 4612: 4612, 4947: 4612, 4301: 4301, 4326: 4326, 4979: 4326}
_BY_NAME = (("jgd2024", "EPSG:6668"), ("jgd2011", "EPSG:6668"), ("jgd2000", "EPSG:4612"), ("tokyo", "EPSG:4301"), ("td / (b", "EPSG:4301"))


@dataclass(frozen=True)
class Positions:
    """Vertices of many pos and posList elements.

    xy: (m, 2) longitude, latitude; z: (m,) heights or None; start: (k + 1,) where the vertices of each element begin; which: (k,) the elements.
    """

    xy: np.ndarray
    z: np.ndarray | None
    start: np.ndarray
    which: np.ndarray


def crs_of(names: set[str], where: str) -> str | None:
    """Return the CRS that srsName texts state (all the same), None when there is none; raises UnreadableInput for others."""
    found = {_crs(name) for name in names}
    if len(found) > 1 or None in found:
        told = ", ".join(sorted(names))
        raise UnreadableInput(where, Words(f"coordinate systems that cannot be told or do not agree: {told}", f"座標系を判別できないか、混在しています: {told}"),
                              Words("ask which system it is", "座標系を確認してください"))
    return found.pop() if found else None


def _crs(name: str) -> str | None:
    code = _SRS.search(name)
    if code:
        return f"EPSG:{_HORIZONTAL[int(code[1])]}" if int(code[1]) in _HORIZONTAL else None
    return next((crs for part, crs in _BY_NAME if part in name.lower()), None)


def positions(tags: Tags, which: np.ndarray, size: int, where: str) -> Positions:
    """Return the vertices of elements that hold numbers, latitude first, `size` a vertex; raises UnreadableInput for anything else."""
    parts = tags.raw(which)
    text = b"\n".join(parts).translate(_BREAKS)
    begins = np.frombuffer(text, np.uint8) > 32
    begins[1:] &= ~begins[:-1].copy()
    first = np.flatnonzero(begins)
    ends = np.cumsum(tags.outer[which].astype(np.int64) - tags.inner[which] + 1)
    count = np.diff(np.searchsorted(first, ends), prepend=0)
    odd = np.flatnonzero((count % size != 0) | (count == 0))
    if len(odd):
        _refuse(tags, which[odd[0]], where, Words(f"{count[odd[0]]} numbers do not make vertices of {size}",
                                                  f"数値 {count[odd[0]]} 個では {size} 次元の座標になりません"))
    values = _numbers(text, len(first), tags, which, where).reshape(-1, size)
    start = np.concatenate([[0], np.cumsum(count // size)])
    wrong = np.flatnonzero(~((np.abs(values[:, 0]) <= 90) & (np.abs(values[:, 1]) <= 180)))
    if len(wrong):
        lat, lon = values[wrong[0], :2]
        _refuse(tags, which[np.searchsorted(start, wrong[0], "right") - 1], where,
                Words(f"latitude {lat:g}, longitude {lon:g}: no such place", f"緯度 {lat:g}・経度 {lon:g} という場所はありません"))
    return Positions(values[:, 1::-1], values[:, 2] if size > 2 else None, start, which)


def _numbers(text: bytes, count: int, tags: Tags, which: np.ndarray, where: str) -> np.ndarray:
    import pyarrow as pa
    from pyarrow import csv

    if not count:
        return np.empty(0)
    try:
        column = csv.read_csv(io.BytesIO(text), csv.ReadOptions(column_names=["v"], use_threads=False, block_size=1 << 22),
                              csv.ParseOptions(quote_char=False), csv.ConvertOptions(column_types={"v": pa.float64()}, null_values=[]))
    except pa.ArrowInvalid:
        _refuse(tags, _not_number(tags, which), where, Words("a coordinate is not a number", "座標が数値ではありません"))
    values = column["v"].to_numpy()
    if len(values) != count or not np.isfinite(values).all():
        _refuse(tags, _not_number(tags, which), where, Words("a coordinate is not a number", "座標が数値ではありません"))
    return values


def _not_number(tags: Tags, which: np.ndarray) -> int:
    plain = re.compile(rb"[\s\d.eE+-]*")
    return next((int(k) for k, raw in zip(which, tags.raw(which), strict=True) if not plain.fullmatch(raw)), int(which[0]))


def _refuse(tags: Tags, which: int, where: str, what: Words) -> None:
    raise UnreadableInput(f"{where}:{tags.line(int(which))}", what, _AGAIN)


def joined(at: Positions, owner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Put the pieces of each owner (in document order) together, a joint once.

    owner: (k,) ascending index of 0 … count-1 for each element of `at`. Returns (m, 2) vertices and (count + 1,) offsets.
    """
    length = np.diff(at.start)
    vertex_owner = np.repeat(owner, length)
    joint = np.zeros(len(at.xy), bool)
    inside = at.start[1:-1][owner[1:] == owner[:-1]] if len(owner) > 1 else np.empty(0, int)
    joint[inside] = (at.xy[inside] == at.xy[inside - 1]).all(1)
    keep = ~joint & (vertex_owner >= 0)
    return at.xy[keep], np.concatenate([[0], np.cumsum(np.bincount(vertex_owner[keep], minlength=count))])


def points(at: Positions, owner: np.ndarray, count: int) -> np.ndarray:
    """Return (count,) points, None for an owner without one; the first position of each counts."""
    import shapely

    out = np.full(count, None, object)
    own, first = np.unique(owner[owner >= 0], return_index=True)
    out[own] = shapely.points(at.xy[at.start[:-1][owner >= 0][first]])
    return out


def lines(xy: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (n,) lines and which of them were drawn wrongly (a single vertex): those and absent ones are None."""
    import shapely

    length = np.diff(offsets)
    out = np.full(len(length), None, object)
    good = np.flatnonzero(length >= 2)
    keep = np.repeat(length >= 2, length)
    out[good] = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, np.ascontiguousarray(xy[keep]), (np.concatenate([[0], np.cumsum(length[good])]),))
    return out, length == 1


def polygons(xy: np.ndarray, offsets: np.ndarray, exterior: np.ndarray, owner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (count,) polygons (several of one owner as one multipolygon) and which owners had a ring that is none.

    xy, offsets: the vertices of r rings; exterior: (r,) whether a ring begins a polygon; owner: (r,) ascending index of 0 … count-1.
    A ring of fewer than four vertices or whose ends do not meet is no ring: its owner has no geometry.
    """
    import shapely

    length = np.diff(offsets)
    head, tail = np.minimum(offsets[:-1], max(len(xy) - 1, 0)), np.maximum(offsets[1:] - 1, 0)
    broken = (length < 4) | ((xy[head] != xy[tail]).any(1) if len(xy) else True)
    changed = np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.empty(0, bool)
    broken |= changed & ~exterior  # a hole without its outline
    wrong = np.zeros(count, bool)
    wrong[owner[broken & (owner >= 0)]] = True
    use = (owner >= 0) & ~wrong[owner]
    shell = np.flatnonzero(exterior[use])
    ring_offsets = np.concatenate([[0], np.cumsum(length[use])])
    made = shapely.from_ragged_array(shapely.GeometryType.POLYGON, np.ascontiguousarray(xy[np.repeat(use, length)]),
                                     (ring_offsets, np.append(shell, use.sum()))) if len(shell) else np.empty(0, object)
    return _gathered(made, owner[use][shell], count), wrong


def _gathered(made: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    import shapely

    out = np.full(count, None, object)
    parts = np.bincount(owner, minlength=count)
    single = parts[owner] == 1
    out[owner[single]] = made[single]
    many = np.flatnonzero(parts > 1)
    if len(many):
        out[many] = shapely.multipolygons(made[~single], indices=np.searchsorted(many, owner[~single]))
    return out
