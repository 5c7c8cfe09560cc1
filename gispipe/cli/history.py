"""`gispipe history`: the states that the store has had."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("history")
@options.city
@options.as_json
@options.quiet
def command(city: Path, as_json: bool, quiet: bool) -> None:
    """List the states of the store, oldest first: label, since when, how many layers became another, who accepted."""
    from gispipe.history import read_states

    states = read_states(options.load(city).output)
    rows = []
    for before, state in zip([None, *states], states, strict=False):
        differ = [name for name, entry in state.layers.items() if before is None or before.layers.get(name, {}).get("version") != entry["version"]]
        rows.append({"label": state.label, "at": state.at, "run": state.run, "layers": len(state.layers), "new_versions": sorted(differ), "accepted": dict(state.accepted)})
    lines = [f"{row['label']}  {str(row['at'])[:16].replace('T', ' ')}  {Words('layers', 'レイヤー')} {row['layers']}  {Words('renewed', '更新')} {len(row['new_versions'])}" + (
        f"  {Words('accepted by', '了承')} {row['accepted']['by']}: {row['accepted']['reason']}" if row["accepted"] else "") for row in rows]
    options.tell({"states": rows}, lines or [str(Words("no state yet", "まだ記録がありません"))], as_json, quiet)
