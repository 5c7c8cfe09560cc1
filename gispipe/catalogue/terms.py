"""Names in other languages by Japanese text: what every municipality says, what the city says itself, and what a declaration has of its own.

The package's `terms.json` has the standard words of the field; a city's `styles/terms.toml` wins over it, `names` on the thing itself win over both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from gispipe.model import Column, Join, Layer, Map, Style, StyleClass

FILE = "styles/terms.toml"
"""The city's own terms, in the city directory; the only file in `styles/` that is no style."""

Vocabulary = Mapping[str, Mapping[str, str]]
"""Japanese text → language → name."""


@cache
def package_terms() -> Vocabulary:
    """Return the standard terms that come with the package."""
    return MappingProxyType(json.loads((Path(__file__).parent / "terms.json").read_text("utf-8")))


def vocabulary(own: Vocabulary) -> Vocabulary:
    """Return the package's terms with a city's own over them, language by language."""
    standard = package_terms()
    return MappingProxyType({**standard, **{text: {**standard.get(text, {}), **names} for text, names in own.items()}})


def own_names(text: str, names: Mapping[str, str], terms: Vocabulary) -> dict[str, str]:
    """Return those names of a thing that the vocabulary does not give for its Japanese text."""
    known = terms.get(text, {})
    return {lang: name for lang, name in names.items() if known.get(lang) != name}


def named_layer(layer: Layer, terms: Vocabulary) -> Layer:
    """Return a layer whose title, word for nothing and column labels have every name there is; `names` it declares stay."""
    joins = {name: _named_join(join, terms) for name, join in layer.join.items()}
    nothing = _names(layer.nothing, layer.nothing_names, terms) if layer.nothing else {}
    return layer.model_copy(update={"names": _names(layer.title, layer.names, terms), "nothing_names": nothing, "columns": _named_columns(layer.columns, terms), "join": joins})


def named_style(style: Style, terms: Vocabulary) -> Style:
    """Return a style whose class labels have every name there is."""
    return style.model_copy(update={"class_": tuple(_named_class(one, terms) for one in style.class_), "other": _named_class(style.other, terms) if style.other else None})


def named_map(one: Map, terms: Vocabulary) -> Map:
    """Return a map whose title has every name there is."""
    return one.model_copy(update={"names": _names(one.title, one.names, terms)})


def _names(text: str, names: Mapping[str, str], terms: Vocabulary) -> dict[str, str]:
    return {**terms.get(text, {}), **names}


def _named_join(join: Join, terms: Vocabulary) -> Join:
    return join.model_copy(update={"columns": _named_columns(join.columns, terms)})


def _named_columns(columns: Mapping[str, Column], terms: Vocabulary) -> dict[str, Column]:
    return {name: column.model_copy(update={"names": _names(column.label or name, column.names, terms)}) for name, column in columns.items()}


def _named_class(one: StyleClass, terms: Vocabulary) -> StyleClass:
    return one.model_copy(update={"names": _names(one.label, one.names, terms)})
