"""What stays of the past: states of the store by fiscal year, the versions they name, releases and reports, as the city declares."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from gispipe import releases
from gispipe.catalogue import Catalogue
from gispipe.history import State, read_states, write_states
from gispipe.manifest import read_manifest, store_root
from gispipe.model import AUDIENCES, Audience
from gispipe.model.city import Keep


def sweep(catalogue: Catalogue) -> dict[str, int]:
    """Remove what is not to be kept and return how much of each; the caller holds the city's lock."""
    keep, output = catalogue.city.keep, catalogue.output
    states = read_states(output)
    staying = kept_states(states, keep)
    if len(staying) < len(states):
        write_states(output, staying)  # before their versions go, so that no state ever names what is not there
    return {"states": len(states) - len(staying), "versions": sum(_versions(catalogue, audience, staying) for audience in AUDIENCES),
            "releases": sum(len(releases.sweep(output, audience, keep.releases, keep.pinned)) for audience in AUDIENCES), "reports": _reports(catalogue)}


def kept_states(states: Sequence[State], keep: Keep) -> list[State]:
    """Return the states that stay: the last ones, and the last of each of the newest labels and of the pinned ones."""
    labels = list(dict.fromkeys(one.label for one in reversed(states)))
    wanted = {*labels[:keep.years], *keep.pinned}
    last = {one.label: number for number, one in enumerate(states)}
    stay = {number for label, number in last.items() if label in wanted} | set(range(max(0, len(states) - keep.states), len(states)))
    return [one for number, one in enumerate(states) if number in stay]


def _versions(catalogue: Catalogue, audience: Audience, states: Sequence[State]) -> int:
    """Remove version files of layers that neither the manifest nor a state names; a store without states keeps all."""
    root = store_root(catalogue.output, audience)
    now = read_manifest(root)
    if not states or not now:
        return 0
    removed = 0
    for layer in {*now, *(name for state in states for name in state.layers)}:
        entries = [now[layer]] if layer in now else []
        entries += [state.layers[layer] for state in states if layer in state.layers] if audience == "internal" else []
        wanted = {entry[which] for entry in entries for which in ("version", "base") if which in entry}
        for path in (root / layer).glob("*"):
            if not path.name.startswith(".") and path.name.split(".")[0].split("-")[0] not in wanted:
                path.unlink()
                removed += 1
    return removed


def _reports(catalogue: Catalogue) -> int:
    folders = sorted(path for path in (catalogue.output / "reports").glob("2*") if path.is_dir())
    gone = folders[:-catalogue.city.keep.reports]
    for path in gone:
        shutil.rmtree(path)
    return len(gone)
