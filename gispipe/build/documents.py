"""What the pages read, as plain documents: map.json, the style with everything drawn, and the terms that the style's texts have in other languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gispipe.build.tilesets import DEEPEST, Tileset
from gispipe.catalogue import Catalogue
from gispipe.catalogue.levels import is_followed
from gispipe.catalogue.terms import Vocabulary, own_names
from gispipe.model import Audience, Column, Layer, Map, Style, StyleClass
from gispipe.online import online_backgrounds
from gispipe.withheld import MARK

ENDLESS = 22


def map_document(catalogue: Catalogue, audience: Audience, tilesets: list[Tileset]) -> dict[str, object]:
    """Return map.json without the names of style and search files, which the page writer adds."""
    city, maps = catalogue.city, catalogue.maps_for(audience)
    boxes = np.array([t.bounds for t in tilesets]) if tilesets else np.array([city.bounds])
    west, south = np.maximum(boxes[:, :2].min(axis=0), city.bounds[:2]).tolist()
    east, north = np.minimum(boxes[:, 2:].max(axis=0), city.bounds[2:]).tolist()
    first = city.default_map if any(m.id == city.default_map for m in maps) else maps[0].id if maps else None
    return {
        "format": 2, "audience": audience,
        "city": {"id": city.id, "name": city.name, "names": city.names, "code": city.code, "fictitious": city.fictitious, "notice": city.notice,
                 "contact": city.contact, "edition": city.edition, "attribution": city.attribution},
        "default_map": first, "bounds": [west, south, east, north], "center": [round((west + east) / 2, 6), round((south + north) / 2, 6)],
        "zoom": _zoom(west, south, east, north), "min_zoom": 9, "max_zoom": 19, "crs": city.crs,
        "maps": [{"id": m.id, "title": m.title, "names": m.names, "group": m.group, "description": m.description, "page": f"maps/{m.id}.html"} for m in maps],
    }


def _zoom(west: float, south: float, east: float, north: float) -> float:
    """Return the zoom at which the box fills about a 900-pixel window."""
    span = max(east - west, (north - south) * 1.22, 1e-4)
    return float(np.clip(np.floor(np.log2(360 * 900 / (256 * span)) * 2) / 2, 9, 16))


def style_document(catalogue: Catalogue, audience: Audience, tilesets: list[Tileset]) -> dict[str, object]:
    """Return tilesets, layers and maps as the viewer draws them; names are those that `terms_document` does not have."""
    home = {layer_id: t for t in tilesets for layer_id in t.layers}
    layers = [layer for layer in catalogue.layers_for(audience) if layer.id in home]
    return {
        "tilesets": {t.id: {"url": t.address, "type": t.type, "minzoom": t.zoom[0], "maxzoom": t.zoom[1], "bounds": list(t.bounds), **(t.single or {})} for t in tilesets},
        "layers": {layer.id: _layer(layer, catalogue.styles.get(layer.style or ""), home[layer.id], audience, is_followed(layer, catalogue.layers), catalogue.terms) for layer in layers},
        "maps": {m.id: _map(m, set(home), catalogue.terms) for m in catalogue.maps_for(audience)},
        "online": online_backgrounds(catalogue.city, audience),
    }


def _layer(layer: Layer, style: Style | None, tileset: Tileset, audience: Audience, followed: bool, terms: Vocabulary) -> dict[str, object]:
    columns = layer.all_columns()
    by = style.by if style and layer.kind == "vector" else None  # the steps of a raster are of its heights, no column
    return {
        "title": layer.title, **_named(layer.title, layer.names, terms), "kind": layer.kind, "draw": layer.draw if layer.kind == "raster" else None, "geometry": layer.geometry,
        "tileset": tileset.id, "source_layer": layer.id,
        "minzoom": layer.zoom[0], "maxzoom": layer.zoom[1] if layer.zoom[1] < DEEPEST or followed else ENDLESS, "group": layer.group, "hazard": layer.hazard,
        "owner": layer.owner, "updated": layer.updated, "attribution": layer.source.attribution, "note": layer.note,
        "popup": [_column(name, columns[name], terms, audience == "public" and name in layer.counts()) for name in layer.popup_columns(audience)] if layer.kind == "vector" else [],
        "style": None if style is None else {"by": by, "opacity": style.opacity, "classes": [_class(c, terms) for c in style.class_],
                                             "other": _class(style.other, terms) if style.other else None},
        "text": _text(layer, style), "level": layer.level.model_dump(mode="json") if layer.level else None,
    }


def _column(name: str, column: Column, terms: Vocabulary, withheld: bool) -> dict[str, object]:
    """Return a column of a popup; withheld: whether small numbers of it are not shown, so that its mark can be explained."""
    label = column.label or name
    return {"column": name, "label": label, **_named(label, column.names, terms), "type": column.type, "unit": column.unit, **({"withheld": MARK} if withheld else {})}


def _class(one: StyleClass, terms: Vocabulary) -> dict[str, object]:
    declared = {**one.model_dump(mode="json"), "names": own_names(one.label, one.names, terms)}
    return {key: value for key, value in declared.items() if value is not None and value != {} and not (key == "hatch" and value == "none")}


def _named(text: str, names: Mapping[str, str], terms: Vocabulary) -> dict[str, object]:
    own = own_names(text, names, terms)
    return {"names": own} if own else {}


def _text(layer: Layer, style: Style | None) -> dict[str, object] | None:
    if not layer.label or style is None or style.text is None:
        return None
    text = style.text
    return {"source_layer": f"{layer.id}_label", "column": layer.label, "color": text.color, "halo": text.halo, "size": text.size, "weight": text.weight,
            "minzoom": text.min_zoom, "maxzoom": text.max_zoom, "priority": text.priority, "angle": text.angle_column, "metres": text.size_column}


def _map(one: Map, drawn: set[str], terms: Vocabulary) -> dict[str, object]:
    return {"title": one.title, **_named(one.title, one.names, terms), "group": one.group, "description": one.description,
            "layers": [{"id": entry.id, "visible": entry.visible} for entry in one.layers if entry.id in drawn],
            "base": [name for name in one.base if name in drawn], "backgrounds": [name for name in one.backgrounds if name in drawn],
            "center": list(one.center) if one.center else None, "zoom": one.zoom}


def terms_document(catalogue: Catalogue, style: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return by language the names of every text that a style document shows, by Japanese text, in the order of the texts.

    What the document does not show is not told: names of internal layers never get into the public one's table.
    """
    found: dict[str, dict[str, str]] = {}
    for text in sorted(set(shown_texts(catalogue, style))):
        for lang, name in catalogue.terms.get(text, {}).items():
            found.setdefault(lang, {})[text] = name
    return found


def shown_texts(catalogue: Catalogue, style: Mapping[str, Any]) -> Iterator[str]:
    """Find every text of a style document that a reader sees, and the words that stand for values of the columns it shows."""
    for one in style["maps"].values():
        yield from (one["title"], one["group"], one["description"])
    for name, layer in style["layers"].items():
        yield from (layer["title"], layer["owner"], layer["note"])
        look = layer["style"] or {"classes": (), "other": None}
        yield from (one["label"] for one in (*look["classes"], look["other"]) if one)
        columns = catalogue.layers[name].all_columns()
        for shown in layer["popup"]:
            column = columns[shown["column"]]
            yield from (shown["label"], shown["unit"], column.absent, *column.values.values(), *(value for value in column.in_ or () if isinstance(value, str)))
