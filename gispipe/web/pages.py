"""The pages of a release: a list of maps that needs no script, and one folium page for each map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gispipe.shelf import Shelf
from gispipe.web import assets
from gispipe.web.cards import cards
from gispipe.web.files import Linked, Out, canonical
from gispipe.web.foliumparts import FoliumParts, folium_parts
from gispipe.web.searchfiles import write_search
from gispipe.web.site import Site

HERE = Path(__file__).parent
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
       "base-uri 'none'; form-action 'none'")
MODULES = ("words", "words/ja", "words/en", "words/zh", "words/ko", "words/easy", "dom", "state", "classes", "hatch", "symbols", "legend", "tilesource", "tileview",
           "paint", "labels", "mapcanvas", "raster", "layerlist", "panel", "popup", "fold", "searchindex", "combobox", "controls", "level", "sheet", "main")
"""The viewer's scripts in the order they need each other."""
SHEETS = ("base", "panel", "map", "phone", "print")


@dataclass(frozen=True)
class _Common:
    """Assets every page shares."""

    linked: Mapping[str, Linked]
    symbols: str
    icon: str
    index_css: Linked


def write_pages(out: Path, site: Site, shelf: Shelf | None = None) -> list[Path]:
    """Write map.json, style, search index, assets, index.html and maps/<id>.html into a release folder; return the files.

    The same site gives the same bytes; `shelf` keeps what folium makes of it. Raises NotFound when the JavaScript packages were never installed.
    """
    files = Out(out)
    style = files.put_hashed("", "style.json", canonical(site.style)).url
    document = {**site.map, "style": style, "search": site.search if isinstance(site.search, str) else write_search(files, site.search)}
    files.put("map.json", canonical(document))
    common = _write_assets(files)
    pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    for one in document["maps"]:
        files.put(str(one["page"]), _map_page(pages, files, site, document, one, common, shelf or Shelf(None)).encode())
    index = pages.get_template("index.html").render(csp=CSP, city=site.city, groups=cards(site), css=common.index_css, icon=common.icon)
    files.put("index.html", index.encode())
    return files.written


def _write_assets(files: Out) -> _Common:
    place = assets.locate()
    linked = {}
    licences = []
    for asset in assets.listed():
        if asset.tests_only:
            continue
        content = (place / asset.name).read_bytes()
        if asset.name.endswith(".txt"):
            licences.append(f"{asset.package}\n\n".encode() + content)
        else:
            linked[asset.name] = files.put_hashed("assets/", asset.name, content)
    files.put_hashed("assets/", "licences.txt", b"\n\n".join(licences))
    linked["viewer.js"] = files.put_hashed("assets/", "viewer.js", _joined("js", MODULES, ".js"))
    linked["viewer.css"] = files.put_hashed("assets/", "viewer.css", _joined("css", SHEETS, ".css"))
    return _Common(linked, files.put_hashed("assets/", "symbols.json", (HERE / "symbols.json").read_bytes()).url,
                   files.put_hashed("assets/", "icon.svg", (HERE / "css" / "icon.svg").read_bytes()).url,
                   files.put_hashed("assets/", "index.css", _joined("css", ("base", "index"), ".css")))


def _joined(folder: str, names: tuple[str, ...], suffix: str) -> bytes:
    return b"\n".join((HERE / folder / f"{name}{suffix}").read_bytes() for name in names)


def _map_page(pages: Environment, files: Out, site: Site, document: Mapping[str, Any], one: Mapping[str, Any], common: _Common, shelf: Shelf) -> str:
    declared = site.style["maps"].get(one["id"], {})
    parts = folium_parts(declared.get("center") or document["center"], declared.get("zoom") or document["zoom"], (document["min_zoom"], document["max_zoom"]), shelf)
    scripts, styles = _links(files, parts, common)
    return pages.get_template("map.html").render(
        csp=CSP, city=site.city, map=one, body=parts.body, scripts=scripts, styles=styles, symbols=common.symbols, icon=common.icon,
        hazard=_is_hazard(site, declared), root="../" * (str(one["page"]).count("/")))


def _links(files: Out, parts: FoliumParts, common: _Common) -> tuple[list[Linked], list[Linked]]:
    """Return what a page links, in order; folium's inline scripts and styles become files of their own."""
    before = files.put_hashed("assets/", "folium-head.js", parts.before.encode())
    after = files.put_hashed("assets/", "folium-map.js", parts.after.encode())
    sheet = files.put_hashed("assets/", "folium.css", parts.css.encode())
    return [before, *(common.linked[name] for name in parts.scripts), after], [common.linked["leaflet.css"], sheet, common.linked["viewer.css"]]


def _is_hazard(site: Site, declared: Mapping[str, Any]) -> bool:
    layers = site.style["layers"]
    return any(layers.get(entry["id"], {}).get("hazard") for entry in declared.get("layers", ()))
