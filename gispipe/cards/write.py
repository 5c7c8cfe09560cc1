"""Store → `cards/`: what a page answers from when a place is tapped or a name is chosen, as small static files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from gispipe import ragged
from gispipe.answers.advice import rules
from gispipe.answers.card import Answers
from gispipe.answers.sentences import LANGUAGES, table
from gispipe.answers.opened import kept
from gispipe.answers.shapes import Shapes
from gispipe.cards import layers
from gispipe.cards.grid import ROOT, Grid, Things, cut, roots_of, within
from gispipe.cards.index import Known, index_document
from gispipe.cards.leaves import Ground, Roads, homes, leaf_texts, road_texts
from gispipe.cards.roadside import SIDE, roadside
from gispipe.cards.towns import groups, towns
from gispipe.cards.walks import Numbered, crossings, edges
from gispipe.cards.waylines import way_files
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, projector
from gispipe.finished import digest_of_file
from gispipe.model import Audience, Layer
from gispipe.roads.network import REACH
from gispipe.shelf import Made, Shelf, key_of
from gispipe.web.files import Out, canonical

FOLDER = "cards/"
BLOCK = 8192
"""Rows of a layer whose squares one file tells."""
TOWNS = 60_000
"""Bytes of towns in one file."""
PROGRAMS = ("cards", "answers", "roads", "model", "tiles/outlines.py", "ragged.py", "squares.py", "arrays.py", "arrow.py", "crs.py", "words.py", "style_classes.py", "web/files.py")
LIBRARIES = ("numpy", "shapely", "pyproj", "pyarrow", "scipy")


def write_cards(draft: Path, catalogue: Catalogue, audience: Audience, shelf: Shelf) -> str | None:
    """Write the files of an audience's cards into a release and return the address of their index, None of a city whose layers have no part in answers.

    What has not changed since it was put on the `shelf` is taken from there. Raises NotFound where the kept answers are missing or older than the data.
    """
    if not any(layer.hazard is not None or layer.card is not None for layer in catalogue.layers_for(audience)):
        return None
    writing = _Writing(draft, Known(Answers(catalogue, audience)), shelf)
    made = shelf.made("cards", writing.key(), draft, writing.write)
    writing.bring(made["pieces"])
    return str(made["address"])


@dataclass
class _Writing:
    """notes: what is known of each piece that is in the draft; keys: theirs."""

    draft: Path
    known: Known
    shelf: Shelf
    notes: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def key(self) -> str:
        """Return a digest of all that the files depend on: the kept answers by name, the tables of which names are told, the declarations."""
        files, catalogue = self.known.answers.files, self.known.answers.catalogue
        told = [layer.id for layer in files.layers() if layer.card is not None]
        return key_of([sorted(path.name for path in files.all()), [(name, str(files.entries[name]["version"])) for name in told], catalogue.city.model_dump(mode="json"),
                       [layer.model_dump(mode="json") for layer in catalogue.layers_for(files.audience)],
                       {lang: dict(table(lang)) for lang in LANGUAGES}, rules(), sorted((name, style.model_dump(mode="json")) for name, style in catalogue.styles.items())], *PROGRAMS, libraries=LIBRARIES)

    def write(self) -> Made:
        """Write all files; return the address of the index with the keys of the pieces, and the names of the files that are of no piece."""
        ground = self._piece("cards-ground", self._ground_facts(), self._make_ground)
        document = index_document(self.known, self._origin) | {
            "entries": [self.known.subjects.index(layer) for layer in (*self._apart, *self._held)], "root": ROOT,
            "ground": ground["ground"], "roads": self._roads(), "ways": self._ways(), "rows": {"block": BLOCK, "files": dict(zip((layer.id for layer in self.known.subjects), ground["rows"], strict=True))},
            "towns": {layer.id: self._piece(f"cards-towns-{layer.id}", self._town_facts(layer), partial(self._make_towns, layer)) for layer in self.known.towns},
            "sentences": {lang: Out(self.draft).put_named(FOLDER, f"words_{lang}.json", canonical(dict(table(lang)))) for lang in LANGUAGES},
        }
        address = Out(self.draft).put_named(FOLDER, "index.json", canonical(document))
        return {"address": address, "pieces": self.keys}, [address, *document["sentences"].values()]

    def bring(self, keys: Mapping[str, str]) -> None:
        """Bring the pieces of a whole that was taken as it was kept into the draft, the ground first."""
        make = {"cards-ground": self._make_ground, "cards-roads": self._make_roads, "cards-ways": self._make_ways, **{f"cards-towns-{layer.id}": partial(self._make_towns, layer) for layer in self.known.towns}}
        for name, key in keys.items():
            if name not in self.keys:
                self.notes[name] = self.shelf.shared(name, key, self.draft, make[name])
        self.shelf.still("cards-roadside")  # of which the roads are made

    def _piece(self, name: str, facts: object, make: Callable[[], Made]) -> Any:
        """Return what the index tells of a piece, as it was kept with the same facts, else made: these say all that it depends on, whoever's it is."""
        self.keys[name] = key_of([facts, list(self._origin)], *PROGRAMS, libraries=LIBRARIES)
        self.notes[name] = self.shelf.shared(name, self.keys[name], self.draft, make)
        return self.notes[name]

    def _content(self, path: Path) -> str:
        """Return a digest of a kept answer; raises NotFound where it is missing."""
        return kept(self.known.answers.files, partial(digest_of_file, path))

    def _put(self, name: str, contents: Iterable[bytes | None]) -> list[str]:
        """Write files and return the digests in their names, nothing for one that has no content."""
        out = Out(self.draft)
        return ["" if content is None else out.put_named(FOLDER, f"{name}.json", content).removesuffix(".json").rsplit("-", 1)[1] for content in contents]

    @cached_property
    def _origin(self) -> tuple[float, float]:
        """The plane metres from which the files count: beside the city, a whole number of large squares from the system's own origin."""
        west, south = np.floor(self._bounds[:2] / ROOT) * ROOT
        return float(west), float(south)

    @cached_property
    def _bounds(self) -> np.ndarray:
        """West, south, east, north in plane metres of all places that may be asked about by coordinate."""
        city = self.known.answers.catalogue.city
        west, south, east, north = city.bounds
        share = np.linspace(0, 1, 33)
        lon = np.concatenate([west + share * (east - west)] * 2 + [np.full(33, west), np.full(33, east)])
        lat = np.concatenate([np.full(33, south), np.full(33, north)] + [south + share * (north - south)] * 2)
        x, y = projector(LONLAT, city.crs)(lon, lat)
        return np.array([x.min() - 1, y.min() - 1, x.max() + 1, y.max() + 1])

    def _grid(self, things: list[Things], led: np.ndarray, around: float = 0.0) -> Grid:
        """Return the squares that tell of things, and of the ground some metres around them, as far as anybody may ask there: in the city's bounds, or where
        the register leads (``led``, their numbers). A square in which there is nothing is not among them: bounds may be as wide as the sea between a city's islands."""
        met = [roots_of(one.wide + np.array([-around, -around, around, around])) for one in things]
        numbers = ragged.distinct(*met)
        return cut(numbers[within(numbers, self._bounds - np.tile(self._origin, 2)) | np.isin(numbers, led)], things)

    @property
    def _led(self) -> np.ndarray:
        """The largest squares to which the register leads."""
        return np.array(self.notes["cards-ground"]["led"], np.int64)

    @property
    def _apart(self) -> list[Layer]:
        """The subjects that no place is in."""
        return [layer for layer in self.known.subjects if layer not in self.known.holders]

    @property
    def _held(self) -> list[Layer]:
        """The subjects that places are in."""
        return [layer for layer in self.known.holders if layer in self.known.subjects]

    @cached_property
    def _ground(self) -> Ground:
        known, origin = self.known, self._origin
        first = np.cumsum([0, *(known.answers.rows.count(layer) for layer in known.areas)]).tolist()
        areas = [layers.area_pieces(known, layer, row, origin) for layer, row in zip(known.areas, first, strict=False)]
        holders = {layer.id: layers.holder_pieces(known, layer, origin) for layer in known.holders}
        return Ground(
            layers.all_of([layers.zone_pieces(known, layer, origin) for layer in known.stored]),
            layers.all_of([layers.pieces_of(known, layer, number, origin) for number, layer in enumerate(known.surveys)]),
            layers.all_of([layers.pieces_of(known, layer, 0, origin) for layer in known.limits]),
            layers.all_of(areas), self._area_texts, [held for held, _ in holders.values()],
            [*(layers.entries(known, layer, origin) for layer in self._apart), *(holders[layer.id][1] for layer in self._held)])

    def _ground_facts(self) -> list[object]:
        """Return what the squares of the ground depend on."""
        known, files = self.known, self.known.answers.files
        shapes = [[(self._content(files.shapes(layer.id)), layer.geometry) for layer in some] for some in (known.stored, known.surveys, known.limits, known.areas, known.holders, known.subjects)]
        asked = [self._content(files.exposures(layer.id)) for layer in (*known.holders, *known.subjects)]
        zones = [[self._content(files.zone(layer)) for layer in known.stored], known.first, known.numbers.number, known.numbers.names]
        return [shapes, asked, zones, self._area_texts, [known.subjects.index(layer) if layer in known.subjects else -1 for layer in known.holders], self._bounds.tolist()]

    @cached_property
    def _area_texts(self) -> list[str]:
        """What is told of each area, row by row of layer after layer: the layer's number and names."""
        return [json.dumps([number, *names], ensure_ascii=False, separators=(",", ":"))[1:-1]
                for number, layer in enumerate(self.known.areas) for names in layers.area_names(self.known.answers.rows, layer)]

    def _make_ground(self) -> Made:
        ground = self._ground
        led = ragged.distinct(*(roots_of(told.things.wide) for told in (*ground.holders, *ground.entries, ground.areas)))
        grid = self._grid(ground.things, led)
        files = self._put("ground", leaf_texts(ground, grid))
        rows = [self._rows(layer, grid) for layer in self.known.subjects]
        return {"ground": _told(grid, files), "rows": rows, "led": led.tolist()}, [*_named("ground", files), *(name for some in rows for name in _named("rows", some))]

    def _rows(self, layer: Layer, grid: Grid) -> list[str]:
        ground, features = self._ground, Shapes(self.known.answers.files.shapes(layer.id)).features
        home = homes(ground.entries[[*self._apart, *self._held].index(layer)], grid, features)
        if layer in self._held:
            home = np.maximum(home, homes(ground.holders[self.known.holders.index(layer)], grid, features))
        return self._put("rows", (canonical({"leaves": home[at:at + BLOCK].tolist()}) for at in range(0, len(home), BLOCK)))

    def _roads(self) -> dict[str, Any] | None:
        if self._numbered is None:
            return None
        return self._piece("cards-roads", [self._walking, self._bounds.tolist(), self._led.tolist()], self._make_roads)  # type: ignore[no-any-return]

    def _make_roads(self) -> Made:
        reach, numbered, origin = self.known.answers.shelters.reach, self._numbered, self._origin
        assert reach is not None and numbered is not None
        shapes = reach.network.shapes
        box = shapes.boxes - np.tile(origin, 2)
        roads = Roads(edges(reach, numbered, origin), reach.network.edge.astype(np.int64), box, crossings(reach, numbered))
        grid = self._grid([roads.things], self._led, REACH)
        column, line = grid.roots_of_cells(SIDE)
        square, edge = roadside(shapes, column, line, origin, self._roadside)
        files = self._put("roads", road_texts(roads, grid, SIDE, (column[square], line[square], edge)))
        return _told(grid, files), _named("roads", files)

    def _roadside(self, digests: Mapping[str, str], make: Callable[[str], bytes]) -> Mapping[str, bytes]:
        return self.shelf.parts("cards-roadside", {name: key_of([digest, list(self._origin)], *PROGRAMS, libraries=LIBRARIES) for name, digest in digests.items()}, make)

    def _ways(self) -> dict[str, Any] | None:
        if self._numbered is None or self.known.answers.shelters.drawing is None:
            return None
        return self._piece("cards-ways", self._walking, self._make_ways)  # type: ignore[no-any-return]

    def _make_ways(self) -> Made:
        reach, shown, numbered = self.known.answers.shelters.reach, self.known.answers.shelters.drawing, self._numbered
        assert reach is not None and shown is not None and numbered is not None
        files = self._put("way", way_files(reach, shown, numbered))
        return {"first": numbered.first.tolist(), "edges": numbered.first_edge.tolist(), "files": files}, _named("way", files)

    @cached_property
    def _walking(self) -> str:
        return self._content(self.known.answers.files.walking())

    @cached_property
    def _numbered(self) -> Numbered | None:
        reach = self.known.answers.shelters.reach
        return Numbered.of(reach, self._origin) if reach is not None else None

    def _town_facts(self, layer: Layer) -> list[object]:
        """Return what is told of towns depends on."""
        files, known = self.known.answers.files, self.known
        return [self._content(files.exposures(layer.id)), [self._content(files.shapes(one.id)) for one in (layer, *known.surveys)], known.numbers.number, known.numbers.names,
                repr([rows for rows in groups(known.answers.rows, layer, known.answers.rows.count(layer))])]

    def _make_towns(self, layer: Layer) -> Made:
        """Write what is told of towns; return the first row and the digest of each file."""
        blocks: list[list[dict[str, Any]]] = [[]]
        size = 0
        for town in towns(self.known, layer):
            size += len(canonical(town))
            if blocks[-1] and size > TOWNS:
                blocks.append([])
                size = len(canonical(town))
            blocks[-1].append(town)
        first = np.cumsum([0, *map(len, blocks)])[:-1].tolist()
        files = self._put("towns", (canonical({"towns": block}) for block in blocks))
        return {"first": first, "files": files}, _named("towns", files)


def _told(grid: Grid, files: list[str]) -> dict[str, Any]:
    """Return what the index tells of a grid and its files."""
    return {"roots": grid.roots.reshape(-1).tolist(), "text": grid.text, "files": files}


def _named(kind: str, digests: Iterable[str]) -> list[str]:
    """Return the names of files by the digests in them, each once."""
    return [f"{FOLDER}{kind}-{digest}.json" for digest in sorted(set(digests)) if digest]
