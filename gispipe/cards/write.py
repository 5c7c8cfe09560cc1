"""Store → `cards/`: what a page answers from when a place is tapped or a name is chosen, as small static files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from gispipe import ragged
from gispipe.answers.advice import rules
from gispipe.answers.card import Answers
from gispipe.answers.sentences import LANGUAGES, table
from gispipe.answers.shapes import Shapes
from gispipe.cards import layers
from gispipe.cards.grid import ROOT, Grid, Things, cut, roots_of, within
from gispipe.cards.index import Known, index_document
from gispipe.cards.leaves import Ground, Roads, homes, leaf_texts, road_texts
from gispipe.cards.roadside import SIDE, roadside
from gispipe.cards.towns import towns
from gispipe.cards.walks import Numbered, crossings, edges
from gispipe.cards.waylines import way_files
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, projector
from gispipe.model import Audience, Layer
from gispipe.roads.network import REACH
from gispipe.shelf import Made, Shelf, key_of
from gispipe.web.files import Out, canonical

FOLDER = "cards/"
BLOCK = 8192
"""Rows of a layer whose squares one file tells."""
TOWNS = 60_000
"""Bytes of towns in one file."""
PROGRAMS = ("cards", "answers", "roads", "model", "tiles/outlines.py", "ragged.py", "arrays.py", "arrow.py", "crs.py", "words.py", "style_classes.py", "web/files.py")
LIBRARIES = ("numpy", "shapely", "pyproj", "pyarrow", "scipy")


def write_cards(draft: Path, catalogue: Catalogue, audience: Audience, shelf: Shelf) -> str | None:
    """Write the files of an audience's cards into a release and return the address of their index, None of a city whose layers have no part in answers.

    What has not changed since it was put on the `shelf` is taken from there. Raises NotFound where the kept answers are missing or older than the data.
    """
    if not any(layer.hazard is not None or layer.card is not None for layer in catalogue.layers_for(audience)):
        return None
    writing = _Writing(draft, Known(Answers(catalogue, audience)), shelf)
    address = shelf.made("cards", writing.key(), draft, writing.write)
    for name in writing.pieces():  # those of which the whole is made
        shelf.still(name)
    return str(address)


@dataclass
class _Writing:
    draft: Path
    known: Known
    shelf: Shelf

    def key(self) -> str:
        """Return a digest of all that the files depend on: the kept answers by name, the tables of which names are told, the declarations."""
        files, catalogue = self.known.answers.files, self.known.answers.catalogue
        told = [layer.id for layer in files.layers() if layer.card is not None]
        return key_of([sorted(path.name for path in files.all()), [(name, str(files.entries[name]["version"])) for name in told], catalogue.city.model_dump(mode="json"),
                       [layer.model_dump(mode="json") for layer in catalogue.layers_for(files.audience)],
                       {lang: dict(table(lang)) for lang in LANGUAGES}, rules(), sorted((name, style.model_dump(mode="json")) for name, style in catalogue.styles.items())], *PROGRAMS, libraries=LIBRARIES)

    def pieces(self) -> list[str]:
        """Return the names of the pieces of which the whole is made."""
        return ["cards-roads", "cards-roadside", "cards-ways", *(f"cards-towns-{layer.id}" for layer in self.known.towns)]

    def write(self) -> Made:
        """Write all files; return the address of the index and the names of the files."""
        grid = self._grid(self._ground.things)
        document = index_document(self.known, self._origin) | {
            "entries": [self.known.subjects.index(layer) for layer in (*self._apart, *self._held)], "root": ROOT,
            "ground": _told(grid, self._put("ground", leaf_texts(self._ground, grid))), "roads": self._roads(), "ways": self._ways(),
            "rows": {"block": BLOCK, "files": {layer.id: self._rows(layer, grid) for layer in self.known.subjects}},
            "towns": {layer.id: self._towns(layer) for layer in self.known.towns},
            "sentences": {lang: Out(self.draft).put_named(FOLDER, f"words_{lang}.json", canonical(dict(table(lang)))) for lang in LANGUAGES},
        }
        address = Out(self.draft).put_named(FOLDER, "index.json", canonical(document))
        return address, sorted(path.relative_to(self.draft).as_posix() for path in (self.draft / FOLDER).iterdir())

    def _put(self, name: str, contents: Iterable[bytes | None]) -> list[str]:
        """Write files and return the digests in their names, nothing for one that has no content."""
        out = Out(self.draft)
        return ["" if content is None else out.put_named(FOLDER, f"{name}.json", content).removesuffix(".json").rsplit("-", 1)[1] for content in contents]

    def _kept(self, name: str, depends: object, make: Callable[[], dict[str, Any] | None]) -> Any:
        """Return what the index tells of a piece, whose "files" are digests of files of its kind: as it was kept, else made."""
        def made() -> Made:
            told = make()
            kind = name.split("-")[1]
            kind = "way" if kind == "ways" else kind
            return told, [f"{FOLDER}{kind}-{digest}.json" for digest in sorted(set(told["files"] if told else ())) if digest]

        return self.shelf.made(name, key_of([depends, list(self._origin)], *PROGRAMS, libraries=LIBRARIES), self.draft, made)

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

    def _grid(self, things: list[Things], around: float = 0.0) -> Grid:
        """Return the squares that tell of things, and of the ground some metres around them, as far as anybody may ask there: in the city's bounds, or where
        the register leads. A square in which there is nothing is not among them: bounds may be as wide as the sea between a city's islands."""
        met = [roots_of(one.wide + np.array([-around, -around, around, around])) for one in things]
        numbers = ragged.distinct(*met)
        return cut(numbers[within(numbers, self._bounds - np.tile(self._origin, 2)) | np.isin(numbers, self._led)], things)

    @cached_property
    def _led(self) -> np.ndarray:
        """The largest squares to which the register leads."""
        ground = self._ground
        return ragged.distinct(*(roots_of(told.things.wide) for told in (*ground.holders, *ground.entries, ground.areas)))

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
        areas, texts = [], []
        for number, layer in enumerate(known.areas):
            areas.append(layers.area_pieces(known, layer, len(texts), origin))
            texts += [json.dumps([number, *names], ensure_ascii=False, separators=(",", ":"))[1:-1] for names in layers.area_names(known.answers.rows, layer)]
        holders = {layer.id: layers.holder_pieces(known, layer, origin) for layer in known.holders}
        return Ground(
            layers.all_of([layers.zone_pieces(known, layer, origin) for layer in known.stored]),
            layers.all_of([layers.pieces_of(known, layer, number, origin) for number, layer in enumerate(known.surveys)]),
            layers.all_of([layers.pieces_of(known, layer, 0, origin) for layer in known.limits]),
            layers.all_of(areas), texts, [held for held, _ in holders.values()],
            [*(layers.entries(known, layer, origin) for layer in self._apart), *(holders[layer.id][1] for layer in self._held)])

    def _rows(self, layer: Layer, grid: Grid) -> list[str]:
        ground, features = self._ground, Shapes(self.known.answers.files.shapes(layer.id)).features
        home = homes(ground.entries[[*self._apart, *self._held].index(layer)], grid, features)
        if layer in self._held:
            home = np.maximum(home, homes(ground.holders[self.known.holders.index(layer)], grid, features))
        return self._put("rows", (canonical({"leaves": home[at:at + BLOCK].tolist()}) for at in range(0, len(home), BLOCK)))

    def _roads(self) -> dict[str, Any] | None:
        reach, numbered, origin = self.known.answers.shelters.reach, self._numbered, self._origin
        if reach is None or numbered is None:
            return None

        def make() -> dict[str, Any]:
            shapes = reach.network.shapes
            box = shapes.boxes - np.tile(origin, 2)
            roads = Roads(edges(reach, numbered, origin), reach.network.edge.astype(np.int64), box, crossings(reach, numbered))
            grid = self._grid([roads.things], REACH)
            column, line = grid.roots_of_cells(SIDE)
            square, edge = roadside(shapes, column, line, origin, self._roadside)
            return _told(grid, self._put("roads", road_texts(roads, grid, SIDE, (column[square], line[square], edge))))

        return self._kept("cards-roads", [self.known.answers.files.walking().name, self._bounds.tolist(), self._led.tolist()], make)  # type: ignore[no-any-return]

    def _roadside(self, digests: Mapping[str, str], make: Callable[[str], bytes]) -> Mapping[str, bytes]:
        return self.shelf.parts("cards-roadside", {name: key_of([digest, list(self._origin)], *PROGRAMS, libraries=LIBRARIES) for name, digest in digests.items()}, make)

    def _ways(self) -> dict[str, Any] | None:
        reach, shown, numbered = self.known.answers.shelters.reach, self.known.answers.shelters.drawing, self._numbered
        if reach is None or shown is None or numbered is None:
            return None
        return self._kept("cards-ways", self.known.answers.files.walking().name,  # type: ignore[no-any-return]
                          lambda: {"first": numbered.first.tolist(), "edges": numbered.first_edge.tolist(), "files": self._put("way", way_files(reach, shown, numbered))})

    @cached_property
    def _numbered(self) -> Numbered | None:
        reach = self.known.answers.shelters.reach
        return Numbered.of(reach, self._origin) if reach is not None else None

    def _towns(self, layer: Layer) -> dict[str, Any]:
        """Write what is told of towns; return the first row and the digest of each file."""
        files = self.known.answers.files
        depends = [files.exposures(layer.id).name, str(files.entries[layer.id]["version"]), [files.shapes(one.id).name for one in (layer, *self.known.surveys)],
                   self.known.numbers.number, self.known.numbers.names, layer.model_dump(mode="json")]
        return self._kept(f"cards-towns-{layer.id}", depends, lambda: self._towns_made(layer))  # type: ignore[no-any-return]

    def _towns_made(self, layer: Layer) -> dict[str, Any]:
        blocks: list[list[dict[str, Any]]] = [[]]
        size = 0
        for town in towns(self.known, layer):
            size += len(canonical(town))
            if blocks[-1] and size > TOWNS:
                blocks.append([])
                size = len(canonical(town))
            blocks[-1].append(town)
        first = np.cumsum([0, *map(len, blocks)])[:-1].tolist()
        return {"first": first, "files": self._put("towns", (canonical({"towns": block}) for block in blocks))}


def _told(grid: Grid, files: list[str]) -> dict[str, Any]:
    """Return what the index tells of a grid and its files."""
    return {"roots": grid.roots.reshape(-1).tolist(), "text": grid.text, "files": files}
