"""Pictures of the demo city's pages in fixed states, and how far two pictures of one state are apart.

`python -m tests.web.pictures --write` takes the committed ones (tests/web/reference/) anew; do it after a change of the looks that is meant, and look
at each before it is committed. `--city DIR` takes a demo city that is already there, `--to DIR` puts the pictures elsewhere.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.browser import OpenPage, let_go, open_page, serve_folder

HERE = Path(__file__).with_name("reference")
FONTS = HERE / "fonts.json"
DESK, PHONE = (1280, 800), (390, 844)
MIDDLE, RIVER = "33.791666/136.492979", "33.7925/136.4835"

CELL = 4
"""Pixels to a side that are averaged before two pictures are compared: the edge of a letter that moved by a fraction of a pixel does not count."""
UNKEPT = {"Cache-Control": "no-store"}
"""Told by the server of the pictures: Chromium's cache of parts of files has been seen to give back the beginning of a part that was asked for twice at once."""
STEP = 20
"""Of 255: by how much a channel of an averaged cell may differ. Two neighbouring depths of the flood map are 30 and more apart under their opacity."""
SHARE = 0.004
"""Share of the cells that may differ by more. Taken again from the same files none does; a shop sign more or less is 0.1 % of a desk's picture."""


@dataclass(frozen=True)
class State:
    """A page, a window and what a reader did there."""

    name: str
    page: str
    size: tuple[int, int] = DESK
    act: Callable[[OpenPage], None] | None = None
    print: bool = False


def _ask(page: OpenPage) -> None:
    width, height = (page.tab.viewport_size[side] for side in ("width", "height"))
    page.tab.mouse.click((width + (372 if width > 760 else 0)) / 2 + 20, height / 2)
    page.tab.wait_for_selector("#place .hcard")


def _search(page: OpenPage) -> None:
    page.tab.fill("#search", "星瀬")
    page.tab.wait_for_selector("#search-list li")


def _tool(name: str) -> Callable[[OpenPage], None]:
    def open_it(page: OpenPage) -> None:
        page.tab.click("#tools-button")
        page.tab.click(f"[data-do={name}]")

    return open_it


def _themes(page: OpenPage) -> None:
    page.tab.click("#theme-button")


def _card(page: OpenPage) -> None:
    page.tab.wait_for_selector("#placed .hcard")


def _offers(page: OpenPage) -> None:
    page.tab.fill("#question", "星瀬")
    page.tab.wait_for_selector("#question-list li")


STATES = (
    State("desk-flood-start", "maps/hazard.html"),
    State("desk-flood-river", f"maps/hazard.html#16/{RIVER}"),
    State("desk-flood-answer", f"maps/hazard.html#15/{RIVER}", act=_ask),
    State("desk-flood-photo", f"maps/hazard.html#16/{RIVER}/hazard/photo_2025/-/en"),
    State("desk-two-screens", f"maps/hazard.html#15/{MIDDLE}", act=_tool("side")),
    State("desk-search", f"maps/shelters.html#14/{MIDDLE}", act=_search),
    State("desk-planning", f"maps/planning.html#16/{MIDDLE}"),
    State("desk-measure", f"maps/topographic.html#17/{MIDDLE}", act=_tool("measure")),
    State("desk-paper", f"maps/hazard.html#15/{RIVER}", print=True),
    State("desk-index", "index.html"),
    State("phone-flood-start", "maps/hazard.html", PHONE),
    State("phone-flood-answer", f"maps/hazard.html#16/{RIVER}/hazard/base/-/easy", PHONE, _ask),
    State("phone-landslide", "maps/landslide.html#14/33.8/136.4935", PHONE),
    State("phone-themes", f"maps/tsunami.html#15/{MIDDLE}/tsunami/base/-/ko", PHONE, _themes),
    State("phone-card", "card.html#33.785318/136.497488&lang=zh", PHONE, _card),
    State("phone-offers", "card.html#lang=ja", PHONE, _offers),
    State("phone-towns", "towns/index.en.html", PHONE),
)

WIDTHS = """() => {
    const pen = document.createElement("canvas").getContext("2d");
    const said = {};
    for (const text of ["防災ハザードマップ鈴音坂", "水灾灾害地图", "홍수 재해 지도", "Evacuation 0123456789"]) for (const weight of [400, 700]) {
        pen.font = `${weight} 100px ${getComputedStyle(document.body).fontFamily}`;
        const ink = pen.measureText(text);
        said[`${weight} ${text}`] = [ink.width, ink.actualBoundingBoxAscent, ink.actualBoundingBoxDescent].map((one) => Math.round(one));
    }
    return said;
}"""


FADED = "() => [...document.querySelectorAll('.leaflet-tile')].every((tile) => tile.matches('.leaflet-tile-loaded') && getComputedStyle(tile).opacity === '1')"
"""A tile of a photograph comes late and fades in."""


def fonts(url: str) -> dict[str, list[int]]:
    """Return how wide and high some words are at 100 px in the fonts this machine has for the pages: another font says something else."""
    with open_page(url + "index.html") as page:
        told: dict[str, list[int]] = page.tab.evaluate(WIDTHS)
    return told


def take(url: str, state: State) -> Image.Image:
    """Return the picture of a state of the release at `url`, its window's size in pixels."""
    with open_page(url + state.page, *state.size) as page:
        drawn = state.page.startswith("maps/")
        if drawn:
            page.ready()
        elif state.page.startswith("card.html"):
            page.tab.wait_for_selector("html[data-ready=true]")
        if state.act:
            state.act(page)
        if drawn:
            page.ready()
            page.tab.evaluate("() => { for (const screen of gispipe.viewer.screens) screen.draw(); }")  # names are placed anew with every tile there
            page.ready()
        if state.print:
            page.tab.emulate_media(media="print")
            page.tab.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        page.tab.wait_for_load_state("networkidle")
        page.tab.wait_for_function(FADED)
        return Image.open(io.BytesIO(page.tab.screenshot(animations="disabled", caret="hide"))).convert("RGB")


def apart(one: Image.Image, other: Image.Image) -> tuple[float, Image.Image]:
    """Return the share of cells in which two pictures differ, and a picture of these cells in black; pictures of two sizes differ altogether."""
    if one.size != other.size:
        return 1.0, Image.new("L", one.size)
    a, b = (np.asarray(picture.reduce(CELL), np.int16) for picture in (one, other))
    differs = np.abs(a - b).max(axis=2) > STEP
    return float(differs.mean()), Image.fromarray(np.where(differs, 0, 255).astype(np.uint8))


def write(picture: Image.Image, path: Path) -> None:
    """Write a picture small: lossy by far less than `STEP` allows."""
    picture.save(path, "WEBP", quality=78, method=6)


def read(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def _released(city: Path | None) -> Iterator[str]:
    from gispipe.releases import current

    with tempfile.TemporaryDirectory(prefix="gispipe-pictures-") as work:
        folder = city or Path(work)
        if city is None:
            subprocess.run([sys.executable, "-m", "gispipe", "demo", "--city", work, "--quiet"], check=True)
        release = current(folder / "output", "public")
        if release is None:
            raise SystemExit(f"{folder}: no public release; run `gispipe demo --city {folder}` first")
        with serve_folder(release, UNKEPT) as url:
            yield url


def main(argv: list[str] | None = None) -> None:
    """Take the pictures anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", required=True, help="take the pictures and the widths of the fonts, and write them")
    parser.add_argument("--city", type=Path, help="a demo city that has been built; made anew when not given")
    parser.add_argument("--to", type=Path, default=HERE, help="the folder for the pictures")
    parser.add_argument("--only", nargs="*", help="names of states; all when not given")
    told: Any = parser.parse_args(argv)
    told.to.mkdir(parents=True, exist_ok=True)
    for url in _released(told.city):
        for state in STATES:
            if not told.only or state.name in told.only:
                write(take(url, state), told.to / f"{state.name}.webp")
                print(f"{told.to / state.name}.webp", flush=True)
        (told.to / FONTS.name).write_text(json.dumps(fonts(url), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    let_go()


if __name__ == "__main__":
    main()
