"""Compare what a public draft says with the very values of the internal store.

Runs in the parent process, which may read both sides. A value that also stands in an open column, or that a person
wrote into a public declaration (a title, a class, a meaning), is no secret.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from gispipe import ragged
from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.finished import digests_of, files_below
from gispipe.gate.artefacts import archive_contents, strings_of
from gispipe.gate.compared import KINDS, Compared, load_numbers, numbers_of, save_numbers, values_among
from gispipe.gate.inspect import NOTED
from gispipe.store import Store
from gispipe.words import Words

SHORTEST = 4
"""Shorter values (a flag, a rank) occur everywhere and identify nobody."""


def compare_values(draft: Path, catalogue: Catalogue, memory: Path | None = None, compared: Path | None = None, hidden: Path | None = None) -> int:
    """Return how many internal values were looked for; raises LeakStopped when one stands in the draft as a whole string.

    ``memory``: as in `inspect_release`, the folder of what each file and tile was found to hold. ``compared``: a file of the internal store with
    what stands in the other files that were compared last, ``hidden``: one with the numbers of its own values, table by table; every file is
    compared with the values of now, by number and, where one is met, by text.
    """
    numbers = _looked_for(catalogue, hidden)
    if not len(numbers):
        return 0
    known_files = Compared(compared, memory / NOTED if memory else None)
    every = sorted((name, path) for name, file in files_below(draft) if (path := Path(file.path)).suffix in KINDS)
    for (name, path), digest in zip(every, digests_of(path for _, path in every), strict=True):
        found = known_files.numbers(path, lambda path=path, name=name: _texts(path, name, memory), digest)  # type: ignore[misc]
        if _meet(found, numbers) and not _hidden(catalogue).isdisjoint(values_among(path, _texts(path, name, memory))):
            raise LeakStopped(name, Words("a value of an internal column was found", "庁内の列の値が見つかりました"),
                              Words("do not publish; find the column it came through", "公開せず、どの列から出たかを調べてください"))
    known_files.save()
    return len(numbers)


def _meet(some: np.ndarray, others: np.ndarray) -> bool:
    """Return whether two sorted arrays have a number in common."""
    return len(others) > 0 and bool((others[np.searchsorted(others[:-1], some)] == some).any())


def _texts(path: Path, name: str, memory: Path | None) -> Collection[str]:
    """Return the texts of a file."""
    return archive_contents(path, name, memory).strings if path.suffix == ".pmtiles" else strings_of(path, name)


def _looked_for(catalogue: Catalogue, memory: Path | None) -> np.ndarray:
    """Return the sorted numbers of all texts that stand in closed columns only.

    A table whose version ``memory`` knows is not read again: a version is named by its bytes. Which columns are closed is asked anew every time.
    """
    held, store = load_numbers(memory), Store(catalogue.output, "internal")
    before: dict[str, dict[str, np.ndarray]] = {}
    for name, numbers in held.items():
        table, column = name.split("\n", 1)
        before.setdefault(table, {})[column] = numbers
    now: dict[str, np.ndarray] = {}
    closed, known = [np.zeros(0, np.uint64)], [numbers_of(_declared(catalogue))]
    for layer, version, opened in _tables(catalogue, store):
        table = f"{layer}/{version}"
        columns = before.get(table) or {"": np.zeros(0, np.uint64), **_numbered(store, layer, version)}  # "": the table has no texts, perhaps, but was read
        now.update({f"{table}\n{column}": numbers for column, numbers in columns.items()})
        for column, numbers in columns.items():
            (known if column in opened else closed).append(numbers)
    if memory is not None and now.keys() != held.keys():
        save_numbers(memory, now)
    return _without(np.concatenate(closed), np.concatenate(known))


def _without(numbers: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the different numbers, sorted, that are not among others (never none)."""
    numbers, others = ragged.distinct(numbers), np.sort(others)
    return numbers[others[np.minimum(np.searchsorted(others, numbers), len(others) - 1)] != numbers]


def _numbered(store: Store, layer: str, version: str) -> dict[str, np.ndarray]:
    """Return the numbers of the texts of a table by column, short ones left out."""
    return {column: numbers_of([text for text in texts if len(text) >= SHORTEST]) for column, texts in store.texts(layer, version)}


def _tables(catalogue: Catalogue, store: Store) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield layer, version and the names of open columns of every table of a store."""
    for layer_id, entry in store.manifest().items():
        layer = catalogue.layers.get(layer_id)
        if layer is not None and entry["kind"] != "raster":
            yield layer_id, entry["version"], frozenset(layer.public_columns())


def _hidden(catalogue: Catalogue) -> set[str]:
    """Return the distinct texts that stand in closed columns only: in no open one, nor in the declarations."""
    store = Store(catalogue.output, "internal")
    hidden: set[str] = set()
    known = _declared(catalogue)
    for layer_id, version, opened in _tables(catalogue, store):
        for name, texts in store.texts(layer_id, version):
            (known if name in opened else hidden).update(text for text in texts if len(text) >= SHORTEST)
    return hidden - known


def _declared(catalogue: Catalogue) -> set[str]:
    """Return every text the city itself wrote in its public declarations: titles, labels, notes."""
    from gispipe.tiles.read import texts_of

    documents = [catalogue.city.model_dump(mode="json", exclude={"gate"})]
    documents += [one.model_dump(mode="json") for one in (*catalogue.layers_for("public"), *catalogue.maps_for("public"), *catalogue.styles.values())]
    return {text for document in documents for text in texts_of(document)}
