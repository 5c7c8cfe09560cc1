"""Store → tile archives of one audience: layers that are drawn together share an archive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gispipe.build import kept
from gispipe.build.drawn import Drawn
from gispipe.build.features import Known, keyed, read_column, remembered_ids, stable_ids, tile_columns
from gispipe.catalogue import Catalogue
from gispipe.crs import WEB
from gispipe.errors import RuleBroken
from gispipe.finished import digest_of_file, share
from gispipe.geometry import of_wkb
from gispipe.model import Audience, Layer, Style
from gispipe.pyramids import archive_of
from gispipe.store import Store
from gispipe.tiles.encode import TileLayer, build_archive
from gispipe.tiles.errors import TileError
from gispipe.tiles.opening import open_archive
from gispipe.tiles.outlines import Outlines
from gispipe.tiles.values import Column, Numbered
from gispipe.withheld import flag
from gispipe.words import Words

LICENSED = "licensed/"
"""The folder of a release in which licensed maps stand tile by tile; who serves it may ask who is reading."""
DEEPEST = 16
"""Tiles are made down to this zoom and enlarged beyond it: one unit is then 12–15 cm on the ground in Japan."""


@dataclass(frozen=True)
class Tileset:
    """A finished archive: its id, file name under tiles/, kind, zoom range and what it holds."""

    id: str
    file: str
    type: str
    zoom: tuple[int, int]
    bounds: tuple[float, float, float, float]
    layers: tuple[str, ...]
    report: dict[str, object]
    drawn: tuple[str, ...]
    """Those of the layers of which something is in some tile."""
    single: Mapping[str, object] | None = None
    """Of a licensed one, given out tile by tile: the ending of its files, and `there`, which of them exist."""

    @property
    def address(self) -> str:
        """Where the pages find it, from the release root: an archive, or a folder of tiles."""
        return f"{LICENSED}{self.file}/" if self.single else f"tiles/{self.file}"


def vector_tilesets(catalogue: Catalogue, store: Store, audience: Audience, folder: Path, known: dict[str, Known]) -> list[Tileset]:
    """Build every vector archive of an audience into `folder`; archives are named by the digest of their bytes.

    The store keeps them from run to run: an archive whose layers are what they were is taken over, of the others only the tiles
    that changed are made again. `known` is told what was found out of their layers.
    """
    entries = store.manifest()
    groups: dict[str, list[Layer]] = defaultdict(list)
    for layer in catalogue.layers_for(audience):
        if layer.kind == "vector" and layer.id in entries:
            groups[layer.archive()].append(layer)
    kept.sweep(store, groups)
    return [tileset for name, layers in sorted(groups.items()) if (tileset := _vector(name, layers, catalogue, store, _key(layers, catalogue, entries, audience), audience, folder, known))]


def _vector(name: str, layers: list[Layer], catalogue: Catalogue, store: Store, key: str, audience: Audience, folder: Path, known: dict[str, Known]) -> Tileset | None:
    draft = folder / f".{name}.pmtiles"
    before = kept.recall(store, name, key, draft)
    if before is None:
        before = _made(name, layers, catalogue, store, audience, draft, known)
        before = kept.remember(store, name, key, draft, before)
    if before.nothing:
        return None
    return Tileset(name, _named(draft, folder, name, before.digest), "vector", before.zoom, before.bounds, tuple(layer.id for layer in layers), before.report, before.drawn)


def _key(layers: list[Layer], catalogue: Catalogue, entries: Mapping[str, Mapping[str, object]], audience: Audience) -> str:
    """Return what an archive depends on: tables, declarations, the programs and libraries that make it."""
    return kept.archive_key([audience, catalogue.city.crs, DEEPEST, [[*catalogue.stated(layer), entries[layer.id]["version"]] for layer in layers]])


def _made(name: str, layers: list[Layer], catalogue: Catalogue, store: Store, audience: Audience, draft: Path, known: dict[str, Known]) -> kept.Kept:
    drawn: list[TileLayer] = []
    for layer in layers:
        style = catalogue.styles[layer.style] if layer.style else None
        table, shapes = store.read_packed(layer.id, _columns(layer, style, audience))
        drawn += tile_layers(layer, style, table, shapes, catalogue.city.crs, audience, known, kept.place(store, name))
    if not drawn:
        return kept.Kept((0, 0), (0.0, 0.0, 0.0, 0.0), {}, ())
    attribution = " / ".join(dict.fromkeys(layer.source.attribution for layer in layers if layer.source.attribution))
    try:
        report = build_archive(draft, drawn, name=name, attribution=attribution, memory=kept.place(store, name))
    except TileError as error:
        files = ", ".join(f"{catalogue.files[f'layer:{layer.id}']} › {layer.source.path}" for layer in layers)
        raise RuleBroken(files, Words(f"tiles cannot be made: {error.reason}", f"タイルを作れません: {error.reason}")) from None
    boxes = np.array([Outlines.of(one.geometry).box() for one in drawn])
    box = np.concatenate([np.fmin.reduce(boxes[:, :2]), np.fmax.reduce(boxes[:, 2:])])  # layers without a coordinate have no numbers
    facts = {"tiles": report.tiles, "bytes": report.bytes, "largest": report.largest, "median": report.median,
             "dropped": [{"layer": d.layer, "zoom": d.zoom, "reason": d.reason, "count": d.count} for d in report.dropped]}
    there = tuple(dict.fromkeys(layer for (layer, _), count in sorted(report.features.items()) if count))
    return kept.Kept((min(one.zoom[0] for one in drawn), max(one.zoom[1] for one in drawn)), _lonlat(box), facts, there, report.reused)


def _columns(layer: Layer, style: Style | None, audience: Audience) -> set[str]:
    """Return the columns that `tile_layers` asks for."""
    text = (style.text.angle_column, style.text.size_column) if style is not None and style.text is not None else ()
    names = {name for name in (*layer.key, *tile_columns(layer, style, audience), layer.label, *text) if name is not None}
    return names | {flag(name) for name in names & set(layer.counts())}


def tile_layers(layer: Layer, style: Style | None, table: pa.Table, shapes: pa.ChunkedArray | None, crs: str, audience: Audience, known: dict[str, Known],
                memory: Path | None = None) -> list[TileLayer]:
    """Return the source layers a table becomes: its ``shapes`` (WKB), and one label point for each feature when it is labelled; `known` as of
    `vector_tilesets`, `memory` of `build_archive`."""
    if shapes is None or layer.geometry is None:
        return []
    drawn = Drawn(layer, shapes.combine_chunks(), crs, memory and memory.with_name(f"{memory.name}-{layer.id}.shapes"))
    if not len(drawn.rows):
        return []
    geometry = None if keyed(layer, table) else of_wkb(shapes)
    ids = remembered_ids(layer, table, geometry, memory.with_name(f"{memory.name}-{layer.id}.ids")) if memory else stable_ids(layer, table, geometry)
    known[layer.id] = Known(ids, drawn.own, drawn.places)
    if len(drawn.rows) < table.num_rows:
        table = table.take(pa.array(drawn.rows))
    ids = ids[drawn.rows]
    by = style.by if style else None
    columns = [name for name in tile_columns(layer, style, audience) if name in table.column_names]
    values: dict[str, Column] = {name: read_column(table, layer, name, raw=name == by) for name in columns}
    zoom = (min(layer.zoom[0], DEEPEST), min(layer.zoom[1], DEEPEST))
    made = [TileLayer(layer.id, layer.geometry, drawn.outlines(), ids, values, zoom, keep=layer.hazard is not None)]
    if layer.label and style is not None and style.text is not None:
        made += _labels(layer, style, drawn, table, ids, zoom)
    drawn.keep()
    return made


def _labels(layer: Layer, style: Style, drawn: Drawn, table: pa.Table, ids: np.ndarray, zoom: tuple[int, int]) -> list[TileLayer]:
    assert layer.label is not None and style.text is not None
    texts = read_column(table, layer, layer.label)
    written = texts.code >= 0
    first = max(zoom[0], min(style.text.min_zoom, zoom[1]))
    if not written.any():
        return []
    values: dict[str, Column] = {layer.label: Numbered.of(texts.code[written], texts.found.texts)}
    for extra in (style.by, style.text.angle_column, style.text.size_column):
        if extra and extra in table.column_names and extra not in values:
            values[extra] = read_column(table, layer, extra, raw=True)[written]
    points, room = drawn.labels(written)
    return [TileLayer(f"{layer.id}_label", "point", Outlines.of_points(points), ids[written], values, (first, zoom[1]), rank=room)]


def _lonlat(box: np.ndarray) -> tuple[float, float, float, float]:
    from gispipe.crs import transform_points

    lon, lat = transform_points(box[[0, 2]], box[[1, 3]], WEB, "EPSG:4326")
    return (round(float(lon[0]), 6), round(float(lat[0]), 6), round(float(lon[1]), 6), round(float(lat[1]), 6))


def _named(draft: Path, folder: Path, name: str, digest: str) -> str:
    final = f"{name}-{digest[:12]}.pmtiles"
    draft.rename(folder / final)
    return final


def raster_tilesets(catalogue: Catalogue, store: Store, audience: Audience, folder: Path) -> list[Tileset]:
    """Put the tile archive of every raster layer of an audience into `folder`; the store keeps them from run to run."""
    entries, made = store.manifest(), []
    for layer in catalogue.layers_for(audience):
        if layer.kind != "raster" or layer.id not in entries or not entries[layer.id].get("drawable", True):
            continue
        kept = archive_of(store, layer, catalogue.styles.get(layer.style or ""), entries[layer.id]["version"])
        header = open_archive(kept).header
        draft = folder / f".{layer.id}.pmtiles"
        share(kept, draft)
        west, south, east, north = (round(degrees, 6) for degrees in header.bounds)
        made.append(Tileset(layer.id, _named(draft, folder, layer.id, digest_of_file(draft)), "raster", header.zoom, (west, south, east, north), (layer.id,), {"bytes": kept.stat().st_size}, (layer.id,)))
    return made
