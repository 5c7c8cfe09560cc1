"""What a refresh compares before anything counts: the delivery with the last state, by the limits of the layer files; beyond them a person decides."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True)
class Question:
    """What is asked of a refresh: whether what would count now (`entries` of the internal manifest) may. run: its id; folder: where its report goes; label: what the new state
    is called, the fiscal year when empty; city: as the command names it."""

    run: str
    folder: str
    entries: Mapping[str, dict]
    label: str
    city: str
    acceptance: Acceptance | None


@dataclass(frozen=True)
class Verdict:
    """facts: for the report of the run; accepted: what the store's state will say of who let it through, empty when nobody had to; stop: why it may not count."""

    facts: dict[str, Any]
    accepted: dict[str, str]
    stop: NeedsPerson | None = None


def verdict(catalogue: Catalogue, asked: Question) -> Verdict:
    """Compare what would count now with the last state and write the report."""
    states = read_states(catalogue.output)
    if not states:
        return Verdict({}, {})  # nothing was there yet
    today = dt.datetime.now().astimezone()
    new = State(asked.label or fiscal_year(today.date()), today.isoformat(timespec="seconds"), asked.run, asked.entries)
    found = compare(catalogue, states[-1], new, states[:-1])
    sign, acceptance = delivery_sign(found), asked.acceptance
    command = _command(asked.city, sign)
    page = write_diff(Path(asked.folder) / FOLDER, catalogue, found, command if found.doubts else "")
    facts: dict[str, Any] = {"refresh": {"delivery": sign, "doubts": len(found.doubts), "layers": sorted([*found.changes, *found.pictures]), "report": f"{FOLDER}/{page.name}"}}
    if not found.doubts:
        return Verdict(facts, {})
    if acceptance is None or (acceptance.seen and acceptance.seen != sign):
        return Verdict(facts, {}, _stop(found, page, command, catalogue, other=acceptance is not None))
    accepted = {"by": acceptance.by, "reason": acceptance.reason, "delivery": sign, "at": today.isoformat(timespec="seconds"),
                "doubts": json.dumps([[one.layer, one.limit, one.words.ja] for one in found.doubts], ensure_ascii=False)}
    return Verdict({**facts, "accepted": dict(accepted)}, accepted)


Ask = Callable[[Catalogue, Question], Verdict]
"""Does what `verdict` does."""


@dataclass
class Review:
    """The comparison of one refresh. accepted: as of `Verdict`."""

    acceptance: Acceptance | None = None
    city: str = ""
    accepted: dict[str, str] = field(default_factory=dict)

    def judge(self, run: Run, catalogue: Catalogue, entries: Mapping[str, dict], label: str | None, ask: Ask = verdict) -> None:
        """Compare what would count now with the last state and write the report, here or elsewhere; raises NeedsPerson for what is beyond the limits and accepted by nobody."""
        found = ask(catalogue, Question(run.id, str(run.folder), entries, label or "", self.city, self.acceptance))
        run.facts.update(found.facts)
        if found.stop is not None:
            raise found.stop
        self.accepted = found.accepted


def _command(city: str, sign: str) -> str:
    """Return the command that accepts a delivery."""
    where = f" --city {shlex.quote(city)}" if city not in ("", ".") else ""
    return f"gispipe refresh{where} --delivery {sign} --by {Words('NAME', '氏名')} --accept {Words('REASON', '理由')}"


def _stop(found: Compared, page: Path, command: str, catalogue: Catalogue, other: bool) -> NeedsPerson:
    """Say what a person is to look at; other: what was accepted is another delivery."""
    told = summed(found.doubts, {layer.id: layer.title for layer in catalogue.layers.values()})
    first = Words("this is another delivery than the one that was accepted; ", "了承されたものとは別の納品です。") if other else Words("", "")
    count = len(found.doubts)
    return NeedsPerson("", Words(f"{first.en}{count} {'change is' if count == 1 else 'changes are'} beyond the limits; nothing was published, the maps before stay:\n{told.en}\n",
                                 f"{first.ja}目安を超える変更が {count} 件あります。公開していません（前の地図のままです）:\n{told.ja}\n"),
                       Words(f"look at {page}\nif the data are right: {command}", f"{page} を見てください\n正しいとき: {command}"))


def delivery_sign(found: Compared) -> str:
    """Return a short digest of what would become what."""
    pairs = [[name, found.old.layers[name]["version"], found.new.layers[name]["version"]] for name in sorted([*found.changes, *found.pictures])]
    return hashlib.sha256(json.dumps([pairs, sorted(found.came), sorted(found.gone)]).encode()).hexdigest()[:10]
