"""What stands behind each layer of a release, in words and as JSON: source, date, department, licence, approval number, files, transformation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gispipe.catalogue import Catalogue
from gispipe.model import Audience, Layer, Source
from gispipe.web.files import Out, canonical
from gispipe.web.know.say import Say
from gispipe.web.templating import render
from gispipe.web.towns.page import TONGUES, Common, suffix
from gispipe.web.words import LANGUAGES

FOLDER = "sources/"


def provenance(catalogue: Catalogue, audience: Audience, entries: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each layer of an audience that has data what stands behind it. entries: the manifest of its own store.

    Of what is joined by key the public hears only where a joined column is public, and never a file's name; inside everything is told.
    """
    return [_layer(layer, entries[layer.id], audience) for layer in catalogue.layers_for(audience) if layer.id in entries]


def _layer(layer: Layer, entry: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
    joined = [join for join in layer.join.values() if join.source is not None and (audience == "internal" or any(column.public for column in join.columns.values()))]
    told = [_source(layer.source), *(_source(join.source) for join in joined if join.source is not None)]
    return {"id": layer.id, "title": layer.title, "titles": dict(sorted(layer.names.items())), "owner": layer.owner, "updated": layer.updated, "note": layer.note, "rows": entry["rows"],
            "sources": [one for k, one in enumerate(told) if one not in told[:k]],
            "files": [{"path": one["path"], "sha256": one["sha256"], "size": one["size"]} for one in entry["files"]],
            "operations": [{"from": one["from"], "to": one["to"], "accuracy_m": one.get("accuracy_m", one.get("accuracy")), "grid": one.get("grid") or None, "name": one.get("name")} for one in entry["operations"]]}


def _source(source: Source) -> dict[str, str]:
    return {"attribution": source.attribution, "license": source.license, "approval": source.approval}


def write_provenance(out: Out, common: Common, catalogue: Catalogue, audience: Audience, entries: Mapping[str, Mapping[str, Any]]) -> str:
    """Write sources/sources.json and sources/index[.<language>].html; return the address of the page."""
    layers = provenance(catalogue, audience, entries)
    out.put(f"{FOLDER}sources.json", canonical({"city": catalogue.city.name, "edition": catalogue.city.edition, "attribution": catalogue.city.attribution, "layers": layers}))
    for lang in LANGUAGES:
        say = Say(lang)
        out.put(f"{FOLDER}index{suffix(lang)}", _page(layers, common, say).encode())
    return f"{FOLDER}index.html"


def _page(layers: Sequence[Mapping[str, Any]], common: Common, say: Say) -> str:
    rows = [{"id": one["id"], "title": say.named(one["titles"], one["title"]), "facts": list(_facts(one, say))} for one in layers]
    return render("sources.html", say=say, common=common.said(say), tongues=TONGUES, rows=rows)


def _facts(one: Mapping[str, Any], say: Say) -> list[tuple[str, str]]:
    """Return (what, as HTML) for everything that is known of a layer."""
    facts = []
    if one["owner"]:
        facts.append((say.t("prov_owner"), say.local(one["owner"])))
    if one["updated"]:
        facts.append((say.t("prov_date"), say.local(one["updated"])))
    for name, key in (("attribution", "prov_attribution"), ("license", "prov_license"), ("approval", "prov_approval")):
        texts = list(dict.fromkeys(source[name] for source in one["sources"] if source[name]))
        facts += [(say.t(key), "<br>".join(say.local(text) for text in texts))] if texts else []
    if one["note"]:
        facts.append((say.t("prov_note"), say.local(one["note"])))
    for operation in one["operations"]:
        if operation["from"] == operation["to"]:
            continue
        exact = "" if operation["accuracy_m"] is None else f" ({operation['accuracy_m']:g} m)"
        grid = f", {operation['grid']}" if operation["grid"] else ""
        facts.append((say.t("prov_operation"), say.local(f"{operation['from']} → {operation['to']}{exact}{grid}")))
    return facts
