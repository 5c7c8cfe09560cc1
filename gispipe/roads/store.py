"""Keep the network and the answers in one file that is mapped, so that opening costs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.arrays import open_arrays, save_arrays
from gispipe.errors import NotFound
from gispipe.roads.damage import AGAIN, damaged
from gispipe.roads.drawing import Shown, turning
from gispipe.roads.index import Cells
from gispipe.roads.network import Network
from gispipe.roads.reach import Hazard, Reach
from gispipe.roads.shapes import Shapes
from gispipe.roads.tables import Table, Ways, smallest
from gispipe.words import Words

FORMAT = 4


def save(path: Path, reach: Reach, corner: np.ndarray | None = None) -> None:
    """Write the file: the same bytes for the same answers. corner: the network's corners (p, 2) in millionths of a degree, to draw ways with."""
    network = reach.network
    about = {"format": FORMAT, "count": reach.count, "report": dict(network.report), "inside": list(network.inside), "plan": dict(reach.plan),
             "avoid": {name: list(hazard.avoid) for name, hazard in reach.hazards.items()}}
    save_arrays(path, dict(_arrays(reach)) | ({"shown.corner": corner, "shown.turns": turning(network)} if corner is not None else {}), about)


def load(path: Path) -> Reach:
    """Open the file. Raises NotFound or UnreadableInput."""
    data, about = _opened(path)
    try:
        return _reach(data, about)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise damaged(str(path)) from error


def load_shown(path: Path) -> Shown:
    """Return what was saved to draw ways with. Raises UnreadableInput where there is nothing."""
    data, _ = _opened(path)
    if "shown.corner" not in data or "shown.turns" not in data:
        raise damaged(str(path))
    return Shown(data["shown.corner"], data["shown.turns"])


def _opened(path: Path) -> tuple[Mapping[str, np.ndarray], dict[str, Any]]:
    if not path.exists():
        raise NotFound(str(path), Words("the walking network is not there", "徒歩経路のファイルがありません"), AGAIN)
    try:
        return open_arrays(path)
    except (OSError, ValueError) as error:
        raise damaged(str(path)) from error


def _arrays(reach: Reach) -> Iterator[tuple[str, np.ndarray]]:
    network = reach.network
    yield from {"node_xy": network.node_xy, "edge": network.edge, "ticks": smallest(network.ticks), "xy": network.shapes.xy,
                "start": smallest(network.shapes.start), "site_xy": reach.site_xy, "site_node": reach.site_node, "site_access": reach.site_access,
                "cell": network.cells.cell, "segment": network.cells.segment}.items()
    yield from ((f"inside.{k}", np.packbits(mask)) for k, mask in enumerate(network.inside.values()))
    yield from ((f"designated.{name}", np.packbits(hazard.designated)) for name, hazard in reach.hazards.items())
    for key, ways in reach.found.items():
        for name, table in (("safe", ways.safe), ("cross", ways.cross))[:1 if ways.cross is ways.safe else 2]:
            yield from ((f"{key}.{name}", table.facts), (f"{key}.{name}.link", table.link))


def _ways(data: Mapping[str, np.ndarray], key: int) -> Ways:
    safe = Table(data[f"{key}.safe"], data[f"{key}.safe.link"])
    return Ways(safe, Table(data[f"{key}.cross"], data[f"{key}.cross.link"]) if f"{key}.cross" in data else safe)


def _reach(data: Mapping[str, np.ndarray], about: dict[str, Any]) -> Reach:
    if about["format"] != FORMAT:
        raise ValueError(about["format"])
    edges, sites = len(data["edge"]), len(data["site_node"])
    inside = {name: np.unpackbits(data[f"inside.{k}"], count=edges).view(bool) for k, name in enumerate(about["inside"])}
    network = Network(data["node_xy"], data["edge"], data["ticks"], Shapes(data["xy"], data["start"]), inside, about["report"])
    vars(network)["cells"] = Cells(data["cell"], data["segment"])  # kept, so that it is not made again
    hazards = {name: Hazard(np.unpackbits(data[f"designated.{name}"], count=sites).view(bool), tuple(avoid)) for name, avoid in about["avoid"].items()}
    found = {key: _ways(data, key) for key in sorted(set(about["plan"].values()))}
    return Reach(network, data["site_xy"], data["site_node"], data["site_access"], hazards, about["plan"], found, about["count"])
