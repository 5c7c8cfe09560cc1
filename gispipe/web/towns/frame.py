"""A page's frame in a language, rendered once: what differs from page to page is filled in between its pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from gispipe.web.templating import render

_MARK = re.compile("\x02([a-z]+)\x03")


class Frame:
    """A template of which some places are left open; `fill` puts HTML there."""

    def __init__(self, name: str, places: tuple[str, ...], **values: Any) -> None:
        marked = {place: Markup(f"\x02{place}\x03") for place in places}
        self._pieces = _MARK.split(render(name, **values, **marked))

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the page; values: HTML for every place."""
        return "".join([values[piece] if number % 2 else piece for number, piece in enumerate(self._pieces)])
