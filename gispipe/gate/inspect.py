"""Inspect a finished draft: tile layers and their tags by name, shown columns by name, every string for canaries."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.finished import files_below
from gispipe.gate.allowed import Allowed, allowed_names
from gispipe.gate.artefacts import archive_contents, strings_of
from gispipe.gate.cards import inspect_cards
from gispipe.gate.compared import KINDS, Compared
from gispipe.gate.seen import Seen
from gispipe.gate.statistics import inspect_statistics
from gispipe.model import Audience
from gispipe.releases import RECORD
from gispipe.shelf import key_of
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.tiles.judged import Contents


NOTED = "texts.list"
"""What stands in the files of a public draft, for `compare_values`."""


@dataclass(frozen=True)
class Inspected:
    """What was inspected: ``counts`` of files, strings and tiles, and of every file by its name the SHA-256 of the bytes that were cleared (``digests``)."""

    counts: dict[str, int]
    digests: dict[str, str]


def inspect_release(draft: Path, catalogue: Catalogue, audience: Audience, memory: Path | None = None) -> Inspected:
    """Open every file of a draft; raises LeakStopped naming file and thing.

    In the folder ``memory`` stands what the build before found, by file and by tile: what has the very same bytes, under the same
    rules, is not opened again.
    """
    allowed = allowed_names(catalogue, audience)
    canary = re.compile("|".join(re.escape(c) for c in allowed.canaries)) if allowed.canaries else None
    counts = {"files": 0, "strings": 0, "tiles": 0}
    seen = Seen(memory / "cleared.list" if memory else None, _rules(allowed, catalogue, audience))
    noted = Compared(memory / NOTED if memory and audience == "public" else None)
    for name, path in sorted((name, Path(file.path)) for name, file in files_below(draft)):
        counts["files"] += 1
        counts["strings"] += _no_canary(name, [name], canary)
        found = seen.counts(name, path)
        if found is None:
            found, texts = _inspected(path, name, allowed, canary, catalogue, audience, memory)
            seen.cleared(name, found)
            if memory and audience == "public" and path.suffix in KINDS:
                noted.numbers(path, partial(tuple, texts), seen.digest(name))
        else:
            noted.still(path, seen.digest(name))
        counts["strings"] += found[0]
        counts["tiles"] += found[1]
    seen.save()
    noted.save()
    return Inspected(counts, seen.digests())


def inspect_record(facts: Mapping[str, object], catalogue: Catalogue, audience: Audience) -> None:
    """Look for planted strings in what the record of a release says besides its files, which is written when they were inspected; raises LeakStopped."""
    allowed = allowed_names(catalogue, audience)
    canary = re.compile("|".join(re.escape(c) for c in allowed.canaries)) if allowed.canaries else None
    _no_canary(RECORD, [json.dumps(facts, ensure_ascii=False, default=str)], canary)


def _rules(allowed: Allowed, catalogue: Catalogue, audience: Audience) -> str:
    """Return a digest of all that decides whether a file may go out: the declarations and the programs that compare with them."""
    names = [sorted(allowed.layers), sorted((layer, sorted(columns)) for layer, columns in allowed.columns.items()), allowed.canaries, catalogue.city.model_dump(mode="json")]
    return key_of([audience, names, [layer.model_dump(mode="json") for layer in catalogue.layers_for(audience)]], "gate", "tiles", "statistics", "find", "ragged.py")


def _inspected(path: Path, name: str, allowed: Allowed, canary: re.Pattern[str] | None, catalogue: Catalogue, audience: Audience, memory: Path | None) -> tuple[list[int], Collection[str]]:
    """Open one file and return how many strings and tiles it has, and the strings; raises LeakStopped."""
    wanted = audience == "public"  # in what stays inside nothing is looked for by its text
    if path.suffix == ".pmtiles":
        found = _tile_names(path, name, allowed, memory, texts=wanted)
        return [_no_canary(name, found.strings, canary), found.tiles], found.strings
    if wanted and path.suffix == ".mvt":
        raise LeakStopped(name, Words("single tiles are of licensed maps, which stay inside", "使用許諾のある地図のタイルです（庁内だけで使えます）"))
    style = re.fullmatch(r"style-[0-9a-f]+\.json", path.name)
    texts = strings_of(path, name, texts=wanted or style is not None or path.name == "index.json")  # those two are read by name below
    strings = _no_canary(name, texts, canary)
    inspect_statistics(path, name, allowed, catalogue, audience)
    inspect_cards(path, name, allowed)
    if style:
        _style_names(path, name, allowed)
    return [strings, 0], texts


def _no_canary(name: str, texts: Collection[str], canary: re.Pattern[str] | None) -> int:
    """Return how many texts there are; raises LeakStopped when a planted one stands in any of them."""
    if canary is None or not canary.search("\x1f".join(texts)):  # one long text is searched many times faster than a million short ones
        return len(texts)
    for text in texts:
        if hit := canary.search(text):
            raise LeakStopped(name, Words(f"a string planted in internal data was found ('{hit.group()[:3]}…')", f"庁内データに埋めた標識（「{hit.group()[:3]}…」）が見つかりました"),
                              Words("do not publish; find the column it came through", "公開せず、どの列から出たかを調べてください"))
    return len(texts)


def _tile_names(path: Path, name: str, allowed: Allowed, memory: Path | None, texts: bool) -> Contents:
    """Compare the archive's metadata and the names in every tile with the allow-list; the strict reader judges the rest."""
    found = archive_contents(path, name, memory, texts)
    for layer, names in found.names.items():
        if layer not in allowed.columns:
            raise LeakStopped(name, Words(f"layer '{layer}' is not allowed", f"レイヤー「{layer}」は公開対象ではありません"))
        extra = sorted(names - allowed.columns[layer])
        if extra:
            raise LeakStopped(name, Words(f"layer '{layer}' carries '{extra[0]}', which is not public", f"レイヤー「{layer}」に公開列でない「{extra[0]}」が入っています"))
    return found


def _style_names(path: Path, name: str, allowed: Allowed) -> None:
    document = json.loads(path.read_text("utf-8"))
    for layer, one in document["layers"].items():
        shown = [column["column"] for column in one["popup"]]
        shown += [one["style"]["by"]] if one.get("style") and one["style"].get("by") else []
        shown += [column for column in (one["text"]["column"], one["text"].get("angle"), one["text"].get("metres")) if column] if one.get("text") else []
        if layer not in allowed.layers or not set(shown) <= allowed.columns[layer]:
            raise LeakStopped(name, Words(f"the style names columns of '{layer}' that are not public", f"スタイルがレイヤー「{layer}」の公開列でない列を参照しています"))
