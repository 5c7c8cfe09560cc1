"""How often Python looks for cyclic garbage while a run is at work."""

from __future__ import annotations

import gc

OBJECTS = 50_000
"""New objects after which Python looks for garbage; its own figure is 700."""


def collect_seldom() -> None:
    """Look for cyclic garbage seldom, and never among what is loaded already; once in a process.

    Rows and coordinates are many small objects that stay and form no cycles; looking through them again and again took a
    tenth of a run. What is left is freed as before, the moment nobody holds it.
    """
    if gc.get_threshold()[0] < OBJECTS:
        gc.freeze()
        gc.set_threshold(OBJECTS, 20, 20)
