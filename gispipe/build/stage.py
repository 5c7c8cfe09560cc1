"""Store → a draft release of one audience: tiles, pages, then the gate. Reads that audience's store and nothing else."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from gispipe.address.columns import read_number_columns
from gispipe.answers.files import AnswerFiles
from gispipe.build import kept
from gispipe.build.documents import map_document, style_document, terms_document
from gispipe.build.features import Known
from gispipe.build.licensed import taken_apart
from gispipe.build.searched import search_files
from gispipe.build.tilesets import Tileset, raster_tilesets, vector_tilesets
from gispipe.catalogue import Catalogue
from gispipe.errors import NotFound
from gispipe.gate import inspect_record, inspect_release, inspect_store
from gispipe.model import Audience
from gispipe.online import hosts
from gispipe.runs import peak_memory
from gispipe.shelf import Shelf
from gispipe.store import Store
from gispipe.words import Words


CARDS = "cards"
"""The step of which the public build says that it is done: what it made for cards the internal build can take over."""


def build_into(draft: Path, catalogue: Catalogue, audience: Audience, wait: Callable[[], None] = lambda: None, hear: Callable[[str], None] = lambda step: None) -> dict[str, object]:
    """Build and gate a draft; return its facts (they go into the record) and the time of each step in seconds.

    wait: of the internal build, returns when the public one is as far as it can be waited for; hear: told of each step that is done.
    """
    from gispipe.cards.write import write_cards
    from gispipe.statistics.write import FOLDER, write_statistics
    from gispipe.web.pages import write_pages
    from gispipe.web.site import Site
    from gispipe.web.texts import write_texts

    store = Store(catalogue.output, audience)
    if not store.manifest():
        raise NotFound(f"{audience} store", Words("there are no data yet", "データがまだありません"), Words("run 'gispipe ingest' first", "先に「gispipe ingest」を実行してください"))
    if audience == "public":
        inspect_store(store, catalogue)
    clock = _Clock(hear)
    shelf = Shelf(store.root / kept.PIECES, Shelf(Store(catalogue.output, "public").root / kept.PIECES) if audience == "internal" else None)
    cards = None
    if audience == "public":  # first: the internal build waits for them
        cards = write_cards(draft, catalogue, audience, shelf)
        clock.done(CARDS)
    tiles = draft / "tiles"
    tiles.mkdir()
    known: dict[str, Known] = {}
    tilesets = vector_tilesets(catalogue, store, audience, tiles, known)
    clock.done("vector tiles")
    tilesets = taken_apart(draft, catalogue, [*tilesets, *raster_tilesets(catalogue, store, audience, tiles)])
    clock.done("raster tiles")
    columns = cache(lambda: read_number_columns(AnswerFiles.of(catalogue, audience).register()))  # read once for pages of text and search
    texts = write_texts(draft, catalogue, audience, shelf, columns)
    clock.done("pages of text")
    if audience == "internal":
        wait()
        clock.done("waiting")
        cards = write_cards(draft, catalogue, audience, shelf)
        clock.done(CARDS)
    style = style_document(catalogue, audience, tilesets)
    write_pages(draft, Site(map={**map_document(catalogue, audience, tilesets), "cards": cards, "towns": texts.towns, "ask": texts.ask, "sources": texts.sources}, style=style,
                            search=search_files(catalogue, store, audience, draft, shelf, known, columns), chips=texts.chips, terms=terms_document(catalogue, style)), shelf)
    clock.done("pages")
    write_statistics(catalogue, audience, draft / FOLDER, charts=audience == "internal", shelf=shelf,  # the yearly report is the office's; the public gets the tables
                     shapes={layer: one.shapes for layer, one in known.items()})
    clock.done("statistics")
    inspected = inspect_release(draft, catalogue, audience, store.root / kept.FOLDER)
    shelf.sweep()
    clock.done("gate")
    facts = _facts(catalogue, store, audience, tilesets)
    inspect_record(facts, catalogue, audience)
    return {"facts": facts, "undrawn": _undrawn(catalogue, store, audience, tilesets), "gate": inspected.counts, "cleared": inspected.digests, "steps": clock.steps, "peak_mb": peak_memory()}


class _Clock:
    def __init__(self, hear: Callable[[str], None]) -> None:
        self.steps: dict[str, float] = {}
        self._hear = hear
        self._last = time.perf_counter()

    def done(self, name: str) -> None:
        now = time.perf_counter()
        self.steps[name] = round(now - self._last, 2)
        self._last = now
        self._hear(name)


def _undrawn(catalogue: Catalogue, store: Store, audience: Audience, tilesets: list[Tileset]) -> list[str]:
    """Return the layers that have data and of which no tile holds anything: no shape, none of the declared kind, or all outside the map."""
    entries, drawn = store.manifest(), {layer for tileset in tilesets for layer in tileset.drawn}
    return [layer.id for layer in catalogue.layers_for(audience) if layer.kind == "vector" and layer.id in entries and layer.id not in drawn]


def _facts(catalogue: Catalogue, store: Store, audience: Audience, tilesets: list[Tileset]) -> dict[str, object]:
    """Return what the record of a release says besides its files: inputs, transformations, rule counts, versions."""
    entries = store.manifest()
    packages = ("gispipe", "geopandas", "shapely", "pyproj", "pyogrio", "rasterio", "folium")
    return {
        "audience": audience, "city": catalogue.city.id, "edition": catalogue.city.edition, "crs": catalogue.city.crs,
        "inputs": {name: entry["files"] for name, entry in entries.items()},
        "layers": {name: {"version": entry["version"], "rows": entry["rows"]} for name, entry in entries.items()},
        "operations": {name: entry["operations"] for name, entry in entries.items() if entry["operations"]},
        "rules": {name: {code: found["rows"] for code, found in entry["findings"].items()} for name, entry in entries.items() if entry["findings"]},
        "tilesets": {t.id: t.report for t in tilesets},
        "online": hosts(catalogue.city, audience),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
    }
