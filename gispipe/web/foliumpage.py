"""folium as the page builder: one `Map`, one own element that starts the viewer, and a header that links only our assets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from gispipe.web.errors import foreign_link
from gispipe.web.foliumparts import FoliumParts

SCRIPTS: Mapping[str, str | None] = {
    "leaflet": "leaflet.js", "gispipe_viewer": "viewer.js",
    "jquery": None, "bootstrap": None, "awesome_markers": None,
}
"""Link names that folium and the viewer may ask for, and our asset; None is left out, since nothing here uses it."""
STYLES: Mapping[str, str | None] = {
    "leaflet_css": "leaflet.css", "gispipe_viewer_css": "viewer.css",
    "bootstrap_css": None, "glyphicons_css": None, "awesome_markers_font_css": None, "awesome_markers_css": None, "awesome_rotate_css": None,
}
_HEX = re.compile(r"[0-9a-f]{32}")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Viewer(JSCSSMixin, MacroElement):
    """Starts the first-party viewer on the map it is added to."""

    _template = Template("{% macro script(this, kwargs) %}gispipe.start({{ this._parent.get_name() }});{% endmacro %}")
    default_js = [("gispipe_viewer", "viewer.js")]
    default_css = [("gispipe_viewer_css", "viewer.css")]

    def __init__(self) -> None:
        super().__init__()
        self._name = "Viewer"


class OfflineHeader(Element):
    """A page header that turns links into names of our own assets, and refuses a name it does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.styles: list[str] = []

    def add_child(self, child: Element, name: str | None = None, index: int | None = None) -> Element:
        """Take a child; links are recorded by name instead of being written."""
        if isinstance(child, (JavascriptLink, CssLink)):
            known, wanted = (SCRIPTS, self.scripts) if isinstance(child, JavascriptLink) else (STYLES, self.styles)
            if name not in known:
                raise foreign_link(str(name), str(child.url))
            asset = known[name]
            if asset and asset not in wanted:
                wanted.append(asset)
            return self
        return super().add_child(child, name, index)


def render_map(center: Sequence[float], zoom: float, zooms: tuple[float, float]) -> FoliumParts:
    """Build a folium map that starts the viewer, and take it apart. `center` is (longitude, latitude), degrees.

    The same arguments give the same text: folium's random ids are numbered in order of appearance.
    """
    made = folium.Map(location=[center[1], center[0]], zoom_start=int(zoom), tiles=None, min_zoom=int(zooms[0]), max_zoom=int(zooms[1]),
                      zoom_control=False, attribution_control=False, fade_animation=False)  # fading tiles in keeps a machine without a GPU from painting the next
    made.add_child(Viewer())
    figure = made.get_root()
    assert isinstance(figure, Figure)
    header = OfflineHeader()
    header._parent = figure
    figure.header = header
    figure.render()
    head, body, script = _numbered(header.render(), figure.html.render(), figure.script.render())
    return FoliumParts(tuple(header.scripts), tuple(header.styles), _tidy(_STYLE.findall(head)), _tidy(_SCRIPT.findall(head)), _tidy([script]), body.strip())


def _numbered(*texts: str) -> tuple[str, ...]:
    names: dict[str, str] = {}
    return tuple(_HEX.sub(lambda found: names.setdefault(found.group(), f"n{len(names)}"), text) for text in texts)


def _tidy(blocks: list[str]) -> str:
    lines = (line.rstrip() for block in blocks for line in block.splitlines())
    return "\n".join(line for line in lines if line) + "\n"
