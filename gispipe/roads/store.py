"""Keep the network and the answers in one file that is quick to open."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.errors import NotFound, UnreadableInput
from gispipe.roads.index import Cells
from gispipe.roads.network import Network
from gispipe.roads.reach import Hazard, Reach
from gispipe.roads.shapes import Shapes
from gispipe.roads.tables import Table, Ways, smallest
from gispipe.words import Words

FORMAT = 1
_COLUMNS = ("site", "length", "danger", "edge", "step")
_EARLY = (1980, 1, 1, 0, 0, 0)
_AGAIN = Words("make it again from the road layer", "道路レイヤーから作り直してください")


def save(path: Path, reach: Reach, shown: np.ndarray | None = None) -> None:
    """Write the file: the same bytes for the same answers. shown: the network's corners (p, 2) in millionths of a degree, to draw ways with."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in (*_arrays(reach), *([("shown", shown)] if shown is not None else [])):
            with archive.open(zipfile.ZipInfo(f"{name}.npy", _EARLY), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)


def load(path: Path) -> Reach:
    """Open the file; the tables of a hazard are read when first asked for. Raises NotFound or UnreadableInput."""
    if not path.exists():
        raise NotFound(str(path), Words("the walking network is not there", "徒歩経路のファイルがありません"), _AGAIN)
    with _reading(path) as data:
        return _reach(path, data, json.loads(data["about"].tobytes()))


def load_shown(path: Path) -> np.ndarray:
    """Return the corners that were saved to draw ways with, (p, 2). Raises UnreadableInput where there are none."""
    with _reading(path) as data:
        return data["shown"]


@contextmanager
def _reading(path: Path) -> Iterator[Mapping[str, np.ndarray]]:
    try:
        with np.load(path, allow_pickle=False) as data:
            yield data
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise UnreadableInput(str(path), Words("the walking network is damaged", "徒歩経路のファイルが壊れています"), _AGAIN) from error


class StoredWays(Mapping[int, Ways]):
    """The tables in a file, each read when first asked for and kept."""

    def __init__(self, path: Path, keys: list[int]) -> None:
        self._path, self._keys, self._read = path, keys, dict[int, Ways]()

    def __getitem__(self, key: int) -> Ways:
        if key not in self._keys:
            raise KeyError(key)
        if key not in self._read:
            with _reading(self._path) as data:
                safe = _table(data, f"{key}.safe")
                self._read[key] = Ways(safe, _table(data, f"{key}.cross") if f"{key}.cross.site" in data else safe)
        return self._read[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _arrays(reach: Reach) -> Iterator[tuple[str, np.ndarray]]:
    network = reach.network
    about = {"format": FORMAT, "count": reach.count, "report": dict(network.report), "inside": list(network.inside), "plan": dict(reach.plan),
             "avoid": {name: list(hazard.avoid) for name, hazard in reach.hazards.items()}}
    yield "about", np.frombuffer(json.dumps(about, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8)
    yield from {"node_xy": network.node_xy, "edge": network.edge, "ticks": smallest(network.ticks), "xy": network.shapes.xy,
                "start": smallest(network.shapes.start), "site_xy": reach.site_xy, "site_node": reach.site_node, "site_access": reach.site_access,
                "cell": network.cells.cell, "segment": network.cells.segment}.items()
    yield from ((f"inside.{k}", np.packbits(mask)) for k, mask in enumerate(network.inside.values()))
    yield from ((f"designated.{name}", np.packbits(hazard.designated)) for name, hazard in reach.hazards.items())
    for key, ways in reach.found.items():
        yield from _columns(f"{key}.safe", ways.safe)
        yield from _columns(f"{key}.cross", ways.cross) if ways.cross is not ways.safe else ()


def _columns(name: str, table: Table) -> Iterator[tuple[str, np.ndarray]]:
    return ((f"{name}.{column}", getattr(table, column)) for column in _COLUMNS)


def _table(data: Mapping[str, np.ndarray], name: str) -> Table:
    return Table(*(data[f"{name}.{column}"] for column in _COLUMNS))


def _reach(path: Path, data: Mapping[str, np.ndarray], about: dict[str, Any]) -> Reach:
    if about["format"] != FORMAT:
        raise ValueError(about["format"])
    edges, sites = len(data["edge"]), len(data["site_node"])
    inside = {name: np.unpackbits(data[f"inside.{k}"], count=edges).astype(bool) for k, name in enumerate(about["inside"])}
    network = Network(data["node_xy"], data["edge"], data["ticks"].astype(np.int64), Shapes(data["xy"], data["start"].astype(np.int64)), inside, about["report"])
    vars(network)["cells"] = Cells(data["cell"], data["segment"])  # kept, so that it is not made again
    hazards = {name: Hazard(np.unpackbits(data[f"designated.{name}"], count=sites).astype(bool), tuple(avoid)) for name, avoid in about["avoid"].items()}
    return Reach(network, data["site_xy"], data["site_node"], data["site_access"], hazards, about["plan"],
                 StoredWays(path, sorted(set(about["plan"].values()))), about["count"])
