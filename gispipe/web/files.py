"""Writing what pages consist of: canonical JSON, and files named by what is in them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gispipe.web.assets import sha384


@dataclass(frozen=True)
class Linked:
    """A written asset: its address from the release root, and the hash a page demands of it."""

    url: str
    integrity: str


@dataclass
class Out:
    """The folder of a release and every page file written to it so far."""

    root: Path
    _names: dict[str, Path] = field(default_factory=dict)

    @property
    def written(self) -> list[Path]:
        """Return the files written, each once, in the order in which they were first written."""
        return list(self._names.values())

    def put(self, name: str, content: bytes) -> Path:
        """Write one file under a fixed name."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._names[name] = path
        return path

    def put_hashed(self, folder: str, name: str, content: bytes) -> Linked:
        """Write a file whose name carries its digest, so that it may be cached for ever."""
        return Linked(self.put_named(folder, name, content), sha384(content))

    def put_named(self, folder: str, name: str, content: bytes) -> str:
        """Do the same for what a script fetches, and return the address."""
        stem, dot, suffix = name.partition(".")
        digest = hashlib.sha256(content).hexdigest()[:12]
        url = f"{folder}{stem}-{digest}{dot}{suffix}"
        self.put(url, content)
        return url


def canonical(document: Any) -> bytes:
    """Return JSON with no spare bytes and no NaN; the same document gives the same bytes."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
