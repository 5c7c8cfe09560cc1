"""The only place that picks a coordinate transformation; its name, accuracy and grid are recorded every time.

Axis order is east/north and longitude/latitude everywhere (`always_xy`); readers swap once where a format is the
other way round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gispipe.datum import ACCURACY, JGD2000, TOKYO, is_tokyo, load_grid
from gispipe.errors import CrsError
from gispipe.words import Words

WEB = "EPSG:3857"
LONLAT = "EPSG:6668"
LIMIT = 1.0
"""Metres: a transformation that is coarser, or of unknown accuracy, needs a written acceptance."""


@dataclass(frozen=True)
class Operation:
    """A transformation as it was used: systems, PROJ's name for it, accuracy in metres (None: unknown), grids."""

    source: str
    target: str
    name: str
    accuracy: float | None
    grids: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"from": self.source, "to": self.target, "name": self.name, "accuracy_m": self.accuracy, "grids": list(self.grids)}


@lru_cache(maxsize=64)
def _transformer(source: str, target: str):  # noqa: ANN202 — pyproj is imported late
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True, allow_ballpark=False)


def transform(geometry: np.ndarray, source: str, target: str, where: str, accept: float | None = None, lose: bool = False,
              grid: Path | None = None) -> tuple[np.ndarray, Operation]:
    """Transform shapely geometries from `source` to `target` in one pass and say which operation did it.

    `grid` is the city's TKY2JGD file; with it the Tokyo datum goes through its shifts. Raises CrsError when no operation exists, a coordinate leaves the operation's reach (with `lose` such a geometry
    becomes None instead, for a caller that reports it), or the accuracy is unknown or worse than LIMIT (or `accept`,
    metres). None geometries stay None.
    """
    if source == target:
        return geometry, Operation(source, target, "none", 0.0)
    operation: list[Operation] = []

    def project(xy: np.ndarray) -> np.ndarray:
        x, y, used = _through(grid, xy[:, 0], xy[:, 1], source, target, where, lose)
        operation.append(used)
        return np.column_stack([x, y])

    moved = shapely.transform(geometry, project)
    if lose:
        xy, owner = shapely.get_coordinates(moved, return_index=True)
        moved[np.unique(owner[~np.isfinite(xy).all(axis=1)])] = None
    used = operation[0] if operation else Operation(source, target, "none", 0.0)
    _accurate(used, where, accept)
    return moved, used


def _through(grid: Path | None, x: np.ndarray, y: np.ndarray, source: str, target: str, where: str, lose: bool) -> tuple[np.ndarray, np.ndarray, Operation]:
    """Project directly, or by way of the grid where the source is on the Tokyo datum and the target is not."""
    if grid is None or not is_tokyo(source) or is_tokyo(target):
        return _project(x, y, source, target, where, lose)
    shifts = load_grid(grid)
    lon, lat, before = (x, y, None) if source == TOKYO else _project(x, y, source, TOKYO, where, lose)
    lon, lat = shifts.forward(lon, lat)
    outside = np.count_nonzero(np.isnan(lon) & np.isfinite(x) & np.isfinite(y))
    if outside and not lose:
        raise CrsError(where, Words(f"{outside:,} coordinates lie outside the grid {shifts.name}", f"格子 {shifts.name} の範囲外の座標が {outside:,} 点あります"),
                       Words("check the CRS of the source, and that the grid covers the city", "入力の座標系と、格子が市域を含むことを確認してください"))
    east, north, after = _project(lon, lat, JGD2000, target, where, lose)
    name = " + ".join(part for part in (before.name if before else "", f"TKY2JGD ({shifts.name})", after.name) if part)
    return east, north, Operation(source, target, name, max(ACCURACY, after.accuracy or 0.0), (shifts.name, *after.grids))


Projector = Callable[[Any, Any], tuple[Any, Any]]


@lru_cache(maxsize=16)
def projector(source: str, target: str) -> Projector:
    """Return a quick transformation for single points, asked and found exact enough once, for answers in milliseconds.

    It takes and returns x and y (numbers or arrays). Raises CrsError as `transform_points` does.
    """
    if source == target:
        return lambda x, y: (x, y)
    plane, degrees = (target, source) if source == LONLAT else (source, target)
    middle = transform_points(np.zeros(1), np.zeros(1), plane, degrees, "projector")  # the origin of a plane system lies in its zone
    if source == LONLAT:
        transform_points(*middle, source, target, "projector")
    return _transformer(source, target).transform


def transform_points(x: np.ndarray, y: np.ndarray, source: str, target: str, where: str = "", accept: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Transform coordinate arrays; raises CrsError as `transform` does."""
    if source == target:
        return x, y
    east, north, used = _project(np.asarray(x, float), np.asarray(y, float), source, target, where)
    _accurate(used, where, accept)
    return east, north


def _project(x: np.ndarray, y: np.ndarray, source: str, target: str, where: str, lose: bool = False) -> tuple[np.ndarray, np.ndarray, Operation]:
    from pyproj.exceptions import ProjError

    try:
        worker = _transformer(source, target)
        east, north = worker.transform(x, y, errcheck=False)
    except ProjError as error:
        raise CrsError(where, Words(f"no transformation from {source} to {target}: {error}", f"{source} から {target} への変換がありません: {error}")) from None
    lost = np.count_nonzero(~(np.isfinite(east) & np.isfinite(north)) & np.isfinite(x) & np.isfinite(y))
    if lost and not lose:
        raise CrsError(where, Words(f"{lost:,} coordinates cannot be transformed from {source} to {target}; they do not lie where {source} is used",
                                    f"{source} から {target} へ変換できない座標が {lost:,} 点あります（{source} の範囲外）"),
                       Words("check the CRS of the source", "入力の座標系を確認してください"))
    return east, north, _used(worker, source, target)


def _used(worker, source: str, target: str) -> Operation:  # noqa: ANN001
    """Ask PROJ which operation the last call really used; `from_crs` alone may name another."""
    try:
        last = worker.get_last_used_operation()
    except Exception:  # noqa: BLE001 — a single-operation transformer has nothing to ask
        last = worker
    accuracy = last.accuracy if last.accuracy is not None and last.accuracy >= 0 else None
    grids = tuple(sorted({grid.short_name for op in (last.operations or ()) for grid in op.grids}))
    if accuracy is None and _null_shift(last):
        accuracy = 0.0
    return Operation(source, target, last.description, accuracy, grids)


def _null_shift(operation) -> bool:  # noqa: ANN001
    """Tell whether an operation only projects: map projections are exact, whatever their accuracy field says."""
    names = [op.method_name for op in (operation.operations or ())] or [getattr(operation, "method_name", "")]
    return all("Mercator" in name or "Longitude rotation" in name or name == "noop" or "axis order" in name.lower() for name in names)


def _accurate(used: Operation, where: str, accept: float | None) -> None:
    limit = max(LIMIT, accept or 0.0)
    if used.accuracy is None or used.accuracy > limit:
        stated = "unknown" if used.accuracy is None else f"{used.accuracy:g} m"
        stated_ja = "不明" if used.accuracy is None else f"{used.accuracy:g} m"
        if is_tokyo(used.source):
            raise CrsError(where, Words(f"the data are on the old Tokyo datum; without its grid the transformation {used.source} → {used.target} has accuracy {stated}, worse than {limit:g} m",
                                        f"旧日本測地系のデータです。変換格子がないと {used.source} → {used.target} の変換の精度は {stated_ja} で、{limit:g} m より粗いため止めました"),
                           Words('put TKY2JGD.par into the source folder and write tky2jgd = "TKY2JGD.par" in city.toml, or accept it in writing with accept_accuracy in the layer file',
                                 "TKY2JGD.par を入力フォルダーに置いて city.toml に tky2jgd = \"TKY2JGD.par\" と書くか、レイヤーの accept_accuracy に了承する精度（m）を書いてください"))
        raise CrsError(where, Words(f"the transformation {used.source} → {used.target} ({used.name}) has accuracy {stated}, worse than {limit:g} m",
                                    f"{used.source} → {used.target} の変換（{used.name}）の精度は {stated_ja} で、{limit:g} m より粗いため止めました"),
                       Words("install the grid, or accept it in writing with accept_accuracy in the layer file",
                             "変換グリッドを入れるか、レイヤーの accept_accuracy に了承する精度（m）を書いてください"))


def is_known(definition: str) -> bool:
    """Return whether pyproj understands a CRS definition."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError as ProjCrsError

    try:
        CRS.from_user_input(definition)
    except ProjCrsError:
        return False
    return True


@lru_cache(maxsize=64)
def is_geographic(definition: str) -> bool:
    """Tell whether coordinates of a system are degrees of longitude and latitude."""
    from pyproj import CRS

    return bool(CRS.from_user_input(definition).is_geographic)
