"""Compare what a public draft says with the very values of the internal store.

Runs in the parent process, which may read both sides. A value that also stands in an open column, or that a person
wrote into a public declaration (a title, a class, a meaning), is no secret.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.gate.artefacts import archive_contents, strings_of
from gispipe.gate.compared import Compared, numbers_of
from gispipe.shelf import key_of
from gispipe.store import Store
from gispipe.words import Words

COUNT = re.compile(r"\d+(\.\d+)?")
"""A plain number in a table of counts is no meter or house number, though one may look the same."""
SHORTEST = 4
"""Shorter values (a flag, a rank) occur everywhere and identify nobody."""


def compare_values(draft: Path, catalogue: Catalogue, memory: Path | None = None, compared: Path | None = None) -> int:
    """Return how many internal values were looked for; raises LeakStopped when one stands in the draft as a whole string.

    ``memory``: as in `inspect_release`, the folder of what each tile was found to hold. ``compared``: a file of the internal store with what
    stands in the files that were compared last; every file is compared with the values of now, by number and, where one is met, by text.
    """
    hidden, known = _values(catalogue)
    hidden -= known | _declared(catalogue)
    if not hidden:
        return 0
    known_files = Compared(compared, key_of([], "gate", "tiles", libraries=("pandas",)))
    numbers = numbers_of(hidden)
    for path in sorted(p for p in draft.rglob("*") if p.is_file() and p.suffix in (".json", ".pmtiles", ".csv")):
        name = path.relative_to(draft).as_posix()
        found = known_files.numbers(path, lambda path=path, name=name: _texts(path, name, memory))  # type: ignore[misc]
        if _meet(found, numbers) and not hidden.isdisjoint(_texts(path, name, memory)):
            raise LeakStopped(name, Words("a value of an internal column was found", "庁内の列の値が見つかりました"),
                              Words("do not publish; find the column it came through", "公開せず、どの列から出たかを調べてください"))
    known_files.save()
    return len(hidden)


def _meet(some: np.ndarray, others: np.ndarray) -> bool:
    """Return whether two sorted arrays have a number in common."""
    return len(others) > 0 and bool((others[np.searchsorted(others[:-1], some)] == some).any())


def _texts(path: Path, name: str, memory: Path | None) -> set[str]:
    """Return the texts of a file that may be values."""
    if path.suffix == ".pmtiles":
        return archive_contents(path, name, memory).strings
    texts = set(strings_of(path, name))
    return {text for text in texts if not COUNT.fullmatch(text)} if path.suffix == ".csv" else texts


def _values(catalogue: Catalogue) -> tuple[set[str], set[str]]:
    """Return the distinct texts of closed columns, and those that are open: in open columns, or written in the declarations."""
    store = Store(catalogue.output, "internal")
    hidden: set[str] = set()
    known: set[str] = _declared(catalogue)
    for layer_id, entry in store.manifest().items():
        layer = catalogue.layers.get(layer_id)
        if layer is None or entry["kind"] == "raster":
            continue
        open_names = set(layer.public_columns())
        for name, texts in store.texts(layer_id, entry["version"]):
            (known if name in open_names else hidden).update(text for text in texts if len(text) >= SHORTEST)
    return hidden, known


def _declared(catalogue: Catalogue) -> set[str]:
    """Return every text the city itself wrote in its public declarations: titles, labels, notes."""
    from gispipe.tiles.read import texts_of

    documents = [catalogue.city.model_dump(mode="json", exclude={"gate"})]
    documents += [one.model_dump(mode="json") for one in (*catalogue.layers_for("public"), *catalogue.maps_for("public"), *catalogue.styles.values())]
    return {text for document in documents for text in texts_of(document)}
