"""The pages of a release: a list of maps that needs no script, and one folium page for each map."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gispipe.find.tables import tables_script
from gispipe.shelf import Shelf
from gispipe.web import assets
from gispipe.web.cards import cards
from gispipe.web.csp import policy
from gispipe.web.files import Linked, Out, canonical
from gispipe.web.foliumparts import FoliumParts, folium_parts
from gispipe.web.program import program_digest
from gispipe.web.site import Site
from gispipe.web.templating import render
from gispipe.web.words import LANGUAGES, table

HERE = Path(__file__).parent
SESSION = "session.json"
"""Who is signed in, as the pages of the office ask: nobody, unless the server that has sign-in answers in place of this file."""
KNOWING = tuple(f"know/{name}" for name in ("plane", "cardfiles", "ground", "reached", "walks", "shelters", "ways", "advice", "cardwords", "cards"))
"""The scripts that answer for a place."""
FINDING = tuple(f"find/{name}" for name in ("text", "variants", "numerals", "normal", "sentences", "numbers", "entries", "tail", "facilities", "houses", "place",
                                                  "towns", "ranking", "partial", "answers", "files", "shards", "names", "suggest", "register"))
"""The scripts that read addresses, behind the tables that they read them by."""
MODULES = (
    "base/words", "base/sha256", "base/readable", "base/dom", "base/state", "base/classes", "paint/painter",
    "paint/sheet", "paint/hatch", "paint/symbols", "paint/legend", "paint/mapcanvas", "paint/raster", "paint/online", "paint/screen",
    "compare/split", "compare/overview", "panel/layerlist", "panel/mini", "panel/themes", "panel/controls", "panel/level", "panel/sheet", "panel/tools", "panel/session", "panel/later",
    *KNOWING, "know/zones", "know/kinds", "know/goals", "know/told", "know/view", "know/waylines", "know/features", "know/place", *FINDING, "find/combobox", "find/finding",
    "keep/release", "keep/permalink", "keep/share", "keep/image", "main",
)
"""The viewer's scripts in the order they need each other, by folder of subject."""
EARLY = ("paint/early",)
"""What a page begins with."""
RENDERER = ("protomaps-leaflet.js", "pmtiles.js")
"""Packages that only paint."""
PAINTING = ("base/readable", "base/classes", "paint/sheet", "paint/hatch", "paint/symbols", "paint/parts", "paint/same", "paint/tilesource", "paint/protobuf", "paint/feature", "paint/tiledata", "paint/hits", "paint/tileview",
            "paint/shapes", "paint/labels", "paint/board", "paint/desk")
"""The scripts that paint tiles, behind the packages they use: a thread of its own runs them, without a page."""
TOOLS = (
    "measure/parts", "measure/lengths", "measure/degrees", "measure/room", "measure/taps", "measure/overlay", "measure/distance", "measure/place", "measure/tool",
    "sketch/positions", "sketch/features", "sketch/history", "sketch/kmlstyle", "sketch/kmlwrite", "sketch/kmlread", "sketch/kmz", "sketch/geojsonwrite", "sketch/geojsonread",
    "sketch/files", "sketch/opening", "sketch/text", "sketch/painting", "sketch/pen", "sketch/handles", "sketch/corners", "sketch/form", "sketch/panel", "sketch/tool",
)
"""Scripts of measuring and drawing; a page fetches them when somebody asks for a tool."""
SHEETS = ("base", "panel", "map", "place", "card", "tools", "phone", "print")


@dataclass(frozen=True)
class _Common:
    """Assets every page shares."""

    linked: Mapping[str, Linked]
    symbols: str
    words: Mapping[str, str]
    icon: str
    index_css: Linked


def write_pages(out: Path, site: Site, shelf: Shelf | None = None) -> list[Path]:
    """Write map.json, style, assets, index.html and maps/<id>.html into a release folder; return the files.

    The same site gives the same bytes; `shelf` keeps what folium makes of it. Raises NotFound when the JavaScript packages were never installed.
    """
    files = Out(out)
    style = files.put_hashed("", "style.json", canonical(site.style)).url
    document = {**site.map, "style": style, "search": site.search, "pages": program_digest()}
    files.put("map.json", canonical(document))
    if site.map.get("audience") == "internal":
        files.put(SESSION, canonical({"user": None}))
    common = _write_assets(files, site)
    for one in document["maps"]:
        files.put(str(one["page"]), _map_page(files, site, document, one, common, shelf or Shelf(None)).encode())
    index = render("index.html", csp=policy(), city=site.city, groups=cards(site), css=common.index_css, icon=common.icon, towns=document.get("towns"), ask=document.get("ask"), sources=document.get("sources"))
    files.put("index.html", index.encode())
    return files.written


def _write_assets(files: Out, site: Site) -> _Common:
    place = assets.locate()
    linked = {}
    licences = []
    for asset in assets.listed():
        if asset.tests_only:
            continue
        content = (place / asset.name).read_bytes()
        if asset.name.endswith(".txt"):
            licences.append(f"{asset.package}\n\n".encode() + content)
        elif asset.name not in RENDERER:
            linked[asset.name] = files.put_hashed("assets/", asset.name, content)
    files.put_hashed("assets/", "licences.txt", b"\n\n".join(licences))
    linked["viewer.js"] = files.put_hashed("assets/", "viewer.js", tables_script() + joined("js", MODULES, ".js"))
    linked["early.js"] = files.put_hashed("assets/", "early.js", joined("js", EARLY, ".js"))
    packages = [(place / name).read_bytes() for name in RENDERER]
    linked["paint.js"] = files.put_hashed("assets/", "paint.js", b"\n;\n".join([b"if (!self.window) self.window = self;", *packages, joined("js", PAINTING, ".js")]))
    linked["tools.js"] = files.put_hashed("assets/", "tools.js", joined("js", TOOLS, ".js"))
    linked["viewer.css"] = files.put_hashed("assets/", "viewer.css", joined("css", SHEETS, ".css") + b"\n" + site.chips)
    words = {lang: files.put_named("assets/", f"words_{lang}.json", canonical(_words(lang, site))) for lang in LANGUAGES}
    return _Common(linked, files.put_named("assets/", "symbols.json", (HERE / "symbols.json").read_bytes()), words,
                   files.put_hashed("assets/", "icon.svg", (HERE / "css" / "icon.svg").read_bytes()).url,
                   files.put_hashed("assets/", "index.css", joined("css", ("base", "index"), ".css")))


def _words(lang: str, site: Site) -> dict[str, Any]:
    """Return the sentences of a language and, where there are any, the names that the style's texts have in it."""
    return {**table(lang), **({"terms": site.terms[lang]} if site.terms.get(lang) else {})}


def joined(folder: str, names: tuple[str, ...], suffix: str) -> bytes:
    return b"\n".join((HERE / folder / f"{name}{suffix}").read_bytes() for name in names)


def _map_page(files: Out, site: Site, document: Mapping[str, Any], one: Mapping[str, Any], common: _Common, shelf: Shelf) -> str:
    declared = site.style["maps"].get(one["id"], {})
    parts = folium_parts(declared.get("center") or document["center"], declared.get("zoom") or document["zoom"], (document["min_zoom"], document["max_zoom"]), shelf)
    scripts, styles = _links(files, parts, common)
    later = {name: canonical({"url": common.linked[f"{name}.js"].url, "integrity": common.linked[f"{name}.js"].integrity}).decode().strip() for name in ("tools", "paint")}
    return render(
        "map.html", csp=policy(_hosts(site)), city=site.city, map=one, body=parts.body, scripts=scripts, styles=styles, symbols=common.symbols, words=canonical(common.words).decode().strip(), icon=common.icon, later=later, early=common.linked["early.js"], style=document["style"], pages=program_digest(), warm=canonical(_archives(site, declared)).decode().strip(),
        hazard=_is_hazard(site, declared), towns=document.get("towns"), sources=document.get("sources"), root="../" * (str(one["page"]).count("/")))


def _links(files: Out, parts: FoliumParts, common: _Common) -> tuple[list[Linked], list[Linked]]:
    """Return what a page links, in order; folium's inline scripts and styles become files of their own."""
    before = files.put_hashed("assets/", "folium-head.js", parts.before.encode())
    after = files.put_hashed("assets/", "folium-map.js", parts.after.encode())
    sheet = files.put_hashed("assets/", "folium.css", parts.css.encode())
    return [before, *(common.linked[name] for name in parts.scripts), after], [common.linked["leaflet.css"], sheet, common.linked["viewer.css"]]


def _hosts(site: Site) -> list[str]:
    """Return the hosts whose pictures a reader may choose as background."""
    return sorted({"/".join(str(one["url"]).split("/")[:3]) for one in site.style.get("online", {}).values()})


def with_style(page: str, old: str, new: str) -> str:
    """Return a map page over another style whose tiles stand in folders: it fetches that style first, and the head of no archive."""
    return re.sub(r' data-warm="[^"]*"', ' data-warm="[]"', page, count=1).replace(f'{old}"', f'{new}"')


def _archives(site: Site, declared: Mapping[str, Any]) -> list[str]:
    """Return the addresses of the vector archives that a map's first view is drawn from."""
    layers, tilesets = site.style["layers"], site.style["tilesets"]
    shown = [*declared.get("base", ()), *(entry["id"] for entry in declared.get("layers", ()) if entry.get("visible", True))]
    named = {layers[one]["tileset"] for one in shown if one in layers and layers[one].get("tileset")}
    return sorted(str(tilesets[one]["url"]) for one in named if one in tilesets and tilesets[one]["type"] == "vector" and "there" not in tilesets[one])


def _is_hazard(site: Site, declared: Mapping[str, Any]) -> bool:
    layers = site.style["layers"]
    return any(layers.get(entry["id"], {}).get("hazard") for entry in declared.get("layers", ()))
