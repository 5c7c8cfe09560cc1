"""Prove a document well-formed beside the work that trusts it: expat needs a core of its own for a third of the time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from xml.parsers import expat

from gispipe.errors import XmlEntities
from gispipe.intake.delivered import SourceFile
from gispipe.intake.xml import broken
from gispipe.words import Words

WORTH_IT = 4 * 1024**2
"""Bytes from which a second process pays."""
_PROGRAM = str(Path(__file__).with_name("prove_file.py"))


class Proof:
    """The proof of one document and its SHA-256, under way in a process of its own where the file is plain UTF-8 and a core is free.

    Whoever trusts the document before `conclude` must be ready to meet nonsense in it. A fresh process and no fork: the
    pages of this one are about to be written all over, and each would be copied.
    """

    def __init__(self, path: Path, data: bytes, as_delivered: bool, where: str) -> None:
        self._path, self._data, self._where = path, data, where
        self._digest: str | None = None
        self._program = None
        if as_delivered and len(data) >= WORTH_IT and (os.cpu_count() or 1) > 1:
            self._program = subprocess.Popen([sys.executable, "-I", "-S", _PROGRAM, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def conclude(self) -> None:
        """Raise XmlEntities or XmlBroken unless the document is well-formed XML without a DTD."""
        if self._digest is not None:
            return
        program, self._program = self._program, None
        told = program.communicate()[0].strip() if program is not None else ""
        if program is None or program.returncode != 0 or not told:
            prove(self._data, self._where)
            with self._path.open("rb") as file:
                told = hashlib.file_digest(file, "sha256").hexdigest()
        self._digest = told

    def file(self, rows: int) -> SourceFile:
        """Return the proven file as provenance."""
        self.conclude()
        return SourceFile(self._where, str(self._digest), self._path.stat().st_size, rows)


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
