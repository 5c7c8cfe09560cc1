"""The search files of a release: the audience's register, and what other layers have to find by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.address.columns import NumberColumns
from gispipe.answers.files import AnswerFiles
from gispipe.build.drawn import places_of
from gispipe.build.features import Known, read_column
from gispipe.catalogue import Catalogue
from gispipe.errors import NotFound
from gispipe.find.columns import steps
from gispipe.find.write import Named, write_search
from gispipe.geometry import of_wkb, usable
from gispipe.model import Audience, Layer
from gispipe.shelf import Made, Shelf, key_of
from gispipe.store import Store
from gispipe.tiles.values import Numbered
from gispipe.web.files import Out
from gispipe.words import Words

_NAMED = pa.schema({"name": pa.large_string(), "other": pa.large_string(), "lon": pa.int64(), "lat": pa.int64(), "feature": pa.int64()})
FOLDER, _BESIDE = "search/", "search-beside"
NO_REGISTER = Words("the address register is missing: run 'gispipe run' again", "住所の台帳がありません。「gispipe run」をもう一度実行してください")


def search_files(catalogue: Catalogue, store: Store, audience: Audience, draft: Path, shelf: Shelf, known: Mapping[str, Known],
                 columns: Callable[[], NumberColumns] | None = None) -> str | None:
    """Write the search files of an audience into a draft and return the address of their index; None with nothing to find.

    `known`: of tables read in this build; `columns`: gives the numbers of the register, where others read them too. Raises NotFound where the store has no register, as older programs have left it.
    """
    entries = store.manifest()
    files = AnswerFiles.of(catalogue, audience, entries)
    register = files.register()
    apart = [layer for layer in catalogue.layers_for(audience) if layer.search and layer.searched_apart() and layer.id in entries]
    keys = {layer.id: _key(layer, str(entries[layer.id]["version"]), catalogue.city.crs) for layer in apart}
    titles = {layer.id: {"title": layer.title, "names": layer.names} for layer in catalogue.layers_for(audience)}
    if not register.exists():
        raise NotFound(register.name, NO_REGISTER)

    def key(depends: object) -> str:
        return key_of([depends, list(keys.items()), list(titles.items())], "find", "address", "web/files.py", "ragged.py", "arrow.py", libraries=("pyarrow", "numpy"))

    def make() -> Made:
        out = Out(draft)

        def beside(depends: object, write: Callable[[], str]) -> str:
            return str(shelf.made(_BESIDE, key(depends), draft, lambda: _with_files(out, write)))

        address = write_search(out, register, [_kept(layer, store, catalogue, shelf, keys[layer.id], known.get(layer.id)) for layer in apart], titles, beside, columns)
        return address, _names(draft, (draft / FOLDER).iterdir()) if address is not None else []

    address = shelf.made("search", key(register.name), draft, make)
    for name in (_BESIDE, *(f"entries-{name}" for name in keys)):  # what files are made of that were taken whole
        shelf.still(name)
    return None if address is None else str(address)


def _with_files(out: Out, write: Callable[[], str]) -> Made:
    """Return what is written, and the names of the files that came with it."""
    before = len(out.written)
    return write(), _names(out.root, out.written[before:])


def _names(draft: Path, paths: Iterable[Path]) -> list[str]:
    return sorted(path.relative_to(draft).as_posix() for path in paths)


def _key(layer: Layer, version: str, crs: str) -> str:
    return key_of([layer.model_dump(mode="json"), version, crs], "build/searched.py", "build/features.py", "build/drawn.py", "find/columns.py", "tiles/values.py", "arrow.py", "geometry.py", "crs.py",
                  libraries=("shapely", "pyproj", "pyarrow"))


def _kept(layer: Layer, store: Store, catalogue: Catalogue, shelf: Shelf, key: str, known: Known | None) -> Named:
    """Return what a layer has to find, kept as an Arrow file."""
    content = shelf.content(f"entries-{layer.id}", key, lambda: _packed(_named(layer, store, catalogue.city.crs, known)))
    with pa.ipc.open_file(pa.py_buffer(content)) as file:
        return Named(layer.id, *(column.to_pylist() for column in file.read_all().columns))


def _packed(table: pa.Table) -> bytes:
    out = pa.BufferOutputStream()
    with pa.ipc.new_file(out, table.schema) as file:
        file.write_table(table)
    return out.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _named(layer: Layer, store: Store, crs: str, known: Known | None) -> pa.Table:
    """Return names, other spellings and places of the features that have both a name and a place."""
    if known is None or known.places is None:
        table, packed = store.read_packed(layer.id, set(layer.search))
        if packed is None:
            return _NAMED.empty_table()
        places = places_of(usable(of_wkb(packed))[0], crs, layer.id)
    else:
        table, places = store.read_packed(layer.id, layer.search, shapes=False)[0], known.places
    names = [_texts(read_column(table, layer, name)) for name in layer.search]
    rows = pa.array(np.flatnonzero(pc.and_(places.is_valid(), names[0].is_valid()).to_numpy(zero_copy_only=False)))
    named, *others = (column.take(rows) for column in names)
    lon, lat = (steps(np.array([float(text.split(",")[k]) for text in places.take(rows).to_pylist()])) for k in (0, 1))
    return pa.Table.from_arrays([named, spellings(others, len(rows)), pa.array(lon), pa.array(lat), rows.cast(pa.int64())], schema=_NAMED)


def spellings(others: Sequence[pa.Array], count: int) -> pa.LargeStringArray:
    """Return what stands in some columns of ``count`` rows, with a blank between; Arrow's own way to leave out what is missing leaves out rows (26.0)."""
    blank = pa.scalar("", pa.large_string())
    told = pa.repeat(blank, count)
    for column in others:
        more = column.fill_null(blank)
        both = pc.binary_join_element_wise(told, more, pa.scalar(" ", pa.large_string()))
        told = pc.if_else(pc.equal(told, blank), more, pc.if_else(pc.equal(more, blank), told, both))
    return told


def _texts(column: Numbered) -> pa.LargeStringArray:
    """Return a column as texts, null where it is missing."""
    return column.found.texts.take(pa.array(column.code, mask=column.code < 0))
