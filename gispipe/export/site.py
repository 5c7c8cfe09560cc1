"""A release → the same site with its tiles as single files, for servers that do not answer byte ranges."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gispipe import releases
from gispipe.errors import ReleaseDamaged
from gispipe.export.target import judge_target, put_in_place
from gispipe.room import judge_room, megabytes
from gispipe.runs import Say
from gispipe.tiles.unpack import Folder, listing, plan_folder, unpack
from gispipe.web.files import Out, canonical
from gispipe.web.pages import with_style
from gispipe.words import Words

FORMAT = 2
"""The `format` of map.json from which on a release's viewer draws folders of tiles too."""
_ARCHIVE = ".pmtiles"


@dataclass(frozen=True)
class Exported:
    """What was written: where, of which release, digest of the export itself, files, bytes, tiles, and what unpacking the vector tiles cost in bytes."""

    folder: Path
    release: str
    digest: str
    files: int
    bytes: int
    tiles: int
    unpacking: int


@dataclass(frozen=True)
class _Plan:
    release: Path
    record: Mapping[str, Any]
    document: Mapping[str, Any]
    folders: Mapping[str, Folder]
    """By the archive's address in the release."""

    @property
    def pages(self) -> list[str]:
        """The map pages: they name the style and archives that they fetch first."""
        return [one["page"] for one in self.document["maps"] if one["page"] in self.record["files"]]

    @property
    def copied(self) -> dict[str, int]:
        """Bytes of the files that stay as they are."""
        changed = {"map.json", self.document["style"], *self.folders, *self.pages}
        return {name: one["size"] for name, one in self.record["files"].items() if name not in changed}

    @property
    def unpacking(self) -> int:
        return sum(int((one.sizes - one.packed).sum()) for one in self.folders.values())


def export_site(release: Path, target: Path, output: Path, say: Say) -> Exported:
    """Write a verified release to `target` with a folder of tiles in place of each archive; `target` appears whole or not at all.

    Says beforehand how many files and bytes that will be. Raises ReleaseDamaged, PlaceTaken, NoRoom.
    """
    judge_target(target, output)
    plan = _plan(release)
    _announce(plan, target, say)
    with put_in_place(target) as draft:
        for name in plan.copied:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(release / name, draft / name)
        for folder in plan.folders.values():
            unpack(folder, draft / "tiles")
        _write_documents(plan, draft)
        facts = {key: value for key, value in plan.record.items() if key not in ("digest", "files")}
        digest = releases.seal(draft, {**facts, "export": {"kind": "tiles", "release": plan.record["digest"]}})
    files = json.loads((target / releases.RECORD).read_text("utf-8"))["files"]
    return Exported(target, plan.record["digest"], digest, len(files) + 1, sum(one["size"] for one in files.values()),
                    sum(len(one.tiles) for one in plan.folders.values()), plan.unpacking)


def _plan(release: Path) -> _Plan:
    record = releases.verify(release)
    document = json.loads((release / "map.json").read_text("utf-8"))
    if document.get("format", 0) < FORMAT:
        raise ReleaseDamaged(release.name, Words("its pages were made by an earlier gispipe and cannot draw single tiles", "以前の版の gispipe で作ったページのため、分割したタイルを表示できません"),
                             Words("run 'gispipe build', publish, and export again", "「gispipe build」で作り直し、切り替えてから書き出してください"))
    archives = [name for name in record["files"] if name.startswith("tiles/") and name.endswith(_ARCHIVE)]
    return _Plan(release, record, document, {name: plan_folder(release / name) for name in archives})


def _announce(plan: _Plan, target: Path, say: Say) -> None:
    """Judge the room and say what will be written; the nearest folder that exists stands for the disk."""
    sizes = [*plan.copied.values(), *(plan.record["files"][page]["size"] for page in plan.pages), *(size for one in plan.folders.values() for size in one.sizes.tolist())]
    parent = next(one for one in target.absolute().parents if one.is_dir())
    taken = judge_room(parent, iter(sizes), len(sizes) + 3)
    say(str(Words(f"{target}: about {len(sizes) + 3:,} files, {megabytes(sum(sizes))} ({megabytes(taken)} on this disk; vector tiles unpacked cost {megabytes(plan.unpacking)} of it)",
                  f"{target}: ファイル約 {len(sizes) + 3:,} 個、{megabytes(sum(sizes))}（ディスク上では {megabytes(taken)}。ベクトルタイルを圧縮しないための増分 {megabytes(plan.unpacking)} を含む）")))


def _write_documents(plan: _Plan, draft: Path) -> None:
    """Write the style anew, its tilesets now folders with lists of what is there, and map.json and the map pages that name it."""
    style = json.loads((plan.release / plan.document["style"]).read_text("utf-8"))
    for tileset in style["tilesets"].values():
        folder = plan.folders.get(tileset["url"])
        if folder is None:  # a licensed layer: it is in single tiles already
            continue
        tileset.update(url=f"tiles/{folder.name}/", ending=folder.ending, there=listing(folder.tiles))
    files = Out(draft)
    url = files.put_hashed("", "style.json", canonical(style)).url
    files.put("map.json", canonical({**plan.document, "style": url}))
    for page in plan.pages:
        files.put(page, with_style((plan.release / page).read_text("utf-8"), plan.document["style"], url).encode())
