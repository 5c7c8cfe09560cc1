"""Japanese lettering as outlines of the package's own font, whatever fonts the system has: measured and placed in inches.

A chart's whole text is one shape: an outline is read once a letter, which makes a page several times faster than text objects.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path as File
from typing import Literal

import numpy as np
from matplotlib.font_manager import get_font
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path

EM = 100.0
"""Units of an outline to the em."""
POINT = 1 / 72
Align = Literal["left", "center", "right"]


@lru_cache(maxsize=1)
def font() -> FT2Font:
    """Return the Japanese font that comes with matplotlib-fontja."""
    spec = find_spec("matplotlib_fontja")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("matplotlib-fontja")
    opened = get_font(str(File(spec.origin).parent / "fonts" / "ipaexg.ttf"))
    opened.set_size(EM, 72)
    return opened


@lru_cache(maxsize=4096)
def glyph(letter: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the corners, path codes and advance of a letter, in units; a letter the font lacks is its empty box."""
    face = font()
    found = face.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
    corners, codes = face.get_path()
    return corners, codes, found.linearHoriAdvance / 65536


def width(text: str, size: float) -> float:
    """Return how wide a text is in inches; size in points."""
    return sum(glyph(letter)[2] for letter in text) * size / EM * POINT


class Lettering:
    """Texts of one colour, gathered into one path."""

    def __init__(self) -> None:
        self._corners: list[np.ndarray] = []
        self._codes: list[np.ndarray] = []

    def put(self, x: float, y: float, text: str, size: float, align: Align = "left") -> None:
        """Place a text so that its middle is at height y; x is its left end, middle or right end."""
        scale = size / EM * POINT
        pen = x - width(text, size) * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        for letter in text:
            corners, codes, advance = glyph(letter)
            if len(codes):
                self._corners.append(corners * scale + (pen, y - 0.36 * EM * scale))
                self._codes.append(codes)
            pen += advance * scale

    def path(self) -> Path | None:
        """Return all outlines as one path."""
        return Path(np.concatenate(self._corners), np.concatenate(self._codes)) if self._corners else None
