"""The looks of the pages, state by state, against pictures that somebody has looked at; and that no name on the map covers another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gispipe.releases import current
from tests.browser import open_page, serve_folder
from tests.web import pictures
from tests.web.pictures import STATES, State

BOXES = """(zoom) => {
    const { index } = gispipe.painter.here.get(gispipe.viewer.screens[0].canvas.board).labelers.labelers.get(zoom);
    const numbers = new Map();
    return index.tree.all().map(({ minX, minY, maxX, maxY, indexedLabel }) => {
        if (!numbers.has(indexedLabel)) numbers.set(indexedLabel, numbers.size);
        return [minX, minY, maxX, maxY, numbers.get(indexedLabel)];
    });
}"""


@pytest.fixture(scope="module")
def demo_pages(finished_demo: Path) -> Iterator[str]:
    """The address of the demo city's public pages."""
    release = current(finished_demo / "output", "public")
    assert release is not None
    with serve_folder(release, pictures.UNKEPT) as url:
        yield url


@pytest.fixture(scope="module")
def same_fonts(demo_pages: str) -> None:
    """Skip where letters are drawn with other fonts than in the pictures."""
    told, known = pictures.fonts(demo_pages), json.loads(pictures.FONTS.read_text("utf-8"))
    if told != known:
        other = sorted(text for text in known if told.get(text) != known[text])
        pytest.skip(f"this machine's fonts are not those of the pictures: {', '.join(other)}")


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_page_looks_as_in_its_picture(demo_pages: str, same_fonts: None, state: State, tmp_path: Path) -> None:
    taken = pictures.take(demo_pages, state)
    share, where = pictures.apart(taken, pictures.read(pictures.HERE / f"{state.name}.webp"))
    if share > pictures.SHARE:
        taken.save(tmp_path / f"{state.name}.png")
        where.save(tmp_path / f"{state.name}-differs.png")
    assert share <= pictures.SHARE, f"{share:.2%} of {state.name} looks otherwise (see {tmp_path}); if it is meant: python -m tests.web.pictures --write"


def test_there_is_one_picture_for_each_state_and_they_stay_small() -> None:
    files = {path.stem: path.stat().st_size for path in pictures.HERE.glob("*.webp")}
    assert set(files) == {state.name for state in STATES} and len(files) == len(STATES)
    assert sum(files.values()) <= 2_000_000


@pytest.mark.parametrize("name", ["hazard", "planning", "topographic"])
@pytest.mark.parametrize("size", [pictures.DESK, pictures.PHONE], ids=["desk", "phone"])
def test_no_name_and_no_sign_covers_another(demo_pages: str, name: str, size: tuple[int, int]) -> None:
    with open_page(f"{demo_pages}maps/{name}.html#12/{pictures.MIDDLE}", *size, init="delete window.Worker") as page:  # the page paints itself: its names can be asked
        for zoom in (12, 13, 14, 15, 16, 17, 18):
            page.tab.evaluate("(zoom) => gispipe.viewer.map.setZoom(zoom, { animate: false })", zoom) if zoom > 12 else None
            page.ready()
            boxes = sorted(page.tab.evaluate(BOXES, zoom))
            assert boxes, f"no name on {name} at zoom {zoom}"
            for k, (_, top, right, bottom, label) in enumerate(boxes):
                for west, north, _, south, other in boxes[k + 1:]:
                    if west >= right:
                        break
                    assert other == label or north >= bottom or south <= top, f"two names of {name} lie over each other at zoom {zoom}"
