"""Tables and charts of statistics: only layers of the audience, only headers that its columns allow."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.gate.allowed import Allowed
from gispipe.model import Audience
from gispipe.words import Words

FOLDER = "data/statistics/"


def inspect_statistics(path: Path, name: str, allowed: Allowed, catalogue: Catalogue, audience: Audience) -> None:
    """Compare one file of the statistics with the allow-list, and refuse a table that stands anywhere else; raises LeakStopped."""
    if not name.startswith(FOLDER):
        if path.suffix == ".csv":
            raise LeakStopped(name, Words("the gate cannot open a table outside data/statistics: it has no allow-list", "data/statistics 以外の表は公開列の一覧と照合できないため公開しません"))
    elif path.suffix == ".csv":
        _table(path, name, allowed, _headers(catalogue, audience))
    elif path.name == "index.json":
        _listing(path, name, allowed, _headers(catalogue, audience))
    elif path.suffix != ".png" or path.stem not in allowed.layers:
        raise _stranger(name, path.stem)


def _headers(catalogue: Catalogue, audience: Audience) -> frozenset[str]:
    from gispipe.statistics.columns import header, measures_for

    return frozenset(header(measures_for(catalogue, audience)))


def _table(path: Path, name: str, allowed: Allowed, headers: frozenset[str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        _known(name, next(csv.reader(file), []), headers)
    areas = (*allowed.layers, "city")
    if not any(path.stem.startswith(f"{zone}_") and path.stem[len(zone) + 1:] in areas for zone in allowed.layers):
        raise _stranger(name, path.stem)


def _listing(path: Path, name: str, allowed: Allowed, headers: frozenset[str]) -> None:
    document = json.loads(path.read_text("utf-8"))
    _known(name, [one["header"] for one in document["columns"]], headers)
    for one in (*document["layers"], *document["areas"], *document["subjects"]):
        if one["id"] not in allowed.layers and one["id"] != "city":
            raise _stranger(name, one["id"])


def _known(name: str, found: list[str], headers: frozenset[str]) -> None:
    extra = sorted(set(found) - headers)
    if extra:
        raise LeakStopped(name, Words(f"the table has the column '{extra[0]}', which is not public", f"表に公開列でない「{extra[0]}」が入っています"))


def _stranger(name: str, what: str) -> LeakStopped:
    return LeakStopped(name, Words(f"'{what}' is not among the layers of this release", f"「{what}」は公開対象のレイヤーではありません"))
