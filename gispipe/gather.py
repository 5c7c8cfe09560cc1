"""Read and check many layers side by side; nothing is stored here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.checks.findings import Finding, failure_of
from gispipe.errors import Failure
from gispipe.ingest import Ingested, ingest_layer
from gispipe.intake import Delivered, Readers, SourceFile, readers
from gispipe.ledgers import KeptLedgers
from gispipe.model import Layer
from gispipe.rasters import Picture, Pictures, ingest_raster
from gispipe.runs import Tell, silent
from gispipe.store import Store


@dataclass
class Gathered:
    """Everything read: tables and pictures by layer id, ledgers by (layer, join), and what went wrong."""

    tables: dict[str, Ingested] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    ledgers: dict[tuple[str, str], Delivered] = field(default_factory=dict)
    unreadable: list[Failure] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        return [finding for one in self.tables.values() for finding in one.findings]

    @property
    def inputs(self) -> dict[str, tuple[SourceFile, ...]]:
        """The delivered files by source: layer id, or layer id.join for a ledger."""
        return ({name: one.files for name, one in self.tables.items()} | {name: one.files for name, one in self.pictures.items()}
                | {f"{layer}.{join}": ledger.inputs for (layer, join), ledger in self.ledgers.items()})

    def failures(self, catalogue: Catalogue) -> list[Failure]:
        """Return what must stop the run: unreadable sources, then broken rules nobody accepted."""
        stopped = [failure_of(f, catalogue.files[f"layer:{f.layer}"]) for f in self.findings if f.status == "stopped"]
        return self.unreadable + stopped


def gather(catalogue: Catalogue, layers: Sequence[Layer], folder: Path, workers: int | None = None, store: Store | None = None,
           tell: Tell = silent) -> Gathered:
    """Read every layer that is not pending, with its ledgers; failures are collected, not raised.

    `folder` takes draft pictures; with `store` finished ones go there at once, one that is there is not made again, and ledgers are kept there. The result does not depend on `workers`.
    """
    wanted = [layer for layer in layers if layer.pending is None]
    result, ledgers = Gathered(), KeptLedgers(catalogue, store)
    with readers(workers) as group, ThreadPoolExecutor(group.count) as pool:
        jobs = [(layer, pool.submit(_one, group, catalogue, layer, Pictures(folder, store, tell), ledgers)) for layer in wanted]
        for layer, job in jobs:
            with _collecting(result):
                table, read = job.result()
                if isinstance(table, Picture):
                    result.pictures[layer.id] = table
                else:
                    result.tables[layer.id] = table
                result.ledgers |= {(layer.id, name): ledger for name, ledger in read.items()}
    return result


def _one(group: Readers, catalogue: Catalogue, layer: Layer, pictures: Pictures, ledgers: KeptLedgers) -> tuple[Ingested | Picture, dict[str, Delivered]]:
    if layer.kind == "raster":
        return ingest_raster(group, catalogue, layer, pictures), {}
    table = ingest_layer(group, catalogue, layer)
    return table, {name: ledgers.read(group, layer, name) for name, join in layer.join.items() if join.source is not None}


@contextlib.contextmanager
def _collecting(result: Gathered) -> Iterator[None]:
    try:
        yield
    except Failure as failure:
        result.unreadable.append(failure)
