"""inputs.lock: what every source was when it was last taken in — file, SHA-256, bytes, rows — and what is different now."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gispipe.errors import Failure, UnreadableInput
from gispipe.intake import SourceFile
from gispipe.words import Words

NAME = "inputs.lock"


@dataclass(frozen=True)
class Change:
    """A source file that is not what the lock says: `before` or `now` is None for one that came or went."""

    source: str
    before: SourceFile | None
    now: SourceFile | None

    @property
    def path(self) -> str:
        return (self.now or self.before).path  # type: ignore[union-attr]

    def failure(self) -> Failure:
        """Return the failure of a run that asked for the locked inputs."""
        return UnreadableInput(f"{self.source} › {self.path}", self._words(), Words("bring the locked file back, or run without --locked to take the new one in",
                                                                                  "記録どおりのファイルに戻すか、--locked を付けずに実行して新しい内容を取り込んでください"))

    def _words(self) -> Words:
        if self.before is None or self.now is None:
            return Words("the file is gone since inputs.lock was written", "inputs.lock の記録後になくなりました") if self.now is None else Words("the file is not in inputs.lock", "inputs.lock に記録のないファイルです")
        return Words(f"not the file of inputs.lock: SHA-256 {self.before.sha256[:12]}… ({self.before.rows:,} rows, {self.before.size:,} bytes) then, "
                     f"{self.now.sha256[:12]}… ({self.now.rows:,} rows, {self.now.size:,} bytes) now",
                     f"inputs.lock の記録と違います: 記録 SHA-256 {self.before.sha256[:12]}…（{self.before.rows:,} 行・{self.before.size:,} バイト）、"
                     f"現在 {self.now.sha256[:12]}…（{self.now.rows:,} 行・{self.now.size:,} バイト）")

    def as_json(self) -> dict[str, object]:
        return {"source": self.source, "path": self.path, "before": asdict(self.before) if self.before else None, "now": asdict(self.now) if self.now else None}


Inputs = Mapping[str, Sequence[SourceFile]]
"""Source (layer id, or layer id.join) → its files."""


def read_lock(output: Path) -> dict[str, tuple[SourceFile, ...]]:
    """Return what the lock says, nothing when there is none yet; raises UnreadableInput for one that somebody broke."""
    path = output / NAME
    if not path.is_file():
        return {}
    try:
        sources = json.loads(path.read_text("utf-8"))["sources"]
        return {name: tuple(SourceFile(**one) for one in files) for name, files in sources.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableInput(str(path), Words(f"not readable as a lock: {error}", f"読めません: {error}"), Words("delete it; the next run writes it anew", "削除してください。次の実行で作り直します")) from None


def write_lock(output: Path, inputs: Inputs, declared: set[str]) -> None:
    """Write the lock anew for these sources; others that are still declared stay as they are."""
    kept = {name: files for name, files in read_lock(output).items() if name in declared} | dict(inputs)
    sources = {name: [asdict(one) for one in sorted(files, key=lambda one: one.path)] for name, files in sorted(kept.items())}
    draft = output / f".{NAME}.{os.getpid()}"
    draft.write_text(json.dumps({"sources": sources}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(draft, output / NAME)


def changes(lock: Inputs, inputs: Inputs) -> list[Change]:
    """Return what differs between the lock and what was read now, for the sources read now that the lock knows."""
    found = []
    for name in sorted(set(inputs) & set(lock)):
        before, now = ({one.path: one for one in files} for files in (lock[name], inputs[name]))
        found += [Change(name, before.get(path), now.get(path)) for path in sorted(set(before) | set(now)) if before.get(path) != now.get(path)]
    return found
