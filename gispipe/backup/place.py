"""Where a backup is: objects under the SHA-256 of their bytes, snapshots under theirs, so that any flipped bit is found by reading."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from gispipe.errors import NotFound, ReleaseDamaged
from gispipe.finished import digest_of_file, finished
from gispipe.room import judge_room
from gispipe.words import Words

FORMAT = "gispipe-backup-1"
_ASK = Words("restore another snapshot, or copy the file from another backup", "別の時点を選ぶか、別のバックアップからこのファイルを写してください")


@dataclass(frozen=True)
class Kept:
    """A file of a snapshot: SHA-256 and bytes; of a pointer (`current`) where it leads, and neither."""

    sha256: str = ""
    size: int = 0
    link: str = ""


class Place:
    """A backup's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def objects(self) -> Path:
        return self.root / "objects"

    def object(self, digest: str) -> Path:
        return self.objects / digest[:2] / digest

    def has(self, digest: str, size: int) -> bool:
        """Return whether an object is there in its full length; its bytes are asked by `check`."""
        try:
            return self.object(digest).stat().st_size == size
        except OSError:
            return False

    def add(self, source: Path, kept: Kept) -> None:
        """Copy a file whose digest is known already, unless its bytes are there; raises ReleaseDamaged when it became another meanwhile."""
        if self.has(kept.sha256, kept.size):
            return
        with finished(self.object(kept.sha256)) as draft:
            shutil.copyfile(source, draft)
            if digest_of_file(draft) != kept.sha256:
                raise ReleaseDamaged(str(source), Words("the file changed while it was copied", "写している間にファイルが変わりました"), Words("run the backup again", "もう一度バックアップを実行してください"))

    def close(self, stamp: str, facts: Mapping[str, object], files: Mapping[str, Kept]) -> str:
        """Write a snapshot, after everything that it names, and return its name."""
        document = {"format": FORMAT, "at": stamp, **facts, "files": {name: {k: v for k, v in asdict(one).items() if v != ""} for name, one in sorted(files.items())}}
        content = (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
        name = f"{stamp.translate({ord(mark): None for mark in ':-.'})}-{hashlib.sha256(content).hexdigest()}"
        with finished(self.root / "snapshots" / f"{name}.json") as draft:
            draft.write_bytes(content)
        return name

    def snapshots(self) -> list[str]:
        """Return the names of the snapshots, oldest first."""
        return sorted(path.stem for path in (self.root / "snapshots").glob("*.json") if not path.name.startswith("."))

    def read(self, name: str) -> tuple[dict[str, object], dict[str, Kept]]:
        """Return the facts and the files of a snapshot; raises NotFound, or ReleaseDamaged when it is not what its name says."""
        path = self.root / "snapshots" / f"{name}.json"
        try:
            content = path.read_bytes()
        except OSError:
            raise NotFound(str(self.root), Words(f"no snapshot '{name}'", f"「{name}」という時点はありません"), Words("see 'gispipe backup --list'", "「gispipe backup --list」で一覧を見てください")) from None
        if hashlib.sha256(content).hexdigest() != name.partition("-")[2]:
            raise ReleaseDamaged(str(path), Words("the snapshot is not what its name says", "記録が名前のダイジェストと一致しません"), _ASK)
        document = json.loads(content)
        files = {file: Kept(**one) for file, one in document.pop("files").items()}
        return document, files

    def check(self, digest: str) -> str:
        """Return what is wrong with an object: `missing`, `changed` or nothing."""
        path = self.object(digest)
        if not path.is_file():
            return "missing"
        return "" if digest_of_file(path) == digest else "changed"

    def sweep(self, keep: int) -> int:
        """Remove the oldest snapshots beyond `keep`, then objects that none names any more; return how many objects went.

        When a snapshot cannot be read nothing goes: what it needs is not known.
        """
        names = self.snapshots()
        for name in names[:-keep]:
            (self.root / "snapshots" / f"{name}.json").unlink()
        wanted = {one.sha256 for name in names[-keep:] for one in self.read(name)[1].values()}
        gone = 0
        for path in self.objects.glob("*/*"):
            if path.name not in wanted:
                path.unlink()
                gone += 1
        return gone

    def room(self, sizes: Collection[int]) -> None:
        """Raise NoRoom before anything is written when files of so many bytes do not fit."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        judge_room(self.root, iter(sizes), len(sizes))


def damaged(place: Place, names: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """Return what is wrong in a backup: (snapshot or object, a file that it is of, missing or changed). names: only of these snapshots.

    Raises nothing: a damaged snapshot is one of the answers. Objects that no snapshot names are read too.
    """
    wrong: list[tuple[str, str, str]] = []
    of: dict[str, str] = {}
    for name in names or place.snapshots():
        try:
            for file, one in place.read(name)[1].items():
                if one.sha256:
                    of.setdefault(one.sha256, file)
        except (ReleaseDamaged, ValueError):
            wrong.append((name, "", "changed"))
    objects = {*of} if names else {*of, *(path.name for path in place.objects.glob("*/*") if not path.name.startswith(".draft-"))}
    wrong += [(digest, of.get(digest, ""), what) for digest in sorted(objects) if (what := place.check(digest))]
    return wrong

