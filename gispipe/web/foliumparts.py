"""What folium makes of a map, kept from build to build: importing it takes longer than writing all pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gispipe.shelf import Made, Shelf, key_of


@dataclass(frozen=True)
class FoliumParts:
    """A rendered folium map in pieces: asset names in order, inline CSS, inline scripts before and after them, the body."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    css: str
    before: str
    after: str
    body: str


def folium_parts(center: Sequence[float], zoom: float, zooms: tuple[float, float], shelf: Shelf) -> FoliumParts:
    """Return what `render_map` gives for these arguments: from the shelf, or made anew when they, its programs, folium or what folium renders with changed."""
    key = key_of([list(center), zoom, list(zooms)], "web/foliumpage.py", "web/foliumparts.py", libraries=("folium", "branca", "jinja2", "markupsafe"))

    def make() -> Made:
        from gispipe.web.foliumpage import render_map

        return asdict(render_map(center, zoom, zooms)), ()

    note = shelf.made(f"folium-{key[:16]}", key, Path(), make)
    return FoliumParts(tuple(note["scripts"]), tuple(note["styles"]), note["css"], note["before"], note["after"], note["body"])
