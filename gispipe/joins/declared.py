"""Carry out the joins a layer file declares, in its order, each on what the joins before it brought."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from gispipe.address.entries import CityName
from gispipe.audience import InternalTable
from gispipe.catalogue import Catalogue
from gispipe.columns import DTYPE, cast
from gispipe.errors import JoinError
from gispipe.ingest import every_file_has, typed
from gispipe.intake import Delivered
from gispipe.joins.checked import check_joined, check_ledger
from gispipe.joins.forms import Comparison
from gispipe.joins.key import join_by_key
from gispipe.joins.met import Content, made
from gispipe.joins.place import MakeReady, join_count, join_nearest, join_within, join_worst
from gispipe.joins.result import Joined
from gispipe.joins.zones import ready_polygons
from gispipe.model import Join, Layer
from gispipe.style_classes import class_index
from gispipe.words import Words

Tables = Callable[[str], InternalTable]
Ledgers = Callable[[Layer, str], Delivered]


def join_layer(catalogue: Catalogue, layer: Layer, table: InternalTable, tables: Tables, ledgers: Ledgers,
               make_ready: MakeReady = ready_polygons, content: Content = made) -> tuple[InternalTable, dict[str, Joined]]:
    """Return the table with every joined column, and what each join did.

    `tables(id)` gives other layers before joins, `ledgers(layer, join name)` a delivered ledger; `make_ready` may keep the zones of
    layers that several others join with, `content` which rows of a ledger met. Raises JoinError when a join would lose or double rows.
    """
    frame, done = table.frame.copy(), {}
    for name, join in layer.join.items():
        place = f"{catalogue.files[f'layer:{layer.id}']} › join.{name}"
        result = _one(catalogue, layer, name, join, InternalTable(layer.id, frame, table.geometry), tables, ledgers, place, make_ready, content)
        if len(result.columns) != len(frame):
            raise JoinError(place, Words(f"{len(frame):,} rows went in, {len(result.columns):,} came out", f"{len(frame):,} 行が {len(result.columns):,} 行になりました"))
        for column, declared in join.columns.items():
            if column not in layer.columns and column not in join.on:
                frame[column] = _in_type(result.columns[column], declared.type)
        check_joined(catalogue, layer, name, frame, place)
        done[name] = result
    return InternalTable(layer.id, frame, table.geometry), done


def _in_type(values: pd.Series, kind: str) -> pd.Series:
    """Return the values of a table, which are of some declared type each, in another one; those that are of it already stay."""
    from gispipe.model import Column

    if str(values.dtype) == DTYPE.get(kind):
        return values
    plain = values.to_numpy(object, copy=True)
    plain[values.isna().to_numpy(bool)] = None
    if kind == "str" and pd.api.types.infer_dtype(plain, skipna=True) in ("string", "empty"):
        return pd.Series(plain, index=values.index, dtype=object)
    return cast(plain, Column(type=kind))[0]  # type: ignore[arg-type]


def _one(catalogue: Catalogue, layer: Layer, name: str, join: Join, table: InternalTable, tables: Tables, ledgers: Ledgers, place: str,
         make_ready: MakeReady, content: Content) -> Joined:
    if join.how == "key":
        return _ledger(catalogue, layer, name, join, table, ledgers, place, content)
    if table.geometry is None:
        raise JoinError(place, Words("a layer without shapes cannot join by place", "図形のないレイヤーは位置では結合できません"))
    taken = {new: column.from_ or new for new, column in join.columns.items()}
    if join.how == "count":
        return join_count(table.geometry, [_shapes(tables(other), place) for other in join.layers], list(taken), make_ready)
    other = tables(str(join.layer))
    shapes = _shapes(other, place)
    if join.how == "within":
        return join_within(table.geometry, shapes, other.frame, taken)
    if join.how == "worst":
        return join_worst(table.geometry, shapes, other.frame, _severity(catalogue, str(join.layer), str(join.by), other.frame), taken, make_ready)
    chosen = _where(other.frame, join)
    return join_nearest(table.geometry, np.where(chosen, shapes, None), other.frame, taken)


def _shapes(table: InternalTable, place: str) -> np.ndarray:
    if table.geometry is None:
        raise JoinError(place, Words(f"layer '{table.layer}' has no shapes", f"レイヤー「{table.layer}」には図形がありません"))
    return table.geometry


def _where(frame: pd.DataFrame, join: Join) -> np.ndarray:
    chosen = np.ones(len(frame), dtype=bool)
    for name, value in join.where.items():
        chosen &= (frame[name].astype("str") == str(value)).to_numpy(bool) if isinstance(value, str) else (frame[name] == value).fillna(False).to_numpy(bool)
    return chosen


def _severity(catalogue: Catalogue, other: str, by: str, frame: pd.DataFrame) -> np.ndarray:
    """Return how bad each row is: the number itself, or for words the order of the classes in the layer's style."""
    if pd.api.types.is_numeric_dtype(frame[by].dtype):
        return frame[by].to_numpy(float, na_value=-np.inf)
    style = catalogue.styles.get(catalogue.layers[other].style or "")
    if style is None or style.by != by:
        raise JoinError(f"{other}.{by}", Words("words have no order; give the layer a style by this column, mildest class first",
                                               "文字の列には順序がありません。この列で分類するスタイル（軽い順）をレイヤーに付けてください"))
    return class_index(frame[by], style).astype(float)


def _ledger(catalogue: Catalogue, layer: Layer, name: str, join: Join, table: InternalTable, ledgers: Ledgers, place: str, content: Content) -> Joined:
    delivered = ledgers(layer, name)
    known = layer.all_columns()
    wanted = {key: join.columns[key] if key in join.columns else known[key] for key in join.on} | dict(join.columns)
    every_file_has(delivered, wanted, f"{place}.columns")
    right, misfits = typed(delivered, wanted, f"{place}.columns", ", ".join(f.path for f in delivered.files))
    check_ledger(catalogue, layer, wanted, delivered, right, misfits, place)
    return join_by_key(table.frame, right, list(join.on), [c for c in join.columns if c not in join.on],
                       f"{place} › {', '.join(f.path for f in delivered.files)}", delivered.place,
                       _comparison(catalogue, layer, join, table.frame), one_to_one=join.one_to_one, named=_named(layer, join, table.frame),
                       content=content, name=meetings(layer, name))


def meetings(layer: Layer, name: str) -> str:
    """Return the name under which it is kept which rows met in one join of a layer."""
    return f"{layer.id}.{name}.met"


def _comparison(catalogue: Catalogue, layer: Layer, join: Join, frame: pd.DataFrame) -> Comparison:
    """Return how keys are compared; the towns that a layer has in a column of their own help to read addresses."""
    city = catalogue.city
    town = layer.card.town[0] if layer.card is not None and len(layer.card.town) == 1 else ""
    towns = tuple(sorted(map(str, frame[town].dropna().unique()))) if town in frame.columns else ()
    return Comparison(join.match, join.rooms, CityName(city.prefecture, city.name), towns)


def _named(layer: Layer, join: Join, frame: pd.DataFrame) -> np.ndarray | None:
    """Return what the layer calls its rows where that is not the key of the join."""
    names = [name for name in layer.key if name in frame.columns]
    if not names or names == list(join.on):
        return None
    named = frame[names[0]].astype("str").fillna("").to_numpy(object)
    for name in names[1:]:
        named = named + " " + frame[name].astype("str").fillna("").to_numpy(object)
    return named
