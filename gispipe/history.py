"""The states that the internal store has had: which version of every layer counted, from when, under which label (年度), and who accepted it.

A state is added when the manifest has become another; `states.json` is replaced in one step after the manifest, so that a run
that was killed in between is caught up by the next one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gispipe.errors import NotFound, UnreadableInput
from gispipe.finished import finished
from gispipe.manifest import read_manifest, store_root
from gispipe.words import Words

NAME = "states.json"
NOW = ("now", "今")
BEFORE = ("before", "前回")
_APRIL = 4
_REIWA = 2018
"""The year before 令和元年."""


@dataclass(frozen=True)
class State:
    """What counted in the internal store from `at` on. layers: the manifest's entries by layer id; accepted: who let it through, why, and what was seen."""

    label: str
    at: str
    run: str
    layers: Mapping[str, Mapping[str, Any]]
    accepted: Mapping[str, str] = field(default_factory=dict)


def read_states(output: Path) -> list[State]:
    """Return the states of a city's store, oldest first; raises UnreadableInput for a file that somebody broke."""
    path = store_root(output, "internal") / NAME
    if not path.is_file():
        return []
    try:
        document = json.loads(path.read_text("utf-8"))
        entries = document["entries"]
        return [State(one["label"], one["at"], one["run"], {layer: entries[layer][version] for layer, version in one["layers"].items()}, one["accepted"]) for one in document["states"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableInput(str(path), Words(f"not readable as a history: {error}", f"版の記録として読めません: {error}"),
                              Words("bring it back from the backup, or delete it: the next run begins a new one", "バックアップから戻すか、削除してください（次の実行で新しく始めます）")) from None


def write_states(output: Path, states: Sequence[State]) -> None:
    """Write the states; what several of them say of one version of a layer is written once."""
    entries: dict[str, dict[str, Any]] = {}
    told = []
    for state in states:
        for layer, entry in state.layers.items():
            entries.setdefault(layer, {})[_key(entry)] = entry
        told.append({**asdict(state), "layers": {layer: _key(entry) for layer, entry in sorted(state.layers.items())}})
    with finished(store_root(output, "internal") / NAME) as draft:
        draft.write_text(json.dumps({"entries": dict(sorted(entries.items())), "states": told}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _key(entry: Mapping[str, Any]) -> str:
    """Return by what an entry is told from others of its layer: its table, that before joins, and the files behind it."""
    return hashlib.sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def catch_up(output: Path, run: str, label: str | None = None, accepted: Mapping[str, str] | None = None) -> State | None:
    """Add what counts in the store now as a state unless it is the last one; return it when it was added.

    label: for the state, 年度 of the day when there is none. A label that is given when nothing else changed names the last state anew.
    """
    layers = read_manifest(store_root(output, "internal"))
    if not layers:
        return None
    states = read_states(output)
    if states and dict(states[-1].layers) == layers:
        if label is not None and states[-1].label != label:
            last = states[-1]
            write_states(output, [*states[:-1], State(label, last.at, last.run, last.layers, last.accepted)])
        return None
    now = dt.datetime.now().astimezone()
    state = State(label or fiscal_year(now.date()), now.isoformat(timespec="seconds"), run, layers, dict(accepted or {}))
    write_states(output, [*states, state])
    return state


def fiscal_year(day: dt.date) -> str:
    """Return the fiscal year (April to March) of a day as offices write it: 令和8年度."""
    year = day.year - (day.month < _APRIL) - _REIWA
    return f"令和{'元' if year == 1 else year}年度" if year > 0 else f"{year + _REIWA}年度"


def state_of(states: Sequence[State], name: str) -> State:
    """Return the state that somebody means: now, before, the beginning of a label (the last state that has it), or of a time; raises NotFound."""
    if name in NOW and states:
        return states[-1]
    if name in BEFORE and len(states) > 1:
        return states[-2]
    plain = name.strip()
    found = [one for one in states if plain and (_is(one.label, plain) or one.at.startswith(plain))]
    if not found:
        there = ", ".join(dict.fromkeys(one.label for one in states)) or "-"
        raise NotFound("gispipe history", Words(f"no state '{name}' in the store; there are: {there}, and 'before' and 'now'", f"「{name}」の版はありません。ある版: {there}（ほかに before と now）"),
                       Words("see 'gispipe history'", "「gispipe history」で一覧を見てください"))
    return found[-1]


def _is(label: str, name: str) -> bool:
    """Return whether a label begins so; 令和7 is not the beginning of 令和70年度, nor 令和1 of 令和12年度."""
    return label.startswith(name) and not (name[-1].isdigit() and label[len(name):len(name) + 1].isdigit())
