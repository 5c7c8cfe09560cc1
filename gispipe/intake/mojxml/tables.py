"""Make a table of one theme: parcels with codes, kind and sheets; control points, corners, borders, sheets."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gispipe.intake.mojxml.drawing import lines, points, surfaces
from gispipe.intake.mojxml.parts import Parts, index_of, numbers, texts, unique
from gispipe.intake.mojxml.walk import CONSTITUENTS
from gispipe.words import Words

SPECIAL = ("地区外", "別図", "筆界未定地", "長狭物不明", "無地番", "道", "水", "河川", "水路")
"""First words of a 地番 that is none: the polygon is drawn but no parcel of the register stands behind it."""
_PARCEL = Words("parcel", "筆")
_SHEET_COLUMNS = {"縮尺分母": "縮尺分母", "地図分類": "地図分類", "地図種類": "地図種類", "図郭番号": "地図番号"}

Table = tuple[dict[str, pa.Array], np.ndarray, dict[int, str]]
"""Columns; (n,) shapes as drawn, x east; what is wrong with a row that has none."""


def parcels(parts: Parts, where: str) -> Table:
    """Return the 筆 of a file with kind, joinable 地番, the values of the sheets they are on, and their area as drawn."""
    subject = parts.subjects["筆"]
    ids = subject.columns["id"]
    unique(ids, _PARCEL, where)
    drawn, thin = surfaces(parts, lines(parts, where), where)
    at = index_of(subject.shape, parts.surfaces.id, ids, Words("surface", "面"), where)
    columns = {"筆ID": ids} | {name: column for name, column in subject.columns.items() if name not in ("id", CONSTITUENTS)}
    kind = _kinds(columns["地番"], subject.columns[CONSTITUENTS])
    number = pc.replace_substring_regex(columns["地番"], r"([0-9])[WV][0-9]*$", r"\1")
    columns |= {"種別": kind, "地番_結合用": pc.if_else(pc.equal(kind, "筆"), number, pa.scalar(None, pa.string())), CONSTITUENTS: subject.columns[CONSTITUENTS]}
    shapes = drawn[at]
    area = pa.array(shapely.area(shapes), mask=shapely.is_missing(shapes))
    wrong = {int(k): thin[int(at[k])] for k in np.flatnonzero(np.isin(at, list(thin)))}
    return columns | _sheet_values(parts, ids, where) | {"図上面積": area}, shapes, wrong


def _kinds(number: pa.Array, undecided: pa.Array) -> pa.Array:
    word = pc.replace_substring_regex(number, "-.*$", "")
    kind = pc.if_else(pc.is_in(word, value_set=pa.array(SPECIAL)), word, "筆")
    return pc.if_else(pc.and_(undecided.is_valid(), pc.equal(kind, "筆")), "筆界未定地", kind)


def unusual(number: pa.Array) -> dict[str, int]:
    """Return how often a 地番 begins with a word that is neither a number nor known as special."""
    words = Counter(re.sub("-.*$", "", text) for text in number.to_pylist() if text and not text[0].isdigit())
    return {word: count for word, count in sorted(words.items()) if word not in SPECIAL}


def _sheet_values(parts: Parts, ids: pa.Array, where: str) -> dict[str, pa.Array]:
    """Return per parcel the distinct values of its sheets in the sheets' order, joined by ';'; null where it is on none."""
    refs = texts([ref for one in parts.sheets for ref in one.parcels])
    of = np.repeat(np.arange(len(parts.sheets)), [len(one.parcels) for one in parts.sheets])
    owner = [one.texts["地図番号"] for one in parts.sheets]
    at = index_of(refs, ids, pa.array(owner, pa.string()).take(pa.array(of)), _PARCEL, where)
    pairs = np.unique(np.column_stack([at, of]), axis=0) if len(at) else np.empty((0, 2), int)
    begin = np.searchsorted(pairs[:, 0], np.arange(len(ids) + 1)).tolist()
    sheets = pairs[:, 1].tolist()
    on = [tuple(sheets[begin[k]:begin[k + 1]]) for k in range(len(ids))]
    distinct = {group: k for k, group in enumerate(dict.fromkeys(on))}
    code = pa.array([distinct[group] for group in on], pa.int64())
    return {column: pa.array([_joined(parts, group, name) for group in distinct], pa.string()).take(code) for column, name in _SHEET_COLUMNS.items()}


def _joined(parts: Parts, group: tuple[int, ...], name: str) -> str | None:
    return ";".join(dict.fromkeys(text for k in group if (text := parts.sheets[k].texts[name]))) or None


def point_theme(parts: Parts, name: str, where: str) -> Table:
    """Return 基準点 or 筆界点."""
    subject = parts.subjects[name]
    at = index_of(subject.shape, parts.points.id, _labels(subject.columns, name, len(subject.shape)), Words("point", "点"), where)
    return subject.columns, shapely.points(points(parts, where)[at]), {}


def line_theme(parts: Parts, name: str, where: str) -> Table:
    """Return 筆界線 or 仮行政界線."""
    subject, drawn = parts.subjects[name], lines(parts, where)
    at = index_of(subject.shape, parts.curves.id, [f"{name} {k + 1}" for k in range(len(subject.shape))], Words("curve", "線"), where)
    made = shapely.linestrings(drawn.xy, indices=parts.curves.position_curve) if len(drawn.xy) else np.empty(0, object)
    return subject.columns, made[at], {}


def _labels(columns: dict[str, pa.Array], name: str, count: int) -> list[str]:
    title = next(iter(columns.values()))
    return [f"{name} {title[k].as_py() or k + 1}" for k in range(count)]


def sheet_theme(parts: Parts, where: str) -> Table:
    """Return the 図郭 as the polygons of their four corners."""
    names = [*parts.sheets[0].texts] if parts.sheets else [*_SHEET_COLUMNS.values()]
    columns = {name: pa.array([one.texts[name] for one in parts.sheets], pa.string()) for name in names}
    owner = pa.array([one.texts["地図番号"] or f"図郭 {k + 1}" for k, one in enumerate(parts.sheets) for _ in one.corners], pa.string())
    both = [numbers(texts([corner[axis] for one in parts.sheets for corner in one.corners]), owner, where) for axis in (1, 0)]
    shapes = shapely.polygons(np.column_stack(both).reshape(-1, 4, 2)) if parts.sheets else np.empty(0, object)
    return columns | {"筆数": pa.array([len(one.parcels) for one in parts.sheets], pa.int64())}, shapes, {}
