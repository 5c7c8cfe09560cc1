"""Finished vector archives, kept in the store from run to run with what they were made of."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gispipe.finished import digest_of_file, finished, share
from gispipe.shelf import key_of
from gispipe.store import Store

FOLDER, PIECES = "kept-tilesets", "kept-pieces"
"""Archives, and what else is kept, beside the layers' folders of a store; no layer can have these names."""


@dataclass(frozen=True)
class Kept:
    """What a release says of an archive, and how many of its tiles were taken over when it was made; an empty report: there is nothing to draw."""

    zoom: tuple[int, int]
    bounds: tuple[float, float, float, float]
    report: dict[str, object]
    drawn: tuple[str, ...]
    reused: int = 0
    digest: str = ""
    """SHA-256 of the archive's bytes."""

    @property
    def nothing(self) -> bool:
        return not self.report


def archive_key(inputs: object) -> str:
    """Return a digest of what an archive depends on: its inputs (as JSON), and the programs and libraries that make it."""
    from gispipe.tiles.memory import engine

    return key_of([engine(), inputs], "build/tilesets.py", "build/features.py", "build/drawn.py", "geometry.py", "crs.py", "store.py", libraries=("pyproj", "geopandas"))


def place(store: Store, name: str) -> Path:
    """Return where an archive is kept, without suffix."""
    return store.root / FOLDER / name


def recall(store: Store, name: str, key: str, draft: Path) -> Kept | None:
    """Put the kept archive at `draft` and return what was said of it; None when it depends on something else now, or is not whole."""
    from gispipe.tiles.recalled import archive_of

    try:
        held = json.loads(_note(store, name).read_text("utf-8"))
        if held["key"] != key:
            return None
        told = Kept(tuple(held["zoom"]), tuple(held["bounds"]), held["report"], tuple(held["drawn"]), digest=held["archive"])
        if told.nothing:
            return told
        archive = archive_of(place(store, name), held["archive"])
        if digest_of_file(archive) != told.digest:
            return None
        share(archive, draft)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told


def remember(store: Store, name: str, key: str, draft: Path, made: Kept) -> Kept:
    """Write down what the archive just made depends on, and return it with the archive's digest; the archive itself is already kept."""
    made = replace(made, digest="" if made.nothing else digest_of_file(draft))
    held = {"key": key, "archive": made.digest, **{k: v for k, v in asdict(made).items() if k not in ("reused", "digest")}}
    with finished(_note(store, name)) as file:
        file.write_text(json.dumps(held, ensure_ascii=False) + "\n", "utf-8")
    return made


def sweep(store: Store, names: Collection[str]) -> None:
    """Remove what is kept of archives that are no longer declared."""
    for path in (store.root / FOLDER).glob("*"):
        if path.suffix == ".labels" or (path.suffix != ".list" and re.split("[-.]", path.name)[0] not in names):  # .labels: what older versions kept
            path.unlink(missing_ok=True)


def _note(store: Store, name: str) -> Path:
    return store.root / FOLDER / f"{name}.json"
