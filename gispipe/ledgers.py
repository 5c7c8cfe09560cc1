"""The ledgers of joins by key: one whose files are what they were is not opened again, its table stands in the internal store as it was read, and which rows met.

The layer beside it changes more often than its ledger, and a workbook takes longer to read than all else of a refresh.
"""

from __future__ import annotations

import pyarrow as pa

from gispipe.catalogue import Catalogue
from gispipe.finished import digest_of_file
from gispipe.intake import Delivered, Readers, read_source
from gispipe.intake.columnar import packed, unpacked
from gispipe.intake.source import companions, source_files
from gispipe.joins.declared import meetings
from gispipe.model import Layer
from gispipe.shelf import Shelf, key_of
from gispipe.store import Store
from gispipe.unchanged import LIBRARIES

FOLDER = "kept-ledgers"
"""Beside the layers' folders of the internal store; no layer can have this name."""
_PROGRAMS = ("intake", "intake/dm/codes.csv", "intake/ksj/codes.toml", "model", "crs.py", "palettes.py", "ragged.py", "sensitive.py", "ledgers.py")


class KeptLedgers:
    """The ledgers of a city; without a store all are read."""

    def __init__(self, catalogue: Catalogue, store: Store | None) -> None:
        if store is not None and store.audience != "internal":
            raise ValueError("ledgers are of the internal store")
        self._catalogue, self._store = catalogue, store
        self._shelf = Shelf(store.root / FOLDER if store is not None else None)
        self.content = self._shelf.content
        """What else is kept beside the ledgers: which rows met (`joins.met`)."""

    def read(self, group: Readers, layer: Layer, name: str) -> Delivered:
        """Return the ledger of one join of a layer as `read_source` does, kept or read now; raises what that raises."""
        source = layer.join[name].source
        assert source is not None
        root, file = self._catalogue.sources, f"{self._catalogue.files[f'layer:{layer.id}']} › join.{name}"
        if self._store is None:
            return read_source(group, root, source, file)
        files = {place: digest_of_file(path) for path, place in source_files(root, source, file)}
        beside = sorted({side for place in files for side in companions(root / place)})
        key = key_of([source.model_dump(mode="json", by_alias=True), file, [[side.relative_to(root).as_posix(), digest_of_file(side)] for side in beside]], *_PROGRAMS, libraries=LIBRARIES)
        read: list[Delivered] = []

        def make() -> bytes:
            read.append(read_source(group, root, source, file))
            return packed(read[0], _piece(layer, name)) if _to_keep(read[0], files) else b""

        content = self._shelf.content(_piece(layer, name), key, make)
        if not read and not content:
            make()
        return read[0] if read else unpacked(content)

    def sweep(self) -> None:
        """Remove what is kept of joins that are no longer declared."""
        for layer in self._catalogue.layers.values():
            for name, join in layer.join.items():
                if join.source is not None:
                    self._shelf.still(_piece(layer, name))
                    self._shelf.still(meetings(layer, name))
        self._shelf.sweep()


def _piece(layer: Layer, name: str) -> str:
    return f"{layer.id}.{name}"


def _to_keep(read: Delivered, files: dict[str, str]) -> bool:
    """Return whether a table can be kept as it is, and is what these files (SHA-256 by name) hold: one that was replaced while it was read is not."""
    return isinstance(read.data, pa.Table) and read.shapes is None and read.crs_of is None and {one.path: one.sha256 for one in read.inputs} == files
