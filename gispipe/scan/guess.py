"""Columns, types, key, geometry kind and the name column of a delivered table, found by looking at every value."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from gispipe.columns import cast
from gispipe.model import Column, ColumnType, Source
from gispipe.scan.toml import remark
from gispipe.scan.sidecar import Sidecar
from gispipe.scan.terms import SENSITIVE, column_id

_SYSTEM = re.compile(r"^(SAUID|SAUPDATE|SAANGLE|SASIZE|SASYMBOLNO|OBJECTID|FID|SHAPE_?(Leng|Area|Length)|fill|stroke)$", re.IGNORECASE)
_PAINT = re.compile(r"^(fill|stroke)$", re.IGNORECASE)
_IDENTITY = re.compile(r"^(id|no\.?|№|番号|.*管理番号|登録番号|共通id|.*_id|筆id|sauid|fid|objectid)$", re.IGNORECASE)
_CODE = re.compile(r"^[+-]?0\d|^\d{10,}$")
_KINDS = {0: "point", 1: "line", 2: "polygon"}


@dataclass(frozen=True)
class Guess:
    """columns by ASCII name; key, label and search columns; geometry kind; column titles left out; remarks for comments."""

    columns: dict[str, Column]
    key: tuple[str, ...]
    label: str | None
    search: tuple[str, ...]
    geometry: str | None
    left_out: tuple[str, ...]
    closed: tuple[str, ...] = field(default=())


NO_TABLE = Guess({}, (), None, (), None, ())
"""What is known of a picture."""


def guess(frame: pd.DataFrame, geometry: np.ndarray | None, source: Source, sidecar: Sidecar, public: bool) -> Guess:
    """Return a declaration for a table; `public` opens the columns except those whose title sounds personal."""
    wanted = [c for c in sidecar.labels if c in frame.columns] if sidecar.listed else [c for c in frame.columns if not _SYSTEM.match(c)]
    wanted = [c for c in wanted if c not in (source.x, source.y) and not _PAINT.match(c)]
    identity = next((c for c in frame.columns if _IDENTITY.match(c) and _unique(frame[c]) and c not in (source.x, source.y)), None)
    hidden = [identity] if identity is not None and identity not in wanted else []
    columns: dict[str, Column] = {}
    closed = []
    for number, name in enumerate(wanted, 1):
        label = remark(sidecar.labels.get(name) or name)
        personal = bool(SENSITIVE.search(label) or SENSITIVE.search(name))
        closed += [label] if personal else []
        key = column_id(name, label, columns, number)
        columns[key] = Column(from_=name, type=_type(frame[name].to_numpy()), label=label, public=public and not personal)
    for name in hidden:
        columns[column_id(name, name, columns, len(columns) + 1)] = Column(from_=name, type=_type(frame[name].to_numpy()), label=name)
    label_column = _named({name: column for name, column in columns.items() if column.public or not public}, sidecar)
    left_out = tuple(c for c in frame.columns if c not in wanted and c not in hidden and c not in (source.x, source.y))
    return Guess(columns, _key(frame, columns), label_column, _search(columns, label_column, public), _geometry(geometry), left_out, tuple(closed))


def _type(values: np.ndarray) -> ColumnType:
    """Return the narrowest type every value fits; numbers with leading zeros and long digit strings are codes, so text."""
    present = pd.unique(pd.Series([v for v in values if v is not None], dtype=object))
    if not len(present) or any(isinstance(v, str) and _CODE.match(unicodedata.normalize("NFKC", v)) for v in present):
        return "str"
    if all(isinstance(v, bool) for v in present):
        return "bool"
    for kind in ("int", "float", "date"):
        if not cast(np.array([*present, None], dtype=object)[:-1], Column(type=kind))[1].any():  # type: ignore[arg-type]
            return kind  # type: ignore[return-value]
    return "str"


def _key(frame: pd.DataFrame, columns: dict[str, Column]) -> tuple[str, ...]:
    """Return an identifying column that is complete and unique, if there is one."""
    for name, column in columns.items():
        source = str(column.from_)
        if (_IDENTITY.match(source) or _IDENTITY.match(column.label)) and _unique(frame[source]):
            return (name,)
    return ()


def _unique(values: pd.Series) -> bool:
    return bool(len(values)) and bool(values.notna().all()) and values.is_unique


def _named(columns: dict[str, Column], sidecar: Sidecar) -> str | None:
    by_flag = next((name for name, column in columns.items() if column.from_ == sidecar.label), None) if sidecar.label else None
    named = next((name for name in columns if name == "name"), None)
    close = next((name for name, column in columns.items() if re.search(r"(名称|名)$", column.label) and column.type == "str"), None)
    return by_flag or named or close


def _search(columns: dict[str, Column], label: str | None, public: bool) -> tuple[str, ...]:
    if label is None:
        return ()
    others = [name for name in ("name_kana", "alias", "address") if name in columns and name != label and (columns[name].public or not public)]
    return (label, *others)


def _geometry(geometry: np.ndarray | None) -> str | None:
    if geometry is None:
        return None
    dimensions = shapely.get_dimensions(geometry)
    dimensions = dimensions[dimensions >= 0]
    return _KINDS[int(np.bincount(dimensions).argmax())] if len(dimensions) else None
