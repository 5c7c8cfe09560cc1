"""From a file that was looked at to the declaration of a layer: what it is called, what it holds, what is wrong with it."""

from __future__ import annotations

import collections
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from gispipe.checks.findings import Finding, check
from gispipe.checks.rule import Subject
from gispipe.crs import LONLAT, transform
from gispipe.errors import Failure
from gispipe.ingest import typed
from gispipe.model import Accepted, Audience, City, Layer
from gispipe.scan.toml import remark
from gispipe.scan.guess import NO_TABLE, Guess, guess
from gispipe.scan.look import Seen
from gispipe.scan.pictures import judge_picture
from gispipe.scan.place import Found
from gispipe.scan.sidecar import Sidecar, read_sidecar
from gispipe.scan.terms import layer_id

OTHERS = "その他"
_NEVER_ACCEPTED = ("GP01", "GP02", "GP17")
"""No CRS, a CRS that cannot be right, no rows: nothing to look at later, so the layer waits."""


@dataclass(frozen=True)
class Draft:
    """A layer about to be written.

    doubts: what was guessed about the file, so that a person looks before anything opens; pending: why no run could
    read it as it is, None when one can.
    """

    identity: str
    title: str
    group: str
    seen: Seen
    guess: Guess
    accept: dict[str, Accepted]
    audience: Audience
    doubts: tuple[str, ...]
    pending: str | None = None

    @property
    def closed(self) -> tuple[str, ...]:
        """Sentences about columns that stay closed because they sound personal."""
        return tuple(f"列「{label}」は個人に関わる可能性があるため公開していません" for label in self.guess.closed)

    @property
    def drawn(self) -> bool:
        """Whether the layer can stand in a map."""
        return self.seen.delivered is None or self.guess.geometry is not None


def drafts_of(seen: Sequence[Seen], found: Found, public: bool) -> list[Draft]:
    """Return one draft for each file, with names unlike each other."""
    taken: set[str] = set()
    sidecars = {one.path.parent: read_sidecar(one.path.parent) for one in seen}
    shared = collections.Counter(one.path.parent for one in seen)
    titles = _titles(seen, sidecars, shared)
    drafts = []
    for one, title in zip(seen, titles, strict=True):
        identity = layer_id(title, one.path.stem, taken)
        taken.add(identity)
        drafts.append(_draft(identity, title, one, sidecars[one.path.parent], found, public))
    return drafts


def _titles(seen: Sequence[Seen], sidecars: dict[Path, Sidecar], shared: collections.Counter[Path]) -> list[str]:
    """Return a title for each file: the published one when it can mean one file only; equal ones get their folder, then a number."""
    plain = [remark(sidecars[one.path.parent].title or "" if shared[one.path.parent] == 1 else "") or remark(one.path.stem) or "layer" for one in seen]
    often = collections.Counter(plain)
    longer = [title if often[title] == 1 else f"{title}（{remark(one.path.parent.name)}）" for title, one in zip(plain, seen, strict=True)]
    counted: collections.Counter[str] = collections.Counter()
    result = []
    for title in longer:
        counted[title] += 1
        result.append(title if counted[title] == 1 else f"{title} {counted[title]}")
    return result


def _draft(identity: str, title: str, seen: Seen, sidecar: Sidecar, found: Found, public: bool) -> Draft:
    doubts, pending = list(seen.doubts), None
    accept: dict[str, Accepted] = {}
    if seen.delivered is None:
        source, doubt, pending = judge_picture(seen.sheets, seen.source, found.city) if seen.waits is None else (seen.source, None, seen.waits)
        seen, guessed = replace(seen, source=source), NO_TABLE
        doubts += [doubt] if doubt else []
    else:
        seen, more = _in_city_plane(seen, found)
        assert seen.delivered is not None
        guessed = guess(seen.delivered.frame, seen.delivered.geometry, seen.source, sidecar, public)
        accept, pending = _judge(found.city, identity, seen, guessed)
        doubts += more
    doubts += [pending] if pending else []
    return Draft(identity, title, _group(title, seen), seen, guessed, accept, "public" if public and not doubts else "internal", tuple(doubts), pending)


def _group(title: str, seen: Seen) -> str:
    """Return what stands before the first underscore or bracket of a title, else the folder above the file's own."""
    head = re.split(r"[_（(]", title)[0].strip() if re.search(r"[_（(]", title) else ""
    return head or (remark(seen.name.split("/")[0]) if seen.name.count("/") > 1 else "")


def _in_city_plane(seen: Seen, found: Found) -> tuple[Seen, list[str]]:
    """Take the city's own plane system for a file that states none, where its shapes then lie within the city."""
    delivered = seen.delivered
    if delivered is None or delivered.geometry is None or delivered.crs is not None or not found.located:
        return seen, []
    crs = found.city.crs
    try:
        boxes = shapely.bounds(transform(delivered.geometry, crs, LONLAT, seen.name, lose=True)[0])
    except Failure:
        return seen, []
    west, south, east, north = found.city.bounds
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    inside = (boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
    if not len(inside) or inside.mean() < 0.9:
        return seen, []
    doubt = f"crs: ファイルに座標系がありません。市の平面直角座標系 {crs} とすると市域に入るため、そうしました。作成者に確認してください"
    return replace(seen, source=seen.source.model_copy(update={"crs": crs}), delivered=replace(delivered, crs=crs)), [doubt]


def _judge(city: City, identity: str, seen: Seen, found: Guess) -> tuple[dict[str, Accepted], str | None]:
    """Run the rules: acceptances with the exact count for what can be lived with, or why the layer must wait."""
    delivered = seen.delivered
    assert delivered is not None
    if not len(delivered):
        return {}, "1行もデータがありません"
    if delivered.geometry is not None and found.geometry and delivered.crs is None:
        return {}, "座標系が分かりません。[source] に crs = \"EPSG:…\" を書いてください"
    layer = Layer(id=identity, title=identity, kind="vector" if found.geometry else "table", geometry=found.geometry, source=seen.source,  # type: ignore[arg-type]
                  columns=found.columns, key=found.key)
    table, misfits = typed(delivered, found.columns, "scan › columns", seen.name)
    try:
        geometry = transform(delivered.geometry, str(delivered.crs), city.crs, seen.name, lose=True)[0] if found.geometry and delivered.geometry is not None else None
    except Failure as failure:
        return {}, remark(failure.what.ja)
    read = delivered if found.geometry else replace(delivered, shapes=None)
    stopping = [f for f in check(Subject(city, layer, None, read, geometry, table, misfits)) if f.status == "stopped"]
    hopeless = [f for f in stopping if f.code in _NEVER_ACCEPTED or not f.rule.acceptable]
    if hopeless:
        return {}, "。".join(f"{f.code} {remark(f.rule.sentence.ja)}（{f.count}件）" for f in hopeless)
    return {f.code: _accepted(f) for f in stopping}, None


def _accepted(finding: Finding) -> Accepted:
    return Accepted(rows=finding.count, reason=f"調査時に見つかった{finding.count}件（{finding.rule.sentence.ja}）。原因を確認してください")
