"""Files that were cleared before: the same bytes, under the same name and the same rules, need not be opened again."""

from __future__ import annotations

import json
from pathlib import Path

from gispipe.finished import digest_of_file, finished


class Seen:
    """What was found in each file of the draft cleared last: by name the digest of its bytes and some counts. `Seen(None, …)` remembers nothing.

    ``rules`` is a digest of everything that decides whether a file may go out: another one forgets all.
    """

    def __init__(self, path: Path | None, rules: str) -> None:
        self._path, self._rules = path, rules
        self._before = self._load()
        self._now: dict[str, list[object]] = {}

    def counts(self, name: str, file: Path) -> list[int] | None:
        """Return the counts of a file that was cleared before, None of one that must be opened."""
        digest = digest_of_file(file)
        self._now[name] = [digest]
        held = self._before.get(name)
        if held is None or held[0] != digest:
            return None
        self._now[name] = held
        return held[1:]  # type: ignore[return-value]

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file whose counts were asked for."""
        return str(self._now[name][0])

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of all files whose counts were asked for, by name."""
        return {name: self.digest(name) for name in self._now}

    def cleared(self, name: str, counts: list[int]) -> None:
        """Note that a file was opened and may go out."""
        self._now[name][1:] = counts

    def save(self) -> None:
        """Remember the draft, now that all of it was cleared."""
        if self._path is not None:
            with finished(self._path) as draft:
                draft.write_text(json.dumps({"rules": self._rules, "files": self._now}, ensure_ascii=False) + "\n", "utf-8")

    def _load(self) -> dict[str, list[object]]:
        try:
            held = json.loads(self._path.read_text("utf-8")) if self._path else {}
            return held["files"] if held["rules"] == self._rules else {}  # type: ignore[no-any-return]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
