"""Read the elevation grids of 基盤地図情報 (DEM1A, 5A, 5B, 10B …) and put tiles of one level into one GeoTIFF.

A file states its cells and then lists「種別,標高」from a start point, north-west first, rows going south; the list may begin
late and end early. What is not listed, −9999 and データなし have no height. Corners are those of the cells, so a cell is the
extent divided by the number of cells, not by one less. Source of facts: product specification 4.1 and 5.0, real files.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.gml import crs_of
from gispipe.intake.markup import read_tags
from gispipe.intake.tags import Tags
from gispipe.words import Words

NODATA = -9999.0
MOST_CELLS = 40_000_000
MOST_MOSAIC = 400_000_000
ABSENT, UNLISTED = "データなし", "（記載なし）"
_LOWEST, _HIGHEST = -12_000.0, 9_000.0
_AGAIN = Words("ask for the tile again", "ファイルを受け取り直してください")
_BREAKS = bytes.maketrans(b" \t\r", b"\n\n\n")


@dataclass(frozen=True)
class Grid:
    """A tile of heights.

    heights: float32 (rows, columns), row 0 the northernmost, NaN without height; west, north: outer corner in degrees;
    cell: (longitude, latitude) size in degrees; kinds: cells by 種別, those the file does not list as （記載なし）.
    """

    heights: np.ndarray
    west: float
    north: float
    cell: tuple[float, float]
    crs: str
    kinds: dict[str, int]
    mesh: str = ""
    type: str = ""
    date: str = ""
    name: str = ""
    facts: dict[str, object] = field(default_factory=dict)


def read_grid(path: Path, where: str) -> Grid:
    """Read one tile; raises UnreadableInput for sizes beyond reason, more tuples than cells, and anything that is no number."""
    must_be(path, "fgd_dem", where)
    tags = read_tags(path, where)
    columns, rows = _size(tags, where)
    south, west = _pair(tags, "lowerCorner", float, where)
    north, east = _pair(tags, "upperCorner", float, where)
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise UnreadableInput(where, Words(f"the corners {south:g} {west:g} and {north:g} {east:g} enclose no area",
                                           f"範囲の座標（{south:g} {west:g} ～ {north:g} {east:g}）に面積がありません"), _AGAIN)
    x, y = _pair(tags, "startPoint", int, where)
    kind, value = _tuples(tags, where)
    first = _first(x, y, columns, rows, len(value), where)
    heights, kinds = _heights(kind, value, where)
    cells = np.full(rows * columns, np.nan, np.float32)
    cells[first:first + len(heights)] = heights
    if rows * columns > len(heights):
        kinds[UNLISTED] = rows * columns - len(heights)
    crs = crs_of({name for name in tags.attribute(tags.named("Envelope"), "srsName") if name}, where) or "EPSG:6668"
    cell = (_exact((east - west) / columns), _exact((north - south) / rows))
    return Grid(cells.reshape(rows, columns), west, north, cell, crs, kinds, _first_text(tags, "mesh"), _first_text(tags, "type"),
                _first_text(tags, "timePosition"), where, {"encoding_by": tags.encoding_by, "start": [x, y], "tuples": len(value)})


def _exact(cell: float) -> float:
    """Return a cell size as the whole thousandth of an arc second it was rounded from; corners carry nine decimals only."""
    steps = round(cell * 3_600_000)
    return steps / 3_600_000 if steps and abs(cell * 3_600_000 / steps - 1) < 1e-4 else cell


def _first_text(tags: Tags, name: str) -> str:
    return next((text for text in tags.texts(tags.named(name)[:1]) if text), "")


def _pair(tags: Tags, name: str, kind: type, where: str) -> tuple:
    """Return the two numbers of the only element of a name."""
    which = tags.named(name)
    texts = tags.texts(which)
    try:
        one, other = (kind(part) for part in ((texts[0] or "") if len(texts) == 1 else "").split())
        if not (np.isfinite(one) and np.isfinite(other)):
            raise ValueError
    except (ValueError, OverflowError):
        raise UnreadableInput(where, Words(f"{name} should be given once, as two numbers", f"{name} が 2 つの数値で 1 回だけ書かれていません"), _AGAIN) from None
    return one, other


def _size(tags: Tags, where: str) -> tuple[int, int]:
    """Return columns and rows."""
    low, high = _pair(tags, "low", int, where), _pair(tags, "high", int, where)
    columns, rows = high[0] - low[0] + 1, high[1] - low[1] + 1
    if columns < 1 or rows < 1 or columns * rows > MOST_CELLS:
        raise UnreadableInput(where, Words(f"{columns:,} × {rows:,} cells stated: no elevation tile", f"格子が {columns:,} × {rows:,} とあり、標高タイルではありません"), _AGAIN)
    orders = set(tags.attribute(tags.named("sequenceRule"), "order"))
    if not orders <= {"+x-y", None}:
        raise UnreadableInput(where, Words(f"cells are listed in the order {orders}, not +x-y", f"配列順が {orders} で、+x-y ではありません"), _AGAIN)
    return columns, rows


def _first(x: int, y: int, columns: int, rows: int, count: int, where: str) -> int:
    """Return the cell the list begins with."""
    first = y * columns + x
    if not (0 <= x < columns and 0 <= y < rows):
        raise UnreadableInput(where, Words(f"the start point {x} {y} is outside the grid", f"開始点 {x} {y} が格子の外です"), _AGAIN)
    if first + count > rows * columns:
        raise UnreadableInput(where, Words(f"{count:,} values from cell {first:,} on, but only {rows * columns:,} cells",
                                           f"{first:,} 番目から {count:,} 件の値がありますが、格子は {rows * columns:,} 個しかありません"), _AGAIN)
    return first


def _tuples(tags: Tags, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return 種別 (n,) and values (n,) of the list."""
    import pyarrow as pa
    from pyarrow import csv

    lists = tags.raw(tags.named("tupleList"))
    text = lists[0].translate(_BREAKS) if len(lists) == 1 else b""
    if not text.strip():
        return np.empty(0, object), np.empty(0)
    try:
        table = csv.read_csv(io.BytesIO(text.strip() + b"\n"), csv.ReadOptions(column_names=["kind", "value"], use_threads=False, block_size=1 << 22),
                             csv.ParseOptions(quote_char=False),
                             csv.ConvertOptions(column_types={"kind": pa.dictionary(pa.int32(), pa.string()), "value": pa.float64()}, null_values=[]))
    except pa.ArrowInvalid:
        raise _not_a_tuple(text, where) from None
    kind = table["kind"].combine_chunks()
    return kind, table["value"].to_numpy()


def _not_a_tuple(text: bytes, where: str) -> UnreadableInput:
    rows = [row for row in text.split(b"\n") if row]
    for number, row in enumerate(rows, 1):
        _, comma, value = row.partition(b",")
        try:
            float(value) if comma else float("?")
        except ValueError:
            shown = row[:40].decode("utf-8", "replace")
            return UnreadableInput(f"{where} tuple {number}", Words(f"'{shown}' is not kind and height", f"「{shown}」は「種別,標高」の形ではありません"), _AGAIN)
    return UnreadableInput(where, Words("the list of heights cannot be read", "標高の並びを読めません"), _AGAIN)


def _heights(kind, value: np.ndarray, where: str) -> tuple[np.ndarray, dict[str, int]]:  # type: ignore[no-untyped-def]
    """Return heights with NaN for none, and the cells by 種別."""
    void = value == NODATA
    wrong = np.flatnonzero(~void & ~((value >= _LOWEST) & (value <= _HIGHEST)))
    if len(wrong):
        raise UnreadableInput(f"{where} tuple {wrong[0] + 1}", Words(f"a height of {value[wrong[0]]:g} m is not possible", f"標高 {value[wrong[0]]:g} m はあり得ません"), _AGAIN)
    if not len(value):
        return np.empty(0, np.float32), {}
    counts = {one["values"]: one["counts"] for one in kind.value_counts().to_pylist()}
    absent = np.array([str(name) == ABSENT for name in kind.dictionary.to_pylist()], bool)
    void |= absent[kind.indices.to_numpy(zero_copy_only=False)]
    return np.where(void, np.nan, value).astype(np.float32), {str(name): int(n) for name, n in sorted(counts.items(), key=lambda one: str(one[0]))}


def write_geotiff(grids: Sequence[Grid], path: Path) -> None:
    """Put tiles of one level together as one GeoTIFF (float32, −9999 without height); the newer of two dates wins where it has a height.

    Raises UnreadableInput when the tiles differ in cell size or CRS, do not share a lattice, or lie too far apart.
    """
    import rasterio

    _alike(grids)
    dx, dy = grids[0].cell
    west, north = min(one.west for one in grids), max(one.north for one in grids)
    places = [(_step(north - one.north, dy, one), _step(one.west - west, dx, one)) for one in grids]
    rows = max(row + one.heights.shape[0] for (row, _), one in zip(places, grids, strict=True))
    columns = max(column + one.heights.shape[1] for (_, column), one in zip(places, grids, strict=True))
    if rows * columns > MOST_MOSAIC:
        raise UnreadableInput(grids[0].name, Words(f"the tiles lie too far apart: {columns:,} × {rows:,} cells", f"タイルが離れすぎています（{columns:,} × {rows:,} 格子）"),
                              Words("make one layer for each area", "地域ごとにレイヤーを分けてください"))
    whole = np.full((rows, columns), NODATA, np.float32)
    for (row, column), one in sorted(zip(places, grids, strict=True), key=lambda pair: (pair[1].date, pair[1].name)):
        part = whole[row:row + one.heights.shape[0], column:column + one.heights.shape[1]]
        np.copyto(part, one.heights, where=~np.isnan(one.heights))
    with rasterio.open(path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32", crs=grids[0].crs, nodata=NODATA,
                       transform=rasterio.Affine(dx, 0, west, 0, -dy, north), compress="deflate", predictor=3, tiled=True) as out:
        out.write(whole, 1)


def _alike(grids: Sequence[Grid]) -> None:
    for one in grids[1:]:
        if not np.allclose(one.cell, grids[0].cell, rtol=1e-6, atol=0) or one.crs != grids[0].crs:
            raise UnreadableInput(one.name, Words(f"its cells or coordinate system differ from those of {grids[0].name}", f"格子の大きさか座標系が {grids[0].name} と違います"),
                                  Words("make one layer for each level", "メッシュの種類ごとにレイヤーを分けてください"))


def _step(distance: float, cell: float, one: Grid) -> int:
    steps = distance / cell
    if abs(steps - round(steps)) > 0.02:
        raise UnreadableInput(one.name, Words("the tile does not lie on the same lattice as the others", "格子の位置が他のタイルと揃っていません"), _AGAIN)
    return round(steps)
