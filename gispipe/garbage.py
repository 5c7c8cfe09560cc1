"""How often a run that is at work tidies its memory."""

from __future__ import annotations

import ctypes
import gc
import sys

OBJECTS = 50_000
"""New objects after which Python looks for garbage; its own figure is 700."""
_TRIM, _MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of <malloc.h>
LARGE, FREE = 1 << 26, 1 << 30
"""Bytes from which an array is taken from the system and given back at once, and those that may lie free before any are given back."""


def collect_seldom() -> None:
    """Look for cyclic garbage seldom, and never among what is loaded already; once in a process.

    Rows and coordinates are many small objects that stay and form no cycles; looking through them again and again took a
    tenth of a run. What is left is freed as before, the moment nobody holds it.

    Nor is the memory of arrays given back to the system each time: it has to clear it before it hands it out again, which took a
    fifteenth of the time that tiles are made in.
    """
    if gc.get_threshold()[0] < OBJECTS:
        gc.freeze()
        gc.set_threshold(OBJECTS, 20, 20)
        _give_back_seldom()


def _give_back_seldom() -> None:
    """Tell the C library, where it is glibc; others have no such threshold."""
    tell = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tell is not None:
        tell(_MMAP, LARGE)
        tell(_TRIM, FREE)
