"""The process that works out the ways on foot beside everything else: `python -m gispipe.answers.walking_process PARENT`, one request on standard input, for which it waits.

One Python does one thing at a time, and the ways of a large city take as long as all other answers of a refresh together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scipy.sparse import csgraph  # noqa: F401 - what the search loads when it comes to it is loaded here while this process waits

from gispipe.ahead import answer
from gispipe.answers.files import AnswerFiles
from gispipe.answers.walking import save_walking
from gispipe.audience import InternalTable, PublicTable
from gispipe.catalogue import load_catalogue
from gispipe.garbage import collect_seldom
from gispipe.store import Store

def _walk(request: dict[str, Any]) -> dict[str, object]:
    collect_seldom()
    catalogue = load_catalogue(Path(request["city"]))
    files, before = (AnswerFiles.of(catalogue, request["audience"], request[name]) for name in ("now", "before"))
    return save_walking(catalogue, files, _Stored(Store(catalogue.output, files.audience), files.entries), before)


class _Stored:
    """The tables as a manifest has them, read when they are asked for."""

    def __init__(self, store: Store, entries: Mapping[str, Mapping[str, object]]) -> None:
        self._store, self._entries = store, entries

    def __call__(self, layer_id: str) -> InternalTable | PublicTable:
        return self._store.read_version(layer_id, str(self._entries[layer_id]["version"]))


if __name__ == "__main__":
    answer(_walk)
