"""Hazards at city objects: one list a kind, since an object lies in the areas of several rivers and scales, and the worst of each.

Ranks of 洪水, 津波, 高潮 and 内水 have the limits of the national depth classes; those of ため池 have their own. `rankOrg` is a
city's own scale: it is kept and never compared. Version 1 says the same in generic attribute sets.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np

from gispipe.intake.tags import Tags

if TYPE_CHECKING:
    import pyarrow as pa

RISK = re.compile(r"^[A-Z].*RiskAttribute$")
_KINDS = (("ReservoirFlooding", "ため池"), ("InlandFlooding", "内水"), ("RiverFlooding", "洪水"), ("Tsunami", "津波"), ("HighTide", "高潮"), ("LandSlide", "土砂災害"))
_SETS = (("ため池", "ため池"), ("内水", "内水"), ("洪水", "洪水"), ("津波", "津波"), ("高潮", "高潮"), ("土砂災害", "土砂災害"))
_OLD = {"浸水ランク": "rank", "浸水深": "depth", "継続時間": "duration", "浸水継続時間": "duration", "規模": "scale", "指定河川": "adminType",
        "区域区分": "areaType", "現象区分": "description", "現象の種類": "description"}
_DEPTHS = ("0.5m未満", "0.5m以上3.0m未満", "3.0m以上5.0m未満", "5.0m以上10.0m未満", "10.0m以上20.0m未満", "20.0m以上")
_POND = ("0.5m未満", "0.5m以上1.0m未満", "1.0m以上2.0m未満", "2.0m以上3.0m未満", "3.0m以上5.0m未満", "5.0m以上")
DISASTERS = {"1": "急傾斜地の崩壊", "2": "土石流", "3": "地すべり"}
AREAS = {"1": "土砂災害警戒区域（指定済）", "2": "土砂災害特別警戒区域（指定済）", "3": "土砂災害警戒区域（指定前）", "4": "土砂災害特別警戒区域（指定前）"}
_WORSE = {"3": 1, "4": 2, "1": 3, "2": 4}
_NUMBERS = ("depth", "duration")


def hazard_columns(tags: Tags, rows: np.ndarray) -> dict[str, pa.Array]:
    """Return for each kind of hazard that occurs: the list as JSON, the worst rank with its meaning, the greatest depth.

    For landslides the worst area (特別警戒 before 警戒, designated before planned). Objects that are hazard areas themselves
    (disasterType, areaType) get the meanings of their codes.
    """
    import pyarrow as pa

    entries = _entries(tags, rows)
    found: dict[str, list[list[dict[str, object]]]] = {kind: [[] for _ in range(len(rows))] for kind in {kind for kind, _, _ in entries}}
    for kind, row, entry in entries:
        found[kind][row].append(entry)
    columns: dict[str, pa.Array] = {}
    for kind in sorted(found):
        lists = found[kind]
        columns[kind] = pa.array([json.dumps(one, ensure_ascii=False) if one else None for one in lists], pa.large_string())
        columns |= _areas(kind, lists) if kind == "土砂災害" else _ranks(kind, lists)
    for name, words in (("disasterType", DISASTERS), ("areaType", AREAS)):
        columns |= _meanings(tags, rows, name, words)
    return columns


def _entries(tags: Tags, rows: np.ndarray) -> list[tuple[str, int, dict[str, object]]]:
    """Return (kind, row, entry) of every risk, those of version 1 included."""
    kind_of = {name: next((kind for part, kind in _KINDS if part in name), "その他") for name in tags.names if RISK.search(name)}
    risks = tags.named(*kind_of) if kind_of else np.empty(0, int)
    owner = tags.owner(rows, risks)
    risks, owner = risks[owner >= 0], owner[owner >= 0]
    entries: list[dict[str, object]] = [{} for _ in range(len(risks))]
    leaves = np.flatnonzero(tags.leaf & (tags.depth > 4))
    holder = tags.owner(risks, leaves)
    leaves, holder = leaves[holder >= 0], holder[holder >= 0]
    names = [tags.names[code] for code in tags.name[leaves].tolist()]
    for place, name, text in zip(holder.tolist(), names, tags.column(leaves).to_pylist(), strict=True):
        entries[place][name] = _number(text) if name in _NUMBERS else text
    kinds = [kind_of[tags.names[code]] for code in tags.name[risks].tolist()]
    return list(zip(kinds, owner.tolist(), entries, strict=True)) + _old(tags, rows)


def _old(tags: Tags, rows: np.ndarray) -> list[tuple[str, int, dict[str, object]]]:
    """Return the risks that version 1 gives as generic attribute sets named after the hazard."""
    sets = tags.named("genericAttributeSet")
    titles = [next((kind for part, kind in _SETS if part in (title or "")), None) for title in tags.attribute(sets, "name")]
    known = np.array([title is not None for title in titles], bool)
    owner = tags.owner(rows, sets)
    entries: list[dict[str, object]] = [{} for _ in range(len(sets))]
    values = tags.named("value")
    place = tags.owner(sets, values)
    values, place = values[place >= 0], place[place >= 0]
    for k, name, text in zip(place.tolist(), tags.attribute(tags.parent[values], "name"), tags.texts(values), strict=True):
        plain = _OLD.get(name or "", name or "")
        entries[k][plain] = (text or "").removeprefix("L") if plain == "scale" else _number(text) if plain in _NUMBERS else text
    return [(str(titles[k]), int(owner[k]), entries[k]) for k in np.flatnonzero(known & (owner >= 0)).tolist()]


def _number(text: str | None) -> object:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _ranks(kind: str, lists: list[list[dict[str, object]]]) -> dict[str, pa.Array]:
    import pyarrow as pa

    worst = [max((int(rank) for entry in one if (rank := str(entry.get("rank") or "")).isascii() and rank.isdigit() and len(rank) < 4), default=None) for one in lists]
    depth = [max((value for entry in one if isinstance(value := entry.get("depth"), float)), default=None) for one in lists]
    limits = _POND if kind == "ため池" else _DEPTHS
    columns = {f"{kind}_最大ランク": pa.array(worst, pa.int64()),
               f"{kind}_最大ランク_意味": pa.array([limits[rank - 1] if rank and rank <= len(limits) else None for rank in worst], pa.large_string()).dictionary_encode()}
    return columns | ({f"{kind}_最大浸水深": pa.array(depth, pa.float64())} if any(value is not None for value in depth) else {})


def _areas(kind: str, lists: list[list[dict[str, object]]]) -> dict[str, pa.Array]:
    import pyarrow as pa

    worst = [max((str(area) for entry in one if (area := entry.get("areaType"))), key=lambda area: _WORSE.get(area, 0), default=None) for one in lists]
    return {f"{kind}_最大区域": pa.array(worst, pa.large_string()).dictionary_encode(),
            f"{kind}_最大区域_意味": pa.array([AREAS.get(area or "") for area in worst], pa.large_string()).dictionary_encode()}


def _meanings(tags: Tags, rows: np.ndarray, name: str, words: dict[str, str]) -> dict[str, pa.Array]:
    import pyarrow as pa

    which = tags.named(name)
    which = which[np.isin(tags.parent[which], rows)]
    if not len(which):
        return {}
    out: list[str | None] = [None] * len(rows)
    for row, text in zip(tags.owner(rows, which).tolist(), tags.texts(which), strict=True):
        out[row] = words.get(text or "")
    return {f"{name}_意味": pa.array(out, pa.large_string()).dictionary_encode()}
