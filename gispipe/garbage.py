"""How often Python looks for cyclic garbage while a run is at work."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Look for cyclic garbage after 50,000 new objects, not 700, and never among what is loaded already.

    Rows and coordinates are many small objects that stay and form no cycles; looking through them again and again took a
    tenth of a run. What is left is freed as before, the moment nobody holds it.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
