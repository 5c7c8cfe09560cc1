"""Where a store is and what counts in it now: the manifest, which answers read without opening a table."""

from __future__ import annotations

import json
from pathlib import Path

from gispipe.model import Audience


def store_root(output: Path, audience: Audience) -> Path:
    """Return the folder of one audience's store."""
    return output / "store" / audience


def read_manifest(root: Path) -> dict[str, dict]:
    """Return the entries by layer id: version, rows, kind and facts; empty when nothing was stored yet."""
    path = root / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
