"""Prove a document well-formed beside the work that trusts it: expat needs a core of its own for a third of the time."""

from __future__ import annotations

import contextlib
import os
import signal
from xml.parsers import expat

from gispipe.errors import XmlEntities
from gispipe.intake.xml import broken
from gispipe.words import Words

WORTH_IT = 4 * 1024**2
"""Bytes from which a second process pays."""


class Proof:
    """The proof of one document, under way in a process of its own where the platform can fork and a core is free.

    Whoever trusts the document before `conclude` must be ready to meet nonsense in it.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self._data, self._where = data, where
        self._child = _begin(data) if len(data) >= WORTH_IT and hasattr(os, "fork") and (os.cpu_count() or 1) > 1 else None

    def conclude(self) -> None:
        """Raise XmlEntities or XmlBroken unless the document is well-formed XML without a DTD."""
        child, self._child = self._child, None
        if child is not None and os.waitpid(child, 0)[1] == 0:
            return
        prove(self._data, self._where)



def _begin(data: bytes) -> int:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            prove(data, "")
            status = 0
        finally:
            os._exit(status)  # nothing of the parent's is flushed or cleaned up twice
    return child


def prove(data: bytes, where: str) -> None:
    """Raise XmlEntities or XmlBroken unless `data` (UTF-8) is well-formed XML without a DTD."""
    def refuse(*_: object) -> None:
        raise XmlEntities(where, Words("the XML carries a DTD, which may define entities; it is refused", "XML に DTD（実体定義）があるため、受け付けません"),
                          Words("ask for a plain export", "DTD のない形で受け取り直してください"))

    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise broken(error, f"{where}:{error.lineno}") from None
