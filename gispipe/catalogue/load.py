"""Read the declarations of a city directory and check them as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gispipe.catalogue.agree import disagreements
from gispipe.catalogue.mistakes import Mistake, from_pydantic
from gispipe.catalogue.terms import FILE as TERMS
from gispipe.catalogue.terms import Vocabulary, named_layer, named_map, named_style, vocabulary
from gispipe.errors import DeclarationError, NotFound
from gispipe.model import Audience, City, Layer, Map, Style, Terms
from gispipe.words import Words

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Catalogue:
    """Everything a city directory declares, checked; mappings are read-only and in file-name order.

    Titles and labels have every name in other languages that the declaration itself or the vocabulary (`terms`) gives.
    """

    directory: Path
    city: City
    layers: Mapping[str, Layer]
    styles: Mapping[str, Style]
    maps: Mapping[str, Map]
    files: Mapping[str, str]
    terms: Vocabulary
    source_override: Path | None = None

    @property
    def sources(self) -> Path:
        """The folder that source paths are relative to."""
        return self.source_override or (self.directory / self.city.sources)

    @property
    def datum_grid(self) -> Path | None:
        """The city's grid for the Tokyo datum, None when it has declared none."""
        return self.sources / self.city.tky2jgd if self.city.tky2jgd else None

    @property
    def output(self) -> Path:
        return self.directory / "output"

    def maps_for(self, audience: Audience) -> list[Map]:
        """Return the maps of one audience that name a layer with data, in their order; staff also get the public ones."""
        chosen = [m for m in self.maps.values() if (audience == "internal" or m.audience == "public") and any(self._drawn(entry.id) for entry in m.layers)]
        return sorted(chosen, key=lambda m: (m.order, m.id))

    def _drawn(self, layer_id: str) -> bool:
        layer = self.layers[layer_id]
        return layer.pending is None and layer.kind != "table"

    def layers_for(self, audience: Audience) -> list[Layer]:
        """Return the layers of one audience; staff also get the public ones."""
        return [layer for layer in self.layers.values() if audience == "internal" or layer.audience == "public"]

    def stated(self, layer: Layer) -> list[object]:
        """Return everything that is declared of a layer and its style, as JSON: what is made of it depends on no more."""
        style = self.styles.get(layer.style or "")
        return [layer.model_dump(mode="json"), style.model_dump(mode="json") if style else None]


def load_catalogue(directory: Path, sources: Path | None = None) -> Catalogue:
    """Load and check `city.toml`, `layers/*.toml`, `styles/*.toml`, `styles/maps/*.toml` and `styles/terms.toml`.

    `sources` replaces the folder named in city.toml. Raises DeclarationError with every mistake, NotFound when the
    directory is not a city directory.
    """
    if not (directory / "city.toml").is_file():
        raise NotFound(str(directory), Words("there is no city.toml here", "city.toml がありません"),
                       Words("make a city directory with 'gispipe new DIR' or name one with --city DIR",
                             "「gispipe new DIR」で作るか、--city DIR で指定してください"))
    mistakes: list[Mistake] = []
    files: dict[str, str] = {}
    unread: list[str] = []
    city = _read_one(directory, directory / "city.toml", City, mistakes)
    layers = _read_all(directory, "layers", Layer, mistakes, files, unread)
    styles = _read_all(directory, "styles", Style, mistakes, files, unread)
    maps = _read_all(directory, "styles/maps", Map, mistakes, files, unread)
    terms = _read_terms(directory, mistakes, files)
    mistakes += disagreements(city, layers, styles, maps, files, unread)
    if mistakes or city is None:
        raise DeclarationError(mistakes)
    return Catalogue(directory, city, MappingProxyType({name: named_layer(layer, terms) for name, layer in layers.items()}),
                     MappingProxyType({name: named_style(style, terms) for name, style in styles.items()}), MappingProxyType({name: named_map(one, terms) for name, one in maps.items()}),
                     MappingProxyType(files), terms, sources)


def _read_terms(directory: Path, mistakes: list[Mistake], files: dict[str, str]) -> Vocabulary:
    """Return the vocabulary; a city needs no terms of its own."""
    if not (directory / TERMS).exists():
        return vocabulary({})
    files["terms"] = TERMS
    own = _read_one(directory, directory / TERMS, Terms, mistakes)
    return vocabulary(own.root if own else {})


def _read_all(directory: Path, folder: str, model: type[M], mistakes: list[Mistake], files: dict[str, str], unread: list[str]) -> dict[str, M]:
    found: dict[str, M] = {}
    kind = model.__name__.lower()
    for path in sorted((directory / folder).glob("*.toml")):
        name = path.relative_to(directory).as_posix()
        if name == TERMS:
            continue
        declared = _read_one(directory, path, model, mistakes)
        if declared is None:
            unread.append(f"{kind}:{_stated_id(path)}")
            continue
        identity: str = declared.id  # type: ignore[attr-defined]
        if identity in found:
            other = files[f"{kind}:{identity}"]
            mistakes.append(Mistake(name, "id", Words(f"two {kind}s have the id '{identity}': {other} and {name}",
                                                      f"id「{identity}」が {other} と {name} で重複しています")))
            continue
        found[identity] = declared
        files[f"{kind}:{identity}"] = name
    return found


def _stated_id(path: Path) -> str:
    """Return the id of a file that has a mistake, as far as it can be told; files are named by their id."""
    try:
        return str(tomllib.loads(path.read_text("utf-8-sig"))["id"])
    except (OSError, ValueError, KeyError):
        return path.stem


def _read_one(directory: Path, path: Path, model: type[M], mistakes: list[Mistake]) -> M | None:
    name = path.relative_to(directory).as_posix()
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        mistakes.append(Mistake(name, "", Words(f"not UTF-8 at byte {error.start}; save the file as UTF-8",
                                                f"{error.start} バイト目が UTF-8 ではありません。UTF-8 で保存してください")))
    except tomllib.TOMLDecodeError as error:
        mistakes.append(Mistake(name, "", Words(f"not valid TOML: {error}", f"TOML として読めません: {error}")))
    except ValidationError as error:
        mistakes += from_pydantic(name, model, error)
    except OSError as error:
        mistakes.append(Mistake(name, "", Words(f"cannot be opened: {error.strerror}", f"開けません: {error.strerror}")))
    return None
