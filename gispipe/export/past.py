"""A layer as it was in an earlier state of the store, as a file of its own: to look at, or to declare as a layer beside the present one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from gispipe.catalogue import Catalogue
from gispipe.errors import NotFound, PlaceTaken
from gispipe.export.target import apart_from_ours
from gispipe.finished import finished
from gispipe.geopackage import write_layer
from gispipe.history import State
from gispipe.manifest import store_root
from gispipe.statistics.table import csv_bytes
from gispipe.store import Store
from gispipe.words import Words

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = {"raster": (".tif",), "vector": (".gpkg", ".parquet"), "table": (".csv", ".parquet")}
"""How the file of a layer of each kind may be called."""


def entry_of(state: State, layer: str) -> dict[str, object]:
    """Return what a state says of a layer; raises NotFound for one that it has not."""
    if layer not in state.layers:
        raise NotFound(f"{state.label} › {layer}", Words("this state has no data of such a layer", "この版にこのレイヤーのデータはありません"), Words("see 'gispipe history --json'", "「gispipe history --json」で確かめてください"))
    return dict(state.layers[layer])


def export_past(catalogue: Catalogue, state: State, layer: str, target: Path) -> int | None:
    """Write a layer as a state has it, with all its columns, in the city's plane system; return how many rows it has, None of a picture.

    What the file is follows from the suffix of `target`, one of `SUFFIXES`. Raises NotFound for a layer or version that is not there, PlaceTaken where
    something stands already.
    """
    entry = entry_of(state, layer)
    source = store_root(catalogue.output, "internal") / layer / f"{entry['version']}{entry['suffix']}"
    if not source.is_file():
        raise NotFound(f"{state.label} › {layer}", Words("this version is not kept any more", "この版のファイルはもう残っていません"), Words("bring it back from a backup", "バックアップから戻してください"))
    apart_from_ours(target, catalogue.output)
    if os.path.lexists(target):
        raise PlaceTaken(str(target), Words("something stands there already", "同じ名前のものがすでにあります"), Words("take another name", "別の名前にしてください"))
    with finished(target) as draft:
        if target.suffix == source.suffix:
            shutil.copyfile(source, draft)  # no second name of the store's own file: whoever opens this one may change it
        else:
            table = Store(catalogue.output, "internal").read_version(layer, str(entry["version"]))
            if table.geometry is None:
                draft.write_bytes(_csv(table.frame))
            else:
                write_layer(draft, layer, table.frame, table.geometry, catalogue.city.crs, said=target)
    return None if entry["kind"] == "raster" else int(str(entry["rows"]))


def _csv(frame: pd.DataFrame) -> bytes:
    rows = frame.astype(object).where(frame.notna(), "").itertuples(index=False)
    return csv_bytes([list(frame.columns), *([str(value) for value in row] for row in rows)])
