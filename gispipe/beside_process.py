"""The process of `beside`: `python -m gispipe.beside_process PARENT`, requests on standard input, for which it waits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scipy.sparse import csgraph  # noqa: F401 - what the search loads when it comes to it is loaded here while this process waits

from gispipe.ahead import Hear, answer
from gispipe.answers.files import AnswerFiles
from gispipe.answers.walking import save_walking
from gispipe.audience import InternalTable, PublicTable
from gispipe.beside import told
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.compare import report  # noqa: F401 - likewise
from gispipe.garbage import collect_seldom
from gispipe.refresh import Acceptance, Question, verdict
from gispipe.store import Store


def _work(request: dict[str, Any], _: Hear) -> dict[str, object]:
    collect_seldom()
    catalogue = load_catalogue(Path(request["city"]))
    return _walk(catalogue, request) if request["work"] == "walk" else dict(told(verdict(catalogue, _question(request["question"]))))


def _walk(catalogue: Catalogue, request: dict[str, Any]) -> dict[str, object]:
    files, before = (AnswerFiles.of(catalogue, request["audience"], request[name]) for name in ("now", "before"))
    return save_walking(catalogue, files, _Stored(Store(catalogue.output, files.audience), files.entries), before)


def _question(asked: dict[str, Any]) -> Question:
    return Question(**{**asked, "acceptance": Acceptance(**asked["acceptance"]) if asked["acceptance"] else None})


class _Stored:
    """The tables as a manifest has them, read when they are asked for."""

    def __init__(self, store: Store, entries: Mapping[str, Mapping[str, object]]) -> None:
        self._store, self._entries = store, entries

    def __call__(self, layer_id: str) -> InternalTable | PublicTable:
        return self._store.read_version(layer_id, str(self._entries[layer_id]["version"]))


if __name__ == "__main__":
    answer(_work)
