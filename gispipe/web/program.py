"""What the pages are made of, as one digest: a page kept by a browser knows by it that the release has newer ones."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PARTS = ("assets.json", "css", "js", "symbols.json", "templates", "words")


@cache
def program_digest() -> str:
    """Return twelve hexadecimal digits over the scripts, styles, words and templates of the pages."""
    digest = hashlib.sha256()
    files = [path for part in PARTS for path in ((HERE / part).rglob("*") if (HERE / part).is_dir() else (HERE / part,)) if path.is_file()]
    for path in sorted(files, key=lambda one: one.relative_to(HERE).as_posix()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(HERE).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]
