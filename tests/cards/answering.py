"""Cards as the browser answers them, beside what `gispipe lookup` answers: pages without a viewer, places and entries to ask, and how two cards differ."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gispipe.address import Entry, Hit
from gispipe.answers.card import Answers
from gispipe.answers.files import TOUCH
from gispipe.answers.text import card_lines
from gispipe.cards.outlines import STEPS
from gispipe.cards.write import write_cards
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, projector
from gispipe.errors import NotFound
from gispipe.model import Audience
from gispipe.shelf import Shelf
from gispipe.web.pages import KNOWING
from tests.browser import OpenPage, open_page, serve_folder

SCRIPTS = ("base/sha256", *KNOWING)
JS = Path(__file__).resolve().parents[2] / "gispipe/web/js"
PARTS = ("hazards", "advice", "shelters", "areas", "caution", "sources")
TOLERANCE = {"length_m": 0.1001, "access_m": 0.1001, "danger_m": 0.1001, "distance_m": 0.1001, "minutes": 0.1001, "share": 1.5e-6, "area_m2": 1.1e-3, "line": 1.5e-6}
"""What may differ by rounding: metres by a tenth, shares by a millionth, ground by a thousandth of a square metre, a line by a millionth of a degree."""
ASK = """async ([url, items]) => {
  window.cards ??= new gispipe.Cards('', url);
  const out = [];
  for (const item of items) {
    try {
      const card = item.hit ? await cards.of(item.hit) : await cards.at(item.lat, item.lon);
      await cards.ways(card);
      out.push(card);
    } catch (error) { out.push({ refused: error.said ?? null, hint: error.hint ?? null, error: error.name, message: error.message }); }
  }
  return out;
}"""
KINDS = {"parcel": "lot", "address": "address", "town": "town"}


@dataclass(frozen=True)
class Written:
    """A folder with the cards of an audience, a page that loads the scripts, and the answers they were written from."""

    folder: Path
    address: str
    answers: Answers

    @contextmanager
    def page(self) -> Iterator[OpenPage]:
        with serve_folder(self.folder) as url, open_page(url + "page.html") as page:
            yield page

    def ask(self, page: OpenPage, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the cards of the browser, their ways drawn."""
        found: list[dict[str, Any]] = []
        for at in range(0, len(items), 250):
            found += page.tab.evaluate(ASK, [self.address, list(items[at:at + 250])])
        return found


def write(folder: Path, catalogue: Catalogue, audience: Audience, shelf: Shelf | None = None) -> Written:
    address = write_cards(folder, catalogue, audience, shelf or Shelf(None))
    assert address is not None
    for name in SCRIPTS:
        (folder / f"{name}.js").parent.mkdir(exist_ok=True)
        (folder / f"{name}.js").write_bytes((JS / f"{name}.js").read_bytes())
    (folder / "page.html").write_text('<!doctype html><meta charset="utf-8"><title>cards</title>' + "".join(f'<script src="{name}.js"></script>' for name in SCRIPTS), "utf-8")
    return Written(folder, address, Answers(catalogue, audience))


def places(answers: Answers, count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return places in and around the city, half of them near or on the borders of what is there: on a corner, on a side, 3 mm beside."""
    rng, catalogue = random.Random(seed), answers.catalogue
    west, south, east, north = catalogue.city.bounds
    back = projector(catalogue.city.crs, LONLAT)
    found = [(rng.uniform(south - 0.002, north + 0.002), rng.uniform(west - 0.002, east + 0.002)) for _ in range(count // 4)]
    layers = [layer for layer in answers.files.layers() if layer.geometry == "polygon" and (layer.hazard or layer.card)]
    while len(found) < count:
        shapes = answers.shapes(rng.choice(layers).id)
        pieces = shapes.of(rng.randrange(shapes.features)) if shapes.features else ()
        if not len(pieces):
            continue
        corners = shapely.get_coordinates(pieces[rng.randrange(len(pieces))])
        at = rng.randrange(len(corners) - 1)
        share, beside = rng.choice([0.0, rng.random()]), rng.choice([0.0, 0.003, -0.003, rng.uniform(-20, 20)])
        step = corners[at + 1] - corners[at]
        aside = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-9)
        x, y = corners[at] + share * step + beside * aside
        lon, lat = back(x, y)
        found.append((float(lat), float(lon)))
    return [{"lat": lat, "lon": lon} for lat, lon in found]


def entries(answers: Answers, most: int, seed: int = 2) -> list[dict[str, Any]]:
    """Return entries of the register as a search gives them, up to so many of each layer, some with further rows."""
    rng, catalogue = random.Random(seed), answers.catalogue
    back = projector(catalogue.city.crs, LONLAT)
    found = []
    for layer in answers.files.role("parcel", "address", "facility", "town", "site", "shelter", "gazetteer"):
        shapes = answers.shapes(layer.id)
        there = [row for row in range(shapes.features) if len(shapes.of(row))] if shapes.features <= 4 * most else list(range(shapes.features))
        for row in rng.sample(there, min(most, len(there))):
            pieces = shapes.of(row)
            assert layer.card is not None and len(pieces)
            point = pieces[0] if layer.geometry == "point" else shapely.point_on_surface(pieces[0])
            lon, lat = back(point.x, point.y)
            kind = KINDS.get(layer.card.role, "facility" if layer.card.role != "gazetteer" else "lot" if layer.card.number else "town")
            also = rng.sample(there, min(2, len(there))) if kind in ("lot", "address") and rng.random() < 0.15 else []
            found.append({"hit": {"kind": kind, "layer": layer.id, "feature": row, "lon": float(lon), "lat": float(lat), "name": f"名前{row}", "also": also}})
    return found


def answered(answers: Answers, item: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of the card, or the refusal, as `gispipe lookup` has them."""
    try:
        return json.loads(json.dumps(_card(answers, item)))  # type: ignore[no-any-return]
    except NotFound as refused:
        return {"refused": refused.what.both(), "hint": refused.todo.both() if refused.todo else None}


def _card(answers: Answers, item: dict[str, Any]) -> dict[str, Any]:
    if "hit" not in item:
        card = answers.told(answers.at(item["lat"], item["lon"]))
    else:
        one = item["hit"]
        hit = Hit(Entry(one["kind"], one["name"], "", "", one["lon"], one["lat"], one["layer"], one["feature"]), one["kind"], None, tuple(one["also"]))
        whole = one["kind"] == "town" and answers.catalogue.layers[one["layer"]].geometry == "polygon"
        place = answers.of(hit, whole)
        card = answers.blank(place) if one["kind"] in ("town", "block") and not whole else answers.told(place)
    return {name: card[name] for name in PARTS}


def difference(want: Any, got: Any, where: str = "", name: str = "") -> str | None:
    """Return where two documents differ by more than rounding, None where they do not."""
    if isinstance(want, dict) and isinstance(got, dict):
        if want.keys() != got.keys():
            return f"{where}: {sorted(want.keys() ^ got.keys())}"
        return next((found for key in want if (found := difference(want[key], got[key], f"{where}.{key}", key))), None)
    if isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return f"{where}: {len(want)} and {len(got)}: {want} {got}"[:600]
        return next((found for k, (a, b) in enumerate(zip(want, got, strict=True)) if (found := difference(a, b, f"{where}[{k}]", name))), None)
    if isinstance(want, float) and isinstance(got, int | float) and not isinstance(got, bool) or isinstance(got, float) and isinstance(want, int | float):
        return None if abs(want - got) <= TOLERANCE.get(name, 1e-9) else f"{where}: {want} and {got}"
    return None if want == got else f"{where}: {want!r} and {got!r}"


def differences(written: Written, items: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Return the questions that the browser answers otherwise than `gispipe lookup`, and how."""
    found = []
    with written.page() as page:
        for item, card in zip(items, written.ask(page, items), strict=True):
            want = answered(written.answers, item)
            told = {name: card[name] for name in want} if want.keys() <= card.keys() else card
            if (what := difference(want, told)) is not None:
                found.append((item, what))
        assert not page.errors
    return found


def differing(written: Written, items: Sequence[dict[str, Any]]) -> list[str]:
    """Return what the browser answers otherwise than `gispipe lookup`, at most ten."""
    return [f"{item}: {what}" for item, what in differences(written, items)[:10]]


def beside_a_border(answers: Answers, item: dict[str, Any]) -> bool:
    """Say whether a place is so near a border that only the browser, whose outlines are rounded and which therefore looks a step farther, counts it as on it."""
    if "hit" in item:
        return False
    point = shapely.points(answers.planes([item["lat"]], [item["lon"]])[0])
    layers = [layer for layer in answers.files.layers() if layer.geometry == "polygon" and (layer.hazard or layer.card)]
    away = np.concatenate([shapely.distance(shapely.boundary(answers.shapes(layer.id).all()[0]), point) for layer in layers if answers.shapes(layer.id).features])
    return bool(((away > TOUCH) & (away <= TOUCH + 2 / STEPS)).any())


def text_of(answers: Answers, item: dict[str, Any], card: dict[str, Any]) -> list[str]:
    """Return the lines that the command line prints for a card of the browser's head."""
    return card_lines({**card, **_card(answers, item), "layers": []})
