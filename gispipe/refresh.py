"""What a refresh compares before anything counts: the delivery with the last state, by the limits of the layer files; beyond them a person decides."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.compare.limits import summed
from gispipe.compare.report import write_diff
from gispipe.compare.states import Compared, compare
from gispipe.errors import NeedsPerson
from gispipe.history import State, fiscal_year, read_states
from gispipe.runs import Run
from gispipe.words import Words

FOLDER = "diff"
"""The report of the comparison, in the folder of the run."""


@dataclass(frozen=True)
class Acceptance:
    """A person's word: why the changes are right, who says so, and of which delivery (`seen`, as the report names it; any when empty)."""

    reason: str
    by: str
    seen: str = ""


@dataclass
class Review:
    """The comparison of one refresh. accepted: what the store's state will say of who let it through; empty when nobody had to."""

    acceptance: Acceptance | None = None
    city: str = ""
    accepted: dict[str, str] = field(default_factory=dict)

    def judge(self, run: Run, catalogue: Catalogue, entries: Mapping[str, dict], label: str | None) -> None:
        """Compare what would count now with the last state and write the report; raises NeedsPerson for what is beyond the limits and accepted by nobody."""
        states = read_states(catalogue.output)
        if not states:
            return  # nothing was there yet
        today = dt.datetime.now().astimezone()
        new = State(label or fiscal_year(today.date()), today.isoformat(timespec="seconds"), run.id, entries)
        found = compare(catalogue, states[-1], new, states[:-1])
        sign = delivery_sign(found)
        page = write_diff(run.folder / FOLDER, catalogue, found, self._command(sign) if found.doubts else "")
        run.facts["refresh"] = {"delivery": sign, "doubts": len(found.doubts), "layers": sorted([*found.changes, *found.pictures]), "report": f"{FOLDER}/{page.name}"}
        if not found.doubts:
            return
        if self.acceptance is None or (self.acceptance.seen and self.acceptance.seen != sign):
            raise self._ask(found, page, sign, catalogue)
        self.accepted = {"by": self.acceptance.by, "reason": self.acceptance.reason, "delivery": sign, "at": today.isoformat(timespec="seconds"),
                         "doubts": json.dumps([[one.layer, one.limit, one.words.ja] for one in found.doubts], ensure_ascii=False)}
        run.facts["accepted"] = dict(self.accepted)

    def _command(self, sign: str) -> str:
        """Return the command that accepts this delivery."""
        where = f" --city {shlex.quote(self.city)}" if self.city not in ("", ".") else ""
        return f"gispipe refresh{where} --delivery {sign} --by {Words('NAME', '氏名')} --accept {Words('REASON', '理由')}"

    def _ask(self, found: Compared, page: Path, sign: str, catalogue: Catalogue) -> NeedsPerson:
        titles = {layer.id: layer.title for layer in catalogue.layers.values()}
        told = summed(found.doubts, titles)
        other = Words("this is another delivery than the one that was accepted; ", "了承されたものとは別の納品です。") if self.acceptance is not None else Words("", "")
        count = len(found.doubts)
        return NeedsPerson("", Words(f"{other.en}{count} {'change is' if count == 1 else 'changes are'} beyond the limits; nothing was published, the maps before stay:\n{told.en}\n",
                                     f"{other.ja}目安を超える変更が {count} 件あります。公開していません（前の地図のままです）:\n{told.ja}\n"),
                           Words(f"look at {page}\nif the data are right: {self._command(sign)}", f"{page} を見てください\n正しいとき: {self._command(sign)}"))


def delivery_sign(found: Compared) -> str:
    """Return a short digest of what would become what."""
    pairs = [[name, found.old.layers[name]["version"], found.new.layers[name]["version"]] for name in sorted([*found.changes, *found.pictures])]
    return hashlib.sha256(json.dumps([pairs, sorted(found.came), sorted(found.gone)]).encode()).hexdigest()[:10]
