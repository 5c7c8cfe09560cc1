"""The seven walls, each as what takes it away: applied in this process by `monkeypatch.setattr`, in the processes it starts by a `sitecustomize` (see `without`)."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

Set = Callable[[object, str, object], None]
OWNER = "持主003太郎"
"""A value of the ledger that nobody planted: it is found because it is internal, not because it is on a list."""


def closed_by_default(put: Set) -> None:
    """1: what does not say `public` is open, and a key nobody knows is passed over."""
    from gispipe.catalogue import load

    class Open:
        TOMLDecodeError = tomllib.TOMLDecodeError

        @staticmethod
        def loads(text: str) -> dict:
            document = tomllib.loads(text)
            for part in (document, *document.get("join", {}).values()):
                for column in part.get("columns", {}).values():
                    column.pop("pubilc", None)
                    column.setdefault("public", True)
            return document

    put(load, "tomllib", Open)


def undeclared_stay_out(put: Set) -> None:
    """2: every column of a source enters the table, declared or not."""
    from gispipe import ingest

    def everything(delivered, columns, place, source):  # type: ignore[no-untyped-def]
        table, misfits = typed(delivered, columns, place, source)
        declared = {column.from_ or name for name, column in columns.items()}
        for name in delivered.names:
            if name not in declared:
                code, values = delivered.distinct(name)
                table[name] = [None if k < 0 else values[k] for k in code]
        return table, misfits

    typed = ingest.typed
    put(ingest, "typed", everything)


def shown_are_open(put: Set) -> None:
    """3: the catalogue does not ask whether what the public is shown is open."""
    from gispipe.catalogue import agree

    put(agree, "_shown", lambda *_, **__: ())


def one_door(put: Set) -> None:
    """4: a table is called public as it is, with all its columns."""
    from gispipe import keep
    from gispipe.audience import PublicTable

    put(keep, "publish", lambda table, layer, _: PublicTable(table.layer, table.frame, table.geometry))


def two_processes(put: Set) -> None:
    """5: the process that builds for the public may read everything, and does not notice."""
    from gispipe.build import closed

    put(closed, "_close", lambda *_: "nothing")
    put(closed, "_readable", lambda _: False)


def gate(put: Set) -> None:
    """6: nothing is opened before it goes out."""
    from gispipe.build import release, stage
    from gispipe.finished import digest_of_file
    from gispipe.gate.inspect import Inspected

    put(stage, "inspect_store", lambda *_: 0)
    put(stage, "inspect_release", lambda draft, *_: Inspected({}, {path.relative_to(draft).as_posix(): digest_of_file(path) for path in draft.rglob("*") if path.is_file()}))
    put(release, "compare_values", lambda *_: 0)


def no_side_doors(put: Set) -> None:
    """7: a file is what its ending says, and every driver opens whatever it can."""
    from gispipe.intake import packed, sandbox

    put(packed, "must_be", lambda *_: None)
    put(sandbox, "OGR_DRIVERS", frozenset(__import__("pyogrio").list_drivers()))


def careless(put: Set) -> None:
    """No wall, but a mistake that walls are for: the public build looks into the internal store and writes what it finds into a page's data."""
    from gispipe.build import stage

    def and_more(draft, catalogue, audience, *more):  # type: ignore[no-untyped-def]
        import json

        import pyarrow.parquet as pq

        if audience == "public":
            manifest = json.loads((catalogue.output / "store/internal/manifest.json").read_text("utf-8"))
            table = pq.read_table(catalogue.output / f"store/internal/parcel/{manifest['parcel']['version']}.parquet")
            (draft / "owners.json").write_text(json.dumps({"owners": table["owner"].to_pylist()}, ensure_ascii=False) + "\n", "utf-8")
        return inspect(draft, catalogue, audience, *more)

    inspect = stage.inspect_release
    put(stage, "inspect_release", and_more)


def without(walls: tuple[Callable[[Set], None], ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take walls away here and in every process that is started from now on, readers and the closed build among them."""
    for wall in walls:
        wall(lambda where, name, what: monkeypatch.setattr(where, name, what))
    (folder / "sitecustomize.py").write_text("import taken\n" + "".join(f"taken.{wall.__name__}(setattr)\n" for wall in walls), "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]))
    from gispipe.build.child import PUBLIC

    monkeypatch.setattr(PUBLIC, "_child", None)  # none that was started with its walls
