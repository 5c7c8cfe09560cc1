"""The kept answers of an audience opened, and what is said when they are not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from gispipe.answers.files import AnswerFiles
from gispipe.catalogue import Catalogue
from gispipe.errors import NotFound, UnreadableInput
from gispipe.model import Audience
from gispipe.words import Words

AGAIN = Words("run 'gispipe ingest' first", "先に「gispipe ingest」を実行してください")
_Kept = TypeVar("_Kept")


def answer_files(catalogue: Catalogue, audience: Audience) -> AnswerFiles:
    """Return the names of an audience's kept answers; raises NotFound while its store is empty."""
    files = AnswerFiles.of(catalogue, audience)
    if not files.entries:
        raise NotFound(f"{audience} store", Words("there are no data yet", "データがまだありません"), Words("run 'gispipe run' first", "先に「gispipe run」を実行してください"))
    return files


def kept(files: AnswerFiles, open_it: Callable[[], _Kept]) -> _Kept:
    """Return what is opened; raises NotFound where it is missing, or older than the data."""
    try:
        return open_it()
    except (FileNotFoundError, ValueError, KeyError, sqlite3.Error, NotFound, UnreadableInput) as error:
        raise outdated(files) from error


def outdated(files: AnswerFiles) -> NotFound:
    """Return what is said of answers that do not fit the data."""
    return NotFound(f"{files.audience} store", Words("the answers are missing or older than the data or the declarations", "回答用のデータがないか、宣言やデータより古くなっています"), AGAIN)
